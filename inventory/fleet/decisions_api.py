"""/api/v1/mdm-devices/ID: the evidence about a vendor's device, and what a person decides."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.beside import told_reasons
from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_schemas import (
    DecisionBulk,
    DecisionBulkView,
    IgnoreSchema,
    NewAssetSchema,
)
from inventory.assets.many_decisions import Outcome
from inventory.assets.many_decisions_api import answer, rows_of
from inventory.fleet import deciding, deciding_bulk, waiting
from inventory.fleet.models import MdmDevice
from inventory.fleet.schemas import AttachSchema, DeviceDetail
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("mdm-decisions", "/mdm-devices", "What is made of devices of vendors.")

ID = "<int(max=2147483647):device_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def shown(row: MdmDevice) -> Shown:
    """The body with its evidence, and the ETag."""
    db, actor = current_db(), current_actor()
    found = waiting.candidates(db, actor, *waiting.get(db, actor, row.id))
    body = {
        **row.model_dump(), "candidates": found, "reasons": told_reasons(found, row.reasons)
    }  # fmt: skip
    return body, {"ETag": etag_of("mdm_device", row.id, row.revision)}


def matched(device_id: int) -> int:
    """The revision that the caller has looked at."""
    row, _connection = waiting.get(current_db(), current_actor(), device_id, lock=True)
    require_match("mdm_device", row.id, row.revision)
    return row.revision


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ)
@bp.response(200, DeviceDetail)
def get(device_id: int) -> Shown:
    """One device: what the vendor tells, why it waits, and the assets it may be side by side."""
    return shown(waiting.get(current_db(), current_actor(), device_id)[0])


@bp.route(f"/{ID}/accept", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(NewAssetSchema)
@bp.response(200, DeviceDetail)
def accept(given: dict[str, Any], device_id: int) -> Shown:
    """It becomes a new asset; of a conflict, one beside those that it is about. Needs If-Match."""
    return shown(
        deciding.accept(
            current_db(), current_actor(), device_id, now=current_now(), new=NewAsset(**given),
            revision=matched(device_id),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/attach", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(AttachSchema)
@bp.response(200, DeviceDetail)
def attach(given: dict[str, Any], device_id: int) -> Shown:
    """It is `asset_id`, perhaps with other hardware. Needs If-Match."""
    return shown(
        deciding.attach(
            current_db(), current_actor(), device_id, now=current_now(), **given,
            revision=matched(device_id),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/ignore", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(IgnoreSchema)
@bp.response(200, DeviceDetail)
def ignore(given: dict[str, Any], device_id: int) -> Shown:
    """It is not ours: later syncs leave it out. Needs If-Match."""
    return shown(
        deciding.ignore(
            current_db(), current_actor(), device_id, now=current_now(), **given,
            revision=matched(device_id),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/reopen", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.response(200, DeviceDetail)
def reopen(device_id: int) -> Shown:
    """Take back that it is ignored: it is matched anew. Needs If-Match."""
    return shown(
        deciding.reopen(
            current_db(), current_actor(), device_id, now=current_now(),
            revision=matched(device_id),
        )
    )  # fmt: skip


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.arguments(DecisionBulk)
@bp.response(200, DecisionBulkView)
@bp.alt_response(422, description="A row was refused: nothing was changed; `results` tells why")
def bulk(wanted: dict[str, Any]) -> Outcome | Response:
    """Decide up to 500 devices: all or none. `dry_run` tells what would happen."""
    dry_run = wanted["dry_run"]
    outcome = deciding_bulk.bulk(
        current_db(), current_actor(), rows_of(wanted), now=current_now(), dry_run=dry_run
    )
    return answer(outcome, dry_run=dry_run)
