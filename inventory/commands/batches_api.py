"""/api/v1/command-batches: many devices at once, approved as a whole."""

from collections import Counter
from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import batch_deciding, batches, reading
from inventory.commands.batch_schemas import (
    BatchApproveSchema,
    BatchArgs,
    BatchDetail,
    BatchDraftSchema,
    BatchPage,
    BatchPlanView,
    BatchView,
)
from inventory.commands.bodies_api import minutes
from inventory.commands.confirming import confirmed
from inventory.commands.models import CommandBatch
from inventory.commands.schemas import CommandRemark
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("command_batches", "/command-batches", "Commands for many devices at once.")
ID = "<int(max=2147483647):batch_id>"


@bp.route("")
@guarded(Permission.MDM_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, BatchPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Batches of the district, newest first."""
    limit = args["limit"]
    rows = batches.batches(current_db(), current_actor(), before=after_id(args), limit=limit + 1)
    return page_of_rows(rows, limit)


@bp.route("/plan", methods=["POST"])
@guarded(Permission.COMMAND_BULK, write=True)
@bp.arguments(BatchArgs)
@bp.response(200, BatchPlanView)
def plan(given: dict[str, Any]) -> dict[str, Any]:
    """What a batch would do, device by device. Nothing is asked for yet."""
    found = batches.plan_batch(
        current_db(), current_actor(), given["action"], given["asset_ids"],
        reason=given["reason"], now=current_now(),
    )  # fmt: skip
    return {
        "action": found.action, "possible": found.possible, "count": len(found.plans),
        "refused": [{"asset_id": id_, "why": why} for id_, why in found.why_not.items()],
        "gravest": found.gravest, "approvals": found.approvals,
        "cool_off_minutes": minutes(found.cool_off.total_seconds()), "digest": found.digest,
    }  # fmt: skip


@bp.route("", methods=["POST"])
@guarded(Permission.COMMAND_BULK)
@idempotent
@bp.arguments(BatchDraftSchema)
@bp.response(201, BatchView)
def request(given: dict[str, Any]) -> tuple[CommandBatch, dict[str, str]]:
    """Ask for a command on many devices: all or none."""
    db, actor, now = current_db(), current_actor(), current_now()
    act, assets = given.pop("action"), given.pop("asset_ids")
    given["acknowledged"] = frozenset(given["acknowledged"])
    step_up = None
    if actor.session_id is not None:
        found = batches.plan_batch(db, actor, act, assets, reason=given["reason"], now=now)
        step_up = confirmed(db, actor, found.digest)
    batch = batches.request_batch(db, actor, act, assets, **given, step_up=step_up, now=now)
    return batch, {"Location": f"/api/v1/command-batches/{batch.id}"}


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ)
@bp.response(200, BatchDetail)
def get(batch_id: int) -> dict[str, Any]:
    """One batch: who approved it, and how its devices stand."""
    return _detail(batch_id)


@bp.route(f"/{ID}/approve", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(BatchApproveSchema)
@bp.response(200, BatchDetail)
def approve(given: dict[str, str], batch_id: int) -> dict[str, Any]:
    """Yes, to exactly the list with this digest."""
    db, actor = current_db(), current_actor()
    batch, _ = batches.get_batch(db, actor, batch_id)
    step_up = confirmed(db, actor, batch.digest)
    batch_deciding.approve_batch(
        db, actor, batch_id, digest=given["digest"], step_up=step_up, now=current_now()
    )
    return _detail(batch_id)


@bp.route(f"/{ID}/stop", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(CommandRemark)
@bp.response(200, BatchDetail)
def stop(given: dict[str, str], batch_id: int) -> dict[str, Any]:
    """Reject it, or call off whatever of it has not left."""
    batch_deciding.stop_batch(current_db(), current_actor(), batch_id, **given, now=current_now())
    return _detail(batch_id)


def _detail(batch_id: int) -> dict[str, Any]:
    db = current_db()
    batch, rows = batches.get_batch(db, current_actor(), batch_id)
    first = [command for command, _ in rows[:1]]
    given = reading.approvals_of(db, first)
    return {
        **batch.model_dump(),
        "approvals": given[first[0].id] if first else [],
        "states": Counter(command.state.value for command, _ in rows),
        "sample": [asset.tag for _, asset in rows[: batches.SAMPLE]],
    }
