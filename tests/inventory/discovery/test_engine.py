"""The real engine takes a sweep from the queue and brings it to its end."""

import time

from inventory.discovery.models import Sweep, SweepState
from inventory.engine import Engine, Timing
from inventory.jobs import HANDLERS, POLICIES
from tests.inventory.discovery.conftest import House
from tests.simnet import Simnet

QUICK = Timing(poll=0.05, beat=0.2, silent=1.0, sweep=0.5, tick=0.2, probe=0.1)


def test_a_requested_sweep_is_run_by_the_engine(house: House, printers: Simnet) -> None:
    sweep_id = house.request(house.network(printers, auto_accept=["printer"]))
    engine = Engine(house.settings, house.database, HANDLERS, policies=POLICIES, timing=QUICK)
    with engine.running():
        until = time.monotonic() + 20
        while house.one(Sweep, id=sweep_id).state in (SweepState.QUEUED, SweepState.RUNNING):
            assert time.monotonic() < until
            time.sleep(0.05)
    sweep = house.one(Sweep, id=sweep_id)
    assert (sweep.state, sweep.accepted, sweep.attempts) == (SweepState.FINISHED, 3, 1)
    assert sweep.job_key.startswith("sweep:")
    assert len(house.assets()) == 3
