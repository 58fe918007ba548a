"""What only Intune has: results without an id, two clocks, a second administrator, sparse lists."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.fields import Fields
from mdm.types import (
    Action,
    AntiMalware,
    Command,
    Device,
    OutcomeState,
    Ownership,
    Place,
    Platform,
    Receipt,
)
from mdm.vendors._intune_devices import device
from mdm.vendors.intune import INFO
from tests.mdm.contract.world import World
from tests.mdm.fakes.http import Fault


@pytest.fixture
def world() -> Iterator[World]:
    made = World("intune")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def a_device(world: World, platform: Platform, owner: Ownership = Ownership.COMPANY) -> Device:
    found = (d for d in world.devices() if d.platform is platform and d.ownership is owner)
    return next(found)


def send(world: World, action: Action, device: Device, **more: str) -> Receipt:
    return world.open().send(Command(action, device.ref, **more))


def outcome_state(world: World, receipt: Receipt) -> OutcomeState:
    return world.open(Access.READ).outcome(receipt).state


def test_an_older_result_is_not_taken_for_ours(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    before = send(world, Action.RESTART, device)
    world.fake.settle(before, OutcomeState.VERIFIED)
    world.time.forward(minutes=1)
    lost = Receipt("intune", device.ref, Action.RESTART, world.time.now())
    assert outcome_state(world, before) is OutcomeState.VERIFIED
    assert outcome_state(world, lost) is OutcomeState.UNKNOWN


@pytest.mark.parametrize("hours", [-7, 7])
def test_our_wrong_clock_does_not_matter(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world, Platform.WINDOWS)
    old = send(world, Action.SYNC, device)
    world.fake.settle(old, OutcomeState.VERIFIED)
    world.time.forward(minutes=1)
    new = send(world, Action.SYNC, device)
    assert outcome_state(world, new) is OutcomeState.PENDING
    world.fake.settle(new, OutcomeState.FAILED)
    assert outcome_state(world, new) is OutcomeState.FAILED


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_command_whose_answer_was_lost_is_found(world: World, hours: int) -> None:
    ours, device = world.time.now, a_device(world, Platform.WINDOWS)
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    world.fake.settle(send(world, Action.SYNC, device), OutcomeState.FAILED)
    world.time.forward(minutes=1)
    lost = Receipt("intune", device.ref, Action.SYNC, world.time.now())
    assert outcome_state(world, lost) is OutcomeState.UNKNOWN
    world.fake.fail(Fault.DROP_AFTER, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        send(world, Action.SYNC, device)
    assert outcome_state(world, lost) is OutcomeState.PENDING


def test_a_slow_answer_does_not_hide_the_result(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)

    def slowly() -> datetime:
        world.time.forward(seconds=20)
        return world.time.at

    connector, world.fake.now = world.open(total=900), slowly
    receipt = connector.send(Command(Action.SYNC, device.ref))
    assert connector.outcome(receipt).state is OutcomeState.PENDING


def test_a_mac_tells_its_pin_and_an_android_its_new_passcode(world: World) -> None:
    locked = send(world, Action.LOCK, a_device(world, Platform.MACOS))
    assert world.open().outcome(locked).pin == "361204"
    assert "361204" not in repr(world.open().outcome(locked))
    cleared = send(world, Action.CLEAR_PASSCODE, a_device(world, Platform.ANDROID))
    assert world.open().outcome(cleared).pin == "79315"
    restarted = send(world, Action.RESTART, a_device(world, Platform.MACOS))
    assert world.open().outcome(restarted).pin is None


def test_a_place_comes_only_out_of_a_locate_command(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    located = send(world, Action.LOCATE, device)
    assert world.open().outcome(located).place is None
    world.fake.settle(located, OutcomeState.VERIFIED)
    place = world.open().outcome(located).place
    assert place == Place(44.98, -93.27, None, world.time.now())
    result = world.fake.record(device.vendor_id)["deviceActionResults"][-1]
    result["deviceLocation"] |= {"latitude": 0, "longitude": 0}
    assert world.open().outcome(located).place is None
    result["deviceLocation"] |= {"latitude": 91, "longitude": 0}
    assert world.open().outcome(located).place is None
    result |= {"deviceLocation": {"latitude": 1, "longitude": 1}, "actionName": "rebootNow"}
    asked = Receipt("intune", device.ref, Action.RESTART, located.sent_at)
    assert world.open().outcome(asked).place is None


def test_the_body_of_a_wipe(world: World) -> None:
    send(world, Action.WIPE, a_device(world, Platform.MACOS), pin="924417")
    kept = Command(Action.WIPE, a_device(world, Platform.IPADOS).ref, keep_data_plan=True)
    world.open().send(kept)
    mac, ipad = [call.json for call in world.fake.acting_calls]
    whole = {"keepEnrollmentData": False, "keepUserData": False}
    assert mac == whole | {"persistEsimDataPlan": False, "macOsUnlockCode": "924417"}
    assert ipad == whole | {"persistEsimDataPlan": True}


def test_the_latest_of_several_results_counts(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    wiped = send(world, Action.WIPE, device)
    record = world.fake.record(device.vendor_id)
    again = dict(record["deviceActionResults"][0], actionName="wipe", actionState="failed")
    again["startDateTime"] = (world.time.at + timedelta(seconds=2)).isoformat()
    for results in (
        [again, *record["deviceActionResults"]],
        [*record["deviceActionResults"], again],
    ):
        record["deviceActionResults"] = results
        assert outcome_state(world, wiped) is OutcomeState.FAILED


def test_a_device_that_was_enrolled_anew_has_not_done_it(world: World) -> None:
    receipt = send(world, Action.SYNC, a_device(world, Platform.WINDOWS))
    results = world.fake.record(receipt.device.vendor_id)["deviceActionResults"]
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    world.fake.reenrol(receipt.device.vendor_id)
    world.fake.record(receipt.device.vendor_id)["deviceActionResults"] = results
    told = world.open().outcome(receipt)
    assert told.state is OutcomeState.UNKNOWN
    assert "enrolment" in told.reason


def test_a_wipe_without_a_result_is_read_off_the_device(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    wiped = send(world, Action.WIPE, device)
    world.fake.record(device.vendor_id)["deviceActionResults"] = []
    assert outcome_state(world, wiped) is OutcomeState.PENDING
    world.fake.record(device.vendor_id)["managementState"] = "managed"
    assert outcome_state(world, wiped) is OutcomeState.UNKNOWN


def test_multi_admin_approval_is_a_refusal_and_no_wrong_credential(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    world.fake.guarded = True  # type: ignore[attr-defined]
    with pytest.raises(errors.Refused, match="Multi Admin Approval guards this"):
        send(world, Action.WIPE, device)
    assert not world.fake.effects


def test_a_reading_application_cannot_act(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    world.fake.granted = frozenset(INFO.to_read)  # type: ignore[attr-defined]
    with pytest.raises(errors.MissingRight):
        send(world, Action.SYNC, device)


def test_what_can_be_sent_to_an_android_device_depends_on_who_owns_it(world: World) -> None:
    theirs = a_device(world, Platform.ANDROID, Ownership.PERSONAL)
    ours = a_device(world, Platform.ANDROID)
    for action in (Action.WIPE, Action.LOCK, Action.LOCATE, Action.RESTART):
        with pytest.raises(errors.Unsupported):
            send(world, action, theirs)
    with pytest.raises(errors.Unsupported):
        send(world, Action.RETIRE, ours)


def test_an_ipad_that_is_told_as_ios_is_an_ipad(world: World) -> None:
    by_model = {device.model: device.platform for device in world.devices()}
    assert by_model["iPad Pro"] is Platform.IPADOS
    assert by_model["iPhone 14"] is Platform.IOS
    assert {d.supervised for d in world.devices() if d.platform is Platform.WINDOWS} == {None}


@pytest.mark.parametrize("tenant", ["..", "a/b", "common?x=", "-a", "a b"])
def test_a_tenant_cannot_lead_elsewhere(world: World, tenant: str) -> None:
    with pytest.raises(errors.Invalid, match="tenant"):
        world.open(config={**world.fake.config(), "tenant": tenant})


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    for elsewhere in ("/v1.0/users", "/v1.0/deviceManagement/managedDevices/1", ""):
        with pytest.raises(errors.ResumeRefused):
            world.pages(resume=world.fake.url + elsewhere)
    assert not world.fake.calls


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("secured", AntiMalware(True)),
        ("activated", AntiMalware(True)),
        ("highSeverity", AntiMalware(True)),
        ("deactivated", AntiMalware(False)),
        ("misconfigured", AntiMalware(False)),
        ("unresponsive", AntiMalware(False)),
        ("compromised", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_the_threat_defence_of_a_partner_is_antimalware(
    word: str | None, expected: AntiMalware | None
) -> None:
    """That the device is under threat does not say that nobody guards it, and the other way."""
    row = {"id": "1", "partnerReportedThreatState": word}
    found = device(Fields(row))
    assert (found.antimalware, found.extras.get("threat")) == (expected, word)
