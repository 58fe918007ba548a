"""/find and /palette: a scan or a few letters, and one is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect
from flask_babel import gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.kinds import Category
from inventory.assets.search import MAX_QUERY
from inventory.assets.words import fold
from inventory.desk.finding import find
from inventory.http.unit import current_actor, current_db
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.labels import label
from inventory.web.navigation import menu_for
from inventory.web.pages import page, part
from inventory.web.viewer import Viewer, current_viewer

bp = Blueprint("find_pages", __name__)

LISTED, COMMANDS = 8, 6
_P = Permission


class FindArgs(ObjectSchema):
    """What is looked for."""

    q = fields.String(load_default="", validate=validate.Length(max=MAX_QUERY))


@dataclass(frozen=True, slots=True)
class Command:
    """A page or an act that the palette leads to."""

    label: LazyString | str
    url: str
    icon: str
    permission: Permission = _P.SELF


ACTS: Sequence[Command] = (
    Command(_l("New asset"), "/assets/new", "plus-lg", _P.ASSET_WRITE),
    Command(_l("Add a network"), "/networks/new", "plus-lg", _P.NETWORK_WRITE),
    Command(_l("Add a credential"), "/credentials/new", "plus-lg", _P.CREDENTIAL_WRITE),
    Command(_l("New account"), "/accounts/new", "plus-lg", _P.ACCOUNT_WRITE),
    Command(_l("My account and preferences"), "/me", "person"),
    Command(_l("Change my password"), "/me/password", "key"),
)


@bp.route("/find")
@guarded(Permission.ASSET_READ, page=True)
@with_query(FindArgs)
def show(args: dict[str, str]) -> BaseResponse:
    """One hit: go there. Several or none: show them, with the tags that may have been meant."""
    found = find(current_db(), current_actor(), args["q"])
    if found.only is not None:
        return redirect(f"/assets/{found.only}", 303)
    return page("desk/find.html", found=found, kinds=_kinds(found.text))


@bp.route("/palette")
@guarded(Permission.SELF, page=True)
@with_query(FindArgs)
def palette(args: dict[str, str]) -> BaseResponse:
    """What the palette lists for these letters: devices, pages, acts."""
    viewer = current_viewer()
    assert viewer is not None
    found = None
    if args["q"].strip() and viewer.may(_P.ASSET_READ):
        found = find(current_db(), current_actor(), args["q"], limit=LISTED)
    commands = _commands(viewer, args["q"])
    return part("desk/palette.html", found=found, commands=commands, text=args["q"].strip())


def _kinds(text: str) -> list[str]:
    """Kinds of devices that the text names in the viewer's words: no device is called "printer"."""
    wanted = fold(text).split()
    if not wanted:
        return []
    return [kind.value for kind in Category if _fits(label("category", kind), wanted)]


def _commands(viewer: Viewer, text: str) -> list[Command]:
    """Pages of the menu and acts that the viewer may open and whose words begin like this."""
    pages = [
        Command(_("Go to %(page)s", page=entry.label), entry.url, entry.icon)
        for _group, entries in menu_for(viewer)
        for entry in entries
    ]
    there = [*pages, *(act for act in ACTS if viewer.may(act.permission))]
    wanted = fold(text).split()
    return [each for each in there if _fits(str(each.label), wanted)][: COMMANDS if text else 40]


def _fits(label: str, wanted: Sequence[str]) -> bool:
    words = fold(label).split()
    return all(any(word.startswith(part) for word in words) for part in wanted)
