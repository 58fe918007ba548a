"""/assets: every device within one's reach, narrowed by facets and words; all of it in the URL."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import preferences
from inventory.accounts.guard import guarded
from inventory.assets import columns as catalogue, custom_fields, suggesting
from inventory.assets.asking import filter_of, pairs_of
from inventory.assets.columns import Column
from inventory.assets.facets import Facets, facets
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import AssetPage, key_of, list_assets
from inventory.assets.query_text import Pairs
from inventory.desk import list_beside, saved_views
from inventory.desk.list_beside import Block
from inventory.desk.list_names import names_of
from inventory.desk.list_schemas import BackArgs, ColumnsForm, FilterFormArgs, ListArgs
from inventory.desk.list_ways_out import alike, ways_out
from inventory.desk.list_words import address, chips, column_word
from inventory.desk.models import SavedView, ViewPage
from inventory.errors import InvalidInput
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now, local_now
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, is_part, page

bp = Blueprint("assets_pages", __name__)

NOTHING_FOUND = AssetPage(rows=(), before=None, after=None, count=0, capped=False)
USUAL = {"sort": "tag", "limit": 50}
TOO_WIDE = frozenset({"serial", "manufacturer"})
"""Of the usual columns, those with which the table does not fit a laptop's screen; where the maker
has none, its name stands before the model's."""

ASKED = frozenset(
    {"site_id", "outside_schools", "manufacturer", "tag", "unseen_days", "seen_by",
     "acquired_from", "acquired_to", "warranty_days", "funding_source", "custom", "has_serial"}
)  # fmt: skip
"""What the form of rarer filters asks for; all else it carries along."""


@bp.route("/assets")
@guarded(Permission.ASSET_READ, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> BaseResponse:
    """The list; htmx asks for its results alone."""
    db, actor = current_db(), current_actor()
    wanted = filter_of(args, at=local_now())
    pairs, kept = pairs_of(wanted), _kept(args)
    if not is_part() and not all(map(all, request.args.listvalues())):
        # A form sends every field that it has; the address that people share holds none of them.
        return redirect(address(pairs + kept + _at_page(args)), 303)
    shown = _shown(args["columns"] or preferences.own(db, actor).asset_columns)
    found, refused = _found(args, wanted, shown)
    counted = facets(db, actor, wanted, now=current_now()) if not refused else None
    names = names_of(db, actor, wanted, counted)
    context = {
        "found": found, "refused": refused, "sort": args["sort"], "wanted": wanted,
        "columns": [(column, column_word(column)) for column in shown],
        "chips": chips(pairs, kept, names), "clear": address(kept), "ways_out": [], "alike": [],
        "query": urlencode(pairs + kept), "narrowed": urlencode(pairs),
        "total": _total(found, counted),
        "csv": _export_query(pairs, args["sort"], shown), "views": _views(pairs + kept),
        "previous": _cursor(args["sort"], found.before), "next": _cursor(args["sort"], found.after),
        **_beside(counted, pairs, kept),
    }  # fmt: skip
    if not found.rows and pairs:
        ways = ways_out(db, actor, pairs, kept, names, at=wanted.moment)
        context |= {"ways_out": ways, "alike": alike(db, actor, wanted)}
    response = page("assets/list.html", status=422 if refused else 200, **context)
    if is_part():
        response.headers["HX-Push-Url"] = address(pairs + kept + _at_page(args))
    return response


@bp.route("/assets/filter")
@guarded(Permission.ASSET_READ, page=True)
@with_query(FilterFormArgs)
def narrower(args: dict[str, Any]) -> Response:
    """Filters that are wanted now and then: a place, an age, the district's own fields."""
    db, actor = current_db(), current_actor()
    pairs = pairs_of(filter_of(args, at=local_now()))
    known = [one for one in custom_fields.definitions(db) if not one.archived]
    return page(
        "assets/filter.html", now=dict(pairs), given=pairs, custom=known,
        hidden=[pair for pair in pairs if pair[0] not in ASKED] + _kept(args),
        places=pickable(db, actor, Permission.ASSET_READ), makers=suggesting.makers(db, actor),
    )  # fmt: skip


@bp.route("/assets/columns", methods=["GET", "POST"])
@guarded(Permission.ASSET_READ, page=True)
@with_query(BackArgs)
def columns(args: dict[str, str]) -> Response:
    """Which columns I want to see, and how dense."""
    db, actor = current_db(), current_actor()
    mine = preferences.own(db, actor)
    now = [column.key for column in _shown(mine.asset_columns)]
    form = Form(ColumnsForm(), {"columns": now, "density": mine.density, "back": args["back"]})
    if form.submitted():
        with form.attempt():
            keys = None if form.data["usual"] else form.data["columns"] or None
            catalogue.picked(db, keys or ())
            chosen = {"asset_columns": keys, "density": form.data["density"]}
            preferences.choose(db, actor, chosen)
        if form.ok:
            back = [pair for pair in parse_qsl(form.data["back"]) if pair[0] != "columns"]
            return done(address(back), _("Saved."))
    return page(
        "assets/columns.html", status=form.status, form=form,
        available=[(c.key, column_word(c)) for c in catalogue.available(db).values()],
    )  # fmt: skip


def _shown(keys: Sequence[str]) -> list[Column]:
    if keys:
        return catalogue.remembered(current_db(), keys)
    return [column for column in catalogue.usual() if column.key not in TOO_WIDE]


def _kept(args: Mapping[str, Any]) -> Pairs:
    """What every address of the list carries along beside the filter."""
    kept = [(name, str(args[name])) for name, usual in USUAL.items() if args[name] != usual]
    return kept + [("columns", key) for key in args["columns"]]


def _views(pairs: Pairs) -> list[tuple[SavedView, bool]]:
    """The saved views, and whether it is the one that is shown."""
    now = urlencode([pair for pair in pairs if pair[0] != "limit"])
    found = saved_views.list_for(current_db(), current_actor(), ViewPage.ASSETS)
    return [(view, view.query == now) for view in found]


def _found(
    args: Mapping[str, Any], wanted: AssetFilter, shown: Sequence[Column]
) -> tuple[AssetPage, str]:
    """One page of the list; words that cannot be looked for find nothing, and it is told why."""
    sort = args["sort"]
    keys = {
        name: key_of(decode_cursor(args[name]), sort)
        for name in ("after", "before")
        if name in args
    }
    if len(keys) > 1:
        raise InvalidInput("one of the two", {"query": {"before": ["not together with after"]}})
    try:
        found = list_assets(
            current_db(), current_actor(), wanted, sort=sort, limit=args["limit"],
            also=catalogue.needed(shown), **keys,
        )  # fmt: skip
    except InvalidInput as refused:
        if "q" not in refused.fields:
            raise
        return NOTHING_FOUND, str(refused.fields["q"][0])  # type: ignore[index]
    return found, ""


def _export_query(pairs: Pairs, sort: str, shown: Sequence[Column]) -> str:
    columns = [("columns", column.key) for column in shown]
    return urlencode([*pairs, ("sort", sort), *columns])


def _at_page(args: Mapping[str, Any]) -> Pairs:
    return [(name, args[name]) for name in ("after", "before") if name in args]


def _cursor(sort: str, key: tuple[object, int] | None) -> str | None:
    return encode_cursor([sort, *key]) if key else None


def _total(found: AssetPage, counted: Facets | None) -> int | None:
    """How many there are; None for "more than were counted"."""
    if not found.capped:
        return found.count
    return counted.total if counted is not None else None


def _beside(counted: Facets | None, pairs: Pairs, kept: Pairs) -> dict[str, Any]:
    holders = current_actor().holds(Permission.CUSTODY_READ)
    blocks: Sequence[Block] = ()
    if counted is not None:
        blocks = list_beside.blocks(counted, pairs, kept, holders=holders)
    return {
        "blocks": blocks,
        "hidden": list_beside.hidden(pairs, kept, blocks),
        "whole": counted is None or counted.whole,
        # Another page of the same list changes nothing beside it.
        "refresh": not request.headers.get("HX-Source", "").startswith("a#page-"),
    }
