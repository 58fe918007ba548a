"""Our tags at the vendor: written where asked for, once, and told truly when they are not."""

from typing import Any

import pytest

from inventory.assets import service as assets
from inventory.audit.models import AuditEvent
from inventory.engine import JobContext
from inventory.errors import InvalidInput
from inventory.fleet import tag_writing
from inventory.fleet.models import AlarmKind, MdmAlarm, Mode
from tests.inventory.fleet.conftest import BOSS, Fleet
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.http import Call, Fault
from tests.mdm.fakes.intune import FakeIntune


def writing(fleet: Fleet, fake: FakeGoogle, **more: Any) -> int:
    """A connection that writes tags, synced once; the vendor's records bear none."""
    for book in fake.books.values():
        book["annotatedAssetId"] = ""
    wanted: dict[str, Any] = {"act_config": fake.config(), "mode": Mode.LIVE, "write_tags": True}
    connection_id = fleet.connect(fake, **wanted | more)
    fleet.sync(connection_id)
    return connection_id


def run(fleet: Fleet) -> list[int]:
    """The clock asks, and the worker does."""
    due = tag_writing.request_due(fleet.database, now=fleet.clock())
    for connection_id in due:
        job = JobContext(
            fleet.database, fleet.settings, {"connection": connection_id}, "mdm.tags:1",
            lambda _: False, fleet.stopping, 0.05,
        )  # fmt: skip
        tag_writing.write_tags(job, clock=fleet.clock)
    return due


def patches(fake: FakeGoogle) -> list[Call]:
    return [call for call in fake.calls if call.method == "PATCH"]


def tags_of(fleet: Fleet) -> dict[str, str]:
    """Vendor id → our tag."""
    known = {asset.id: asset.tag for asset in fleet.assets()}
    return {d.vendor_id: known[d.asset_id] for d in fleet.devices() if d.asset_id}


def test_our_tags_are_written_once_and_followed(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    assert run(fleet) == [connection_id]
    ours = tags_of(fleet)
    assert {k: r["annotatedAssetId"] for k, r in google.books.items()} == {
        key: ours[key] for key in google.books
    }
    assert len(patches(google)) == 3, "phones keep no tag"
    rows = [fleet.device(key) for key in google.books]
    assert all((d.tag_told, d.tag_error) == (ours[d.vendor_id], "") for d in rows)
    events = fleet.all(AuditEvent, action="mdm_device.tagged")
    assert [int(event.subject_id) for event in events] == sorted(row.asset_id or 0 for row in rows)
    assert ours[rows[0].vendor_id] in events[0].after
    assert run(fleet) == [], "not before its time"
    fleet.clock.forward(minutes=11)
    fleet.sync(connection_id)
    assert run(fleet) == [connection_id]
    assert len(patches(google)) == 3, "nothing is written twice"
    with fleet.database.unit() as db:
        assert rows[0].asset_id is not None
        assets.change(db, BOSS, rows[0].asset_id, {"tag": "LIB-7"}, now=fleet.clock())
    google.books[rows[1].vendor_id]["annotatedAssetId"] = "changed at the vendor"
    fleet.clock.forward(minutes=11)
    fleet.sync(connection_id)
    run(fleet)
    assert google.books[rows[0].vendor_id]["annotatedAssetId"] == "LIB-7"
    assert google.books[rows[1].vendor_id]["annotatedAssetId"] == "changed at the vendor"
    fleet.verify()


@pytest.mark.parametrize(
    "more", [{"mode": Mode.DRY_RUN}, {"write_tags": False}, {"enabled": False}], ids=str
)
def test_nothing_is_written_unasked(fleet: Fleet, google: FakeGoogle, more: dict[str, Any]) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    tag_writing.request_due(fleet.database, now=fleet.clock())
    fleet.change(connection_id, **more)
    job = JobContext(
        fleet.database, fleet.settings, {"connection": connection_id}, "mdm.tags:1",
        lambda _: False, fleet.stopping, 0.05,
    )  # fmt: skip
    tag_writing.write_tags(job, clock=fleet.clock)
    assert run(fleet) == []
    assert google.acting_calls == []


def test_a_tag_that_another_asset_bears_is_left_for_a_person(
    fleet: Fleet, google: FakeGoogle
) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    first, second, third = list(google.books)
    ours = tags_of(fleet)
    google.books[first]["annotatedAssetId"] = ours[second]
    fleet.sync(connection_id)
    run(fleet)
    assert google.books[first]["annotatedAssetId"] == ours[second]
    assert f"which {ours[second]} bears" in fleet.device(first).tag_error
    assert google.books[third]["annotatedAssetId"] == ours[third]


def test_a_device_that_is_refused_does_not_hold_up_the_others(
    fleet: Fleet, google: FakeGoogle
) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    first = next(iter(google.books))
    gone = google.books.pop(first)
    run(fleet)
    assert "404" in fleet.device(first).tag_error
    assert fleet.device(first).tag_told == ""
    assert all(record["annotatedAssetId"] for record in google.books.values())
    google.books[first] = gone
    fleet.clock.forward(minutes=30)
    run(fleet)
    assert gone["annotatedAssetId"] == "", "it is tried again after a full sync"
    fleet.clock.forward(minutes=30)
    fleet.sync(connection_id)
    run(fleet)
    assert gone["annotatedAssetId"] == tags_of(fleet)[first]
    assert fleet.device(first).tag_error == ""


def test_a_lost_answer_is_written_again(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    google.fail(Fault.DROP_AFTER, 1, on=lambda call: call.acting)
    run(fleet)
    assert len(patches(google)) == 1, "the run ends"
    assert fleet.all(MdmAlarm) == []
    fleet.clock.forward(minutes=11)
    fleet.sync(connection_id)
    run(fleet)
    assert {d.asset_tag for d in fleet.devices() if d.vendor_id in google.books} == {
        tag for key, tag in tags_of(fleet).items() if key in google.books
    }
    fleet.verify()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault.PAYMENT, AlarmKind.TAGS), (Fault.ECHO, AlarmKind.TAGS), (Fault.THROTTLE, None)],
)
def test_what_concerns_the_connection_ends_the_run(
    fleet: Fleet, google: FakeGoogle, fault: Fault, kind: AlarmKind | None
) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    google.fail(fault, 99, on=lambda call: call.acting)
    run(fleet)
    assert len(patches(google)) == 1
    raised = fleet.all(MdmAlarm, closed_at=None)
    assert [alarm.kind for alarm in raised] == ([] if kind is None else [kind])
    assert not [s for s in google.secrets() for alarm in raised if s in alarm.text]
    fleet.clock.forward(minutes=30)
    assert run(fleet) == ([connection_id] if kind is None else [])
    google.heal()
    fleet.clock.forward(days=1)
    fleet.sync(connection_id)
    still = fleet.all(MdmAlarm, closed_at=None)
    assert [alarm.kind for alarm in still] == ([] if kind is None else [kind]), "reading is not it"
    run(fleet)
    assert all(record["annotatedAssetId"] for record in google.books.values())
    assert fleet.all(MdmAlarm, closed_at=None) == []
    fleet.verify()


def test_a_vendor_that_refuses_one_after_the_other_is_an_alarm(
    fleet: Fleet, google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_writing, "MOST_REFUSED", 3)
    google.seed(9)
    connection_id = writing(fleet, google)
    kept = dict(google.books)
    google.books.clear()
    run(fleet)
    assert len(patches(google)) == 3, "the run ends"
    (alarm,) = fleet.all(MdmAlarm, closed_at=None)
    assert (alarm.kind, "3 devices in a row" in alarm.text) == (AlarmKind.TAGS, True)
    assert "404" in alarm.text
    google.books.update(kept)
    fleet.clock.forward(minutes=11)
    fleet.sync(connection_id)
    assert run(fleet) == [connection_id]
    assert fleet.all(MdmAlarm, closed_at=None) == []
    assert all(record["annotatedAssetId"] for record in google.books.values())


def test_who_writes_no_tags_has_no_such_alarm(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(5)
    connection_id = writing(fleet, google)
    google.fail(Fault.ECHO, 99, on=lambda call: call.acting)
    run(fleet)
    assert [alarm.kind for alarm in fleet.all(MdmAlarm, closed_at=None)] == [AlarmKind.TAGS]
    fleet.change(connection_id, write_tags=False)
    assert fleet.all(MdmAlarm, closed_at=None) == []


def test_a_vendor_that_keeps_no_tags_is_refused(fleet: Fleet, intune: FakeIntune) -> None:
    with pytest.raises(InvalidInput) as refused:
        fleet.connect(intune, act_config=intune.config(), write_tags=True)
    assert "write_tags" in refused.value.fields
