"""What is recorded of an asset, field by field, beside where each value comes from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.assets import observed
from inventory.assets.kinds import Source
from inventory.assets.models import Asset
from inventory.assets.sighting_models import ObservedFact, Sighting
from inventory.audit.models import AuditEvent
from inventory.desk.asset_head import Head
from inventory.desk.asset_sightings import latest_sightings

FIELDS = ("status", "category", "manufacturer", "model", "name", "serial", "firmware", "site_id")
"""What every device has, in the order of the page. Purchase, notes and custom fields lie apart."""

ONLY_TOLD = ("location",)
"""Told by devices, recorded nowhere."""

TAKEN_OVER = frozenset({"category", "manufacturer", "model", "name", "serial", "firmware",
                        "site_id"})  # fmt: skip

_WRITING = ("asset.created", "asset.changed", "asset.observed", "asset.status_changed",
            "asset.hardware_replaced")  # fmt: skip
MOST_EVENTS = 60
MOST_SIGHTINGS = 10

_REASON_OF = {"manufacturer": "vendor", "category": "kind"}
"""What the discovery calls these fields in its evidence."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what a recorded value is from; `by` and `at` unknown where it is older than the log.

    source     PERSON also stands for a script that wrote on somebody's behalf
    by_itself  no person and no script: a job of this program, such as a sweep
    """

    source: Source
    by: str = ""
    at: datetime | None = None
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of the field.

    since      it says so; `last`: when it last did, as far as a kept sighting tells
    where      the source's own name for the place it was told at; `why`: its evidence
    differs    from what is recorded
    """

    source: Source
    value: str
    since: datetime
    differs: bool
    last: datetime | None = None
    where: str = ""
    times: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field as recorded ("" where not), and what sources say of it."""

    field: str
    value: str
    origin: Origin | None = None
    told: Sequence[Told] = ()

    @property
    def differs(self) -> bool:
        return any(one.differs for one in self.told)

    @property
    def confirmed(self) -> Told | None:
        """The source that last said the same as is recorded."""
        same = [one for one in self.told if not one.differs]
        return max(same, key=lambda one: one.last or one.since, default=None)


def facts_of(db: Session, head: Head) -> list[Fact]:
    """The fields of `FIELDS` and `ONLY_TOLD` that are recorded or told of. Three statements."""
    asset = head.asset
    written = _written(db, asset.id)
    told = _told(db, head)
    recorded = _recorded(head)
    found = []
    for name in (*FIELDS, *ONLY_TOLD):
        value, said = recorded.get(name, ""), told.get(name, ())
        if value or said or name == "site_id":
            origin = _origin(asset, name, written) if value else None
            found.append(Fact(name, value, origin, said))
    return found


def _recorded(head: Head) -> Mapping[str, str]:
    asset = head.asset
    return {
        "status": asset.status.value,
        "category": asset.category.value,
        "manufacturer": head.maker,
        "model": head.model,
        "name": asset.name,
        "serial": asset.serial,
        "firmware": asset.firmware,
        "site_id": str(asset.site_id or ""),
    }


def _origin(asset: Asset, name: str, written: Mapping[str, Origin]) -> Origin:
    source = asset.observed_fields.get(name)
    event = written.get(name, Origin(Source.PERSON))
    if source is None:
        return event
    return Origin(Source(source), event.by, event.at)


def _written(db: Session, asset_id: int) -> dict[str, Origin]:
    """Who last wrote each field, by the asset's newest events."""
    query = (
        select(AuditEvent.at, AuditEvent.actor_kind, AuditEvent.actor_name, AuditEvent.after)
        .where(
            AuditEvent.subject_type == "asset", AuditEvent.subject_id == str(asset_id),
            col(AuditEvent.action).in_(_WRITING),
        )
        .order_by(col(AuditEvent.id).desc())
        .limit(MOST_EVENTS)
    )  # fmt: skip
    found: dict[str, Origin] = {}
    for at, kind, name, after in db.exec(query):
        for key in json.loads(after) or {}:
            found.setdefault(key, Origin(Source.PERSON, name, at, kind == "system"))
    return found


def _told(db: Session, head: Head) -> dict[str, list[Told]]:
    sightings = latest_sightings(db, head.asset.id, limit=MOST_SIGHTINGS)
    differing = {(one.field, one.source) for one in head.differences}
    found: dict[str, list[Told]] = {}
    for row in observed.facts(db, head.asset.id):
        kept = _sighting_of(row, sightings)
        told = Told(
            source=row.source,
            value=row.value,
            since=row.at,
            differs=(row.field, row.source) in differing,
            last=kept.last_at if kept else None,
            where=(kept.address or kept.source_ref) if kept else "",
            times=kept.times if kept else 0,
            why=row.evidence or (_reason(row.field, kept) if kept else ""),
        )
        found.setdefault(row.field, []).append(told)
    return found


def _sighting_of(row: ObservedFact, sightings: Iterable[Sighting]) -> Sighting | None:
    """The newest sighting in which the source said so."""
    said = (
        one
        for one in sightings
        if one.source is row.source and str(one.facts.get(row.field, "")) == row.value
    )
    return max(said, key=lambda one: one.last_at, default=None)


def _reason(name: str, sighting: Sighting) -> str:
    wanted = {name, _REASON_OF.get(name, name)}
    for pair in sighting.facts.get("evidence", ()):
        if isinstance(pair, list) and len(pair) == 2 and pair[0] in wanted:
            return str(pair[1])
    return ""
