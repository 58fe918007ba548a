"""/api/v1/custody and /api/v1/assets/{id}/custody: who has what; handing out, in, swapping."""

from datetime import datetime
from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.api import ID
from inventory.custody import lines, listing, service, swapping
from inventory.custody.cursors_api import cursor_of, read_cursor
from inventory.custody.holders import Holder, Terms
from inventory.custody.listing import CustodyFilter, Held
from inventory.custody.models import Custody
from inventory.custody.schemas import (
    CheckIn,
    CheckOut,
    CustodyArgs,
    CustodyPage,
    CustodyRecord,
    CustodyView,
    Extend,
    Swap,
    SwapView,
)
from inventory.custody.service import Coming
from inventory.custody.viewing import record_views
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites import service as sites

bp = api_blueprint("custody", "", "Who has a device, until when, and what went along.")
OF_ASSET = f"/assets/{ID}/custody"
ONE = "/custody/<int(max=2147483647):custody_id>"


@bp.route("/custody")
@guarded(Permission.CUSTODY_READ, write=True)
@bp.arguments(CustodyArgs, location="query")
@bp.response(200, CustodyPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """What is out now, what is overdue longest first. Whose names you see is written down."""
    db, actor, now, limit = current_db(), current_actor(), current_now(), args["limit"]
    below = None if "site_id" not in args else sites.subtree(db, args["site_id"])
    wanted = CustodyFilter(
        args.get("kind"), args.get("overdue"), args.get("person_id"), args.get("place_id"),
        args.get("cart_id"), below,
    )  # fmt: skip
    after = read_cursor(args["after"]) if "after" in args else None
    found = listing.open_ones(db, actor, wanted, after=after, limit=limit + 1, now=now)
    page = found[:limit]
    more = cursor_of(page[-1]) if len(found) > limit else None
    return {"items": shown(page), "next": more}


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ, write=True)
@bp.response(200, CustodyView)
def read(custody_id: int) -> dict[str, Any]:
    """One custody, open or over."""
    return shown([listing.one(current_db(), current_actor(), custody_id)])[0]


@bp.route(OF_ASSET)
@guarded(Permission.CUSTODY_READ, write=True)
@bp.arguments(PageArgs, location="query")
@bp.response(200, CustodyPage)
def history(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """Everybody and everything that has had a device, newest first."""
    limit = args["limit"]
    found = listing.of_asset(
        current_db(), current_actor(), asset_id, after=after_id(args), limit=limit + 1
    )
    return page_of_rows(found, limit, shown, key=lambda held: int(held.custody.id))


@bp.route(OF_ASSET, methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(CheckOut)
@bp.response(201, CustodyRecord)
def check_out(given: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """Hand a device out to one person, place or cart. 409 where it is out already (`take_over`
    says why it is taken from who has it), on hold, or something else speaks against it."""
    holder = Holder(given.pop("person_id"), given.pop("place_id"), given.pop("cart_id"))
    take_over = given.pop("take_over")
    made = service.check_out(
        current_db(), current_actor(), asset_id, holder, Terms(**given), take_over=take_over,
        now=current_now(),
    )  # fmt: skip
    return record_of(made)


@bp.route(f"{ONE}/return", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(CheckIn)
@bp.response(200, CustodyRecord)
def check_in(given: dict[str, Any], custody_id: int) -> dict[str, Any]:
    """Hand a device in. What is broken goes to the repair shop, the rest back to stock."""
    coming = Coming(**given)
    return record_of(
        service.check_in(current_db(), current_actor(), custody_id, coming, now=current_now())
    )


@bp.route(f"{ONE}/swap", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(Swap)
@bp.response(200, SwapView)
def swap(given: dict[str, Any], custody_id: int) -> dict[str, Any]:
    """The broken one in and to the repair shop, the spare one out to whoever had it; both or
    neither."""
    ended, began = swapping.swap(
        current_db(), current_actor(), custody_id, given["spare_id"], Coming(**given["coming"]),
        Terms(**given["terms"]), now=current_now(),
    )  # fmt: skip
    return {"ended": record_of(ended), "began": record_of(began)}


@bp.route(f"{ONE}/extend", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@bp.arguments(Extend)
@bp.response(200, CustodyRecord)
def extend(given: dict[str, Any], custody_id: int) -> dict[str, Any]:
    """Move the end."""
    return record_of(
        service.extend(current_db(), current_actor(), custody_id, **given, now=current_now())
    )


def shown(found: list[Held]) -> list[dict[str, Any]]:
    """Custodies in an answer. That their persons were shown is written down."""
    now = current_now()
    record_views(current_db(), current_actor(), found, now=now)
    return [_body(held, now) for held in found]


def record_of(custody: Custody) -> dict[str, Any]:
    """A custody without names."""
    went = lines.of(current_db(), [custody.id]).get(custody.id, [])
    return {**custody.model_dump(), "accessories": went}


def _body(held: Held, now: datetime) -> dict[str, Any]:
    who = held.person
    return {
        **held.custody.model_dump(),
        "tag": held.tag,
        "category": held.category,
        "status": held.status,
        "site_id": held.site_id,
        "holder": held.holder,
        "person": None
        if who is None
        else {"id": who.id, "name": held.holder, "grade": who.grade, "active": who.active},
        "overdue": held.overdue(now),
        "accessories": held.lines,
    }
