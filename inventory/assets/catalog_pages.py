"""/catalog: makers and their models: confirmed, renamed, merged where two mean the same."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import catalog, catalog_listing, merging
from inventory.assets.catalog_form_schemas import (
    ConfirmForm,
    IntoMakerArgs,
    MakerForm,
    MakersArgs,
    MergeForm,
    NewMakerForm,
)
from inventory.assets.models import Asset
from inventory.assets.naming import manufacturer_named
from inventory.assets.schemas import MAX_ID
from inventory.errors import InvalidInput, VersionMismatch
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("catalog_pages", __name__, url_prefix="/catalog")

MAKER = "/makers/<int(max=2147483647):maker_id>"
HOME = "/catalog"


@bp.route("")
@guarded(Permission.ASSET_READ, page=True)
@with_query(MakersArgs)
def makers(args: dict[str, Any]) -> Response:
    """Makers by name."""
    lines, after = catalog_listing.makers(
        current_db(), current_actor(), q=args["q"], provisional=args.get("provisional"),
        after=key_of(args),
    )  # fmt: skip
    return page("assets/makers.html", lines=lines, args=args, after=cursor(after))


@bp.route("/makers/new", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def new_maker() -> Response:
    """A new maker."""
    require_editor()
    form = Form(NewMakerForm())
    if form.submitted():
        with form.attempt():
            made = catalog.create_manufacturer(
                current_db(), current_actor(), form.data["name"], now=current_now()
            )
        if form.ok:
            return done(HOME, _("%(name)s was added.", name=made.name))
    return page("assets/maker_new.html", status=form.status, form=form)


@bp.route(MAKER, methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def maker(maker_id: int) -> Response:
    """Rename or confirm a maker."""
    require_editor()
    db, actor = current_db(), current_actor()
    present = catalog.get_manufacturer(db, actor, maker_id)
    initial = {"name": present.name, "confirmed": not present.provisional}
    form = Form(MakerForm(), initial)
    if form.submitted():
        changes = {"name": form.data["name"], "provisional": not form.data["confirmed"]}
        with form.attempt():
            locked = catalog.get_manufacturer(db, actor, maker_id, lock=True)
            require_version(locked.version, form.data["version"])
            catalog.change_manufacturer(db, actor, maker_id, changes, now=current_now())
        if form.ok:
            return done(HOME, _("Saved."))
    return page(
        "assets/maker.html", status=form.status, form=form, maker=present,
        spellings=catalog_listing.maker_spellings(db, maker_id),
    )  # fmt: skip


@bp.route(f"{MAKER}/confirm", methods=["POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def confirm_maker(maker_id: int) -> Response:
    """A name that came with an asset is right."""
    require_editor()
    form = Form(ConfirmForm())
    home = back_to(HOME, form)
    if form.submitted():
        with form.attempt():
            db, actor = current_db(), current_actor()
            locked = catalog.get_manufacturer(db, actor, maker_id, lock=True)
            require_version(locked.version, form.data["version"])
            changes = {"provisional": False}
            catalog.change_manufacturer(db, actor, maker_id, changes, now=current_now())
        if form.ok:
            return done(home, _("%(name)s is confirmed.", name=locked.name))
    return done(home, " ".join(form.remarks) or _("That did not work."), kind="warning")


@bp.route(f"{MAKER}/merge", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
@with_query(IntoMakerArgs)
def merge_maker(args: dict[str, str], maker_id: int) -> Response:
    """One maker takes over another's assets, models and spellings; told before it is done."""
    require_editor()
    db, actor = current_db(), current_actor()
    loser = catalog.get_manufacturer(db, actor, maker_id)
    form = Form(MergeForm())
    if form.submitted():
        with form.attempt():
            _require_versions(maker_id, form.data)
            winner = merging.merge_manufacturers(
                db, actor, maker_id, form.data["into"], now=current_now()
            )
        if form.ok:
            return done(HOME, _("It is %(name)s now.", name=winner.name))
    into = manufacturer_named(db, args["into"]) if args["into"] else None
    if into is not None and into.id == maker_id:
        into = None
    assets = catalog_listing.assets_by(db, actor, Asset.manufacturer_id, [maker_id])
    return page(
        "assets/maker_merge.html", status=form.status, form=form, loser=loser, into=into,
        asked=args["into"], assets=assets.get(maker_id, 0), makers=_others(maker_id),
    )  # fmt: skip


def require_editor() -> None:
    """The catalog is the whole district's, and so is the right to change it."""
    current_actor().require_everywhere(Permission.CATALOG_WRITE)


def back_to(path: str, form: Form) -> str:
    """The list as it was when one left it."""
    back = form.data.get("back", "")
    return f"{path}?{back}" if back else path


def key_of(args: dict[str, Any]) -> tuple[str, int] | None:
    """The key in the cursor of a page of the catalog. Raises `InvalidInput`."""
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [str(key), int(last)] if 0 < last <= MAX_ID and key.isprintable():
            return key, last
    raise InvalidInput("not a cursor", {"query": {"after": ["is not a cursor of this list"]}})


def cursor(key: tuple[str, int] | None) -> str | None:
    return encode_cursor(key) if key is not None else None


def require_version(now: int, read: int) -> None:
    """Raises `VersionMismatch` where somebody was quicker."""
    if now != read:
        raise VersionMismatch("it was changed since you read it; read it again")


def _require_versions(maker_id: int, given: dict[str, int]) -> None:
    db, actor = current_db(), current_actor()
    for id_, version in sorted(
        {maker_id: given["version"], given["into"]: given["into_version"]}.items()
    ):
        require_version(catalog.get_manufacturer(db, actor, id_, lock=True).version, version)


def _others(maker_id: int) -> list[str]:
    found = catalog.list_manufacturers(current_db(), current_actor(), after=None, limit=300)
    return [one.name for one in found if one.id != maker_id]
