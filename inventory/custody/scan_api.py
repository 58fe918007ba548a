"""/api/v1/custody/scans and what is kept in a cart: many devices, one after another or at once."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import cart_acts, scanning, slots, undoing
from inventory.custody.api import ONE as CUSTODY, record_of
from inventory.custody.cart_acts import Became, CartOutcome
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Custody
from inventory.custody.scan_schemas import (
    CartGive,
    CartOutcomeView,
    CartReturn,
    KeptList,
    PutIn,
    ScanDraft,
    ScanView,
    Undo,
)
from inventory.custody.scanning import Scan, Station
from inventory.custody.schemas import CustodyRecord
from inventory.custody.service import Coming
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.problem import problem
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("scans", "", "A scan station, and carts as one act.")
CART = "/carts/<int(max=2147483647):cart_id>"


@bp.route("/custody/scans", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(ScanDraft)
@bp.response(200, ScanView)
def scan(given: dict[str, Any]) -> dict[str, Any]:
    """Do with what was scanned what `mode` says. Send an Idempotency-Key of its own with every
    scan: one that is sent again is not done again."""
    return body_of(
        scanning.scan(
            current_db(), current_actor(), station_of(given), given["code"], now=current_now()
        )
    )


@bp.route(f"{CUSTODY}/undo", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(Undo)
@bp.response(200, CustodyRecord)
def undo(given: dict[str, Any], custody_id: int) -> dict[str, Any]:
    """Take back your own hand-out or hand-in of the last 24 hours."""
    return record_of(
        undoing.undo(current_db(), current_actor(), custody_id, **given, now=current_now())
    )


@bp.route(f"{CART}/devices")
@guarded(Permission.CUSTODY_READ)
@bp.response(200, KeptList)
def kept(cart_id: int) -> dict[str, Any]:
    """What is kept in a cart, what of it is out."""
    found = slots.kept(current_db(), current_actor(), cart_id)
    return {"items": [_kept(each) for each in found]}


@bp.route(f"{CART}/devices", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(PutIn)
@bp.response(200, CustodyRecord)
def put_in(given: dict[str, Any], cart_id: int) -> dict[str, Any]:
    """Put a device into the cart; it is kept there from now on."""
    return record_of(
        cart_acts.put_in(
            current_db(), current_actor(), cart_id, given["asset_id"], now=current_now()
        )
    )


@bp.route(f"{CART}/devices/<int(max=2147483647):asset_id>", methods=["DELETE"])
@guarded(Permission.CUSTODY_WRITE)
@bp.response(204)
def take_out(cart_id: int, asset_id: int) -> None:
    """It is kept in the cart no longer."""
    cart_acts.take_out(current_db(), current_actor(), cart_id, asset_id, now=current_now())


@bp.route(f"{CART}/give", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(CartGive)
@bp.response(200, CartOutcomeView)
@bp.alt_response(409, description="A device cannot go: nothing was changed; `rows` tells which")
def give(given: dict[str, Any], cart_id: int) -> CartOutcome | Response:
    """Hand out the cart: all that is kept in it, or the devices that are named. All or none."""
    holder = Holder(given.pop("person_id"), given.pop("place_id"))
    ids, dry_run = given.pop("asset_ids"), given.pop("dry_run")
    outcome = cart_acts.give(
        current_db(), current_actor(), cart_id, holder, Terms(**given), asset_ids=ids,
        dry_run=dry_run, now=current_now(),
    )  # fmt: skip
    return _answer(outcome, dry_run)


@bp.route(f"{CART}/return", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(CartReturn)
@bp.response(200, CartOutcomeView)
@bp.alt_response(409, description="A device is not out: nothing was changed")
def take_back(given: dict[str, Any], cart_id: int) -> CartOutcome | Response:
    """Take the cart back: all that is out, or the devices that came back. All or none."""
    ids, dry_run = given.pop("asset_ids"), given.pop("dry_run")
    outcome = cart_acts.take_back(
        current_db(), current_actor(), cart_id, Coming(**given), asset_ids=ids, dry_run=dry_run,
        now=current_now(),
    )  # fmt: skip
    return _answer(outcome, dry_run)


def station_of(given: dict[str, Any]) -> Station:
    """What the station is set to, out of the fields of `ScanDraft`."""
    kept = {"kind", "loan_reason", "due_at", "condition", "note", "accessories", "override"}
    return Station(
        given["mode"], Holder(given["person_id"], given["place_id"], given["cart_id"]),
        given["badges"], Terms(**{name: given[name] for name in kept}),
        Coming(given["condition"], note=given["note"]),
    )  # fmt: skip


def body_of(done: Scan) -> dict[str, Any]:
    """The answer to a scan."""
    return {
        "outcome": done.outcome,
        "asset_id": None if done.asset is None else done.asset.id,
        "tag": "" if done.asset is None else done.asset.tag,
        "custody_id": None if done.custody is None else done.custody.id,
        "person_id": None if done.person is None else done.person.id,
        "was_at": done.was_at,
    }


def _kept(each: slots.Kept) -> dict[str, Any]:
    held: Custody | None = each.custody if each.where is slots.Whereabouts.OUT else None
    return {
        "number": each.number, "asset_id": each.asset.id, "tag": each.asset.tag,
        "category": each.asset.category, "status": each.asset.status, "where": each.where,
        "custody_id": None if each.custody is None else each.custody.id,
        "person_id": None if held is None else held.person_id,
        "place_id": None if held is None else held.place_id,
    }  # fmt: skip


def _answer(outcome: CartOutcome, dry_run: bool) -> CartOutcome | Response:
    if outcome.applied or dry_run:
        return outcome
    refused = sum(row.became is Became.REFUSED for row in outcome.rows)
    body = CartOutcomeView().dump(outcome)
    return problem(
        409, "Nothing was changed", f"{refused} of {len(outcome.rows)} devices cannot go", **body
    )
