"""Sweeps as people see them: ask for one, watch it, cancel it; and those that the clock asks for.

What a sweep does is in `sweep_run`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.audit import service as audit
from inventory.db import Database, now as present
from inventory.discovery import network_rules, networks
from inventory.discovery.models import OPEN_STATES, Network, NetworkCredential, Sweep, SweepState
from inventory.discovery.troubled import not_made_good
from inventory.engine import JobContext, enqueue
from inventory.errors import Conflict, NotFound
from inventory.settings import Settings

KIND = "sweep"
MAX_ATTEMPTS = 3
SILENT = timedelta(minutes=5)
"""A running sweep beats every second; one that is silent for so long has lost its worker."""

WAITED = timedelta(minutes=30)
"""A queued sweep that nobody took for so long is put into the queue once more: harmless, as only
one runner can own it."""

CLOCK = system_actor("sweep schedule", {Permission.DISCOVERY_READ, Permission.DISCOVERY_RUN})


@dataclass(frozen=True, slots=True)
class Pace:
    """percent 0-100; rate: addresses a second; eta: seconds left, None where it cannot be told."""

    percent: float
    rate: float
    eta_seconds: int | None


def request_sweep(db: Session, actor: Actor, network_id: int, *, now: datetime) -> Sweep:
    """Ask for a sweep; its job is queued in the same transaction.

    Raises `NotFound`, `Forbidden`, and `Conflict` while one is under way or where the network has
    no credential.
    """
    network = networks.get(db, actor, network_id, lock=True)
    actor.require(Permission.DISCOVERY_RUN, network.site_id)
    under_way = db.exec(
        select(Sweep).where(Sweep.network_id == network.id, col(Sweep.state).in_(OPEN_STATES))
    ).first()
    if under_way is not None:
        raise Conflict(f"sweep {under_way.id} of {network.name} is {under_way.state.value}")
    link = select(NetworkCredential.credential_id).where(NetworkCredential.network_id == network.id)
    if db.exec(link.limit(1)).first() is None:
        raise Conflict(f"{network.name} has no credential to ask devices with")
    sweep = Sweep(
        network_id=network.id,
        requested_by=actor.name[:200],
        requested_by_id=actor.id,
        requested_at=now,
    )
    db.add(sweep)
    db.flush()
    sweep.job_key = enqueue(db, KIND, {"sweep": sweep.id}, key=f"{sweep.id}.1")[:80]
    audit.record(
        db, actor, "sweep.requested", now=now, subject_type="sweep", subject_id=sweep.id,
        site_id=network.site_id, after={"network": network.name},
    )  # fmt: skip
    return sweep


def cancel(db: Session, actor: Actor, sweep_id: int, *, now: datetime) -> Sweep:
    """Stop a sweep: at once while it is queued, within seconds while it runs.

    Raises `Conflict` when it has ended. Asking twice is harmless.
    """
    sweep, network = get(db, actor, sweep_id, lock=True)
    actor.require(Permission.DISCOVERY_RUN, network.site_id)
    if sweep.state not in OPEN_STATES:
        raise Conflict(f"sweep {sweep.id} is {sweep.state.value}")
    if sweep.cancel_requested:
        return sweep
    sweep.cancel_requested = True
    if sweep.state is SweepState.QUEUED:
        sweep.state, sweep.finished_at, sweep.phase = SweepState.CANCELLED, now, "done"
    db.add(sweep)
    audit.record(
        db, actor, "sweep.cancelled", now=now, subject_type="sweep", subject_id=sweep.id,
        site_id=network.site_id, after={"network": network.name},
    )  # fmt: skip
    return sweep


def get(db: Session, actor: Actor, sweep_id: int, *, lock: bool = False) -> tuple[Sweep, Network]:
    """A sweep and its network. Raises `NotFound`, also outside the actor's sites."""
    query = select(Sweep).where(Sweep.id == sweep_id)
    sweep = db.exec(query.with_for_update() if lock else query).first()
    network = db.get(Network, sweep.network_id) if sweep else None
    if sweep is None or network is None:
        raise NotFound(f"there is no sweep {sweep_id}")
    if not actor.may(Permission.DISCOVERY_READ, network.site_id):
        raise NotFound(f"there is no sweep {sweep_id}")
    return sweep, network


def recent(
    db: Session,
    actor: Actor,
    *,
    network_id: int | None = None,
    state: SweepState | None = None,
    troubled: bool | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[tuple[Sweep, Network]]:
    """Sweeps within the actor's sites, newest first; `before` an id is the keyset.

    troubled  those that went wrong and that nothing has made good since; False: the others
    """
    actor.require_anywhere(Permission.DISCOVERY_READ)
    query = select(Sweep, Network).where(col(Network.id) == col(Sweep.network_id))
    scope = actor.scope(Permission.DISCOVERY_READ)
    if scope is not None:
        query = query.where(col(Network.site_id).in_(scope))
    if network_id is not None:
        query = query.where(Sweep.network_id == network_id)
    if state is not None:
        query = query.where(Sweep.state == state)
    if troubled is not None:
        wrong = not_made_good()
        query = query.where(wrong if troubled else ~wrong)
    if before is not None:
        query = query.where(Sweep.id < before)
    query = query.order_by(sa.desc(col(Sweep.id))).limit(limit)
    return [(sweep, network) for sweep, network in db.exec(query)]


def last_of(db: Session, network_ids: Sequence[int]) -> dict[int, Sweep]:
    """The newest sweep of each network."""
    newest = (
        select(sa.func.max(Sweep.id))
        .where(col(Sweep.network_id).in_(network_ids))
        .group_by(col(Sweep.network_id))
    )
    rows = db.exec(select(Sweep).where(col(Sweep.id).in_(newest)))
    return {row.network_id: row for row in rows}


def pace(sweep: Sweep, *, now: datetime) -> Pace:
    """How far a sweep is. Probing and interrogation overlap: both count as steps."""
    if sweep.state not in OPEN_STATES:
        done = sweep.state is SweepState.FINISHED
        elapsed = _seconds(sweep, sweep.finished_at)
        share = 1.0 if done else _share(sweep)
        return Pace(round(100 * share, 1), round(sweep.probed / elapsed, 1) if elapsed else 0, None)
    elapsed, share = _seconds(sweep, now), min(_share(sweep), 0.99)
    rate = round(sweep.probed / elapsed, 1) if elapsed else 0.0
    eta = round(elapsed * (1 - share) / share) if share > 0.01 and elapsed > 1 else None
    return Pace(round(100 * share, 1), rate, eta)


def due_sweeps(ctx: JobContext) -> None:
    """Every minute: ask for what the schedules say, and look after sweeps without a worker."""
    request_due(ctx.database, ctx.settings, now=present())
    redrive(ctx.database, now=present())


def request_due(database: Database, settings: Settings, *, now: datetime) -> list[int]:
    """Request a sweep of each network that is due; their ids. Each in a unit of its own.

    A network that is still being swept, or cannot be, waits for its next turn.
    """
    with database.unit(write=False) as db:
        due = list(
            db.exec(
                select(Network.id)
                .where(Network.enabled, col(Network.next_due) <= now)
                .order_by(col(Network.next_due))
                .limit(200)
            ).all()
        )
    requested = []
    for network_id in due:
        with database.unit() as db:
            network = networks.get(db, CLOCK, network_id, lock=True)
            if network.next_due is None or network.next_due > now:
                continue
            network.next_due = network_rules.next_due(
                network.every_minutes,
                network.daily_at,
                after=now,
                zone=settings.zone,
                previous=network.next_due,
            )
            db.add(network)
            try:
                requested.append(request_sweep(db, CLOCK, network_id, now=now).id)
            except Conflict:
                continue
    return requested


def redrive(database: Database, *, now: datetime) -> list[int]:
    """Put sweeps back to work whose worker fell silent; give up after `MAX_ATTEMPTS`."""
    stuck = sa.or_(
        sa.and_(col(Sweep.state) == SweepState.RUNNING, col(Sweep.heartbeat_at) < now - SILENT),
        sa.and_(
            col(Sweep.state) == SweepState.QUEUED,
            sa.func.coalesce(col(Sweep.heartbeat_at), col(Sweep.requested_at)) < now - WAITED,
        ),
    )
    with database.unit() as db:
        rows = db.exec(select(Sweep).where(stuck).limit(100).with_for_update()).all()
        for sweep in rows:
            if sweep.cancel_requested:
                _close(sweep, SweepState.CANCELLED, "", now)
            elif sweep.attempts >= MAX_ATTEMPTS:
                why = f"its worker was lost {sweep.attempts} times"
                _close(sweep, SweepState.INTERRUPTED, why, now)
            else:
                sweep.heartbeat_at = now
                key = f"{sweep.id}.{sweep.attempts + 1}.{int(now.timestamp())}"
                enqueue(db, KIND, {"sweep": sweep.id}, key=key)
            db.add(sweep)
            audit.record(
                db, CLOCK, "sweep.redriven", now=now, subject_type="sweep", subject_id=sweep.id,
                after={"state": sweep.state, "attempts": sweep.attempts},
            )  # fmt: skip
        return [sweep.id for sweep in rows]


def _close(sweep: Sweep, state: SweepState, error: str, now: datetime) -> None:
    sweep.state, sweep.error, sweep.finished_at, sweep.phase = state, error, now, "done"
    sweep.runner = ""


def _seconds(sweep: Sweep, until: datetime | None) -> float:
    if sweep.started_at is None or until is None:
        return 0.0
    return max(0.0, (until - sweep.started_at).total_seconds())


def _share(sweep: Sweep) -> float:
    steps = sweep.total + max(sweep.answered, sweep.interrogated)
    return min(1.0, (sweep.probed + sweep.interrogated) / steps) if steps else 0.0
