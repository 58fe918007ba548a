"""/assets/{id}/holds: freezing a device for an investigation, and letting it go by two persons."""

from collections.abc import Callable

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import holds, reach
from inventory.assets.hold_models import Hold, HoldKind
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Form
from inventory.web.pages import done

bp = Blueprint("asset_holds_pages", __name__)

LIST = "asset_holds_pages.listed"
HOLD = "/holds/<int(max=2147483647):hold_id>"


class RaiseForm(ObjectSchema):
    """Why the device is frozen; a case number never names a person."""

    kind = fields.Enum(HoldKind, by_value=True, required=True)
    case_number = Text(max_length=80, load_default="")
    reason = Text(max_length=holds.MAX_REASON, required=True)


class VersionForm(ObjectSchema):
    """The version that was read."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))


class ReleaseForm(VersionForm):
    """Why the hold may go."""

    reason = Text(max_length=holds.MAX_REASON, required=True)


@bp.route(f"{ASSET}/holds")
@guarded(Permission.HOLD_READ, page=True, write=True)
def listed(asset_id: int) -> Response:
    """The holds, in force and over. That somebody looked is recorded."""
    return _page(asset_id)


@bp.route(f"{ASSET}/holds", methods=["POST"])
@guarded(Permission.HOLD_WRITE, page=True)
def raise_(asset_id: int) -> Response:
    """Freeze it: one person is enough."""
    form = Form(RaiseForm())
    return _act(
        asset_id, form, _("The device is on hold."),
        lambda: holds.raise_hold(
            current_db(), current_actor(), asset_id, **form.data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"{HOLD}/ask-release", methods=["POST"])
@guarded(Permission.HOLD_WRITE, page=True)
def ask_release(hold_id: int) -> Response:
    """The first of two."""
    form = Form(ReleaseForm())
    return _act(
        _asset_of(hold_id), form, _("Asked for. Another person must confirm it."),
        lambda: holds.ask_release(
            current_db(), current_actor(), hold_id, **form.data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"{HOLD}/release", methods=["POST"])
@guarded(Permission.HOLD_WRITE, page=True)
def release(hold_id: int) -> Response:
    """The second of two."""
    form = Form(VersionForm())
    return _act(
        _asset_of(hold_id), form, _("The hold is over."),
        lambda: holds.release(
            current_db(), current_actor(), hold_id, **form.data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"{HOLD}/keep", methods=["POST"])
@guarded(Permission.HOLD_WRITE, page=True)
def keep(hold_id: int) -> Response:
    """The hold stays."""
    form = Form(VersionForm())
    return _act(
        _asset_of(hold_id), form, _("The hold stays."),
        lambda: holds.keep(current_db(), current_actor(), hold_id, **form.data, now=current_now()),
    )  # fmt: skip


def _act(asset_id: int, form: Form, told: str, act: Callable[[], object]) -> Response:
    if form.submitted():
        with form.attempt():
            act()
        if form.ok:
            return done(url_for(LIST, asset_id=asset_id), told)
    return _page(asset_id, form)


def _asset_of(hold_id: int) -> int:
    """Raises `NotFound`, also for a hold of an asset outside the actor's reach."""
    hold = current_db().get(Hold, hold_id)
    if hold is None:
        raise NotFound(f"there is no hold {hold_id}")
    return reach.get(current_db(), current_actor(), hold.asset_id).id


def _page(asset_id: int, form: Form | None = None) -> Response:
    db, actor = current_db(), current_actor()
    head = head_now(asset_id)
    found = holds.read(db, actor, asset_id, now=current_now())
    return asset_page(
        "desk/asset/holds.html", head, LIST, status=form.status if form else 200,
        form=form or Form(Schema()), holds=found, me=actor.id,
        may_write=actor.may(Permission.HOLD_WRITE, head.asset.site_id),
    )  # fmt: skip
