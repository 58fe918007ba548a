"""Vendors that fail: the error names them, what was kept stays, and the other connections go on."""

from inventory.fleet.models import AlarmKind, MdmAlarm, SyncState
from tests.inventory.fleet.conftest import Fleet
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.intune import FakeIntune


def test_a_vendor_that_is_away_leaves_the_other_alone(
    fleet: Fleet, google: FakeGoogle, intune: FakeIntune
) -> None:
    google.seed(4)
    intune.seed(4)
    books, laptops = fleet.connect(google, label="Books"), fleet.connect(intune, label="Laptops")
    assert fleet.sync(books).state is SyncState.FINISHED
    google.stop()
    failed = fleet.sync(books)
    assert failed.state is SyncState.FAILED
    assert "Google Workspace (Books)" in failed.error
    kept = fleet.devices(connection_id=books)
    assert len(kept) == 4
    assert all(device.gone_at is None for device in kept), "a failure retires nothing"
    other = fleet.sync(laptops)
    assert (other.state, other.seen, other.error) == (SyncState.FINISHED, 4, "")
    fleet.verify()


def test_an_empty_list_retires_nothing_and_raises_an_alarm(
    fleet: Fleet, google: FakeGoogle
) -> None:
    google.seed(30)
    connection_id = fleet.connect(google)
    fleet.sync(connection_id)
    google.books.clear()
    google.phones.clear()
    done = fleet.sync(connection_id)
    assert (done.state, done.guarded, done.gone) == (SyncState.FINISHED, True, 0)
    assert all(device.gone_at is None for device in fleet.devices())
    (alarm,) = fleet.all(MdmAlarm, closed_at=None)
    assert alarm.kind is AlarmKind.FEWER_DEVICES
    accepted = fleet.sync(connection_id, accept_fewer=True)
    assert (accepted.guarded, accepted.gone) == (False, 30)
    assert fleet.all(MdmAlarm, closed_at=None) == []
    fleet.verify()
