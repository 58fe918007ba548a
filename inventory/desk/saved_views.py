"""Saved views: a list's query under a name, one's own or the district's.

One's own is nobody else's: others do not learn that it is there. The district's are seen by all who
may see the list, and changed by those who may change assets in bulk everywhere; only these changes
are audited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inventory.access import Actor, Permission
from inventory.assets.words import entered, fold
from inventory.audit import service as audit
from inventory.db import insert_unless_there
from inventory.desk.models import SavedView, ViewPage
from inventory.desk.view_query import PERMISSIONS, normal
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound, VersionMismatch

MOST = 50
"""Views of one owner, on all pages together; the district is an owner too."""

MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """query  as after the "?" of the list's address; where one was in the list is left out"""

    page: ViewPage
    name: str
    query: str = ""


def list_for(db: Session, actor: Actor, page: ViewPage | None = None) -> list[SavedView]:
    """One's own first, then the district's; each in its order. Of pages that one may not see,
    none."""
    pages = [one for one in ViewPage if page in {None, one} and actor.holds(PERMISSIONS[one])]
    shared = col(SavedView.account_id).is_(None)
    mine = col(SavedView.account_id) == actor.id if _has_own(actor) else sa.false()
    query = select(SavedView).where(mine | shared, col(SavedView.page).in_(pages))
    order = (shared, col(SavedView.position), col(SavedView.id))
    return list(db.exec(query.order_by(*order)).all())


def get(db: Session, actor: Actor, view_id: int) -> SavedView:
    """Raises `NotFound`, also for somebody else's."""
    view = db.get(SavedView, view_id)
    if view is None or not _visible(actor, view):
        raise NotFound(f"there is no view {view_id}")
    return view


def save(db: Session, actor: Actor, draft: ViewDraft, *, now: datetime) -> SavedView:
    """A new view of one's own, behind the others.

    Raises `InvalidInput` (name, query), `Duplicate` (name), `Conflict` beyond `MOST`, `Forbidden`.
    """
    owner = _own_id(actor)
    query = normal(db, actor, draft.page, draft.query, now=now)
    _require_room(db, owner)
    name = _name(draft.name)
    values = {
        "account_id": owner, "page": draft.page, **name, "query": query,
        "position": _behind(db, owner), "created_by": actor.name[:200], "created_at": now,
        "version": 1,
    }  # fmt: skip
    if not insert_unless_there(db, SavedView, values):
        raise _taken(draft.name)
    return db.exec(_called(owner, draft.page, name["name_key"])).one()


def rename(
    db: Session, actor: Actor, view_id: int, name: str, *, now: datetime, version: int | None = None
) -> SavedView:
    """Raises as `save`, `NotFound`, `VersionMismatch`."""
    view = _for_change(db, actor, view_id, version)
    return _changed(db, actor, view, _name(name), now)


def replace_query(
    db: Session,
    actor: Actor,
    view_id: int,
    query: str,
    *,
    now: datetime,
    version: int | None = None,
) -> SavedView:
    """Let the view show something else. Raises as `rename`."""
    view = _for_change(db, actor, view_id, version)
    return _changed(db, actor, view, {"query": normal(db, actor, view.page, query, now=now)}, now)


def move(db: Session, actor: Actor, view_id: int, place: int, *, now: datetime) -> list[SavedView]:
    """Put the view at a place (0: first) among its owner's views of its page; all of them.

    Raises `NotFound`, `Forbidden`, `InvalidInput`.
    """
    view = _for_change(db, actor, view_id, None)
    if not 0 <= place < MOST:
        raise InvalidInput("no such place", {"place": [f"must be 0 to {MOST - 1}"]})
    query = select(SavedView).where(_owned_by(view.account_id), SavedView.page == view.page)
    order = (col(SavedView.position), col(SavedView.id))
    rest = [one for one in db.exec(query.order_by(*order)) if one.id != view.id]
    ordered = [*rest[:place], view, *rest[place:]]
    before = view.position
    for position, one in enumerate(ordered):
        one.position = position
        db.add(one)
    if view.account_id is None:
        _record(db, actor, "view.moved", view, {"position": before}, {"position": place}, now)
    return ordered


def share(
    db: Session, actor: Actor, view_id: int, *, now: datetime, version: int | None = None
) -> SavedView:
    """Give a view of one's own to the district, from then on nobody's own.

    Raises `Forbidden` for whoever may not change assets in bulk everywhere, `Duplicate` where the
    district has one of that name, `Conflict` beyond `MOST`, `NotFound`, `VersionMismatch`.
    """
    view = _for_change(db, actor, view_id, version)
    actor.require_everywhere(Permission.ASSET_BULK)
    if view.account_id is None:
        return view
    _require_room(db, None)
    _require_free(db, view, None, view.name_key)
    view.account_id, view.position = None, _behind(db, None)
    view.version += 1
    db.add(view)
    db.flush()
    _record(db, actor, "view.shared", view, None, _told(view), now)
    return view


def delete(
    db: Session, actor: Actor, view_id: int, *, now: datetime, version: int | None = None
) -> None:
    """Raises `NotFound`, `Forbidden` and `VersionMismatch`."""
    view = _for_change(db, actor, view_id, version)
    if view.account_id is None:
        _record(db, actor, "view.deleted", view, _told(view), None, now)
    db.delete(view)
    db.flush()


def _has_own(actor: Actor) -> bool:
    # A system actor has no id, and NULL is what marks the district's views.
    return actor.id is not None and actor.holds(Permission.SELF)


def _own_id(actor: Actor) -> int:
    actor.require_anywhere(Permission.SELF)
    if actor.id is None:
        raise Forbidden(f"{actor.name} is no account and has no views")
    return actor.id


def _visible(actor: Actor, view: SavedView) -> bool:
    mine = _has_own(actor) and view.account_id == actor.id
    return (mine or view.account_id is None) and actor.holds(PERMISSIONS[view.page])


def _for_change(db: Session, actor: Actor, view_id: int, version: int | None) -> SavedView:
    query = select(SavedView).where(SavedView.id == view_id).with_for_update()
    view = db.exec(query.execution_options(populate_existing=True)).first()
    if view is None or not _visible(actor, view):
        raise NotFound(f"there is no view {view_id}")
    if view.account_id is None:
        actor.require_everywhere(Permission.ASSET_BULK)
    if version is not None and version != view.version:
        raise VersionMismatch("it was changed since you read it; read it again")
    return view


def _changed(
    db: Session, actor: Actor, view: SavedView, values: Mapping[str, Any], now: datetime
) -> SavedView:
    if "name_key" in values:
        _require_free(db, view, view.account_id, values["name_key"])
    before = _told(view)
    for name, value in values.items():
        setattr(view, name, value)
    old, new = audit.changed(before, _told(view))
    if not new:
        return view
    view.version += 1
    db.add(view)
    db.flush()
    if view.account_id is None:
        _record(db, actor, "view.changed", view, old, new, now)
    return view


def _owned_by(owner: int | None) -> "sa.ColumnElement[bool]":
    column = col(SavedView.account_id)
    return column.is_(None) if owner is None else column == owner


def _called(owner: int | None, page: ViewPage, key: str) -> SelectOfScalar[SavedView]:
    return select(SavedView).where(
        _owned_by(owner), SavedView.page == page, SavedView.name_key == key
    )


def _name(name: str) -> dict[str, str]:
    kept = " ".join(entered(name, "name", MAX_NAME).split())
    if not kept:
        raise InvalidInput("a view needs a name", {"name": ["must not be empty"]})
    return {"name": kept, "name_key": fold(kept)[:320]}


def _require_free(db: Session, view: SavedView, owner: int | None, key: str) -> None:
    other = db.exec(_called(owner, view.page, key)).first()
    if other is not None and other.id != view.id:
        raise _taken(other.name)


def _taken(name: str) -> Duplicate:
    return Duplicate(f"there is a view called {name[:MAX_NAME]} already")


def _require_room(db: Session, owner: int | None) -> None:
    if db.exec(select(sa.func.count(col(SavedView.id))).where(_owned_by(owner))).one() >= MOST:
        whose = "the district has" if owner is None else "you have"
        raise Conflict(f"{whose} {MOST} views already")


def _behind(db: Session, owner: int | None) -> int:
    last = select(sa.func.max(SavedView.position)).where(_owned_by(owner))
    return (db.exec(last).one() or 0) + 1


def _told(view: SavedView) -> dict[str, object]:
    return {"page": view.page, "name": view.name, "query": view.query}


def _record(
    db: Session,
    actor: Actor,
    action: str,
    view: SavedView,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    now: datetime,
) -> None:
    audit.record(
        db, actor, action, now=now, subject_type="view", subject_id=view.id,
        before=before, after=after,
    )  # fmt: skip
