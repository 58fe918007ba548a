"""/catalog/models: the models of makers: confirmed, renamed, merged within one maker."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from sqlmodel import col

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import catalog, catalog_listing, merging, suggesting
from inventory.assets.catalog_form_schemas import (
    ConfirmForm,
    IntoModelArgs,
    MakerArgs,
    MergeForm,
    ModelForm,
    ModelsArgs,
    NewModelForm,
)
from inventory.assets.catalog_models import AssetModel
from inventory.assets.catalog_pages import back_to, cursor, key_of, require_editor, require_version
from inventory.assets.models import Asset
from inventory.assets.naming import manufacturer_named
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("model_pages", __name__, url_prefix="/catalog/models")

MODEL = "/<int(max=2147483647):model_id>"
MOST_OTHERS = 300


@bp.route("")
@guarded(Permission.ASSET_READ, page=True)
@with_query(ModelsArgs)
def models(args: dict[str, Any]) -> Response:
    """Models by name, of all makers or of one."""
    db, actor = current_db(), current_actor()
    maker_id = args.get("manufacturer_id")
    maker = catalog.get_manufacturer(db, actor, maker_id) if maker_id is not None else None
    lines, after = catalog_listing.models(
        db, actor, q=args["q"], manufacturer_id=maker_id, provisional=args.get("provisional"),
        after=key_of(args),
    )  # fmt: skip
    return page("assets/models.html", lines=lines, args=args, after=cursor(after), maker=maker)


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
@with_query(MakerArgs)
def new_model(args: dict[str, int]) -> Response:
    """A new model; a maker that is not known yet enters the catalog with it."""
    require_editor()
    db, actor, now = current_db(), current_actor(), current_now()
    of = args.get("manufacturer_id")
    known = catalog.get_manufacturer(db, actor, of).name if of is not None else ""
    form = Form(NewModelForm(), {"manufacturer": known})
    if form.submitted():
        with form.attempt():
            name = form.data["manufacturer"]
            maker = manufacturer_named(db, name)
            maker = maker or catalog.create_manufacturer(db, actor, name, now=now)
            made = catalog.create_model(
                db, actor, maker.id, form.data["name"], category=form.data["category"],
                part_number=form.data["part_number"], now=now,
            )  # fmt: skip
        if form.ok:
            to = f"/catalog/models?manufacturer_id={maker.id}"
            return done(to, _("%(name)s was added.", name=made.name))
    makers = suggesting.makers(db, actor)
    return page("assets/model_new.html", status=form.status, form=form, makers=makers)


@bp.route(MODEL, methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def model(model_id: int) -> Response:
    """Rename a model, say what it is, confirm it."""
    require_editor()
    db, actor = current_db(), current_actor()
    present = catalog.get_model(db, actor, model_id)
    initial = {
        "name": present.name, "category": present.category, "part_number": present.part_number,
        "confirmed": not present.provisional,
    }  # fmt: skip
    form = Form(ModelForm(), initial)
    if form.submitted():
        changes = {name: form.data[name] for name in ("name", "category", "part_number")}
        with form.attempt():
            locked = catalog.get_model(db, actor, model_id, lock=True)
            require_version(locked.version, form.data["version"])
            changes["provisional"] = not form.data["confirmed"]
            catalog.change_model(db, actor, model_id, changes, now=current_now())
        if form.ok:
            return done(_home(present), _("Saved."))
    return page(
        "assets/model.html", status=form.status, form=form, model=present,
        maker=catalog.get_manufacturer(db, actor, present.manufacturer_id),
        spellings=catalog_listing.model_spellings(db, model_id),
    )  # fmt: skip


@bp.route(f"{MODEL}/confirm", methods=["POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def confirm_model(model_id: int) -> Response:
    """A name that came with an asset is right."""
    require_editor()
    db, actor = current_db(), current_actor()
    present = catalog.get_model(db, actor, model_id)
    form = Form(ConfirmForm())
    home = back_to("/catalog/models", form)
    if form.submitted():
        with form.attempt():
            locked = catalog.get_model(db, actor, model_id, lock=True)
            require_version(locked.version, form.data["version"])
            catalog.change_model(db, actor, model_id, {"provisional": False}, now=current_now())
        if form.ok:
            return done(home, _("%(name)s is confirmed.", name=present.name))
    return done(home, " ".join(form.remarks) or _("That did not work."), kind="warning")


@bp.route(f"{MODEL}/merge", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
@with_query(IntoModelArgs)
def merge_model(args: dict[str, int], model_id: int) -> Response:
    """One model takes over another's assets and spellings; told before it is done."""
    require_editor()
    db, actor = current_db(), current_actor()
    loser = catalog.get_model(db, actor, model_id)
    home = _home(loser)
    form = Form(MergeForm())
    if form.submitted():
        with form.attempt():
            given = {model_id: form.data["version"], form.data["into"]: form.data["into_version"]}
            for id_, version in sorted(given.items()):
                require_version(catalog.get_model(db, actor, id_, lock=True).version, version)
            winner = merging.merge_models(db, actor, model_id, form.data["into"], now=current_now())
        if form.ok:
            return done(home, _("It is %(name)s now.", name=winner.name))
    others = _others(loser)
    into = next((one for one in others if one.id == args.get("into")), None)
    assets = catalog_listing.assets_by(db, actor, col(Asset.model_id), [model_id])
    return page(
        "assets/model_merge.html", status=form.status, form=form, loser=loser, into=into,
        maker=catalog.get_manufacturer(db, actor, loser.manufacturer_id),
        assets=assets.get(model_id, 0), others=[(one.id, one.name) for one in others],
    )  # fmt: skip


def _others(model: AssetModel) -> list[AssetModel]:
    found = catalog.list_models(
        current_db(), current_actor(), manufacturer_id=model.manufacturer_id, after=None,
        limit=MOST_OTHERS,
    )  # fmt: skip
    return [one for one in found if one.id != model.id]


def _home(model: AssetModel) -> str:
    return f"/catalog/models?manufacturer_id={model.manufacturer_id}"
