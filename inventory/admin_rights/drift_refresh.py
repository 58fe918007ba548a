"""The job that keeps drift up to date: it looks only at devices of which something is new.

Nothing is ever mended by it, and it asks for no command: a drift is a task for a person.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import system_actor
from inventory.admin_rights import drift_rules as rules, granted, observed
from inventory.admin_rights.directory import directory
from inventory.admin_rights.drift_models import (
    AdminDevice,
    AdminDrift,
    AllowedAccount,
    DriftState,
)
from inventory.admin_rights.drift_rules import Allowed, Drift, Ground, Limits, Who
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.db import now as present
from inventory.engine import JobContext
from inventory.sites import service as sites

KIND = "admin_rights.drift"
BATCH = 400
OVERLAP = timedelta(minutes=1)
"""A report that was being written while its device was looked at is seen by the next look."""

OUT_OF_USE = frozenset({Status.ORDERED, Status.RETIRED, Status.DISPOSED})
ACTOR = system_actor("administrators", ())


@dataclass(frozen=True, slots=True)
class Around:
    """What is the same for every device of one refresh."""

    known: Mapping[str, Who]
    allowed: Sequence[Allowed]
    limits: Limits


@dataclass(slots=True)
class Tally:
    """What a refresh came to, in numbers."""

    looked: int = 0
    opened: int = 0
    closed: int = 0


def run(ctx: JobContext) -> None:
    """The job."""
    refresh(ctx)


def refresh(ctx: JobContext, *, clock: Callable[[], datetime] = present) -> Tally:
    """Look at every device of which something is new, a unit of work for each batch."""
    tally = Tally()
    with ctx.database.unit(write=False) as db:
        around = surroundings(db, Limits.of(ctx.settings), now=clock())
        new = observed.to_look_at(db, around.known, now=clock())
        wanted = sorted({*new, *granted.changed(db)})
    for start in range(0, len(wanted), BATCH):
        with ctx.database.unit() as db:
            look(db, wanted[start : start + BATCH], around, tally, now=clock())
        ctx.heartbeat()
    return tally


def surroundings(db: Session, limits: Limits, *, now: datetime) -> Around:
    """Who is who, and which service accounts are allowed."""
    rows = db.exec(
        select(AllowedAccount).where(
            col(AllowedAccount.removed_at).is_(None), col(AllowedAccount.until) > now
        )
    ).all()
    allowed = [
        Allowed(
            row.pattern, row.system,
            None if row.site_id is None else sites.subtree(db, row.site_id), row.until,
        )
        for row in rows
    ]  # fmt: skip
    return Around(directory(db), allowed, limits)


def look(
    db: Session,
    asset_ids: Sequence[int],
    around: Around,
    tally: Tally,
    *,
    now: datetime,
) -> None:
    """Look at these devices: what is observed, and what of it is drift."""
    told = observed.told_of(db, asset_ids)
    since = observed.keep(db, told, asset_ids, around.known)
    current = _current(db, asset_ids)
    assets = db.exec(select(Asset).where(col(Asset.id).in_(asset_ids))).all()
    grants = granted.granted_on(db, assets)
    in_them = select(AdminDevice).where(col(AdminDevice.asset_id).in_(asset_ids))
    devices = {device.asset_id: device for device in db.exec(in_them).all()}
    opened, closed = tally.opened, tally.closed
    for asset in assets:
        one, device = told.get(asset.id), devices.get(asset.id)
        if device is None:
            if one is None:
                continue
            device = AdminDevice(asset_id=asset.id, system=one.system, looked_at=now)
        ground = Ground(
            one.system if one else device.system, asset.site_id, one.said if one else (),
            grants.get(asset.id, ()), since.get(asset.id, {}),
        )  # fmt: skip
        device.fleet_mark = one.mark if one else 0
        _look_at(db, asset, device, ground, current[asset.id], around, tally, now)
    db.flush()
    after = {"opened": tally.opened - opened, "closed": tally.closed - closed}
    if any(after.values()):
        audit.record(db, ACTOR, "drift.refreshed", now=now, after=after)


def _look_at(
    db: Session,
    asset: Asset,
    device: AdminDevice,
    ground: Ground,
    current: list[AdminDrift],
    around: Around,
    tally: Tally,
    now: datetime,
) -> None:
    """One device. Where no source tells of it any more, what was known last stays: silence mends
    nothing. What is no longer in use has no drift."""
    newest = max((each.at for each in ground.said), default=None)
    if asset.status in OUT_OF_USE:
        current = _settle(db, asset.id, current, (), newest, tally, now)
    elif newest is not None:
        drifts = rules.drifts_of(ground, around.known, around.allowed, around.limits, now)
        current = _settle(db, asset.id, current, drifts, newest, tally, now)
        device.told_at = newest
    device.system, device.asset_version = ground.system, asset.version
    device.looked_at = now - OVERLAP
    device.look_at = rules.next_look(ground, around.allowed, around.limits, now)
    _count(device, current)
    db.add(device)
    tally.looked += 1


def _current(db: Session, asset_ids: Sequence[int]) -> dict[int, list[AdminDrift]]:
    query = select(AdminDrift).where(
        col(AdminDrift.asset_id).in_(asset_ids), col(AdminDrift.closed_at).is_(None)
    )
    found: dict[int, list[AdminDrift]] = defaultdict(list)
    for row in db.exec(query).all():
        found[row.asset_id].append(row)
    return found


def recount(db: Session, asset_id: int) -> None:
    """Count a device's current drifts anew, after a person decided about one."""
    device = db.get(AdminDevice, asset_id)
    query = select(AdminDrift).where(
        AdminDrift.asset_id == asset_id, col(AdminDrift.closed_at).is_(None)
    )
    if device is not None:
        _count(device, db.exec(query).all())
        db.add(device)
        db.flush()


def _count(device: AdminDevice, current: Iterable[AdminDrift]) -> None:
    rows = list(current)
    device.accepted_count = sum(row.state is DriftState.ACCEPTED for row in rows)
    device.open_count = len(rows) - device.accepted_count


def _settle(
    db: Session,
    asset_id: int,
    current: Collection[AdminDrift],
    drifts: Iterable[Drift],
    newest: datetime | None,
    tally: Tally,
    now: datetime,
) -> list[AdminDrift]:
    """Open what is new, close what is gone; the current ones then."""
    there = {(row.kind, row.account_key): row for row in current}
    kept = []
    for drift in drifts:
        row = there.pop((drift.kind, drift.key), None)
        if row is None:
            row = AdminDrift(
                asset_id=asset_id, kind=drift.kind, account_key=drift.key,
                account=drift.account, first_at=drift.first_at, opened_at=now,
            )  # fmt: skip
            tally.opened += 1
        elif _came_back(row, newest):
            row.state, row.version = DriftState.OPEN, row.version + 1
            tally.opened += 1
        row.account, row.sources = drift.account, drift.sources
        row.account_id, row.person_id = drift.account_id, drift.person_id
        row.grant_id = drift.grant_id
        kept.append(row)
    for row in there.values():
        row.state, row.closed_at, row.version = DriftState.RESOLVED, now, row.version + 1
        tally.closed += 1
    db.add_all(itertools.chain(kept, there.values()))
    return kept


def _came_back(row: AdminDrift, newest: datetime | None) -> bool:
    """A person called it resolved, and the device has told it again since."""
    decided = row.decided_at
    return (
        row.state is DriftState.RESOLVED
        and decided is not None
        and newest is not None
        and newest > decided
    )
