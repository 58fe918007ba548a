"""Places: make, change, find, and walk the tree."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import after_commit
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound
from inventory.sites.models import Site, SiteKind
from inventory.sites.rules import clean_code, clean_name, require_parent

MAX_SITES = 50_000
"""More places than the largest district has; beyond it the tree is no longer one answer."""


def create(
    db: Session,
    actor: Actor,
    *,
    kind: SiteKind,
    name: str,
    parent_id: int | None = None,
    code: str | None = None,
    now: datetime,
) -> Site:
    """A new place. Raises `Forbidden`, `InvalidInput` (parent, name, code), `Duplicate` (code).

    A second district is refused; the first may only be made by whoever reaches everything.
    """
    parent = _parent(db, actor, parent_id)
    require_parent(kind, parent.kind if parent else None)
    actor.require(Permission.SITE_WRITE, parent_id)
    if kind is SiteKind.DISTRICT and root(db) is not None:
        raise Conflict("there is a district already, and one installation serves one")
    site = Site(kind=kind, name=clean_name(name), parent_id=parent_id, code=_free_code(db, code))
    db.add(site)
    db.flush()
    audit.record(
        db, actor, "site.created", now=now, subject_type="site", subject_id=site.id,
        site_id=site.id, after=told(site),
    )  # fmt: skip
    _tell_reach_changed(db)
    return site


def change(
    db: Session, actor: Actor, site_id: int, changes: Mapping[str, Any], *, now: datetime
) -> Site:
    """Change `name`, `code` or `parent_id`. Raises as `create`, and `NotFound`.

    Moving a place moves it out of the reach of some grants and into that of others, so the actor
    needs the permission at both ends.
    """
    site = get(db, actor, site_id, lock=True)
    actor.require(Permission.SITE_WRITE, site.id)
    if unknown := set(changes) - {"name", "code", "parent_id"}:
        raise InvalidInput("unknown field", {name: ["unknown field"] for name in unknown})
    before = told(site)
    if "name" in changes:
        site.name = clean_name(changes["name"])
    if "code" in changes:
        site.code = _free_code(db, changes["code"], site.id)
    if "parent_id" in changes and changes["parent_id"] != site.parent_id:
        _move(db, actor, site, changes["parent_id"])
    old, new = audit.changed(before, told(site))
    if not new:
        return site
    site.version += 1
    db.add(site)
    db.flush()
    audit.record(
        db, actor, "site.changed", now=now, subject_type="site", subject_id=site.id,
        site_id=site.id, before=old, after=new,
    )  # fmt: skip
    _tell_reach_changed(db)
    return site


def delete(db: Session, actor: Actor, site_id: int, *, now: datetime) -> None:
    """Delete a place that nothing refers to. Raises `Conflict` where something still does."""
    site = get(db, actor, site_id, lock=True)
    actor.require(Permission.SITE_WRITE, site.id)
    if site.kind is SiteKind.DISTRICT:
        raise Conflict("the district is the root of everything and stays")
    for table, column in _references():
        if db.execute(sa.select(column).where(column == site.id).limit(1)).first() is not None:
            raise Conflict(f"{site.name} is still used by {table.replace('_', ' ')} records")
    audit.record(
        db, actor, "site.deleted", now=now, subject_type="site", subject_id=site.id,
        site_id=site.id, before=told(site),
    )  # fmt: skip
    db.delete(site)
    db.flush()
    _tell_reach_changed(db)


def get(db: Session, actor: Actor, site_id: int, *, lock: bool = False) -> Site:
    """Raises `NotFound` for a place that is not there or outside the actor's reach."""
    query = select(Site).where(Site.id == site_id)
    site = db.exec(query.with_for_update(key_share=True) if lock else query).first()
    if site is None or not actor.may(Permission.SITE_READ, site.id):
        raise NotFound(f"there is no site {site_id}")
    return site


def tree(db: Session, actor: Actor) -> list[Site]:
    """Every place in the actor's reach, parents before children, siblings by name."""
    actor.require_anywhere(Permission.SITE_READ)
    reached = actor.scope(Permission.SITE_READ)
    query = select(Site).order_by(col(Site.name), col(Site.id)).limit(MAX_SITES)
    if reached is not None:
        query = query.where(col(Site.id).in_(reached))
    found = list(db.exec(query).all())
    known = {site.id for site in found}
    children: dict[int | None, list[Site]] = {}
    for site in found:
        children.setdefault(site.parent_id if site.parent_id in known else None, []).append(site)
    ordered: list[Site] = []
    stack = children.get(None, [])[::-1]
    while stack:
        ordered.append(stack.pop())
        stack.extend(children.get(ordered[-1].id, [])[::-1])
    return ordered


def root(db: Session, *, lock: bool = False) -> Site | None:
    """The district; None before the installation is set up.

    Locks leave foreign keys alone (`key_share`): an asset may be stored at a place meanwhile.
    """
    query = select(Site).where(Site.kind == SiteKind.DISTRICT)
    return db.exec(query.with_for_update(key_share=True) if lock else query).first()


def ensure_district(db: Session, actor: Actor, name: str, *, now: datetime) -> Site:
    """The district, made under this name where there is none."""
    present = root(db)
    if present is not None:
        return present
    return create(db, actor, kind=SiteKind.DISTRICT, name=name, now=now)


def subtree(db: Session, site_id: int) -> frozenset[int]:
    """The ids of a place and of everything in it; empty for a place that is not there."""
    return subtrees(db, [site_id])


def _below() -> "sa.Select[Any]":
    below = (
        sa.select(col(Site.id).label("id"))
        .where(col(Site.id).in_(sa.bindparam("site_ids", expanding=True)))
        .cte(recursive=True)
    )
    below = below.union(sa.select(col(Site.id)).where(col(Site.parent_id) == below.c.id))
    return sa.select(below.c.id)


_BELOW = _below()
"""Built once: it runs for nearly every request of a session."""


def subtrees(db: Session, site_ids: Iterable[int]) -> frozenset[int]:
    """The ids of these places and of everything in them, in one query."""
    wanted = list(site_ids)
    if not wanted:
        return frozenset()
    return frozenset(db.connection().execute(_BELOW, {"site_ids": wanted}).scalars())


def path(db: Session, site_id: int) -> list[str]:
    """The names from the district down to this place."""
    names: list[str] = []
    seen: set[int] = set()
    site = db.get(Site, site_id)
    while site is not None and site.id not in seen:
        seen.add(site.id)
        names.append(site.name)
        site = db.get(Site, site.parent_id) if site.parent_id is not None else None
    return names[::-1]


def told(site: Site) -> dict[str, object]:
    """What the audit log is told of a place."""
    return {
        "kind": site.kind, "name": site.name, "code": site.code, "parent_id": site.parent_id,
    }  # fmt: skip


def _parent(db: Session, actor: Actor, parent_id: int | None) -> Site | None:
    if parent_id is None:
        return None
    parent = db.get(Site, parent_id)
    if parent is None or not actor.may(Permission.SITE_READ, parent.id):
        raise InvalidInput("no such parent", {"parent_id": [f"{parent_id} is no site"]})
    return parent


def _move(db: Session, actor: Actor, site: Site, parent_id: int | None) -> None:
    # Two moves at the same moment could otherwise put two places inside each other.
    root(db, lock=True)
    actor.require(Permission.SITE_WRITE, site.parent_id)
    parent = _parent(db, actor, parent_id)
    require_parent(site.kind, parent.kind if parent else None)
    actor.require(Permission.SITE_WRITE, parent_id)
    if parent_id in subtree(db, site.id):
        raise InvalidInput("no loops", {"parent_id": ["a place cannot lie in itself"]})
    site.parent_id = parent_id


def _free_code(db: Session, code: str | None, own_id: int | None = None) -> str | None:
    cleaned = clean_code(code)
    if cleaned is not None:
        taken = db.exec(select(Site.id).where(Site.code == cleaned)).first()
        if taken is not None and taken != own_id:
            raise Duplicate(f"the code {cleaned} is taken")
    return cleaned


def _references() -> list[tuple[str, "sa.Column[Any]"]]:
    """Every column of every table that points at a site."""
    target: sa.Table = Site.metadata.tables["site"]
    return [
        (table.name, column)
        for table in Site.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is target for key in column.foreign_keys)
    ]


def _tell_reach_changed(db: Session) -> None:
    """Grants reach subtrees: whoever remembers a reach must forget it once this is committed."""
    forget: Callable[[], None] | None = db.info.get("forget_reach")
    if forget is not None:
        after_commit(db, forget)
