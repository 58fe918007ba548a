"""The real engine takes a sync from the queue and brings it to its end."""

import time

from inventory.engine import Engine, Timing
from inventory.fleet import syncs
from inventory.fleet.models import MdmSync, SyncState
from inventory.jobs import HANDLERS, POLICIES, SCHEDULES
from tests.inventory.fleet.conftest import Fleet
from tests.mdm.fakes.google import FakeGoogle

QUICK = Timing(poll=0.05, beat=0.2, silent=1.0, sweep=0.5, tick=0.2, probe=0.1)


def test_a_requested_sync_is_run_by_the_engine(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(5)
    sync_id = fleet.request(fleet.connect(google))
    engine = Engine(fleet.settings, fleet.database, HANDLERS, policies=POLICIES, timing=QUICK)
    with engine.running():
        until = time.monotonic() + 20
        while fleet.one(MdmSync, id=sync_id).state in (SyncState.QUEUED, SyncState.RUNNING):
            assert time.monotonic() < until
            time.sleep(0.05)
    done = fleet.one(MdmSync, id=sync_id)
    assert (done.state, done.seen, done.attempts, done.error) == (SyncState.FINISHED, 5, 1, "")
    assert done.job_key.startswith("mdm.sync:")


def test_the_clock_asks_for_what_is_due(fleet: Fleet, google: FakeGoogle) -> None:
    connection_id = fleet.connect(google)
    assert syncs.DUE in {schedule.kind for schedule in SCHEDULES}
    (first,) = syncs.request_due(fleet.database, fleet.settings, now=fleet.clock())
    assert fleet.one(MdmSync, id=first).connection_id == connection_id
    assert syncs.request_due(fleet.database, fleet.settings, now=fleet.clock()) == []
    fleet.change(connection_id, enabled=False)
    fleet.clock.forward(days=2)
    assert syncs.request_due(fleet.database, fleet.settings, now=fleet.clock()) == []
