"""/api/v1/transfers: devices from school to school."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import receiving, shipping, transfer_listing as listing, transfers
from inventory.custody.receiving import Arrival, Foreign
from inventory.custody.transfer_listing import Shown
from inventory.custody.transfer_models import Transfer
from inventory.custody.transfer_schemas import (
    ForeignView,
    InHand,
    InHandArgs,
    TransferArgs,
    TransferArrival,
    TransferPage,
    TransferReason,
    TransferRequest,
    TransferShipping,
    TransferTags,
    TransferWithDevices,
)
from inventory.custody.transfers import TransferDraft
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("transfers", "/transfers", "Devices that one school sends to another.")
ONE = "/<int(max=2147483647):transfer_id>"
DEVICE = f"{ONE}/devices/<int(max=2147483647):asset_id>"


@bp.route("")
@guarded(Permission.CUSTODY_READ)
@bp.arguments(TransferArgs, location="query")
@bp.response(200, TransferPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Transfers of your schools at either side, newest first."""
    limit = args["limit"]
    found = listing.listed(
        current_db(), current_actor(), state=args.get("state"), waits=args.get("waits", ""),
        after=after_id(args), limit=limit + 1,
    )  # fmt: skip
    return page_of_rows(
        found, limit, lambda rows: [body_of(row) for row in rows], lambda row: int(row.transfer.id)
    )


@bp.route("", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(TransferRequest)
@bp.response(201, TransferWithDevices)
def request(given: dict[str, Any]) -> dict[str, Any]:
    """Ask another school for devices, for one of your own."""
    made = transfers.request(
        current_db(), current_actor(), TransferDraft(**given), now=current_now()
    )
    return whole(made)


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ)
@bp.response(200, TransferWithDevices)
def read(transfer_id: int) -> dict[str, Any]:
    """One transfer and its devices."""
    return _whole(transfer_id)


@bp.route(f"{ONE}/approve", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.response(200, TransferWithDevices)
def approve(transfer_id: int) -> dict[str, Any]:
    """As the giving school: allow it."""
    return whole(transfers.approve(current_db(), current_actor(), transfer_id, now=current_now()))


@bp.route(f"{ONE}/refuse", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(TransferReason)
@bp.response(200, TransferWithDevices)
def refuse(given: dict[str, str], transfer_id: int) -> dict[str, Any]:
    """As the giving school: say no, and why."""
    return whole(
        transfers.refuse(current_db(), current_actor(), transfer_id, **given, now=current_now())
    )


@bp.route(f"{ONE}/cancel", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(TransferReason)
@bp.response(200, TransferWithDevices)
def cancel(given: dict[str, str], transfer_id: int) -> dict[str, Any]:
    """Call it off before anything is sent."""
    return whole(
        transfers.cancel(current_db(), current_actor(), transfer_id, **given, now=current_now())
    )


@bp.route(f"{ONE}/devices", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(TransferTags)
@bp.response(200, TransferWithDevices)
def choose(given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
    """As the giving school: put devices on the list; all of them or none. 409 names each that may
    not go, and why."""
    shipping.choose(current_db(), current_actor(), transfer_id, given["tags"], now=current_now())
    return _whole(transfer_id)


@bp.route(DEVICE, methods=["DELETE"])
@guarded(Permission.CUSTODY_WRITE)
@bp.response(200, TransferWithDevices)
def leave_out(transfer_id: int, asset_id: int) -> dict[str, Any]:
    """Take a device from the list again."""
    shipping.leave_out(current_db(), current_actor(), transfer_id, asset_id, now=current_now())
    return _whole(transfer_id)


@bp.route(f"{ONE}/ship", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(TransferShipping)
@bp.response(200, TransferWithDevices)
def ship(given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
    """As the giving school: send what is on the list, and what these tags name."""
    return whole(
        shipping.ship(
            current_db(), current_actor(), transfer_id, tags=given["tags"], now=current_now()
        )
    )


@bp.route(f"{ONE}/receive", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(TransferArrival)
@bp.response(200, TransferWithDevices)
def receive(given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
    """As the receiving school: say what arrived, is damaged, or is missing. The transfer is closed
    when nothing is on its way any more."""
    return whole(
        receiving.receive(
            current_db(), current_actor(), transfer_id, Arrival(**given), now=current_now()
        )
    )


@bp.route("/in-hand")
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(InHandArgs, location="query")
@bp.response(200, ForeignView)
def whose(args: dict[str, Any]) -> Foreign:
    """Where a device belongs that was scanned at your school."""
    return receiving.whose(current_db(), current_actor(), args["tag"], args["to_site_id"])


@bp.route("/in-hand", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(InHand)
@bp.response(201, TransferWithDevices)
def take_in_hand(given: dict[str, Any]) -> dict[str, Any]:
    """Take over a device of another school that is here, in one act."""
    made = receiving.take_in_hand(
        current_db(), current_actor(), given["tag"], given["to_site_id"], note=given["note"],
        now=current_now(),
    )  # fmt: skip
    return whole(made)


def body_of(shown: Shown) -> dict[str, Any]:
    return {
        **shown.transfer.model_dump(), "giving": shown.giving, "taking": shown.taking,
        "devices": shown.devices,
    }  # fmt: skip


def whole(transfer: Transfer) -> dict[str, Any]:
    """A transfer that was changed, as it is now."""
    return _whole(transfer.id)


def _whole(transfer_id: int) -> dict[str, Any]:
    shown = listing.one(current_db(), current_actor(), transfer_id)
    return {
        "transfer": body_of(shown), "devices": listing.devices(current_db(), transfer_id)
    }  # fmt: skip
