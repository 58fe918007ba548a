"""Dialogs of custody: hand out, hand in, swap, move the end. Each is also a page of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import reach
from inventory.custody import carts, lines, listing, service, swapping
from inventory.custody.hand_form_schemas import ExtendForm, InForm, OutForm, SwapForm
from inventory.custody.holders import Holder, Terms
from inventory.custody.listing import Held
from inventory.custody.models import CustodyKind, LoanReason
from inventory.custody.service import Coming
from inventory.custody.viewing import record_person_views, record_views
from inventory.errors import Conflict, InvalidInput
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.people.choosing_pages import people_of
from inventory.sites.picking import pickable
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("hand_pages", __name__)

ASSET = "/assets/<int(max=2147483647):asset_id>/custody"
ONE = "/custody/<int(max=2147483647):custody_id>"
MOST_CARTS = 500
LOAN_DAYS = 7


@bp.route(f"{ASSET}/out", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def out(asset_id: int) -> Response:
    """Hand a device out, or only find the person first."""
    db, actor = current_db(), current_actor()
    asset = reach.get(db, actor, asset_id)
    actor.require(Permission.CUSTODY_WRITE, asset.site_id)
    form = Form(OutForm(), {"kind": CustodyKind.ASSIGNMENT})
    if form.submitted() and not form.data["find"]:
        given = dict(form.data)
        with form.attempt():
            holder = Holder(given.pop("person_id"), given.pop("place_id"), given.pop("cart_id"))
            take_over = given.pop("take_over")
            service.check_out(
                db, actor, asset_id, holder, _terms(given), take_over=take_over, now=current_now()
            )
        if form.ok:
            return done(_there(asset_id), _("%(tag)s is handed out.", tag=asset.tag))
    found = people_of(form)
    present = listing.holder_of(db, actor, asset_id)
    record_person_views(
        db, actor, [p.id for p in found] + listing.people_in([present] if present else []),
        now=current_now(),
    )  # fmt: skip
    return page(
        "custody/out.html", status=form.status, form=form, asset=asset, people=found,
        present=present, places=pickable(db, actor, Permission.CUSTODY_WRITE),
        carts=[(c.id, c.name) for c in carts.listed(db, actor, limit=MOST_CARTS)],
    )  # fmt: skip


@bp.route(f"{ONE}/in", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def in_(custody_id: int) -> Response:
    """Hand a device in."""
    held = _open(custody_id)
    form = Form(InForm(), {"accessories": lines.written(held.lines)})
    if form.submitted():
        with form.attempt():
            service.check_in(
                current_db(), current_actor(), custody_id, _coming(form.data), now=current_now()
            )
        if form.ok:
            return done(_there(held.custody.asset_id), _("%(tag)s is in.", tag=held.tag))
    return _page("custody/in.html", held, form)


@bp.route(f"{ONE}/swap", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def swap(custody_id: int) -> Response:
    """The broken one in, the spare one out: both or neither."""
    db, actor = current_db(), current_actor()
    held = _open(custody_id)
    form = Form(
        SwapForm(),
        {"kind": CustodyKind.LOAN, "loan_reason": LoanReason.REPAIR, "condition": "broken",
         "due_at": _in_a_week()},
    )  # fmt: skip
    if form.submitted():
        given = dict(form.data)
        with form.attempt():
            coming = Coming(condition=given.pop("condition"), note=given.pop("note"))
            spare = reach.by_tag(db, actor, given.pop("spare"))
            swapping.swap(db, actor, custody_id, spare.id, coming, _terms(given), now=current_now())
        if form.ok:
            told = _("%(tag)s is in, %(spare)s is out.", tag=held.tag, spare=spare.tag)
            return done(_there(held.custody.asset_id), told)
    return _page("custody/swap.html", held, form)


@bp.route(f"{ONE}/extend", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def extend(custody_id: int) -> Response:
    """Move the end."""
    held = _open(custody_id)
    form = Form(ExtendForm(), {"due_at": _in_a_week()})
    if form.submitted():
        with form.attempt():
            service.extend(
                current_db(), current_actor(), custody_id, in_zone(form.data["due_at"]),
                reason=form.data["reason"], now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(_there(held.custody.asset_id), _("The due date was moved."))
    return _page("custody/extend.html", held, form)


def _open(custody_id: int) -> Held:
    """Raises `NotFound`, `Forbidden`, `Conflict` where it is over."""
    held = listing.one(current_db(), current_actor(), custody_id)
    current_actor().require(Permission.CUSTODY_WRITE, held.site_id)
    if held.custody.returned_at is not None:
        raise Conflict(_("This device was handed in already."))
    return held


def _page(template: str, held: Held, form: Form) -> Response:
    record_views(current_db(), current_actor(), [held], now=current_now())
    return page(template, status=form.status, held=held, form=form)


def _terms(given: dict[str, Any]) -> Terms:
    """A field that belongs to loans alone is left out where nothing is lent."""
    lent = given["kind"] is CustodyKind.LOAN
    return Terms(
        given["kind"], given["loan_reason"] if lent else None, in_zone(given["due_at"]),
        given.get("condition"), given.get("note", ""), lines.parsed(given["accessories"]),
        given["override"],
    )  # fmt: skip


def _coming(given: dict[str, Any]) -> Coming:
    # Ticked, it goes to the repair shop; else only where it is broken.
    return Coming(
        given["condition"], True if given["repair"] else None, given["note"],
        lines.parsed(given["accessories"]),
    )  # fmt: skip


def in_zone(local: datetime | None) -> Any:
    """A moment in the district's time zone. Raises `InvalidInput` at the ends of the calendar."""
    if local is None:
        return None
    try:
        return local.replace(tzinfo=runtime().settings.zone).astimezone(UTC)
    except OverflowError as absurd:
        raise InvalidInput("no such moment", {"due_at": ["is too far away"]}) from absurd


def _in_a_week() -> str:
    """As a date and time field takes it: the end of school, a week ahead."""
    local = current_now().astimezone(runtime().settings.zone) + timedelta(days=LOAN_DAYS)
    return local.replace(hour=15, minute=0).strftime("%Y-%m-%dT%H:%M")


def _there(asset_id: int) -> str:
    return f"/assets/{asset_id}/custody"
