"""/assets/new and an asset's forms: change it, move it to another state, retire it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import custom_fields, policy, reach, service, suggesting, tags
from inventory.assets.catalog_models import CustomField
from inventory.assets.entering import LIKE, changes_of, draft_of, in_words_of_the_form, present
from inventory.assets.form_schemas import (
    CUSTOM,
    AssetForm,
    NewAssetForm,
    RetireForm,
    StatusForm,
    custom_of,
    dollars,
    with_custom,
)
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.assets.naming import names_of
from inventory.assets.schemas import MAX_ID
from inventory.errors import VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page, part

bp = Blueprint("asset_forms", __name__, url_prefix="/assets")

ID = "<int(max=2147483647):asset_id>"
_WORD = {"cost": "cost_cents"}


class NewArgs(ObjectSchema):
    like = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))


class MakerArgs(ObjectSchema):
    manufacturer = Text(max_length=120, load_default="")


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.ASSET_WRITE, page=True)
@with_query(NewArgs)
def new(args: dict[str, int]) -> Response:
    """A new asset, alone or one of a lot: `like` is one of the same."""
    db, actor = current_db(), current_actor()
    known = custom_fields.definitions(db)
    like = reach.get(db, actor, args["like"]) if "like" in args else None
    initial = {"status": Status.IN_STOCK, **(_initial(like, LIKE) if like else {})}
    form = Form(with_custom(NewAssetForm, known), initial)
    if form.submitted():
        with form.attempt(), in_words_of_the_form():
            draft = draft_of(form.data, custom_of(form.data))
            asset = service.create(db, actor, draft, now=current_now())
        if form.ok:
            again = form.data["another"]
            to = f"/assets/new?like={asset.id}" if again else f"/assets/{asset.id}"
            return done(to, _("%(tag)s was made.", tag=asset.tag))
    return page(
        "assets/new.html", status=form.status, form=form, like=like,
        counters=tags.list_counters(db, actor), initial_states=policy.INITIAL,
        **_offered(form, known),
    )  # fmt: skip


@bp.route(f"/{ID}/edit", methods=["GET", "POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def edit(asset_id: int) -> Response:
    """Change an asset. Where somebody was quicker, both are shown."""
    db, actor = current_db(), current_actor()
    asset = _changeable(asset_id, Permission.ASSET_WRITE)
    known = custom_fields.definitions(db)
    initial = _initial(asset)
    form = Form(with_custom(AssetForm, known), initial)
    if form.submitted():
        with form.attempt(), in_words_of_the_form():
            changes = changes_of(asset, _names(asset), form.data, custom_of(form.data))
            service.change(
                db, actor, asset_id, changes, now=current_now(), version=form.data.get("version", 0)
            )
        if form.ok:
            return done(f"/assets/{asset_id}", _("Saved.") if changes else _("Nothing differed."))
    return page(
        "assets/edit.html", status=form.status, form=form, asset=asset,
        overtaken=_overtaken(form, initial, known), **_offered(form, known),
    )  # fmt: skip


@bp.route(f"/{ID}/status", methods=["GET", "POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def status(asset_id: int) -> Response:
    """Move an asset to another state."""
    asset = _changeable(asset_id, Permission.ASSET_WRITE)
    moves = [
        to
        for to in Status
        if to in policy.MOVES[asset.status]
        and current_actor().may(policy.permission_for(asset.status, to), asset.site_id)
    ]
    form = Form(StatusForm(), {})
    if form.submitted():
        with form.attempt():
            service.set_status(
                current_db(), current_actor(), asset_id, form.data["status"], now=current_now(),
                reason=form.data["reason"], version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return done(f"/assets/{asset_id}", _("The status was changed."))
    return page(
        "assets/status.html", status=form.status, form=form, asset=asset, moves=moves,
        reasons=policy.NEEDS_REASON,
    )  # fmt: skip


@bp.route(f"/{ID}/retire", methods=["GET", "POST"])
@guarded(Permission.ASSET_RETIRE, page=True)
def retire(asset_id: int) -> Response:
    """Take an asset out of service; asked once more before."""
    asset = _changeable(asset_id, Permission.ASSET_RETIRE)
    form = Form(RetireForm(), {})
    if form.submitted():
        with form.attempt():
            service.retire(
                current_db(), current_actor(), asset_id, now=current_now(),
                reason=form.data["reason"], version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return done(f"/assets/{asset_id}", _("%(tag)s is retired.", tag=asset.tag))
    possible = Status.RETIRED in policy.MOVES[asset.status]
    return page("assets/retire.html", status=form.status, form=form, asset=asset, possible=possible)


@bp.route("/new/models")
@guarded(Permission.ASSET_READ, page=True)
@with_query(MakerArgs)
def models(args: dict[str, str]) -> Response:
    """The names of a maker's models, to choose from."""
    names = suggesting.models(current_db(), current_actor(), args["manufacturer"])
    return part("assets/options.html", names=names)


def _changeable(asset_id: int, permission: Permission) -> Asset:
    asset = reach.get(current_db(), current_actor(), asset_id)
    current_actor().require(permission, asset.site_id)
    return asset


def _names(asset: Asset) -> dict[str, str]:
    return names_of(*service.catalog_of(current_db(), asset))


def _initial(asset: Asset, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the form shows of an asset before anything is typed."""
    shown = present(asset, _names(asset))
    shown["cost"] = dollars(asset.cost_cents)
    shown |= {CUSTOM + key: value for key, value in asset.custom.items()}
    if only:
        return {k: v for k, v in shown.items() if k in only or k.startswith(CUSTOM)}
    return shown


def _offered(form: Form, known: Sequence[CustomField]) -> dict[str, Any]:
    """What the fields offer to choose from."""
    db, actor = current_db(), current_actor()
    near = str(form.value("site_id"))
    present = int(near) if near.isdigit() else None
    return {
        "custom": [one for one in known if not one.archived],
        "places": pickable(db, actor, Permission.ASSET_WRITE, present=present),
        "makers": suggesting.makers(db, actor),
        "models": suggesting.models(db, actor, str(form.value("manufacturer"))[:120]),
        "placeless": actor.scope(Permission.ASSET_WRITE) is None,
    }


def _overtaken(
    form: Form, now: Mapping[str, Any], known: Sequence[CustomField]
) -> list[tuple[str, object, object]]:
    """Where somebody was quicker: (field, as it is now, as it was typed) where the two differ."""
    if not isinstance(form.refused, VersionMismatch):
        return []
    names = {CUSTOM + one.key: one.label for one in known}
    return [
        (names.get(name) or label("field", _WORD.get(name, name)), now.get(name), form.value(name))
        for name in form.schema.fields
        if name != "version" and _typed(form.value(name)) != _typed(now.get(name))
    ]


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")
