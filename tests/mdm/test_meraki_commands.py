"""Commands of Meraki: one device out of a set, PINs as numbers, and no command ids."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.types import Action, Command, Device, OutcomeState as State, Platform, Receipt
from tests.mdm.contract.world import PIN, World
from tests.mdm.fakes.http import Fault
from tests.mdm.fakes.meraki import BASE
from tests.mdm.meraki_world import a_device, fake


@pytest.fixture
def world() -> Iterator[World]:
    made = World("meraki")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def send(world: World, action: Action, device: Device, pin: str | None = None) -> Receipt:
    return world.open().send(Command(action, device.ref, pin=pin))


def state_of(world: World, receipt: Receipt) -> State:
    return world.open(Access.READ).outcome(receipt).state


def twisted(world: World, body: object) -> None:
    """The next command is done, and answered with this."""
    world.fake.twist = lambda _: body
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)


def test_every_command_names_exactly_one_device(world: World) -> None:
    connector = world.open()
    for row in world.info.capabilities:
        device = world.device_for(row)
        connector.send(world.command(row, device))
        call, kind = world.fake.acting_calls[-1], call_of(row.action)
        assert call.path == f"{BASE}/{kind.format(device.vendor_id)}"
        body: dict[str, Any] = call.json or {}
        assert body.get("ids", [device.vendor_id]) == [device.vendor_id]
        assert body.get("id", device.vendor_id) == device.vendor_id
        assert set(body) <= {"ids", "id", "pin"}
        assert call.query == {}


def call_of(action: Action) -> str:
    return {
        Action.LOCK: "lock", Action.RESTART: "reboot", Action.SYNC: "checkin",
        Action.WIPE: "wipe", Action.RETIRE: "{}/unenroll",
    }[action]  # fmt: skip


@pytest.mark.parametrize("action", [Action.LOCK, Action.WIPE])
def test_a_mac_takes_a_pin_as_a_number(world: World, action: Action) -> None:
    mac = a_device(world, Platform.MACOS)
    for wrong in (None, "", "12345", "abcdef"):
        with pytest.raises(errors.Invalid, match="PIN"):
            send(world, action, mac, wrong)
    with pytest.raises(errors.Invalid, match="begin with 0"):
        send(world, action, mac, "012345")
    assert not world.fake.acting_calls
    send(world, action, mac, PIN)
    assert fake(world).pins == [int(PIN)]
    assert '"pin": 924417' in world.fake.acting_calls[-1].body.decode()


def test_others_get_no_pin(world: World) -> None:
    for platform in (Platform.IPADOS, Platform.ANDROID):
        send(world, Action.WIPE, a_device(world, platform), "012345")
        assert b"pin" not in world.fake.acting_calls[-1].body


def test_a_refusal_does_not_repeat_the_pin(world: World) -> None:
    mac = a_device(world, Platform.MACOS)
    world.fake.refuse(mac.vendor_id)
    with pytest.raises(errors.Refused, match="No device to wipe") as raised:
        send(world, Action.WIPE, mac, PIN)
    assert PIN not in str(raised.value)


def test_an_administrator_who_may_only_read(world: World) -> None:
    fake(world).writes = False
    with pytest.raises(errors.MissingRight, match="write access"):
        send(world, Action.LOCK, a_device(world))
    assert not world.fake.effects


@pytest.mark.parametrize("field", ["serialNumber", "uuid"])
def test_another_device_under_the_same_id_is_left_alone(world: World, field: str) -> None:
    device = a_device(world)
    world.fake.record(device.vendor_id)[field] = "OTHER"
    with pytest.raises(errors.Refused, match="not the same device"):
        send(world, Action.WIPE, device)
    assert not world.fake.acting_calls


def test_an_answer_about_other_devices_is_not_taken(world: World) -> None:
    device, other = world.devices()[:2]
    world.fake.spoil = lambda record: {**record, "id": other.vendor_id}
    with pytest.raises(errors.Malformed, match="other devices"):
        send(world, Action.WIPE, device)
    assert not world.fake.acting_calls


@pytest.mark.parametrize(
    ("action", "body", "kind"),
    [
        (Action.LOCK, {"ids": []}, errors.Refused),
        (Action.LOCK, {"ids": ["1"]}, errors.AnswerLost),
        (Action.LOCK, {"ids": "1"}, errors.AnswerLost),
        (Action.LOCK, {}, errors.AnswerLost),
        (Action.LOCK, [], errors.AnswerLost),
        (Action.WIPE, {"id": "1"}, errors.AnswerLost),
        (Action.WIPE, {"ids": []}, errors.AnswerLost),
        (Action.RETIRE, {"success": False}, errors.Refused),
        (Action.RETIRE, {"success": "yes"}, errors.AnswerLost),
        (Action.RETIRE, {}, errors.AnswerLost),
    ],
)
def test_a_success_is_read(
    world: World, action: Action, body: object, kind: type[Exception]
) -> None:
    device = a_device(world)
    twisted(world, body)
    with pytest.raises(kind) as raised:
        send(world, action, device)
    assert type(raised.value) is kind


def test_more_devices_than_one_in_an_answer_is_never_a_success(world: World) -> None:
    device = a_device(world)
    twisted(world, {"ids": [device.vendor_id, "584342051651300999"]})
    with pytest.raises(errors.AnswerLost):
        send(world, Action.LOCK, device)


# --- what became of it --------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.LOCK, Action.WIPE, Action.RESTART])
def test_what_is_told_nowhere_is_never_confirmed(world: World, action: Action) -> None:
    device = a_device(world)
    receipt = send(world, action, device)
    world.time.forward(minutes=10)
    world.fake.settle(receipt, State.VERIFIED)
    found = world.open(Access.READ).outcome(receipt)
    assert (found.state, found.at) == (State.ACKNOWLEDGED, None)
    assert "does not tell" in found.reason
    assert state_of(world, replace(receipt, details={})) is State.UNKNOWN


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_a_check_in_by_whatever_clock(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    receipt = send(world, Action.SYNC, a_device(world))
    world.fake.checked_in(receipt.device.vendor_id, world.fake.now() - timedelta(minutes=1))
    assert state_of(world, receipt) is State.ACKNOWLEDGED
    world.fake.checked_in(receipt.device.vendor_id, world.fake.now() + timedelta(minutes=1))
    assert state_of(world, receipt) is State.VERIFIED


def test_a_device_that_was_not_managed_before_tells_nothing(world: World) -> None:
    device = a_device(world)
    world.fake.record(device.vendor_id)["isManaged"] = False
    receipt = send(world, Action.RETIRE, device)
    assert state_of(world, receipt) is State.ACKNOWLEDGED


def test_whether_it_is_managed_may_only_be_told_as_mdm(world: World) -> None:
    device = a_device(world)
    world.fake.spoil = lambda r: {name: v for name, v in r.items() if name != "isManaged"}
    receipt = send(world, Action.RETIRE, device)
    assert state_of(world, receipt) is State.ACKNOWLEDGED
    world.fake.record(device.vendor_id)["hasMdm"] = False
    assert state_of(world, receipt) is State.VERIFIED
