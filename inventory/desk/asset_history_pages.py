"""/assets/{id}/history: what was done to the device, seen of it and written about it."""

from typing import Any

from flask import Blueprint, Response, url_for
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import history
from inventory.assets.history import Entry, Key
from inventory.assets.schemas import MAX_ID
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.desk.asset_keys_pages import decode, moment_of, wrong
from inventory.desk.asset_story import story_of
from inventory.http.paging import encode_cursor
from inventory.http.unit import current_actor, current_db
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.pages import is_part, part

bp = Blueprint("asset_history_pages", __name__)

SHOW = "asset_history_pages.show"
PAGE = 30


class HistoryArgs(ObjectSchema):
    """What to tell of, and where the list goes on."""

    kind = fields.String(load_default="", validate=validate.OneOf(["", *sorted(history.KINDS)]))
    after = fields.String(validate=validate.Length(max=200))


@bp.route(f"{ASSET}/history")
@guarded(Permission.ASSET_READ, page=True)
@with_query(HistoryArgs)
def show(args: dict[str, Any], asset_id: int) -> Response:
    """One time line, newest first."""
    db, actor, kind = current_db(), current_actor(), args["kind"]
    after = _key(args["after"]) if "after" in args else None
    head = head_now(asset_id)
    entries = history.history(
        db, actor, asset_id, after=after, limit=PAGE + 1,
        kinds={kind} if kind else history.KINDS,
    )  # fmt: skip
    # The entry behind the page tells what the last sighting of it is compared with.
    context = {
        "story": story_of(db, actor, entries)[:PAGE],
        "older": _older(entries, asset_id, kind),
        "newest": after is None,
        "kind": kind,
    }
    if is_part() and after is not None:
        return part("desk/asset/story.html", **context)
    return asset_page("desk/asset/history.html", head, SHOW, **context)


def _older(entries: list[Entry], asset_id: int, kind: str) -> str:
    if len(entries) <= PAGE:
        return ""
    at, last_kind, last = entries[PAGE - 1].key
    cursor = encode_cursor([at.isoformat(), last_kind, last])
    return url_for(SHOW, asset_id=asset_id, kind=kind or None, after=cursor)


def _key(cursor: str) -> Key:
    match decode(cursor):
        case [str(at), ("event" | "sighting" | "note") as kind, int(last)] if last <= MAX_ID:
            return moment_of(at), str(kind), last
    raise wrong()
