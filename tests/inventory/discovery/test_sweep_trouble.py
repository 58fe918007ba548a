"""Kills, locks, cancels and races: nothing is lost, nothing doubled, one sweep at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import Permission
from inventory.assets.models import Identifier
from inventory.discovery import sweep_run, sweeps
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import SnmpCredential, Sweep, SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.reading_models import AssetAddress, PageReading, SupplyReading
from inventory.discovery.sweep_store import Store
from inventory.errors import Conflict, HomeroomError
from tests.inventory.discovery.conftest import ANYBODY, House, job, networks, now
from tests.simnet import Simnet
from tests.simnet.crowd import crowd

MANY = 70
INSERTED = ("INSERT INTO discovery_finding", "")


class Killed(BaseException):
    """As a kill would: nothing catches it."""


@pytest.fixture(scope="module")
def many() -> Iterator[Simnet]:
    """More printers than two batches hold."""
    with Simnet.start(crowd(MANY, "127.33.0.0/24")) as net:
        yield net


@contextmanager
def fault(
    house: House, statement: tuple[str, str], *, at: int, error: BaseException
) -> Iterator[None]:
    """The `at`-th statement that begins and goes on so never reaches the database."""
    seen = 0

    def before(_c: Any, _cursor: Any, text: str, _p: Any, _x: Any, _m: Any) -> None:
        nonlocal seen
        if text.startswith(statement[0]) and statement[1] in text:
            seen += 1
            if seen == at:
                raise error

    sa.event.listen(house.database.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        sa.event.remove(house.database.engine, "before_cursor_execute", before)


@pytest.mark.parametrize(
    ("statement", "at"),
    [(INSERTED, 60), (("UPDATE sweep SET", "found_new"), 2)],
)
def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    house: House, many: Simnet, statement: tuple[str, str], at: int
) -> None:
    network = house.network(many, auto_accept=["printer", "multifunction"])
    sweep_id = house.request(network)
    with fault(house, statement, at=at, error=Killed()), pytest.raises(Killed):
        house.run(sweep_id)
    left = house.one(Sweep, id=sweep_id)
    assert left.state is SweepState.RUNNING
    assert 0 < left.found_new < MANY, "the batch before the kill was kept"
    assert len(house.assets()) == left.found_new == left.accepted
    done = house.run(sweep_id)
    assert (done.state, done.attempts) == (SweepState.FINISHED, 2)
    assert (done.found_new, done.accepted, done.found_matched) == (MANY, MANY, 0)
    assert done.found_conflict == 0
    assert {asset.serial for asset in house.assets()} == {d.serial for d in many.devices}
    assert len(house.assets()) == len(house.findings()) == MANY
    assert len(house.all(AssetAddress)) == MANY
    supplies = house.all(SupplyReading)
    assert len({(s.asset_id, s.supply_index) for s in supplies}) == len(supplies)
    pages = house.all(PageReading)
    assert len({(p.asset_id, p.counter) for p in pages}) == len(pages)


def test_a_busy_database_delays_a_batch_and_loses_none(house: House, many: Simnet) -> None:
    engine = house.database.engine
    impatient = "PRAGMA busy_timeout=50" if house.database.is_sqlite else "SET lock_timeout='50ms'"
    sa.event.listen(engine, "connect", lambda raw, _: raw.cursor().execute(impatient))
    engine.dispose()
    network = house.network(many)
    sweep_id = house.request(network)
    running = threading.Thread(target=house.run, args=(sweep_id,))
    other = sa.create_engine(house.database.url, poolclass=sa.NullPool)
    with other.connect() as lock:
        if house.database.is_sqlite:
            lock.exec_driver_sql("PRAGMA busy_timeout=5000")
        wait_for(lambda: house.one(Sweep, id=sweep_id).found_new > 0, running.start)
        take = "BEGIN IMMEDIATE" if house.database.is_sqlite else "LOCK TABLE discovery_finding"
        lock.exec_driver_sql(take)
        time.sleep(0.7)
        lock.rollback()
        if house.database.is_sqlite:
            lock.connection.rollback()
    running.join(timeout=60)
    sweep = house.one(Sweep, id=sweep_id)
    assert (sweep.state, sweep.found_new) == (SweepState.FINISHED, MANY)
    assert len(house.findings()) == MANY


def wait_for(ready: Callable[[], bool], start: Callable[[], None], seconds: float = 20) -> None:
    start()
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.01)


def silent(house: House, printers: Simnet, **more: Any) -> int:
    """A network whose sweep takes long: a few printers among silent addresses, asked slowly."""
    targets = ["127.30.1.1-60", "127.34.0.0/24"]
    return house.network(printers, targets=targets, rate=60, **more)


def test_a_cancel_ends_a_running_sweep_and_keeps_what_it_found(
    house: House, printers: Simnet
) -> None:
    sweep_id = house.request(silent(house, printers))
    running = threading.Thread(target=house.run, args=(sweep_id,))
    wait_for(lambda: house.one(Sweep, id=sweep_id).answered == 3, running.start)
    with house.database.unit(write=False) as db:
        pace = sweeps.pace(sweeps.get(db, ANYBODY, sweep_id)[0], now=now())
    assert 0 < pace.percent < 100
    assert pace.eta_seconds is None or pace.eta_seconds > 0
    with house.database.unit() as db:
        sweeps.cancel(db, ANYBODY, sweep_id, now=now())
    asked = time.monotonic()
    running.join(timeout=10)
    assert time.monotonic() - asked < 3
    sweep = house.one(Sweep, id=sweep_id)
    assert sweep.state is SweepState.CANCELLED
    assert sweep.found_new == len(house.findings()) == 3
    with house.database.unit() as db, pytest.raises(Conflict):
        sweeps.cancel(db, ANYBODY, sweep_id, now=now())


def test_a_queued_sweep_is_cancelled_at_once(house: House, printers: Simnet) -> None:
    sweep_id = house.request(house.network(printers))
    with house.database.unit() as db:
        sweeps.cancel(db, ANYBODY, sweep_id, now=now())
    assert house.run(sweep_id).state is SweepState.CANCELLED
    assert sum(printers.received.values()) == 0


def test_a_worker_that_stops_leaves_the_sweep_to_be_run_again(
    house: House, printers: Simnet
) -> None:
    network = silent(house, printers)
    sweep_id, stopping = house.request(network), threading.Event()
    running = threading.Thread(target=house.run, args=(sweep_id,), kwargs={"stopping": stopping})
    wait_for(lambda: house.one(Sweep, id=sweep_id).probed > 0, running.start)
    stopping.set()
    running.join(timeout=10)
    assert house.one(Sweep, id=sweep_id).state is SweepState.RUNNING
    house.change(network, targets=["127.30.1.21-24"], rate=None)
    sweep = house.run(sweep_id)
    assert (sweep.state, sweep.attempts) == (SweepState.FINISHED, 2)


def test_a_runner_that_was_replaced_stops(house: House, printers: Simnet) -> None:
    sweep_id = house.request(silent(house, printers))
    running = threading.Thread(target=house.run, args=(sweep_id,))
    wait_for(lambda: house.one(Sweep, id=sweep_id).probed > 0, running.start)
    successor = Store(house.database, house.settings, sweep_id, now)
    assert successor.begin() is not None
    running.join(timeout=10)
    assert not running.is_alive()
    sweep = house.one(Sweep, id=sweep_id)
    assert (sweep.state, sweep.runner) == (SweepState.RUNNING, successor.runner)
    successor.end(SweepState.FINISHED)


def test_only_one_of_many_requests_wins(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    results: list[str] = []

    def ask() -> None:
        try:
            house.request(network)
            results.append("won")
        except HomeroomError as lost:
            assert isinstance(lost, Conflict), lost
            assert "is queued" in str(lost)
            results.append("lost")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["lost"] * 7 + ["won"]
    assert len(house.all(Sweep)) == 1


def test_the_database_itself_allows_one_open_sweep(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    house.request(network)
    with pytest.raises(Conflict), house.database.unit() as db:
        db.add(Sweep(network_id=network, requested_by="x", requested_at=now()))
    house.run(house.all(Sweep)[0].id)
    house.request(network)


def test_a_secret_that_does_not_open_fails_the_sweep(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    row = house.all(SnmpCredential)[0]
    house.save(row.model_copy(update={"community": "v1.test.AAAA.AAAA"}))
    sweep = house.sweep(network)
    assert sweep.state is SweepState.FAILED
    assert "does not open" in sweep.error
    assert sum(printers.received.values()) == 0


def test_public_addresses_are_not_swept_even_if_they_were_allowed_once(
    house: House, printers: Simnet
) -> None:
    draft = NetworkDraft(
        "Outside", ["8.8.8.8"], site_id=house.school, credentials=[house.credential()]
    )
    with house.database.unit() as db:
        limits = Limits(public=True)
        network = networks.create(db, ANYBODY, draft, limits=limits, now=now()).id
    sweep = house.sweep(network)
    assert sweep.state is SweepState.FAILED
    assert "public" in sweep.error


def test_a_fault_of_the_program_ends_the_sweep_with_a_plain_word(
    house: House, printers: Simnet
) -> None:
    sweep_id = house.request(house.network(printers))
    with (
        fault(house, INSERTED, at=1, error=RuntimeError("secret")),
        pytest.raises(RuntimeError),
    ):
        house.run(sweep_id)
    assert house.one(Sweep, id=sweep_id).state is SweepState.RUNNING, "to be driven again"


def test_what_cannot_be_kept_does_not_take_its_neighbours_down(
    house: House, printers: Simnet
) -> None:
    """One device's row is refused by the database, whatever is tried."""
    network = house.network(printers)
    refusal = sa.exc.DataError("", {}, Exception("not this one"))

    def before(_c: Any, _cursor: Any, text: str, params: Any, _x: Any, many: bool) -> None:
        if text.startswith("INSERT INTO discovery_finding") and "LES-PRN-LAB" in str(params):
            raise refusal

    sa.event.listen(house.database.engine, "before_cursor_execute", before)
    try:
        sweep = house.sweep(network)
    finally:
        sa.event.remove(house.database.engine, "before_cursor_execute", before)
    assert sweep.state is SweepState.FINISHED
    assert {row.name for row in house.findings()} == {"LES-PRN-OFFICE", "LES-PRN-102"}
    assert any("could not be kept" in note for note in sweep.notes)


def test_the_handler_needs_nothing_but_the_id(house: House, printers: Simnet) -> None:
    sweep_run.run_sweep(job(house.database, house.settings, 4711))
    assert house.all(DiscoveryFinding) == house.all(Identifier) == []
    assert Permission.DISCOVERY_RUN in {p for g in sweeps.CLOCK.grants for p in g.permissions}
