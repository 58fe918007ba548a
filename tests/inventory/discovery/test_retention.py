"""What is settled and long unseen is forgotten; what waits for a person never is."""

from datetime import timedelta

from inventory.discovery import retention, review
from inventory.discovery.models import Sweep
from inventory.discovery.review import Moment
from tests.inventory.discovery.conftest import ANYBODY, House, now
from tests.simnet import Simnet


def test_settled_findings_are_forgotten_and_open_ones_kept(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    house.sweep(network)
    first, second, third = house.findings()
    with house.database.unit() as db:
        at = Moment(now(), now().date())
        review.accept(db, ANYBODY, first.id, at=at)
        review.ignore(db, ANYBODY, second.id, at=at)
    soon = now() + timedelta(days=retention.FINDING_DAYS - 1)
    assert retention.purge(house.database, now=soon) == 0
    later = now() + timedelta(days=retention.FINDING_DAYS + 1)
    assert retention.purge(house.database, now=later) == 2
    assert [row.id for row in house.findings()] == [third.id]
    assert len(house.assets()) == 1


def test_old_sweeps_are_forgotten_unless_a_finding_is_theirs(
    house: House, printers: Simnet
) -> None:
    network = house.network(printers)
    house.sweep(network)
    newest = house.sweep(network)
    open_ = house.request(network)
    years = now() + timedelta(days=retention.SWEEP_DAYS + 1)
    assert retention.purge(house.database, now=years) == 1
    assert [row.id for row in house.all(Sweep)] == [newest.id, open_]
