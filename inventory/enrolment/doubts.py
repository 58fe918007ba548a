"""What a person decides about a report of a computer that no rule could settle.

The report is kept as a sighting. Once it is decided, the same words told again are not asked about
again; when the computer tells otherwise, it is another report.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.assets import deciding
from inventory.assets.beside import Candidate, beside
from inventory.assets.identifiers import MAC, colons, usable
from inventory.assets.kinds import Outcome, Source
from inventory.assets.matching import match
from inventory.assets.models import Asset
from inventory.assets.observation import Observation, observation_of
from inventory.assets.sighting_models import Sighting
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound

FIELDS = ("category", "manufacturer", "model", "serial", "name")


def get(db: Session, actor: Actor, doubt_id: int, *, lock: bool = False) -> Sighting:
    """The report. Raises `NotFound`, also for one of a place that the actor does not review."""
    query = select(Sighting).where(Sighting.id == doubt_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.exec(query).first()
    if (
        row is None
        or row.source is not Source.ENROLMENT
        or row.outcome is not Outcome.CONFLICT
        or not actor.may(Permission.DISCOVERY_REVIEW, row.site_id)
    ):
        raise NotFound(f"no report {doubt_id} of a computer is in doubt")
    return row


def candidates(db: Session, actor: Actor, row: Sighting) -> list[Candidate]:
    """The assets that it may be, beside what the computer told."""
    told = {field: str(row.facts.get(field, "")) for field in FIELDS}
    cards = usable(MAC, [str(mac) for mac in row.facts.get("macs", ())])
    told["mac"] = ", ".join(sorted(colons(card.value) for card in cards))
    return beside(db, actor, [int(id_) for id_ in row.candidates], told)


def accept(
    db: Session, actor: Actor, doubt_id: int, *, now: datetime, tag: str | None = None,
    reason: str = "",
) -> Asset:  # fmt: skip
    """It is a new asset, where the report says that it stands; what others hold stays with them.

    tag  None: the next of the counter
    Raises `Conflict` where it is decided, and as `deciding.accept_new`.
    """

    def make(seen: Observation) -> Asset:
        own = deciding.unclaimed(db, deciding.named(seen, match(db, seen)))
        return deciding.accept_new(db, actor, own, now=now, tag=tag)

    return _become(db, actor, doubt_id, "accepted", make, now, reason)


def attach(
    db: Session, actor: Actor, doubt_id: int, asset_id: int, *, now: datetime,
    replace_hardware: bool = False, reason: str = "",
) -> Asset:  # fmt: skip
    """It is this asset. Raises `Conflict` where it is decided, and as `deciding.accept_as`."""

    def name(seen: Observation) -> Asset:
        own = deciding.unclaimed(db, seen, but=asset_id)
        return deciding.accept_as(
            db, actor, asset_id, own, now=now, replace_hardware=replace_hardware, reason=reason
        )

    return _become(db, actor, doubt_id, "attached", name, now, reason)


def ignore(db: Session, actor: Actor, doubt_id: int, *, now: datetime, reason: str = "") -> None:
    """Nothing comes of it. Raises `Conflict` where it is decided."""
    _close(db, actor, _open(db, actor, doubt_id), "ignored", now, reason)


def _become(
    db: Session, actor: Actor, doubt_id: int, verb: str, make: Callable[[Observation], Asset],
    now: datetime, reason: str,
) -> Asset:  # fmt: skip
    row = _open(db, actor, doubt_id)
    seen = observation_of(
        row.facts, source=Source.ENROLMENT, source_ref=row.source_ref, at=row.last_at
    )
    _close(db, actor, row, verb, now, reason)
    decided = row.model_dump()
    asset = make(seen)
    if db.get(Sighting, doubt_id) is None:
        # The asset's sighting took its place; without it the same report would be asked about anew.
        db.add(Sighting(**decided))
        db.flush()
    return asset


def _open(db: Session, actor: Actor, doubt_id: int) -> Sighting:
    row = get(db, actor, doubt_id, lock=True)
    if row.decided_at is not None:
        raise Conflict(f"it is decided already, by {row.decided_by}")
    return row


def _close(
    db: Session, actor: Actor, row: Sighting, verb: str, now: datetime, reason: str
) -> None:  # fmt: skip
    row.decided_by, row.decided_at = actor.name[:200], now
    db.add(row)
    told = {name: row.facts[name] for name in ("serial", "model", "name") if row.facts.get(name)}
    audit.record(
        db, actor, f"enrolment.{verb}", now=now, subject_type="sighting", subject_id=row.id,
        site_id=row.site_id, after=told, reason=entered(reason, "reason", 1000, lines=True),
    )  # fmt: skip
    db.flush()
