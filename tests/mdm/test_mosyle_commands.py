"""Commands to Mosyle: one device an operation, refusals inside a 200, outcomes off a record."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.types import (
    Action,
    Command,
    Device,
    Outcome,
    OutcomeState,
    Place,
    Platform,
    Receipt,
)
from mdm.vendors._mosyle_devices import is_udid
from tests.mdm.contract.world import PIN, World
from tests.mdm.fakes.http import Fault
from tests.mdm.mosyle_world import a_device, fake


@pytest.fixture
def world() -> Iterator[World]:
    made = World("mosyle")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def send(world: World, action: Action, device: Device, **more: Any) -> Receipt:
    return world.open().send(Command(action, device.ref, **more))


def outcome(world: World, receipt: Receipt) -> Outcome:
    return world.open(Access.READ).outcome(receipt)


def test_every_operation_names_one_device_and_no_group(world: World) -> None:
    connector, sent = world.open(), []
    for row in world.info.capabilities:
        device = world.device_for(row)
        connector.send(world.command(row, device))
        sent.append(device.vendor_id)
    bodies = [call.json for call in world.fake.acting_calls]
    assert [element["devices"] for body in bodies for element in body["elements"]] == [
        [id] for id in sent
    ]
    assert not any("groups" in call.body.decode() for call in world.fake.calls)


@pytest.mark.parametrize("platform", [Platform.IPADOS, Platform.MACOS, Platform.TVOS])
def test_an_id_that_could_mean_many_is_never_sent(world: World, platform: Platform) -> None:
    device = a_device(world, platform)
    for wrong in (
        f"{device.vendor_id},{device.vendor_id}",
        "all",
        "*",
        "a b c d e f g",
        "ÄÄÄÄÄÄÄÄÄ",
    ):
        assert not is_udid(wrong)
        command = Command(Action.WIPE, replace(device.ref, vendor_id=wrong), pin=PIN)
        with pytest.raises(errors.Invalid, match="nothing was sent"):
            world.open().send(command)
    assert not world.fake.acting_calls


def test_the_options_of_each_command(world: World) -> None:
    mac, ipad = a_device(world, Platform.MACOS), a_device(world, Platform.IPADOS)
    shown = {"message": "Property of WPS", "phone": "555 0100"}
    send(world, Action.LOCK, mac, pin=PIN, **shown)
    send(world, Action.LOCK, ipad, pin=PIN)
    send(world, Action.LOST_MODE_ON, ipad, **shown)
    send(world, Action.WIPE, mac, pin=PIN, keep_data_plan=True)
    send(world, Action.WIPE, ipad, keep_data_plan=True)
    send(world, Action.WIPE, a_device(world, Platform.TVOS), keep_data_plan=True)
    elements = [call.json["elements"][0] for call in world.fake.acting_calls]
    assert [{k: v for k, v in one.items() if k != "devices"} for one in elements] == [
        {"operation": "lock_device", "pincode": PIN, "lockmessage": "Property of WPS",
         "phonenumber": "555 0100"},
        {"operation": "lock_device"},
        {"operation": "enable", "message": "Property of WPS", "phone_number": "555 0100"},
        {"operation": "wipe_devices", "options": {"pin_code": PIN}},
        {"operation": "wipe_devices", "options": {"PreserveDataPlan": True}},
        {"operation": "wipe_devices"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([{"status": "COMMAND_SENT", "devices_notfound": ["{udid}"]}], errors.Gone),
        ([{"status": "COMMAND_SENT", "devices_notfound": "{udid}"}], errors.Gone),
        ([{"status": "COMMAND_SENT", "devices_notfound": ["another"]}], errors.AnswerLost),
        ([{"status": "DEVICES_NOTFOUND"}], errors.Gone),
        ([{"status": "LOSTMODE_NOTENABLED"}], errors.Refused),
        ([{"status": "INVALID_DATA", "info": 3}], errors.Refused),
        ([{"status": "COMMAND_SENT"}, {"status": "ERROR"}], errors.AnswerLost),
        ([{"status": "COMMAND_CLEARED"}], errors.AnswerLost),
        ([], errors.AnswerLost),
        (None, errors.AnswerLost),
    ],
)
def test_only_the_element_tells(world: World, answer: Any, error: type[Exception]) -> None:
    device = a_device(world, Platform.IPADOS)
    told = json.loads(json.dumps(answer).replace("{udid}", device.vendor_id.lower()))
    world.fake.twist = lambda _: {"status": "OK", "response": told}
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
    with pytest.raises(error):
        send(world, Action.WIPE, device)


def test_one_that_is_not_found_inside_a_success_is_gone(world: World) -> None:
    fake(world).half_told = True
    device = a_device(world, Platform.IPADOS)
    world.fake.forget(device.vendor_id)
    with pytest.raises(errors.Gone):
        send(world, Action.WIPE, device)


def test_an_error_of_the_whole_is_a_refusal_and_sent_is_not_believed(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    bodies = [
        ({"status": "ERROR", "error": "no"}, errors.Refused),
        ({"status": "ERROR", "response": [{"status": "COMMAND_SENT"}]}, errors.AnswerLost),
    ]
    for body, error in bodies:
        world.fake.twist = lambda _, body=body: body
        world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
        with pytest.raises(error):
            send(world, Action.LOCK, device)


def test_lost_mode_must_be_on_to_locate(world: World) -> None:
    fake(world).needs_lost = True
    device = a_device(world, Platform.IPADOS)
    with pytest.raises(errors.Refused, match="LOSTMODE_NOTENABLED"):
        send(world, Action.LOCATE, device)
    on = send(world, Action.LOST_MODE_ON, device, message="Return to WPS")
    assert outcome(world, on).state is OutcomeState.PENDING
    world.fake.settle(on, OutcomeState.VERIFIED)
    assert outcome(world, on).state is OutcomeState.VERIFIED
    send(world, Action.LOCATE, device)


def test_a_refusal_tells_no_secret(world: World) -> None:
    connector = world.open()
    mac = next(d for d in world.devices(connector) if d.platform is Platform.MACOS)
    words = " ".join([PIN, *world.fake.secrets()])
    world.fake.twist = lambda _: {
        "status": "OK", "response": [{"status": "INVALID_DATA", "info": f"bad: {words}"}]
    }  # fmt: skip
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
    with pytest.raises(errors.Refused, match="INVALID_DATA: bad: …") as refused:
        connector.send(Command(Action.LOCK, mac.ref, pin=PIN))
    assert not [one for one in (PIN, *world.fake.secrets()) if one in str(refused.value)]


# --- outcomes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_one_that_was_never_lost_has_not_obeyed(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world, Platform.IPADOS)
    world.fake.record(device.vendor_id)["lostmode_status"] = "DISABLED"
    lost = Receipt("mosyle", device.ref, Action.LOST_MODE_OFF, world.time.now())
    world.fake.checked_in(device.vendor_id, world.fake.now() - timedelta(minutes=1))
    assert outcome(world, lost).state is OutcomeState.UNKNOWN
    world.fake.checked_in(device.vendor_id, world.fake.now() + timedelta(minutes=1))
    assert outcome(world, lost).state is OutcomeState.VERIFIED


def test_a_wipe_is_known_by_the_new_enrolment_only(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    receipt = send(world, Action.WIPE, device)
    world.fake.checked_in(device.vendor_id, world.time.now() + timedelta(minutes=1))
    assert outcome(world, receipt).state is OutcomeState.ACKNOWLEDGED
    world.fake.reenrol(device.vendor_id)
    assert outcome(world, receipt).state is OutcomeState.VERIFIED
    world.fake.forget(device.vendor_id)
    assert outcome(world, receipt).state is OutcomeState.UNKNOWN


def test_another_enrolment_shows_nothing_of_a_lock(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    receipt = send(world, Action.LOST_MODE_ON, device, message="Return to WPS")
    world.fake.reenrol(device.vendor_id)
    world.fake.record(device.vendor_id)["lostmode_status"] = "ENABLED"
    assert "enrolment" in outcome(world, receipt).reason


def test_where_a_lost_device_is_comes_only_out_of_a_locate_command(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    receipt = send(world, Action.LOCATE, device)
    world.fake.record(device.vendor_id).update({"latitude": "44.98", "longitude": "-93.27"})
    assert "44.98" not in repr(world.devices())
    old = outcome(world, receipt)  # the place is there, and perhaps of another day
    assert (old.state, old.place) == (OutcomeState.ACKNOWLEDGED, None)
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    assert outcome(world, receipt).place == Place(44.98, -93.27)
    world.fake.record(device.vendor_id)["latitude"] = "91"
    assert outcome(world, receipt).place is None
