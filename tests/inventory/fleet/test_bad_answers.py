"""Vendors that answer badly: a clear error, an alarm, nothing lost, and the others go on."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.audit.models import AuditEvent
from inventory.fleet.models import AlarmKind, MdmAlarm, SyncState
from tests.inventory.fleet.conftest import Fleet, Start
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.http import Call, Fault
from tests.mdm.fakes.intune import FakeIntune

Spoil = Callable[[FakeVendor], None]
VENDORS = [FakeGoogle, FakeIntune]
LABELS = {FakeGoogle: "Google Workspace", FakeIntune: "Microsoft Intune"}
OTHERS = {FakeGoogle: FakeIntune, FakeIntune: FakeGoogle}


def revoke(fake: FakeVendor) -> None:
    fake.revoked = True
    fake.tokens.clear()


def loop(fake: FakeVendor) -> None:
    fake.page_size, fake.loops = 3, True


def always(fault: Fault) -> Spoil:
    return lambda fake: fake.fail(fault, 99)


def twisted(body: Any) -> Spoil:
    def spoil(fake: FakeVendor) -> None:
        fake.twist = lambda _: body
        fake.fail(Fault.TWISTED, 99)

    return spoil


BAD: dict[str, tuple[Spoil, AlarmKind, str]] = {
    "revoked": (revoke, AlarmKind.CREDENTIAL, ""),
    "licence": (always(Fault.PAYMENT), AlarmKind.LICENCE, "402"),
    "redirect": (always(Fault.REDIRECT), AlarmKind.ANSWERS, "elsewhere"),
    "html": (always(Fault.HTML_AFTER), AlarmKind.ANSWERS, ""),
    "truncated": (always(Fault.TRUNCATED_AFTER), AlarmKind.ANSWERS, ""),
    "deep": (always(Fault.DEEP_AFTER), AlarmKind.ANSWERS, ""),
    "huge": (always(Fault.HUGE_AFTER), AlarmKind.ANSWERS, ""),
    "loop": (loop, AlarmKind.ANSWERS, "page"),
    "no object": (twisted([1, 2]), AlarmKind.ANSWERS, ""),
    "number": (twisted(7), AlarmKind.ANSWERS, ""),
}


def picture(fleet: Fleet, connection_id: int) -> tuple[list[Any], list[Any]]:
    """What must not change: what is told of devices, and the assets."""
    moving = {"last_seen_at", "sync_id"}
    return (
        [row.model_dump(exclude=moving) for row in fleet.devices(connection_id=connection_id)],
        [row.model_dump() for row in fleet.assets()],
    )


@pytest.mark.parametrize("kind", VENDORS, ids=lambda kind: kind.vendor)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_an_alarm_and_changes_nothing(
    fleet: Fleet, start: Start, kind: type[FakeVendor], case: str
) -> None:
    fake, other = start(kind, 10), start(OTHERS[kind], 4)
    bad, good = fleet.connect(fake, label="Bad one"), fleet.connect(other, label="Good one")
    assert fleet.sync(bad).state is SyncState.FINISHED
    before = picture(fleet, bad)
    spoil, alarm_kind, hint = BAD[case]
    spoil(fake)
    failed = fleet.sync(bad)
    assert failed.state is SyncState.FAILED, failed
    assert failed.error.startswith(f"{LABELS[kind]} (Bad one): "), failed.error
    assert hint in failed.error
    assert not [secret for secret in fake.secrets() if secret in failed.error]
    assert fleet.connection(bad).last_error == failed.error
    (alarm,) = fleet.all(MdmAlarm, closed_at=None)
    assert (alarm.connection_id, alarm.kind, alarm.text) == (bad, alarm_kind, failed.error)
    assert (failed.gone, picture(fleet, bad)) == (0, before)
    (event,) = fleet.all(AuditEvent, action="mdm_sync.failed")
    assert "(Bad one)" in event.after
    assert (fleet.sync(good).seen, fleet.connection(good).last_error) == (4, "")
    mend(fake)
    healed = fleet.sync(bad)
    assert (healed.state, healed.seen, healed.unchanged) == (SyncState.FINISHED, 10, 10)
    assert fleet.all(MdmAlarm, closed_at=None) == []
    assert fleet.connection(bad).last_error == ""
    fleet.verify()


def mend(fake: FakeVendor) -> None:
    fake.heal()
    fake.revoked = fake.loops = False
    fake.spoil = None


@pytest.mark.parametrize("kind", VENDORS, ids=lambda kind: kind.vendor)
@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.ERROR, Fault.DROP, Fault.CUT_AFTER])
def test_an_outage_is_an_alarm_only_when_it_lasts_a_day(
    fleet: Fleet, start: Start, kind: type[FakeVendor], fault: Fault
) -> None:
    fake = start(kind, 4)
    connection_id = fleet.connect(fake)
    fleet.sync(connection_id)
    before = picture(fleet, connection_id)
    fake.fail(fault, 99)
    failed = fleet.sync(connection_id)
    assert (failed.state, failed.gone) == (SyncState.FAILED, 0)
    assert failed.error.startswith(LABELS[kind])
    assert fleet.connection(connection_id).last_error == failed.error
    assert fleet.all(MdmAlarm) == []
    fleet.clock.forward(hours=25)
    fleet.sync(connection_id)
    (alarm,) = fleet.all(MdmAlarm, closed_at=None)
    assert alarm.kind is AlarmKind.UNREACHABLE
    assert picture(fleet, connection_id) == before
    fleet.verify()


@pytest.mark.parametrize("fault", [Fault.PAYMENT, Fault.HTML_AFTER, Fault.TRUNCATED_AFTER])
def test_a_list_that_breaks_off_keeps_its_first_page(
    fleet: Fleet, intune: FakeIntune, fault: Fault
) -> None:
    intune.seed(10)
    connection_id = fleet.connect(intune)
    fleet.sync(connection_id)
    intune.page_size = 3
    for record in intune.known.values():
        record["deviceName"] = "renamed"
    intune.fail(fault, 99, on=second_page)
    failed = fleet.sync(connection_id)
    assert (failed.state, failed.pages, failed.seen, failed.gone) == (SyncState.FAILED, 1, 3, 0)
    devices = fleet.devices()
    assert sum(device.name == "renamed" for device in devices) == 3
    assert all(device.gone_at is None for device in devices)
    intune.heal()
    done = fleet.sync(connection_id)
    assert (done.state, done.seen, done.changed, done.unchanged) == (SyncState.FINISHED, 10, 7, 3)
    fleet.verify()


def second_page(call: Call) -> bool:
    return "$skiptoken" in call.query
