"""The watch: what opens the breaker besides a used-up budget. Each look is a short transaction."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.audit import service as audit
from inventory.commands import breaker
from inventory.commands.anchor import mark_of
from inventory.commands.devices import Target, being_wiped
from inventory.commands.effects import EffectClass
from inventory.commands.guard_models import ForeignWipe
from inventory.commands.models import CommandSend, DeviceCommand
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState
from inventory.db import Database, insert_unless_there

DAY = timedelta(days=1)
JUMP = timedelta(minutes=2)
"""By which the clock may differ from what has truly passed."""

KNOWN_BEFORE = timedelta(minutes=10)
"""A device that we saw first so lately was erased before we knew it."""


@dataclass
class ClockWatch:
    """Compares the wall clock with one that nobody can set; kept by a process."""

    monotonic: Callable[[], float] = time.monotonic
    last: tuple[datetime, float] | None = None

    def jump(self, now: datetime) -> str | None:
        """Words for a jump since the last look, None where there was none."""
        passed, before = self.monotonic(), self.last
        self.last = now, passed
        if before is None:
            return None
        off = (now - before[0]) - timedelta(seconds=passed - before[1])
        if abs(off) > JUMP:
            return f"the clock jumped by {int(off.total_seconds())} seconds"
        return None


def watch(database: Database, clocks: ClockWatch, *, now: datetime) -> None:
    """Look at the clock, at what failed, at what others erased, and at the audit log's end."""
    with database.unit() as db:
        jumped = _clock(db, clocks, now)
        if jumped:
            breaker.open_breaker(db, "clock", jumped, now=now)
    with database.unit() as db:
        told = failed_share(db, now=now)
        if told:
            breaker.open_breaker(db, "failures", told, now=now)
    with database.unit() as db:
        told = foreign_wipes(db, now=now)
        if told:
            breaker.open_breaker(db, "foreign_wipes", told, now=now)
    with database.unit() as db:
        told = audit_end(db)
        if told:
            breaker.open_breaker(db, "audit", told, now=now)


def check_chain(database: Database, *, now: datetime) -> bool:
    """Recompute the whole audit log; whether it is whole. A broken one opens the breaker."""
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
    if verdict.broken_at is None:
        return True
    with database.unit() as db:
        told = f"the audit log is broken at event {verdict.broken_at}: {verdict.why}"
        breaker.open_breaker(db, "audit", told, now=now)
    return False


def _clock(db: Session, clocks: ClockWatch, now: datetime) -> str | None:
    row = breaker.breaker(db, lock=True)
    before, row.tick_at = row.tick_at, now
    db.add(row)
    jumped = clocks.jump(now)
    if before is not None and now < before - JUMP:
        return f"the clock went back by {int((before - now).total_seconds())} seconds"
    return jumped


def failed_share(db: Session, *, now: datetime) -> str | None:
    """Words for too many failures among what ended in 24 hours and since the breaker closed."""
    policy = policy_in_force(db)
    row = breaker.breaker(db)
    since = max(now - DAY, row.closed_at) if row.closed_at else now - DAY
    ended = (
        select(DeviceCommand.state, sa.func.count())
        .where(
            DeviceCommand.effect_class == EffectClass.DESTROY,
            col(DeviceCommand.sent_at).is_not(None),
            col(DeviceCommand.finished_at) > since,
            col(DeviceCommand.state).in_([CommandState.VERIFIED, CommandState.FAILED]),
        )
        .group_by(col(DeviceCommand.state))
    )
    counts = dict(db.exec(ended).all())
    failed, total = counts.get(CommandState.FAILED, 0), sum(counts.values())
    if total < policy.breaker_failed_least:
        return None
    if failed * 100 <= total * policy.breaker_failed_percent:
        return None
    return f"{failed} of {total} destructive commands failed"


def foreign_wipes(db: Session, *, now: datetime) -> str | None:
    """Words for erased devices that we did not order, seen in 24 hours and since it closed."""
    for target in being_wiped(db):
        if not _ours(db, target):
            _note(db, target, now)
    row = breaker.breaker(db)
    since = max(now - DAY, row.closed_at) if row.closed_at else now - DAY
    query = (
        select(sa.func.count())
        .select_from(ForeignWipe)
        .where(col(ForeignWipe.seen_at) > since, col(ForeignWipe.known_before).is_(False))
    )
    count = int(db.exec(query).one())
    if count < policy_in_force(db).breaker_foreign_wipes_day:
        return None
    return f"{count} devices were erased that nobody here ordered"


def audit_end(db: Session) -> str | None:
    """Words for an end of the audit log that is not where it should be; cheap."""
    mark = mark_of(db)
    event = next(iter(audit.search(db, limit=1)), None)
    last = (event.id, event.digest) if event else (0, audit.GENESIS)
    return None if last == (mark.last_id, mark.digest) else "the audit log's end is missing"


def _ours(db: Session, target: Target) -> bool:
    query = select(CommandSend.id).where(
        CommandSend.device_key == target.key,
        col(CommandSend.destructive),
        CommandSend.answer != "refused",
    )
    return db.exec(query.limit(1)).first() is not None


def _note(db: Session, target: Target, now: datetime) -> None:
    first = target.first_seen_at
    insert_unless_there(
        db,
        ForeignWipe,
        {
            "device_key": target.key, "asset_id": target.asset_id, "state": target.state,
            "known_before": first > now - KNOWN_BEFORE, "seen_at": now,
        },
    )  # fmt: skip
