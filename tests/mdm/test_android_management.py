"""What only the Android Management API has: operations, two ways to lose a device, ownership."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.types import Action, Command, Device, OutcomeState, Ownership, Receipt
from tests.mdm.contract.world import World
from tests.mdm.fakes.http import Fault


@pytest.fixture
def world() -> Iterator[World]:
    made = World("android_management")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def a_device(world: World, owner: Ownership = Ownership.COMPANY) -> Device:
    return next(device for device in world.devices() if device.ownership is owner)


def send(world: World, action: Action, device: Device, **more: Any) -> Receipt:
    return world.open().send(Command(action, device.ref, **more))


def lost(world: World, action: Action, device: Device) -> Receipt:
    """The receipt that is made where the answer to a command was lost."""
    at = world.time.now()
    world.fake.fail(Fault.DROP_AFTER, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        send(world, action, device)
    return Receipt("android_management", device.ref, action, at)


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_a_command_whose_answer_was_lost_is_found(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world)
    before = send(world, Action.WIPE, device)
    world.fake.settle(before, OutcomeState.CANCELLED)
    world.time.forward(minutes=1)
    send(world, Action.LOCK, device)
    receipt = lost(world, Action.WIPE, device)
    assert world.open().outcome(receipt).state is OutcomeState.PENDING
    number = max(world.fake.operations)  # type: ignore[attr-defined]
    world.fake.settle(Receipt("", device.ref, Action.WIPE, ours(), number), OutcomeState.VERIFIED)
    assert world.open().outcome(receipt).state is OutcomeState.VERIFIED


def test_which_of_two_is_ours_cannot_be_told(world: World) -> None:
    device = a_device(world)
    receipt = lost(world, Action.LOCK, device)
    send(world, Action.LOCK, device)
    told = world.open().outcome(receipt)
    assert told.state is OutcomeState.UNKNOWN
    assert "no operation" in told.reason


def test_what_was_never_sent_is_not_looked_for(world: World) -> None:
    device = a_device(world)
    send(world, Action.LOCK, device)
    for told in world.fake.operations.values():  # type: ignore[attr-defined]
        told["metadata"].pop("type")
    receipt = Receipt("android_management", device.ref, Action.SYNC, world.time.now())
    assert world.open().outcome(receipt).state is OutcomeState.UNKNOWN


def test_a_name_that_is_not_that_of_a_device_is_a_problem(world: World) -> None:
    for number, name in enumerate(("enterprises/E/devices/1/operations/2", "devices/1", "x")):
        world.fake.record(world.fake.ids()[number])["name"] = name
    problems = [problem for page in world.pages() for problem in page.problems]
    assert [problem.vendor_id for problem in problems] == [
        "enterprises/E/devices/1/operations/2", "devices/1", "x",
    ]  # fmt: skip


def test_a_wipe_of_a_school_device_takes_everything(world: World) -> None:
    device = a_device(world)
    send(world, Action.WIPE, device)
    send(world, Action.WIPE, device, keep_data_plan=True)
    assert [call.method for call in world.fake.acting_calls] == ["POST", "POST"]  # never DELETE
    whole, kept = [call.json for call in world.fake.acting_calls]
    assert whole["type"] == "WIPE"
    assert whole["duration"] == "2592000s"
    assert whole["wipeParams"] == {"wipeDataFlags": ["WIPE_ESIMS", "WIPE_EXTERNAL_STORAGE"]}
    assert kept["wipeParams"] == {"wipeDataFlags": ["WIPE_EXTERNAL_STORAGE"]}


@pytest.mark.parametrize("owner", [Ownership.PERSONAL, Ownership.UNKNOWN])
def test_the_memory_card_of_somebody_else_is_left_alone(world: World, owner: Ownership) -> None:
    action = Action.RETIRE if owner is Ownership.PERSONAL else Action.WIPE
    send(world, action, a_device(world, owner), message="w" * 900)
    told = world.fake.acting_calls[0].json["wipeParams"]
    assert told["wipeDataFlags"] == ["WIPE_ESIMS"]
    assert told["wipeReason"] == {"defaultMessage": "w" * 200}


def test_retiring_depends_on_who_owns_the_device(world: World) -> None:
    send(world, Action.RETIRE, a_device(world))
    send(world, Action.RETIRE, a_device(world, Ownership.PERSONAL))
    kinds = [call.json["type"] for call in world.fake.acting_calls]
    assert kinds == ["RELINQUISH_OWNERSHIP", "WIPE"]
    for action, owner in ((Action.WIPE, Ownership.PERSONAL), (Action.RETIRE, Ownership.UNKNOWN)):
        with pytest.raises(errors.Unsupported):
            send(world, action, a_device(world, owner))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SUCCESS", OutcomeState.VERIFIED), ("ALREADY_IN_LOST_MODE", OutcomeState.VERIFIED),
        ("RESET_PASSWORD_RECENTLY", OutcomeState.FAILED), ("NEW_ONE", OutcomeState.FAILED),
        ("USER_EXIT_LOST_MODE_RECENTLY", OutcomeState.FAILED),
        ("STATUS_UNSPECIFIED", OutcomeState.VERIFIED),
    ],
)  # fmt: skip
def test_the_commands_own_status_goes_first(world: World, status: str, state: OutcomeState) -> None:
    receipt = send(world, Action.LOST_MODE_ON, a_device(world), phone="+1 555 0100")
    sent = world.fake.acting_calls[0].json
    assert sent["startLostModeParams"] == {"lostPhoneNumber": {"defaultMessage": "+1 555 0100"}}
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    told = world.fake.operations[receipt.command_id]  # type: ignore[attr-defined]
    told["metadata"]["startLostModeStatus"] = {"status": status}
    assert world.open().outcome(receipt).state is state


def test_an_end_without_a_result_is_unknown(world: World) -> None:
    receipt = send(world, Action.LOCK, a_device(world))
    told = world.fake.operations[receipt.command_id]  # type: ignore[attr-defined]
    told["done"] = True
    assert world.open().outcome(receipt).state is OutcomeState.UNKNOWN
    told["metadata"]["errorCode"] = "API_LEVEL"
    assert world.open().outcome(receipt).reason == "API_LEVEL"
    told["error"] = {"code": 9, "message": "too old"}
    assert world.open().outcome(receipt).reason == "API_LEVEL: too old"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"error": {"code": 5, "message": "gone"}}, errors.Gone),
        ({"error": {"code": 3, "message": "no"}}, errors.Refused),
        ({"error": {"code": 13, "message": "oops"}, "name": ""}, errors.AnswerLost),
        ({"name": "enterprises/LC02willow/devices/other/operations/1"}, errors.AnswerLost),
    ],
)
def test_what_an_accepted_operation_must_say(
    world: World, change: dict[str, Any], error: type[Exception]
) -> None:
    device = a_device(world)
    world.fake.twist = lambda body: {**body, **change}
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
    with pytest.raises(error):
        send(world, Action.RESTART, device)


def test_calling_off(world: World) -> None:
    receipt = send(world, Action.WIPE, a_device(world))
    with pytest.raises(errors.Unsupported, match="reading only"):
        world.open(Access.READ).cancel(receipt)  # type: ignore[attr-defined]
    assert world.open().cancel(receipt).state is OutcomeState.CANCELLED  # type: ignore[attr-defined]
    late = send(world, Action.WIPE, a_device(world))
    world.fake.settle(late, OutcomeState.VERIFIED)
    with pytest.raises(errors.Refused, match="already complete"):
        world.open().cancel(late)  # type: ignore[attr-defined]


def test_a_disabled_device_has_obeyed_when_it_says_so(world: World) -> None:
    device = a_device(world)
    receipt = send(world, Action.DISABLE, device, message="Ask the office")
    record = world.fake.record(device.vendor_id)
    assert record["disabledReason"] == {"defaultMessage": "Ask the office"}
    assert world.open().outcome(receipt).state is OutcomeState.ACKNOWLEDGED
    world.time.forward(minutes=2)
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    assert world.open().outcome(receipt).state is OutcomeState.VERIFIED
    assert [d.locked for d in world.devices() if d.vendor_id == device.vendor_id] == [True]
    record["state"] = "LOST"
    assert world.open().outcome(receipt).state is OutcomeState.UNKNOWN
    record |= {"state": "DISABLED", "enrollmentTime": "2026-08-30T00:00:00Z"}
    told = world.open().outcome(receipt)
    assert told.state is OutcomeState.UNKNOWN
    assert "enrolment" in told.reason


@pytest.mark.parametrize("hours", [-7, 7])
def test_our_wrong_clock_does_not_hide_that_it_has_obeyed(world: World, hours: int) -> None:
    device, ours = a_device(world), world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    receipt = send(world, Action.DISABLE, device)
    record = world.fake.record(device.vendor_id)
    record |= {"appliedState": "DISABLED", "lastStatusReportTime": _text(world, -60)}
    assert world.open().outcome(receipt).state is OutcomeState.ACKNOWLEDGED
    record["lastStatusReportTime"] = _text(world, 60)
    assert world.open().outcome(receipt).state is OutcomeState.VERIFIED


def _text(world: World, seconds: float) -> str:
    return (world.fake.now() + timedelta(seconds=seconds)).isoformat()


def test_an_answer_that_does_not_tell_the_state_is_lost(world: World) -> None:
    device = a_device(world)
    world.fake.twist = lambda body: {**body, "state": "ACTIVE"}
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        send(world, Action.DISABLE, device)


def test_a_lost_device_is_locked(world: World) -> None:
    record = world.fake.record(world.fake.ids()[0])
    record |= {"state": "ACTIVE", "appliedState": "LOST"}
    told = world.devices()[0]
    assert (told.lost_mode, told.locked, told.managed) == (True, True, True)
    record["appliedState"] = "SOMETHING_NEW"
    told = world.devices()[0]
    assert (told.lost_mode, told.locked) == (None, None)


def test_a_personal_device_hides_its_serial_number(world: World) -> None:
    told = a_device(world, Ownership.PERSONAL)
    record = world.fake.record(told.vendor_id)
    assert told.serial is None
    assert told.udid == record["hardwareInfo"]["serialNumber"]
    record["hardwareInfo"] = {"serialNumber": "R5CREAL", "enterpriseSpecificId": "E1"}
    assert a_device(world, Ownership.PERSONAL).serial == "R5CREAL"


def test_the_enterprise_is_taken_with_and_without_its_prefix(world: World) -> None:
    config = world.fake.config()
    world.pages(world.open(config={**config, "enterprise": "LC02willow"}))
    for wrong in ("enterprises/", "a/b", "..", "LC02 willow"):
        with pytest.raises(errors.Invalid, match="enterprise"):
            world.open(config={**config, "enterprise": wrong})


def test_apps_and_numbers_are_not_asked_for(world: World) -> None:
    world.devices()
    asked = {call.query["fields"] for call in world.fake.calls if call.method == "GET"}
    assert not any("application" in fields or "telephony" in fields for fields in asked)
