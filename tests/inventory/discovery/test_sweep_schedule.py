"""What the clock asks for, and sweeps that lost their worker."""

from datetime import timedelta

from inventory.discovery import sweeps
from inventory.discovery.models import Network, Sweep, SweepState
from inventory.discovery.sweep_store import Store
from tests.inventory.discovery.conftest import House, now
from tests.simnet import Simnet


def test_the_clock_asks_for_what_is_due_once(house: House, printers: Simnet) -> None:
    network = house.network(printers, every_minutes=60)
    off = house.network(printers, name="Off", every_minutes=60, enabled=False, credentials=[])
    start = now()
    assert sweeps.request_due(house.database, house.settings, now=start) == []
    due = start + timedelta(minutes=61)
    (sweep_id,) = sweeps.request_due(house.database, house.settings, now=due)
    assert house.one(Sweep, id=sweep_id).network_id == network
    assert house.one(Sweep, id=sweep_id).requested_by == "sweep schedule"
    assert sweeps.request_due(house.database, house.settings, now=due) == []
    late = due + timedelta(minutes=61)
    assert sweeps.request_due(house.database, house.settings, now=late) == [], "still running"
    house.run(sweep_id)
    later = late + timedelta(minutes=61)
    assert len(sweeps.request_due(house.database, house.settings, now=later)) == 1
    assert house.one(Network, id=off).next_due is None


def test_a_sweep_without_a_worker_is_driven_again_and_given_up_at_last(
    house: House, printers: Simnet
) -> None:
    sweep_id = house.request(house.network(printers))
    for attempt in range(1, sweeps.MAX_ATTEMPTS + 1):
        assert Store(house.database, house.settings, sweep_id, now).begin() is not None
        assert sweeps.redrive(house.database, now=now()) == [], "it is alive"
        assert sweeps.redrive(house.database, now=now() + timedelta(minutes=6)) == [sweep_id]
        assert house.one(Sweep, id=sweep_id).attempts == attempt
    sweep = house.one(Sweep, id=sweep_id)
    assert sweep.state is SweepState.INTERRUPTED
    assert "lost 3 times" in sweep.error
    assert house.run(sweep_id).state is SweepState.INTERRUPTED, "a late job changes nothing"
