"""Directories: add, change, list, forget. Their settings go in and never come out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import new_uid
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound
from inventory.people.models import RosterSource
from inventory.people.planning import source_named
from inventory.people.sources import config as rules, opening
from inventory.people.sources.config import COLUMNS, DirectoryDraft
from inventory.people.sources.models import OPEN_READS, RosterDirectory, RosterRead
from inventory.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installation allows, and the district's time zone."""

    simulated: bool = False
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  # immutable

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(settings.mdm_simulated, settings.zone)


def create(
    db: Session, actor: Actor, draft: DirectoryDraft, *, limits: Limits, now: datetime
) -> RosterDirectory:
    """A new directory; no request is made. Raises `Forbidden`, `InvalidInput`, `Duplicate`."""
    _may_change(actor, by_itself=draft.auto_most is not None)
    draft = replace(draft, source=" ".join(draft.source.split()))
    rules.check(draft, simulated=limits.simulated)
    source = source_named(db, actor, draft.source, now=now)
    if db.exec(select(RosterDirectory.id).where(RosterDirectory.source_id == source.id)).first():
        raise Duplicate("there is a directory of that name")
    uid = new_uid()
    row = RosterDirectory(
        uid=uid, source_id=source.id, kind=draft.kind, config=opening.seal(db, uid, draft.config),
        next_at=rules.next_at(draft.daily_at, after=now, zone=limits.zone), created_at=now,
        updated_at=now, **{name: getattr(draft, name) for name in COLUMNS},
    )  # fmt: skip
    db.add(row)
    db.flush()
    _record(db, actor, "created", row, now, after=_told(row) | {"source": source.name})
    return row


def change(
    db: Session, actor: Actor, directory_id: int, changes: Mapping[str, Any], *, limits: Limits,
    now: datetime,
) -> RosterDirectory:  # fmt: skip
    """Change the named fields; of `config` only the named settings, None takes one away.

    Raises as `create`, and `NotFound`.
    """
    _may_change(actor, by_itself=changes.get("auto_most") is not None)
    row = get(db, actor, directory_id, lock=True)
    if unknown := set(changes) - {*COLUMNS, "config"}:
        raise InvalidInput("unknown field", {name: ["unknown field"] for name in sorted(unknown)})
    before, present = _told(row), opening.opened(db, row)
    plain = {name: changes.get(name, getattr(row, name)) for name in COLUMNS}
    moved = plain["address"] != row.address
    config = rules.merged(row.kind, present, changes.get("config") or {}, moved=moved)
    name = names(db, [row])[row.id]
    rules.check(
        DirectoryDraft(name, row.kind, config, **plain),
        simulated=limits.simulated or not moved,
    )
    for column, value in plain.items():
        setattr(row, column, value)
    if config != present:
        row.config = opening.seal(db, row.uid, config)
    if "daily_at" in changes:
        row.next_at = rules.next_at(row.daily_at, after=now, zone=limits.zone)
    row.updated_at, row.version = now, row.version + 1
    db.add(row)
    told_before, told_after = audit.changed(before, _told(row))
    told_after["settings_replaced"] = config != present
    _record(db, actor, "changed", row, now, before=told_before, after=told_after)
    return row


def delete(db: Session, actor: Actor, directory_id: int, *, now: datetime) -> None:
    """Forget how it is asked; its people and plans stay. Raises `Conflict` while it is asked."""
    _may_change(actor, by_itself=False)
    row = get(db, actor, directory_id, lock=True)
    busy = select(RosterRead.id).where(
        RosterRead.directory_id == row.id, col(RosterRead.state).in_(OPEN_READS)
    )
    if db.exec(busy).first() is not None:
        raise Conflict("it is being asked; wait until that has ended")
    db.execute(sa.delete(RosterRead).where(col(RosterRead.directory_id) == row.id))
    _record(db, actor, "deleted", row, now, before=_told(row))
    db.delete(row)
    db.flush()


def get(db: Session, actor: Actor, directory_id: int, *, lock: bool = False) -> RosterDirectory:
    """A directory is about the whole district. Raises `Forbidden`, `NotFound`."""
    actor.require_everywhere(Permission.PERSON_IMPORT)
    query = select(RosterDirectory).where(RosterDirectory.id == directory_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.exec(query).first()
    if found is None:
        raise NotFound(f"there is no directory {directory_id}")
    return found


def listed(db: Session, actor: Actor, *, after: int = 0, limit: int = 50) -> list[RosterDirectory]:
    """Oldest first, by id after `after`."""
    actor.require_everywhere(Permission.PERSON_IMPORT)
    query = select(RosterDirectory).where(col(RosterDirectory.id) > after)
    return list(db.exec(query.order_by(col(RosterDirectory.id)).limit(limit)).all())


def names(db: Session, rows: list[RosterDirectory]) -> dict[int, str]:
    """Names of the sources of these directories, by the directory's id."""
    query = select(RosterDirectory.id, RosterSource.name).join(
        RosterSource, col(RosterSource.id) == col(RosterDirectory.source_id)
    )
    return dict(db.exec(query.where(col(RosterDirectory.id).in_([row.id for row in rows]))).all())


def _may_change(actor: Actor, *, by_itself: bool) -> None:
    actor.require_everywhere(Permission.PERSON_IMPORT)
    if by_itself:
        actor.require_everywhere(Permission.PERSON_APPROVE)
        if actor.kind == "token":
            raise Forbidden("that plans are applied by themselves takes a person, not a token")


def _told(row: RosterDirectory) -> dict[str, object]:
    """What may be said of it: never a setting."""
    return {name: getattr(row, name) for name in ("kind", *COLUMNS)}


def _record(
    db: Session, actor: Actor, verb: str, row: RosterDirectory, now: datetime,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    audit.record(
        db, actor, f"roster_directory.{verb}", now=now, subject_type="roster_directory",
        subject_id=row.id, before=before, after=after,
    )  # fmt: skip
