"""NanoMDM's webhook: who may tell what, and which answer belongs to which command."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mdm import errors
from mdm.types import Action, Command, OutcomeState as State, Place, Platform
from tests.mdm.nano_world import NanoWorld


@pytest.fixture
def world() -> Iterator[NanoWorld]:
    made = NanoWorld()
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hmac-Signature": ""},
        {"X-Hmac-Signature": "AAAA"},
        {"X-Hmac-Signature": "é"},
        {"X-Hmac-Signature": base64.b64encode(bytes(32)).decode()},
    ],
)
def test_a_call_without_the_right_signature_is_not_believed(
    world: NanoWorld, headers: dict[str, str]
) -> None:
    device = world.one(Platform.IPADOS)
    body = world.fake.body_of("CheckOut", device.vendor_id, {"MessageType": "CheckOut"})
    assert world.fake.post(body, headers) == 400
    assert isinstance(world.hook.refused[-1], errors.Invalid)
    assert world.again(device) == device


def test_a_signature_is_of_one_body_only(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    body = world.fake.body_of("Connect", device.vendor_id, {"Status": "Idle"})
    signed = world.fake.signed(body)
    assert world.fake.post(body.replace(b"Idle", b"idle"), signed) == 400
    assert world.fake.post(body, {name.lower(): value for name, value in signed.items()}) == 200


def test_a_call_that_comes_again_changes_nothing(world: NanoWorld) -> None:
    receipt = world.send(Action.SYNC, world.one(Platform.IPADOS))
    told = {"CommandUUID": receipt.command_id, "Status": "Acknowledged"}
    body = world.fake.body_of("Connect", receipt.device.vendor_id, told)
    first = world.receiver().receive(world.fake.signed(body), body)
    kept = dict(world.memory.values)
    assert [event.command_id for event in first] == [receipt.command_id]
    assert world.receiver().receive(world.fake.signed(body), body) == ()
    assert world.memory.values == kept


def test_without_an_event_id_the_same_bytes_are_the_same_event(world: NanoWorld) -> None:
    device, told = world.one(Platform.IPADOS), {"CommandUUID": "6c0a", "Status": "Acknowledged"}
    call = json.loads(world.fake.body_of("Connect", device.vendor_id, told))
    del call["event_id"]
    body = json.dumps(call).encode()
    assert len(world.receiver().receive(world.fake.signed(body), body)) == 1
    assert world.receiver().receive(world.fake.signed(body), body) == ()


def test_late_calls_do_not_bring_back_what_has_passed(world: NanoWorld) -> None:
    """Replayed without its event id being known any more: the times decide."""
    device, before = world.one(Platform.IPADOS), world.time.now() - timedelta(hours=1)
    world.fake.reenrol(device.vendor_id)
    enrolled = world.again(device)
    assert enrolled.enrolment != device.enrolment
    world.fake.tell("CheckOut", device.vendor_id, {"MessageType": "CheckOut"}, at=before)
    world.fake.tell("Authenticate", device.vendor_id, {"SerialNumber": "OTHER"}, at=before)
    world.fake.tell("TokenUpdate", device.vendor_id, {"UnlockToken": b"old"}, at=before)
    world.fake.inform(device.vendor_id, at=before)
    assert world.again(device) == enrolled
    receipt = world.send(Action.CLEAR_PASSCODE, device)  # the fake checks the unlock token
    world.fake.settle(receipt, State.VERIFIED)
    late = {"CommandUUID": receipt.command_id, "Status": "NotNow"}
    world.fake.tell("Connect", device.vendor_id, late, at=before)
    assert world.outcome_state(receipt) is State.VERIFIED


def test_calls_told_again_when_nobody_remembers_them_change_nothing(world: NanoWorld) -> None:
    told: list[bytes] = []
    taken = world.hook.take

    def written_down(headers: dict[str, str], body: bytes) -> int:
        told.append(body)
        return taken(headers, body)

    world.hook.take = written_down  # type: ignore[method-assign]
    world.fake.seed(4)
    ids = world.fake.ids()
    world.fake.reenrol(ids[0])
    world.fake.record(ids[0])["OSVersion"] = "19.0"
    world.fake.inform(ids[0], at=world.time.now() + timedelta(minutes=3))
    receipt = world.send(Action.LOCK, world.one(Platform.IPADOS))
    world.fake.settle(receipt, State.VERIFIED)
    world.fake.forget(ids[1])
    before = _but_events(world)
    world.memory.values = dict(before)
    for body in told:
        assert world.receiver().receive(world.fake.signed(body), body) is not None
        assert _but_events(world) == before


def _but_events(world: NanoWorld) -> dict[str, str]:
    return {k: v for k, v in world.memory.values.items() if not k.startswith("event|")}


def test_what_was_told_late_fills_gaps_only(world: NanoWorld) -> None:
    device, now = world.one(Platform.IPADOS), world.time.now()
    for minutes, facts in (
        (9, {"DeviceName": "Newest"}), (5, {"DeviceName": "Late", "BuildVersion": "5"}),
        (3, {"BuildVersion": "3"}),
    ):  # fmt: skip
        told = {"CommandUUID": "6c0a", "Status": "Acknowledged", "QueryResponses": facts}
        at = now + timedelta(minutes=minutes)
        world.fake.tell("Connect", device.vendor_id, told, at=at)
    assert world.again(device).name == "Newest"
    assert world.again(device).extras["build"] == "5"


def test_a_call_from_the_future_would_stay_the_newest(world: NanoWorld) -> None:
    device, now = world.one(Platform.IPADOS), world.time.now()
    body = world.fake.body_of("Authenticate", device.vendor_id, {}, at=now + timedelta(days=2))
    with pytest.raises(errors.Invalid, match="future"):
        world.receiver().receive(world.fake.signed(body), body)
    assert world.again(device) == device


def test_idle_devices_fill_no_memory(world: NanoWorld) -> None:
    device, kept = world.one(Platform.IPADOS), len(world.memory.values)
    for minute in range(5):
        world.fake.checked_in(device.vendor_id, world.time.now() + timedelta(minutes=minute))
    assert len(world.memory.values) == kept


def test_micromdm_tells_in_the_same_form_and_is_believed_when_signed(world: NanoWorld) -> None:
    """As its source writes it: indented, with parameters of the address and no signature."""
    receipt = world.send(Action.LOCK, world.one(Platform.IPADOS))
    told = {"CommandUUID": receipt.command_id, "Status": "Acknowledged"}
    call = json.loads(world.fake.body_of("Connect", receipt.device.vendor_id, told))
    call["acknowledge_event"]["url_params"] = {"site": "1"}
    body = json.dumps(call, indent=2).encode()
    for headers in ({}, {"Authorization": "Basic " + base64.b64encode(b"u:p").decode()}):
        with pytest.raises(errors.Invalid, match="signature"):
            world.receiver().receive(headers, body)
    assert world.outcome_state(receipt) is State.PENDING
    assert len(world.receiver().receive(world.fake.signed(body), body)) == 1
    assert world.outcome_state(receipt) is State.VERIFIED


@pytest.mark.parametrize("spoilt", ["udid", "status", "command_uuid"])
def test_a_call_that_contradicts_the_device_is_refused(world: NanoWorld, spoilt: str) -> None:
    first, second = world.devices()[:2]
    told = {"CommandUUID": "6c0a", "Status": "Acknowledged"}
    call = json.loads(world.fake.body_of("Connect", first.vendor_id, told))
    call["acknowledge_event"][spoilt] = second.vendor_id
    body = json.dumps(call).encode()
    with pytest.raises(errors.Invalid):
        world.receiver().receive(world.fake.signed(body), body)


def test_what_a_user_tells_is_not_what_the_device_tells(world: NanoWorld) -> None:
    receipt = world.send(Action.RESTART, world.one(Platform.MACOS))
    told = {"CommandUUID": receipt.command_id, "Status": "Acknowledged", "UserID": "F1"}
    world.fake.tell("Connect", receipt.device.vendor_id, told)
    world.fake.tell("CheckOut", receipt.device.vendor_id, {"UserID": "F1"})
    assert world.outcome_state(receipt) is State.PENDING


def test_an_id_that_names_several_devices_is_none(world: NanoWorld) -> None:
    first, second = world.devices()[:2]
    both = f"{first.vendor_id},{second.vendor_id}"
    told = len(world.hook.refused)
    world.fake.tell("Authenticate", both, {"SerialNumber": "X"})
    assert len(world.hook.refused) == told + 1
    world.memory.put(f"device|{both}", world.memory.values[f"device|{first.vendor_id}"])
    sync = Command(Action.SYNC, replace(first.ref, vendor_id=both))
    with pytest.raises(errors.Invalid, match="one device"):
        world.open().send(sync)
    assert not world.fake.calls


def test_an_answer_of_another_device_does_not_count(world: NanoWorld) -> None:
    mine, other = [d for d in world.devices() if d.platform is Platform.IPADOS][:2]
    receipt = world.send(Action.LOCK, mine)
    assert receipt.command_id is not None
    body = world.fake.body_of("Connect", other.vendor_id, {
        "CommandUUID": receipt.command_id, "Status": "Acknowledged",
        "QueryResponses": {"DeviceName": "Another"},
    })  # fmt: skip
    (event,) = world.receiver().receive(world.fake.signed(body), body)
    assert world.outcome_state(receipt) is State.PENDING
    assert (event.command_id, event.outcome, event.device) == (None, None, None)
    assert event.refused.startswith(f"{other.vendor_id} answered the command {receipt.command_id}")
    assert world.again(other).name == other.name
    assert world.receiver().receive(world.fake.signed(body), body) == ()
    forged = replace(receipt, device=other.ref)
    assert world.outcome_state(forged) is State.UNKNOWN
    world.fake.answered(mine.vendor_id, receipt.command_id, "Acknowledged")
    assert world.outcome_state(receipt) is State.VERIFIED
    assert world.outcome_state(forged) is State.UNKNOWN


def test_an_answer_to_another_command_does_not_count(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    lock, restart = world.send(Action.LOCK, device), world.send(Action.RESTART, device)
    assert restart.command_id is not None
    world.fake.answered(device.vendor_id, restart.command_id, "Error")
    assert world.outcome_state(lock) is State.PENDING
    assert world.outcome_state(restart) is State.FAILED
    assert world.outcome_state(replace(lock, command_id=restart.command_id)) is State.UNKNOWN


def test_an_event_tells_device_command_and_outcome(world: NanoWorld) -> None:
    receipt = world.send(Action.LOCK, world.one(Platform.IPADOS))
    assert receipt.command_id is not None
    wrong = [{"ErrorCode": 12021, "USEnglishDescription": "Not now \u202e\x07"}]
    world.fake.tell(
        "Connect", receipt.device.vendor_id,
        {"CommandUUID": receipt.command_id, "Status": "Error", "ErrorChain": wrong[:0]},
    )  # fmt: skip
    event = world.hook.heard[-1]
    assert (event.vendor_id, event.command_id) == (receipt.device.vendor_id, receipt.command_id)
    assert event.device is not None
    assert event.device.vendor_id == receipt.device.vendor_id
    assert event.outcome is not None
    assert event.outcome.state is State.FAILED
    world.fake.settle(receipt, State.FAILED)
    assert "(12021)" in world.open().outcome(receipt).reason


def test_a_place_comes_only_out_of_a_locate_command(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    located, locked = world.send(Action.LOCATE, device), world.send(Action.LOCK, device)
    world.fake.settle(located, State.VERIFIED)
    place = world.open().outcome(located).place
    assert place is not None
    assert (place.latitude, place.longitude, place.accuracy) == (44.98, -93.27, 12.5)
    assert locked.command_id is not None
    told = {"Latitude": 17.25, "Longitude": 1.0, "HorizontalAccuracy": 1.0}
    world.fake.answered(device.vendor_id, locked.command_id, "Acknowledged", told)
    assert world.open().outcome(locked).place is None
    assert "17.25" not in str(world.memory.values)
    assert "44.98" not in repr(world.hook.heard)
    assert located.command_id is not None
    for odd, expected in (
        ({"Latitude": 91.0, "Longitude": 1.0}, None),
        ({"Latitude": "x", "Longitude": 1.0}, None),
        ({"Latitude": 1.0, "Longitude": 1.0, "HorizontalAccuracy": -1.0}, Place(1.0, 1.0)),
    ):
        world.fake.answered(device.vendor_id, located.command_id, "Acknowledged", odd)
        assert world.open().outcome(located).place == expected
