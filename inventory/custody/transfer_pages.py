"""/transfers: devices from school to school, each with the next step of whoever looks."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.tag_rules import tag_key
from inventory.custody import receiving, shipping, transfer_listing as listing, transfers
from inventory.custody.receiving import Arrival
from inventory.custody.transfer_form_schemas import NothingForm, ReceiveForm, TagsForm
from inventory.custody.transfer_listing import WAITS, Going
from inventory.custody.transfer_models import ItemState, TransferState
from inventory.custody.transfer_policy import STAGES
from inventory.http.keyset import after_id
from inventory.http.paging import encode_cursor
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.sites import service as sites
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("transfer_pages", __name__, url_prefix="/transfers")
ONE = "/<int(max=2147483647):transfer_id>"
DEVICE = f"{ONE}/devices/<int(max=2147483647):asset_id>"
PAGE = 50


class ListArgs(ObjectSchema):
    """Which transfers. `waits`: those that wait for the reader."""

    state = fields.Enum(TransferState, by_value=True, load_default=None)
    waits = fields.String(load_default="", validate=validate.OneOf(["", *WAITS]))
    after = Text(max_length=500, load_default="")


@bp.route("")
@guarded(Permission.CUSTODY_READ, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Transfers of one's schools, newest first."""
    db, actor = current_db(), current_actor()
    after = after_id({"after": args["after"]}) if args["after"] else None
    found = listing.listed(
        db, actor, state=args["state"], waits=args["waits"], after=after, limit=PAGE + 1
    )
    rows = found[:PAGE]
    more = encode_cursor([rows[-1].transfer.id]) if len(found) > PAGE else None
    return page("custody/transfers.html", rows=rows, args=args, more=more)


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ, page=True)
def show(transfer_id: int) -> Response:
    """One transfer: how far it is, its devices, and what may be done next."""
    return _shown(transfer_id)


@bp.route(f"{ONE}/approve", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def approve(transfer_id: int) -> Response:
    """As the giving school: allow it."""
    form = Form(NothingForm())
    with form.attempt():
        transfers.approve(current_db(), current_actor(), transfer_id, now=current_now())
    return _after(transfer_id, _("Allowed. Now say which devices go."), form)


@bp.route(f"{ONE}/devices", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def choose(transfer_id: int) -> Response:
    """As the giving school: put devices on the list."""
    form = Form(TagsForm())
    if form.submitted():
        with form.attempt():
            shipping.choose(
                current_db(), current_actor(), transfer_id, form.data["tags"], now=current_now()
            )
    return _after(transfer_id, _("They are on the list."), form)


@bp.route(f"{DEVICE}/leave-out", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def leave_out(transfer_id: int, asset_id: int) -> Response:
    """Take a device from the list again."""
    form = Form(NothingForm())
    with form.attempt():
        shipping.leave_out(current_db(), current_actor(), transfer_id, asset_id, now=current_now())
    return _after(transfer_id, _("It stays here."), form)


@bp.route(f"{ONE}/ship", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def ship(transfer_id: int) -> Response:
    """As the giving school: send what is on the list."""
    form = Form(NothingForm())
    with form.attempt():
        shipping.ship(current_db(), current_actor(), transfer_id, now=current_now())
    return _after(transfer_id, _("They are on their way."), form)


@bp.route(f"{ONE}/receive", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def receive(transfer_id: int) -> Response:
    """As the receiving school: say what arrived."""
    form = Form(ReceiveForm())
    if form.submitted():
        with form.attempt():
            arrival = _arrival(form, listing.devices(current_db(), transfer_id))
            if form.ok:
                receiving.receive(
                    current_db(), current_actor(), transfer_id, arrival, now=current_now()
                )
    return _after(transfer_id, _("Received."), form)


def _arrival(form: Form, going: list[Going]) -> Arrival:
    """What the form says; a tag that is none of the transfer's stands in the form."""
    by_tag = {tag_key(device.tag): device.asset_id for device in going}
    found: dict[str, list[int]] = {"received": [], "damaged": [], "missing": []}
    for said in form.data["outcome"]:
        number, _colon, outcome = said.partition(":")
        found[outcome].append(int(number))
    known = {number for numbers in found.values() for number in numbers}
    for tag in form.data["tags"]:
        number = by_tag.get(tag_key(tag))
        if number is None:
            form.refuse(_("%(tag)s is not part of this transfer.", tag=tag), "tags")
        elif number not in known:
            found["received"].append(number)
    return Arrival(**found, place_id=form.data["place_id"], note=form.data["note"])


def _after(transfer_id: int, told: str, form: Form) -> Response:
    if form.ok:
        return done(url_for("transfer_pages.show", transfer_id=transfer_id), told)
    return _shown(transfer_id, form)


def _shown(transfer_id: int, form: Form | None = None) -> Response:
    db, actor = current_db(), current_actor()
    shown = listing.one(db, actor, transfer_id)
    transfer = shown.transfer
    given = form or Form(NothingForm(), read=False)
    gives = actor.may(Permission.CUSTODY_WRITE, transfer.from_site_id)
    takes = actor.may(Permission.CUSTODY_WRITE, transfer.to_site_id)
    going = listing.devices(db, transfer_id)
    receives = takes and transfer.state is TransferState.IN_TRANSIT
    return page(
        "custody/transfer.html", status=given.status, shown=shown, transfer=transfer, form=given,
        choosing=_own(given, TagsForm), receiving=_own(given, ReceiveForm),
        devices=going, counts=_counts(going), gives=gives, takes=takes, receives=receives,
        stages=STAGES, reached=_reached(transfer.state),
        places=_within(transfer.to_site_id) if receives else [],
    )  # fmt: skip


def _own(form: Form, schema: type[ObjectSchema]) -> Form:
    """The form that was posted where it is this one, else an empty one."""
    return form if isinstance(form.schema, schema) else Form(schema(), read=False)


def _within(site_id: int) -> list[tuple[int, str]]:
    """Where what arrives may be put."""
    db, below = current_db(), sites.subtree(current_db(), site_id)
    found = pickable(db, current_actor(), Permission.CUSTODY_WRITE)
    return [(id_, name) for id_, name in found if id_ in below and id_ != site_id]


def _reached(state: TransferState) -> int:
    """How many stages are behind; 0 where it ended before its time."""
    return STAGES.index(state) + 1 if state in STAGES else 0


def _counts(going: list[Going]) -> Mapping[str, int]:
    return {state.value: n for state, n in listing.numbers(going).items() if n} | {
        "open": sum(g.state is ItemState.IN_TRANSIT for g in going)
    }
