"""The units of work of a running sweep: begin, beat, keep a batch, end.

Only the runner that owns the row may write: whoever was thought dead and is not finds itself
replaced, and stops.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.assets.words import clean
from inventory.audit import service as audit
from inventory.db import Database, new_uid
from inventory.discovery import credentials, networks, reconcile
from inventory.discovery.models import OPEN_STATES, Network, Sweep, SweepState
from inventory.discovery.network_rules import NetworkDraft
from inventory.discovery.observing import Ground, Seen
from inventory.discovery.reconcile import Tally
from inventory.errors import HomeroomError, SealBroken, Unavailable
from inventory.settings import Settings
from snmp_discovery.types import Credential, Progress

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_NOTES = 60
RETRY_SECONDS = (0.2, 0.5, 1, 2, 4, 8, 16)
"""Pauses between tries to keep a batch that the database refuses for now."""

PERMISSIONS = (
    Permission.ASSET_READ, Permission.ASSET_WRITE, Permission.DISCOVERY_READ,
    Permission.DISCOVERY_RUN,
)  # fmt: skip


class Replaced(Exception):
    """Another runner owns the sweep, or it has ended."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a runner needs to know; secrets are opened, the database is closed."""

    ground: Ground
    runner: str
    draft: NetworkDraft
    credentials: Sequence[Credential]
    started_at: datetime


class Store:
    """The database as one runner of one sweep sees it."""

    def __init__(
        self, database: Database, settings: Settings, sweep_id: int, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.settings = settings
        self.sweep_id = sweep_id
        self.clock = clock
        self.runner = new_uid()
        self.pauses: Sequence[float] = RETRY_SECONDS

    def begin(self) -> Assignment | None:
        """Take the sweep over; None where it has ended, or ends here because a credential does
        not open."""
        now = self.clock()
        with self.database.unit() as db:
            query = select(Sweep).where(Sweep.id == self.sweep_id).with_for_update()
            sweep = db.exec(query).first()
            if sweep is None or sweep.state not in OPEN_STATES:
                return None
            network = db.get(Network, sweep.network_id)
            assert network is not None
            db.add(sweep)
            used = networks.credentials_of(db, [network.id])[network.id]
            try:
                secrets = credentials.opened(db, used)
            except SealBroken as broken:
                sweep.state, sweep.finished_at, sweep.phase = SweepState.FAILED, now, "done"
                sweep.error = str(broken)[:1000]
                return None
            sweep.state, sweep.runner, sweep.phase = SweepState.RUNNING, self.runner, "probing"
            sweep.started_at, sweep.heartbeat_at = sweep.started_at or now, now
            sweep.attempts += 1
            credentials.mark_used(db, [row.id for row in used], now=now)
            defaults = frozenset(row.label for row in used if row.default_community)
            return Assignment(
                _ground(sweep, network, defaults),
                self.runner,
                networks.draft_of(db, network),
                secrets,
                sweep.started_at,
            )

    def beat(self, numbers: Progress, refused: int) -> bool:
        """Tell how far it is; True when somebody asked to cancel. Raises `Replaced`.

        A database that is busy is asked again at the next beat.
        """
        values = {
            "phase": numbers.phase if numbers.phase != "done" else "settling",
            "total": numbers.total,
            "probed": numbers.probed,
            "answered": numbers.answered,
            "interrogated": numbers.interrogated,
            "failed": numbers.failed,
            "refused": refused,
            "by_kind": dict(numbers.by_kind),
            "heartbeat_at": self.clock(),
        }
        try:
            with self.database.unit() as db:
                self._own(db, values)
                cancel = select(Sweep.cancel_requested).where(Sweep.id == self.sweep_id)
                return bool(db.exec(cancel).first())
        except Unavailable:
            return False

    def keep(self, ground: Ground, batch: Sequence[Seen], *, last: bool = False) -> Tally:
        """Reconcile and commit a batch. What the database refuses for good is kept one by one, so
        that a single device cannot take its neighbours down with it."""
        try:
            return self.patiently(lambda: self._keep(ground, batch, last=last))
        except (HomeroomError, DBAPIError, ValueError) as refused:
            if isinstance(refused, Unavailable):
                raise
            if len(batch) == 1:
                return _not_kept(batch[0], refused)
        total = Tally()
        for seen in batch:
            _add(total, self.keep(ground, [seen], last=last))
        return total

    def patiently(self, unit: Callable[[], T]) -> T:
        """Do a unit of work, again and again while the database is busy or full."""
        for pause in self.pauses:
            try:
                return unit()
            except Unavailable as busy:
                log.info("sweep %d waits: %s", self.sweep_id, busy)
                time.sleep(pause)
        return unit()

    def _keep(self, ground: Ground, batch: Sequence[Seen], *, last: bool) -> Tally:
        now = self.clock()
        day = now.astimezone(self.settings.zone).date()
        with self.database.unit() as db:
            tally = reconcile.reconcile(db, ground, batch, day=day, now=now, last=last)
            s = Sweep
            self._own(
                db,
                {
                    "found_new": s.found_new + tally.new,
                    "found_matched": s.found_matched + tally.matched,
                    "found_conflict": s.found_conflict + tally.conflict,
                    "found_ignored": s.found_ignored + tally.ignored,
                    "accepted": s.accepted + tally.accepted,
                    "heartbeat_at": now,
                },
            )
        return tally

    def end(self, state: SweepState, *, error: str = "", notes: Sequence[str] = ()) -> None:
        """Close the row. Raises `Replaced`."""
        self.patiently(lambda: self._end(state, error, notes))

    def _end(self, state: SweepState, error: str, notes: Sequence[str]) -> None:
        now = self.clock()
        with self.database.unit() as db:
            values: dict[str, Any] = {
                "state": state,
                "finished_at": now,
                "heartbeat_at": now,
                "phase": "done",
                "runner": "",
                "error": clean(error, 1000),
                "notes": [clean(note, 300) for note in dict.fromkeys(notes)][:MAX_NOTES],
            }
            self._own(db, values)
            sweep = db.exec(select(Sweep).where(Sweep.id == self.sweep_id)).one()
            network = db.get(Network, sweep.network_id)
            assert network is not None
            audit.record(
                db, _actor(network.name, sweep.id), f"sweep.{state.value}", now=now,
                subject_type="sweep", subject_id=sweep.id, site_id=network.site_id,
                after={
                    "network": network.name, "answered": sweep.answered, "new": sweep.found_new,
                    "matched": sweep.found_matched, "conflict": sweep.found_conflict,
                    "accepted": sweep.accepted, "error": sweep.error,
                },
            )  # fmt: skip

    def _own(self, db: Session, values: dict[str, Any]) -> None:
        done = db.execute(
            sa.update(Sweep)
            .where(
                col(Sweep.id) == self.sweep_id,
                col(Sweep.runner) == self.runner,
                col(Sweep.state) == SweepState.RUNNING,
            )
            .values(values)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise Replaced(f"sweep {self.sweep_id} has another runner")


def _ground(sweep: Sweep, network: Network, defaults: frozenset[str]) -> Ground:
    return Ground(
        sweep_id=sweep.id,
        network_id=network.id,
        name=network.name,
        actor=_actor(network.name, sweep.id),
        site_id=network.site_id,
        places=tuple((str(p["target"]), int(p["site_id"])) for p in network.places),
        auto_accept=frozenset(map(str, network.auto_accept)),
        defaults=defaults,
    )


def _actor(network: str, sweep_id: int) -> Actor:
    return system_actor(f"sweep of {network}", PERMISSIONS, origin=f"sweep {sweep_id}")


def _not_kept(seen: Seen, refused: Exception) -> Tally:
    log.error("a finding at %s was not kept: %s", seen.key, type(refused).__name__)
    why = str(refused) if isinstance(refused, HomeroomError) else "unusable data"
    return Tally(remarks=[f"{seen.key} could not be kept: {why}"])


def _add(total: Tally, more: Tally) -> None:
    for name in ("new", "matched", "conflict", "ignored", "accepted"):
        setattr(total, name, getattr(total, name) + getattr(more, name))
    total.deferred += more.deferred
    total.remarks += more.remarks
