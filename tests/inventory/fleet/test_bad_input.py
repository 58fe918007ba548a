"""Vendors that fail: the error names them, what was kept stays, and the other connections go on."""

from typing import Any

import pytest

from inventory.assets.kinds import Outcome
from inventory.fleet.models import AlarmKind, MdmAlarm, SyncState
from tests.inventory.fleet.conftest import Fleet, Start
from tests.mdm.fakes.base import FakeVendor
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


VENDORS = [FakeGoogle, FakeIntune]
IDS = {"deviceId", "resourceId", "id"}
HUGE = "A\u202e<script>\x00" + "n" * 10_000
WRONG: dict[str, Any] = {
    "null": None, "empty": "", "list": [[]], "object": {"a": {"b": [1]}}, "number": 10**30,
    "boolean": True, "huge": HUGE, "surrogate": "\ud800", "unknown": "NEVER_HEARD_OF",
}  # fmt: skip
"""What stands in every field but the id."""


@pytest.mark.parametrize("kind", VENDORS, ids=lambda kind: kind.vendor)
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_values_in_every_field(
    fleet: Fleet, start: Start, kind: type[FakeVendor], wrong: str
) -> None:
    fake = start(kind, 5)
    connection_id = fleet.connect(fake)
    fleet.sync(connection_id)
    known = {d.vendor_id: d.asset_id for d in fleet.devices()}
    tags = {asset.id: (asset.tag, asset.serial) for asset in fleet.assets()}
    kept = {"deviceId", "id"} if fake.vendor == "intune" else IDS
    fake.spoil = lambda record: {
        name: value if name in kept else WRONG[wrong] for name, value in record.items()
    }
    done = fleet.sync(connection_id)
    assert (done.state, done.error, done.gone) == (SyncState.FINISHED, "", 0)
    assert done.seen + done.problems >= 5
    devices = fleet.devices()
    assert {d.vendor_id for d in devices} == set(known), "no row is lost, none is made twice"
    assert all(d.gone_at is None for d in devices)
    assert all(len(d.name) <= 256 and d.name.isprintable() for d in devices)
    now_there = {asset.id: (asset.tag, asset.serial) for asset in fleet.assets()}
    assert now_there == tags, "no asset gets another serial number, or loses its own"
    fake.spoil = None
    back = fleet.sync(connection_id)
    assert (back.state, back.seen, back.problems) == (SyncState.FINISHED, 5, 0)
    fleet.verify()


@pytest.mark.parametrize("kind", VENDORS, ids=lambda kind: kind.vendor)
@pytest.mark.parametrize("row", [None, 7, "text", [1, 2], {}], ids=repr)
def test_rows_that_name_no_device_retire_none(
    fleet: Fleet, start: Start, kind: type[FakeVendor], row: Any
) -> None:
    fake = start(kind, 5)
    connection_id = fleet.connect(fake)
    fleet.sync(connection_id)
    fake.spoil = lambda _: row
    done = fleet.sync(connection_id)
    assert (done.state, done.problems, done.nameless, done.gone) == (SyncState.FINISHED, 5, 5, 0)
    assert len(done.problem_rows) == 5
    assert all(device.gone_at is None for device in fleet.devices())
    (alarm,) = fleet.all(MdmAlarm, closed_at=None)
    assert alarm.kind is AlarmKind.FEWER_DEVICES
    fleet.verify()


def test_a_serial_number_that_several_devices_claim(fleet: Fleet, intune: FakeIntune) -> None:
    """Two iPads with one serial, and hardware ids that differ: the second waits for a person."""
    intune.seed(22)
    pads = [r for r in intune.known.values() if r["model"] == "iPad (9th generation)"]
    for record in pads:
        record["serialNumber"] = "DMPX00000001"
    done = fleet.sync(fleet.connect(intune))
    assert done.state is SyncState.FINISHED
    rows = [fleet.device(record["id"]) for record in pads]
    assert sorted(row.outcome for row in rows) == [Outcome.CONFLICT, Outcome.MATCHED]
    assert len(fleet.assets(serial="DMPX00000001")) == 1
    (doubtful,) = [row for row in rows if row.outcome is Outcome.CONFLICT]
    assert "claims it with another" in doubtful.reasons[-1]
    fleet.verify()


def test_a_record_that_comes_twice_is_one_device(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(5)
    books = list(google.books)
    google.books["again"] = dict(google.books[books[0]])
    done = fleet.sync(fleet.connect(google))
    assert done.state is SyncState.FINISHED
    assert len(fleet.devices()) == 5
    assert len(fleet.assets()) <= 5
    fleet.verify()
