"""An asset's life in one list: what was done to it, what was seen of it, what was written."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.assets.models import AssetNote
from inventory.assets.reach import get
from inventory.assets.sighting_models import Sighting
from inventory.audit.models import AuditEvent

Key = tuple[datetime, str, int]
KINDS = frozenset({"event", "sighting", "note"})


@dataclass(frozen=True, slots=True)
class Entry:
    """kind: event, sighting or note; `by`: who or what source; `details` depend on the kind."""

    kind: str
    id: int
    at: datetime
    title: str
    by: str
    details: dict[str, Any]

    @property
    def key(self) -> Key:
        return self.at, self.kind, self.id


def history(
    db: Session,
    actor: Actor,
    asset_id: int,
    *,
    after: Key | None = None,
    limit: int = 50,
    kinds: Collection[str] = KINDS,
) -> list[Entry]:
    """Newest first; `after` is the key of the last entry of the page before. Only these `kinds`.

    Raises `NotFound` outside the actor's scope. A sighting stands where it began.
    """
    get(db, actor, asset_id)
    readers = {"event": _events, "sighting": _sightings, "note": _notes}
    entries = [
        entry
        for kind in sorted(KINDS.intersection(kinds))
        for entry in readers[kind](db, asset_id, after, limit)
    ]
    return sorted(entries, key=lambda entry: entry.key, reverse=True)[:limit]


def _behind(query: Any, at: Any, id_: Any, kind: str, after: Key | None, limit: int) -> Any:
    """Rows whose (at, kind, id) is less than the key, newest first."""
    if after is not None:
        moment, last_kind, last_id = after
        if kind < last_kind:
            query = query.where(at <= moment)
        elif kind > last_kind:
            query = query.where(at < moment)
        else:
            query = query.where((at < moment) | ((at == moment) & (id_ < last_id)))
    return query.order_by(sa.desc(at), sa.desc(id_)).limit(limit)


def _events(db: Session, asset_id: int, after: Key | None, limit: int) -> list[Entry]:
    query = select(AuditEvent).where(
        AuditEvent.subject_type == "asset",
        AuditEvent.subject_id == str(asset_id),
        # The note itself is in the list.
        AuditEvent.action != "asset.noted",
    )
    rows = db.exec(_behind(query, col(AuditEvent.at), col(AuditEvent.id), "event", after, limit))
    return [Entry("event", row.id, row.at, row.action, row.actor_name, _told(row)) for row in rows]


def _told(row: AuditEvent) -> dict[str, Any]:
    before, after = json.loads(row.before), json.loads(row.after)
    return {"before": before, "after": after, "reason": row.reason}


def _sightings(db: Session, asset_id: int, after: Key | None, limit: int) -> list[Entry]:
    query = select(Sighting).where(Sighting.asset_id == asset_id)
    rows = db.exec(
        _behind(query, col(Sighting.first_at), col(Sighting.id), "sighting", after, limit)
    )
    return [
        Entry(
            "sighting", row.id, row.first_at, row.outcome.value, row.source.value,
            {
                "address": row.address, "facts": row.facts, "reasons": row.reasons,
                "last_at": row.last_at.isoformat(), "times": row.times,
            },
        )
        for row in rows
    ]  # fmt: skip


def _notes(db: Session, asset_id: int, after: Key | None, limit: int) -> list[Entry]:
    query = select(AssetNote).where(AssetNote.asset_id == asset_id)
    rows = db.exec(_behind(query, col(AssetNote.at), col(AssetNote.id), "note", after, limit))
    return [Entry("note", row.id, row.at, "note", row.author, {"text": row.text}) for row in rows]


def sightings(
    db: Session, actor: Actor, asset_id: int, *, before_id: int | None = None, limit: int = 50
) -> list[Sighting]:
    """The sightings of one asset, the newest kept first. Raises `NotFound`."""
    get(db, actor, asset_id)
    query = select(Sighting).where(Sighting.asset_id == asset_id)
    if before_id is not None:
        query = query.where(Sighting.id < before_id)
    return list(db.exec(query.order_by(sa.desc(col(Sighting.id))).limit(limit)).all())
