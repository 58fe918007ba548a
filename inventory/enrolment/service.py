"""Enrolment: one report becomes an asset, or brings a known one up to date.

What a person entered stays as it is: a report fills what is empty, and what differs stands beside
it (see `assets.sightings`). A token that enrols need do nothing else, and reads no more than a tag.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Actor, Grant, Permission
from inventory.accounts.tokens import take_use
from inventory.assets.deciding import accept_new, named
from inventory.assets.identifiers import Key
from inventory.assets.kinds import Outcome
from inventory.assets.matching import Match, match
from inventory.assets.models import Asset
from inventory.assets.observation import Observation
from inventory.assets.sightings import sight
from inventory.assets.tag_rules import tag_key
from inventory.audit import service as audit
from inventory.enrolment.models import EnrolledState
from inventory.enrolment.reports import Report, digest_of, observation_of, state_of
from inventory.errors import Duplicate, InvalidInput, NotFound
from inventory.sites.models import Site


class Came(StrEnum):
    """What a report came to. CONFLICT: nothing was changed, and a person must decide."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The answer to a script. `tag` is "" where it came to nothing."""

    outcome: Came
    tag: str = ""
    asset_id: int | None = None
    reasons: tuple[str, ...] = ()


def enrol(
    db: Session, actor: Actor, report: Report, *, now: datetime, dry_run: bool = False
) -> Enrolled:
    """Take one report. Raises `Forbidden`, and `InvalidInput` for one that identifies nothing.

    dry_run  tell what would happen, and leave everything as it is

    A token that is counted is used once by each that is no conflict, in the same transaction.
    """
    site_id = _place(db, actor, report.site_id)
    seen = observation_of(report, site_id, now=now)
    found = match(db, seen)
    if not found.keys:
        raise InvalidInput(
            "nothing identifies this computer",
            {"serial": ["neither a serial number nor a network card of its own: run it as root"]},
        )
    if not dry_run:
        return _settle(db, actor, report, seen, found, now)
    told: Enrolled
    with db.begin_nested() as trial:
        told = _settle(db, actor, report, seen, found, now)
        trial.rollback()
    tag = report.tag if told.outcome is Came.CREATED else told.tag
    return Enrolled(told.outcome, tag, None, told.reasons)


def state_for(db: Session, actor: Actor, asset_id: int) -> EnrolledState:
    """What a computer last told of itself. Raises `NotFound`."""
    asset = db.get(Asset, asset_id)
    state = db.get(EnrolledState, asset_id)
    if asset is None or state is None or not actor.may(Permission.ASSET_READ, asset.site_id):
        raise NotFound(f"no computer told anything about asset {asset_id}")
    return state


def _settle(
    db: Session, actor: Actor, report: Report, seen: Observation, found: Match, now: datetime
) -> Enrolled:
    told = _decide(db, actor, report, seen, found, now)
    if told.outcome is not Came.CONFLICT:
        take_use(db, actor)
    return told


def _decide(
    db: Session, actor: Actor, report: Report, seen: Observation, found: Match, now: datetime
) -> Enrolled:
    worker = _worker(actor)
    if found.kind is Outcome.NEW:
        try:
            with db.begin_nested():
                asset = accept_new(
                    db, worker, named(seen, found), now=now, tag=report.tag or None,
                    site_id=seen.site_id,
                )  # fmt: skip
        except Duplicate as taken:
            # Another report of the same computer may have been quicker: then it is known by now.
            again = match(db, seen)
            if again.kind is Outcome.NEW:
                return _doubt(db, worker, seen, found.keys, str(taken), now)
            found = again
        else:
            _keep(db, actor, asset, report, now)
            return Enrolled(Came.CREATED, asset.tag, asset.id)
    if found.kind is not Outcome.MATCHED:
        sight(db, worker, seen, found, now=now)
        return Enrolled(Came.CONFLICT, reasons=found.reasons)
    known = db.get_one(Asset, found.asset_ids[0])
    if not actor.may(Permission.ENROL, known.site_id):
        # The token reaches one place only, and is told nothing of others.
        reason = "the inventory has this computer at another place"
        return _doubt(db, worker, seen, found.keys, reason, now)
    if report.tag and tag_key(report.tag) != known.tag_key:
        reason = f"it bears the tag {known.tag}, not {report.tag}"
        return _doubt(db, worker, seen, found.keys, reason, now, known.id)
    before = known.version
    sight(db, worker, seen, found, now=now)
    changed = _keep(db, actor, known, report, now) or known.version != before
    outcome = Came.UPDATED if changed else Came.UNCHANGED
    return Enrolled(outcome, known.tag, known.id, found.reasons)


def _doubt(
    db: Session,
    worker: Actor,
    seen: Observation,
    keys: tuple[Key, ...],
    reason: str,
    now: datetime,
    *asset_ids: int,
) -> Enrolled:
    """Keep what was seen for a person to look at; nothing else changes."""
    sight(db, worker, seen, Match(Outcome.CONFLICT, asset_ids, (reason,), keys), now=now)
    return Enrolled(Came.CONFLICT, reasons=(reason,))


def _worker(actor: Actor) -> Actor:
    """Who writes: the same one, within the same places, with what enrolling needs."""
    reach = actor.scope(Permission.ENROL)
    needed = frozenset({Permission.ASSET_WRITE, Permission.ASSET_READ})
    return Actor(
        actor.kind, actor.id, actor.name, (Grant(needed, reach),), actor.origin,
        token_id=actor.token_id,
    )  # fmt: skip


def _place(db: Session, actor: Actor, wanted: int | None) -> int | None:
    """Where the computer stands: as told, or the top of what the caller reaches."""
    actor.require_anywhere(Permission.ENROL)
    if wanted is not None:
        actor.require(Permission.ENROL, wanted)
        return wanted
    reach = actor.scope(Permission.ENROL)
    if reach is None:
        return None
    sites = db.exec(select(Site).where(col(Site.id).in_(reach))).all()
    tops = [site.id for site in sites if site.parent_id not in reach]
    if len(tops) != 1:
        raise InvalidInput("where does it stand?", {"site_id": ["name one of your places"]})
    return tops[0]


def _keep(db: Session, actor: Actor, asset: Asset, report: Report, now: datetime) -> bool:
    """Keep the state that was told; whether it is another one than before."""
    told = state_of(report)
    digest = digest_of(told)
    row = db.get(EnrolledState, asset.id)
    if row is None:
        row = EnrolledState(
            asset_id=asset.id, digest="", told_by="", first_at=now, changed_at=now, told_at=now
        )
    changed = row.digest != digest
    if changed:
        before = _summary(row.model_dump())
        for name, value in told.items():
            setattr(row, name, value)
        row.digest, row.changed_at = digest, now
        audit.record(
            db, actor, "device.enrolled", now=now, subject_type="asset", subject_id=asset.id,
            site_id=asset.site_id, before=before, after=_summary(told),
        )  # fmt: skip
    row.told_by, row.told_at = actor.name[:200], now
    db.add(row)
    db.flush()
    return changed


def _summary(told: Mapping[str, Any]) -> dict[str, object]:
    """What the audit log keeps of a state: no list of software, and numbers for names."""
    people, packages = told["administrators"], told["software"]
    return {
        "system": told["system"], "system_version": told["system_version"],
        "encrypted": told["encrypted"], "firewall": told["firewall"],
        "antimalware": [each["product"] for each in told["antimalware"] or []],
        "administrators": None if people is None else len(people),
        "software": None if packages is None else len(packages),
    }  # fmt: skip
