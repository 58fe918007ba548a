"""The units of work of a running sync: begin, beat, keep a page, begin anew, put off.

Only the runner that owns the row may write: whoever was thought dead and is not finds itself
replaced, and stops. How a sync ends is in `sync_end`.
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
from inventory.db import Database, new_uid
from inventory.errors import HomeroomError, SealBroken, Unavailable
from inventory.fleet import describing, device_rows, opening, sync_end
from inventory.fleet.arriving import Ground, Tally
from inventory.fleet.models import (
    OPEN_SYNCS,
    MdmConnection,
    MdmDevice,
    MdmSync,
    SyncScope,
    SyncState,
)
from inventory.fleet.reconcile import reconcile
from inventory.fleet.sync_end import own
from mdm.connector import Connector
from mdm.errors import MdmError
from mdm.types import Device, Page, Problem

log = logging.getLogger(__name__)

T = TypeVar("T")

CHUNK = 500
"""The most devices of one unit of work: a page of a thousand would hold up other writers."""

MAX_PROBLEMS = 50
MAX_NOTES = 40
RETRY_SECONDS = (0.2, 0.5, 1, 2, 4, 8, 16)
"""Pauses between tries to keep a page that the database refuses for now."""

PERMISSIONS = (
    Permission.ASSET_READ, Permission.ASSET_WRITE, Permission.MDM_READ, Permission.MDM_WRITE,
)  # fmt: skip
_COUNTED = ("seen", "new", "changed", "unchanged", "created", "waiting", "returned")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a runner needs to know; the seal is opened, the database is closed."""

    ground: Ground
    connector: Connector
    since: datetime | None
    cursor: str | None
    listed: bool


class Store:
    """The database as one runner of one sync sees it."""

    def __init__(self, database: Database, sync_id: int, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.sync_id = sync_id
        self.clock = clock
        self.runner = new_uid()
        self.pauses: Sequence[float] = RETRY_SECONDS
        self._problems: list[dict[str, str]] = []
        self._notes: list[str] = []

    def begin(self) -> Assignment | None:
        """Take the sync over; None where it has ended, or ends here because its connection does
        not open."""
        now = self.clock()
        with self.database.unit() as db:
            query = select(MdmSync).where(MdmSync.id == self.sync_id).with_for_update()
            sync = db.exec(query).first()
            if sync is None or sync.state not in OPEN_SYNCS:
                return None
            connection = db.get(MdmConnection, sync.connection_id)
            assert connection is not None
            self._problems, self._notes = list(sync.problem_rows), list(sync.notes)
            sync.state, sync.runner, sync.heartbeat_at = SyncState.RUNNING, self.runner, now
            sync.attempts, sync.error = sync.attempts + 1, ""
            if sync.started_at is None:
                sync.started_at = now
                sync.known = _known(db, connection.id)
                if sync.scope is SyncScope.INCREMENTAL:
                    sync.since = connection.heard_since
            db.add(sync)
            db.flush()
            try:
                connector = opening.open_reader(db, connection)
            except (SealBroken, MdmError) as closed:
                sync_end.fail(db, self.sync_id, self.runner, error=closed, now=now)
                return None
            return Assignment(
                _ground(sync, connection), connector, sync.since, sync.cursor, sync.listed
            )

    def beat(self) -> bool:
        """Tell that it lives; True when somebody asked to cancel. Raises `Replaced`.

        A database that is busy is asked again at the next beat.
        """
        try:
            with self.database.unit() as db:
                own(db, self.sync_id, self.runner, {"heartbeat_at": self.clock()})
                cancel = select(MdmSync.cancel_requested).where(MdmSync.id == self.sync_id)
                return bool(db.exec(cancel).first())
        except Unavailable:
            return False

    def keep(self, ground: Ground, page: Page) -> None:
        """Bring a page into the inventory and remember the cursor behind it."""
        devices = page.devices
        for start in range(0, len(devices), CHUNK):
            self._chunk(ground, devices[start : start + CHUNK])
        self.patiently(lambda: self._turn(ground, page))

    def _chunk(self, ground: Ground, devices: Sequence[Device]) -> None:
        """What the database refuses for good is kept one by one, so that a single device cannot
        take its neighbours down with it."""
        try:
            self.patiently(lambda: self._keep(ground, devices))
        except (HomeroomError, DBAPIError, ValueError) as refused:
            if isinstance(refused, Unavailable):
                raise
            if len(devices) > 1:
                for device in devices:
                    self._chunk(ground, [device])
                return
            log.error("a device was not kept: %s", type(refused).__name__)
            why = str(refused) if isinstance(refused, HomeroomError) else "unusable data"
            problem = Problem(devices[0].vendor_id, f"could not be kept: {why}")
            self.patiently(lambda: self._note_problems(ground, [problem]))

    def patiently(self, unit: Callable[[], T]) -> T:
        """Do a unit of work, again and again while the database is busy or full."""
        for pause in self.pauses:
            try:
                return unit()
            except Unavailable as busy:
                log.info("sync %d waits: %s", self.sync_id, busy)
                time.sleep(pause)
        return unit()

    def _keep(self, ground: Ground, devices: Sequence[Device]) -> None:
        now = self.clock()
        with self.database.unit() as db:
            tally = reconcile(db, ground, devices, now=now)
            self._own(db, self._sums(tally) | {"heartbeat_at": now})
        self._notes = (self._notes + tally.remarks)[:MAX_NOTES]

    def _sums(self, tally: Tally) -> dict[str, Any]:
        return {name: getattr(MdmSync, name) + getattr(tally, name) for name in _COUNTED}

    def _turn(self, ground: Ground, page: Page) -> None:
        now = self.clock()
        with self.database.unit() as db:
            values = {
                "cursor": page.resume,
                "listed": page.resume is None,
                "pages": MdmSync.pages + 1,
                "heartbeat_at": now,
                "notes": self._notes,
            }
            self._own(db, values | self._of_problems(db, ground, page.problems))

    def _note_problems(self, ground: Ground, problems: Sequence[Problem]) -> None:
        with self.database.unit() as db:
            self._own(db, self._of_problems(db, ground, problems))

    def _of_problems(
        self, db: Session, ground: Ground, problems: Sequence[Problem]
    ) -> dict[str, Any]:
        """The columns that tell of rows that could not be read; their devices are not gone."""
        if not problems:
            return {}
        named = [problem.vendor_id for problem in problems if problem.vendor_id]
        device_rows.seen_but_unread(
            db, ground.connection_id, ground.sync_id, named, now=self.clock()
        )
        told = [
            {"vendor_id": clean(p.vendor_id or "", 200), "reason": clean(p.reason, 300)}
            for p in problems
        ]
        self._problems = (self._problems + told)[:MAX_PROBLEMS]
        return {
            "problems": MdmSync.problems + len(problems),
            "nameless": MdmSync.nameless + len(problems) - len(named),
            "problem_rows": self._problems,
        }

    def anew(self) -> None:
        """The vendor does not take the cursor any more: the list begins again."""
        with self.database.unit() as db:
            self._own(db, {"cursor": None, "pages": 0, "seen": 0, "heartbeat_at": self.clock()})

    def waits(self, reason: str) -> None:
        """It goes on later; until then the row tells why."""
        with self.database.unit() as db:
            self._own(db, {"error": clean(reason, 1000), "heartbeat_at": self.clock()})

    def _own(self, db: Session, values: dict[str, Any]) -> None:
        own(db, self.sync_id, self.runner, values)


def _known(db: Session, connection_id: int) -> int:
    query = select(sa.func.count()).select_from(MdmDevice)
    return int(
        db.exec(
            query.where(MdmDevice.connection_id == connection_id, col(MdmDevice.gone_at).is_(None))
        ).one()
    )


def _ground(sync: MdmSync, connection: MdmConnection) -> Ground:
    return Ground(
        sync_id=sync.id,
        connection_id=connection.id,
        origin=describing.origin_of(connection),
        actor=actor_of(connection.label, sync.id),
        create_assets=connection.create_assets,
        prefix=connection.tag_prefix,
        full=sync.scope is SyncScope.FULL,
    )


def actor_of(label: str, sync_id: int) -> Actor:
    """Who a sync acts as."""
    return system_actor(f"sync of {label}", PERMISSIONS, origin=f"mdm sync {sync_id}")
