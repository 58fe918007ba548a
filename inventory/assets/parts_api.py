"""/api/v1/assets/{id}/...: notes, history, sightings, differences, identifiers."""

from datetime import datetime
from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import history, identifying, notes, observed, service
from inventory.assets.api import ID, Shown, shown
from inventory.assets.models import AssetNote
from inventory.assets.schemas import (
    MAX_ID,
    AssetView,
    DifferencesView,
    EntryPage,
    IdentifierDraft,
    NoteDraft,
    NotePage,
    NoteView,
    SightingPage,
)
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.paging import PageArgs, decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("asset_parts", "/assets", "What belongs to one asset.")

_WRONG = InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})


def _before_id(args: dict[str, Any]) -> int | None:
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [int(last)] if 0 < last <= MAX_ID:
            return last
    raise _WRONG


def _page(rows: list[Any], limit: int) -> dict[str, Any]:
    """Rows by falling id, one more than the page holds where there are more."""
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": encode_cursor([rows[-1].id]) if more else None}


@bp.route(f"/{ID}/notes")
@guarded(Permission.ASSET_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, NotePage)
def list_notes(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """Notes on the asset, newest first."""
    db, actor, limit = current_db(), current_actor(), args["limit"]
    before = _before_id(args)
    rows = notes.list_notes(db, actor, asset_id, before_id=before, limit=limit + 1)
    return _page(rows, limit)


@bp.route(f"/{ID}/notes", methods=["POST"])
@guarded(Permission.ASSET_WRITE)
@idempotent
@bp.arguments(NoteDraft)
@bp.response(201, NoteView)
def add_note(draft: dict[str, str], asset_id: int) -> AssetNote:
    """Write a note. Notes cannot be changed."""
    return notes.add_note(current_db(), current_actor(), asset_id, draft["text"], now=current_now())


@bp.route(f"/{ID}/history")
@guarded(Permission.ASSET_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, EntryPage)
def get_history(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """What was done to the asset, seen of it and written about it, newest first."""
    limit = args["limit"]
    after = _moment_key(args["after"]) if "after" in args else None
    entries = history.history(current_db(), current_actor(), asset_id, after=after, limit=limit + 1)
    more = len(entries) > limit
    entries = entries[:limit]
    at, kind, id_ = entries[-1].key if entries else (None, "", 0)
    following = encode_cursor([at.isoformat(), kind, id_]) if at and more else None
    return {"items": entries, "next": following}


def _moment_key(cursor: str) -> history.Key:
    match decode_cursor(cursor):
        case [str(at), ("event" | "sighting" | "note") as kind, int(last)] if last <= MAX_ID:
            try:
                moment = datetime.fromisoformat(at)
            except ValueError as bad:
                raise _WRONG from bad
            if moment.tzinfo is not None:
                return moment, str(kind), last
    raise _WRONG


@bp.route(f"/{ID}/sightings")
@guarded(Permission.ASSET_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, SightingPage)
def list_sightings(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """What sources reported of the asset; a report that repeats itself is one line."""
    db, actor, limit = current_db(), current_actor(), args["limit"]
    before = _before_id(args)
    rows = history.sightings(db, actor, asset_id, before_id=before, limit=limit + 1)
    return _page(rows, limit)


@bp.route(f"/{ID}/differences")
@guarded(Permission.ASSET_READ)
@bp.response(200, DifferencesView)
def list_differences(asset_id: int) -> dict[str, Any]:
    """Where sources contradict what is recorded, and everything that they say."""
    db = current_db()
    asset = service.get(db, current_actor(), asset_id)
    return {
        "differences": observed.differences(db, asset),
        "observed": observed.facts(db, asset.id),
    }


@bp.route(f"/{ID}/identifiers", methods=["POST"])
@guarded(Permission.ASSET_WRITE)
@idempotent
@bp.arguments(IdentifierDraft)
@bp.response(201, AssetView)
def add_identifier(draft: dict[str, str], asset_id: int) -> Shown:
    """Give the asset an identifier. 409 where another asset has it."""
    return shown(
        identifying.add_identifier(
            current_db(), current_actor(), asset_id, draft["kind"], draft["value"],
            now=current_now(),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/identifiers/<int(max=2147483647):identifier_id>", methods=["DELETE"])
@guarded(Permission.ASSET_WRITE)
@bp.response(200, AssetView)
def remove_identifier(asset_id: int, identifier_id: int) -> Shown:
    """Take an identifier away."""
    return shown(
        identifying.remove_identifier(
            current_db(), current_actor(), asset_id, identifier_id, now=current_now()
        )
    )
