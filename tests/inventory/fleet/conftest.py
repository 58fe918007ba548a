"""Connections of a small district to fake vendors, over real sockets."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Permission, system_actor
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.db import Database
from inventory.engine import JobContext
from inventory.errors import TooManyRequests, Unavailable
from inventory.fleet import connections, opening, sync_run, syncs
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from inventory.fleet.models import MdmConnection, MdmDevice, MdmSync, SyncScope
from inventory.settings import Settings
from mdm.connection import Wiring
from mdm.http import Limits as Sizes
from mdm.timing import Timing
from tests.conftest import Clock
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.intune import FakeIntune

BOSS = system_actor("test", Permission)
LIMITS = Limits(simulated=True)


class Unhurried:
    """No pace: the tests' vendors are never asked to be patient with us."""

    def wait(self) -> None:
        """At once."""


def quick() -> Wiring:
    """Waits of a vendor's connector that last no time."""
    timing = Timing(sleep=lambda _seconds: None)
    return Wiring(timing=timing, limits=Sizes(1.0, 1.0, 3.0, 4_000_000), pace=Unhurried())


@dataclass
class Fleet:
    """The application's side, in a few words."""

    database: Database
    settings: Settings
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)

    def connect(self, fake: FakeVendor, **more: Any) -> int:
        """A connection to a fake that has been started."""
        draft: dict[str, Any] = {
            "vendor": fake.vendor, "label": fake.vendor, "config": fake.config(),
            "address": fake.url, **more,
        }  # fmt: skip
        with self.database.unit() as db:
            made = ConnectionDraft(**draft)
            return connections.create(db, BOSS, made, limits=LIMITS, now=self.clock()).id

    def change(self, connection_id: int, **changes: Any) -> None:
        with self.database.unit() as db:
            connections.change(db, BOSS, connection_id, changes, limits=LIMITS, now=self.clock())

    def request(self, connection_id: int, **more: Any) -> int:
        with self.database.unit() as db:
            return syncs.request_sync(db, BOSS, connection_id, now=self.clock(), **more).id

    def job(self, sync_id: int, attempt: int = 1) -> JobContext:
        """What the engine would hand to the handler."""
        made = JobContext(
            self.database, self.settings, {"sync": sync_id}, f"mdm.sync:{sync_id}.1",
            lambda _: False, self.stopping, 0.05,
        )  # fmt: skip
        made.attempt = attempt
        return made

    def run(self, sync_id: int) -> MdmSync:
        """Run a sync as the engine would, attempts included."""
        for attempt in range(1, sync_run.ATTEMPTS + 1):
            try:
                sync_run.run_sync(self.job(sync_id, attempt), clock=self.clock)
                break
            except (Unavailable, TooManyRequests):
                self.clock.forward(seconds=30)
        return self.one(MdmSync, id=sync_id)

    def sync(self, connection_id: int, **more: Any) -> MdmSync:
        return self.run(self.request(connection_id, **more))

    def incremental(self, connection_id: int) -> MdmSync:
        return self.sync(connection_id, scope=SyncScope.INCREMENTAL)

    def all(self, table: type[Any], **wanted: Any) -> list[Any]:
        with self.database.unit(write=False) as db:
            query = select(table)
            for name, value in wanted.items():
                query = query.where(getattr(table, name) == value)
            return list(db.exec(query.order_by(table.id)).all())

    def one(self, table: type[Any], **wanted: Any) -> Any:
        (row,) = self.all(table, **wanted)
        return row

    def connection(self, connection_id: int) -> MdmConnection:
        return self.one(MdmConnection, id=connection_id)

    def devices(self, **wanted: Any) -> list[MdmDevice]:
        return self.all(MdmDevice, **wanted)

    def device(self, vendor_id: str) -> MdmDevice:
        return self.one(MdmDevice, vendor_id=vendor_id)

    def assets(self, **wanted: Any) -> list[Asset]:
        return self.all(Asset, **wanted)

    def verify(self) -> None:
        """The audit chain is whole."""
        with self.database.unit(write=False) as db:
            verdict = audit.verify(db)
        assert verdict.broken_at is None, verdict


@pytest.fixture
def fleet(database: Database, settings: Settings, clock: Clock) -> Fleet:
    database.info[opening.WIRING] = quick()
    return Fleet(database, settings, clock)


Start = Callable[..., Any]


@pytest.fixture
def start(clock: Clock) -> Iterator[Start]:
    """`start(FakeGoogle, 5)`: a fake with so many devices, by the test's clock."""
    running: list[FakeVendor] = []

    def begin(kind: type[FakeVendor], count: int = 0, **options: Any) -> FakeVendor:
        fake = kind(now=clock, **options).start()
        running.append(fake)
        fake.seed(count)
        return fake

    yield begin
    crashes = [text for fake in running for text in fake.crashes]
    for fake in running:
        fake.stop()
    assert not crashes, crashes[0]


@pytest.fixture
def google(start: Start) -> FakeGoogle:
    made: FakeGoogle = start(FakeGoogle)
    return made


@pytest.fixture
def intune(start: Start) -> FakeIntune:
    made: FakeIntune = start(FakeIntune)
    return made


def by_serial(assets: Sequence[Asset]) -> dict[str, Asset]:
    return {asset.serial: asset for asset in assets}
