"""NanoMDM's devices: as they tell of themselves, and what becomes of them."""

import plistlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.connector import ReadsDevice, ReceivesEvents
from mdm.registry import open_connector
from mdm.types import Action, Command, OutcomeState as State, Platform, Receipt
from tests.mdm.nano_world import NanoWorld


@pytest.fixture
def world() -> Iterator[NanoWorld]:
    made = NanoWorld()
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def test_an_erased_device_is_done_when_it_enrols_anew(world: NanoWorld) -> None:
    receipt = world.send(Action.WIPE, world.one(Platform.IPADOS))
    world.fake.settle(receipt, State.ACKNOWLEDGED)
    assert world.outcome_state(receipt) is State.ACKNOWLEDGED
    world.fake.reenrol(receipt.device.vendor_id)
    assert world.outcome_state(receipt) is State.VERIFIED


def test_a_device_that_enrols_anew_without_an_answer_has_not_told(world: NanoWorld) -> None:
    """NanoMDM empties its queue, so the command will not be carried out any more."""
    wiped = world.send(Action.WIPE, world.one(Platform.IPADOS))
    world.fake.reenrol(wiped.device.vendor_id)
    told = world.open().outcome(wiped)
    assert told.state is State.UNKNOWN
    assert "enrolment" in told.reason


def test_a_mac_that_reports_an_error_may_still_erase_itself(world: NanoWorld) -> None:
    receipt = world.send(Action.WIPE, world.one(Platform.MACOS))
    assert receipt.command_id is not None
    world.fake.answered(receipt.device.vendor_id, receipt.command_id, "Error")
    told = world.open().outcome(receipt)
    assert told.state is State.UNKNOWN
    assert "may still erase" in told.reason


def test_a_device_that_left_gets_nothing(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    receipt = world.send(Action.SYNC, device)
    made = len(world.fake.calls)
    world.fake.forget(device.vendor_id)
    assert device.vendor_id not in {d.vendor_id for d in world.devices()}
    assert world.outcome_state(receipt) is State.UNKNOWN
    with pytest.raises(errors.Gone):
        world.send(Action.SYNC, device)
    unheard = replace(device.ref, vendor_id="ABCD-1")
    with pytest.raises(errors.Gone, match="never heard"):
        world.open().send(Command(Action.SYNC, unheard))
    assert len(world.fake.calls) == made


def test_an_enrolment_that_was_not_heard_is_an_enrolment(world: NanoWorld) -> None:
    """NanoMDM calls once: after an outage, a first token or any word of a device tells it too."""
    device, left = [d for d in world.devices() if d.supervised and d.lost_mode is False][:2]
    world.time.forward(minutes=5)
    token = {"MessageType": "TokenUpdate", "Token": b"t", "PushMagic": "m"}
    world.fake.tell("TokenUpdate", device.vendor_id, token, more={"token_update_tally": 2})
    assert world.again(device).enrolment == device.enrolment
    world.time.forward(minutes=5)
    world.fake.tell("TokenUpdate", device.vendor_id, token, more={"token_update_tally": 1})
    anew = world.again(device)
    assert anew.enrolment != device.enrolment
    assert (anew.supervised, anew.platform) == (None, Platform.OTHER)
    world.fake.tell("CheckOut", left.vendor_id, {"MessageType": "CheckOut"})
    world.time.forward(minutes=5)
    world.fake.inform(left.vendor_id)
    assert world.again(left).enrolment != left.enrolment
    assert world.again(left).supervised is True


def test_a_device_that_nothing_is_known_of_can_be_asked(world: NanoWorld) -> None:
    fresh = "00008110-000A1B2C3D4E5F60"
    world.fake.tell("Connect", fresh, {"Status": "Idle"})
    found = next(d for d in world.devices() if d.vendor_id == fresh)
    assert (found.platform, found.enrolment, found.supervised) == (Platform.OTHER, None, None)
    with pytest.raises(errors.Unsupported):
        world.send(Action.WIPE, found)
    assert world.send(Action.SYNC, found).command_id
    assert fresh in str(world.fake.calls[-1].path)


def test_a_passcode_is_cleared_with_the_devices_own_token(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    world.send(Action.CLEAR_PASSCODE, device)  # the fake checks the token
    told = plistlib.loads(world.fake.calls[-1].body)
    assert told["Command"]["UnlockToken"] == world.fake.known[device.vendor_id]["unlock"]
    world.fake.tell("Authenticate", device.vendor_id, {"ProductName": "iPad13,18"})
    made = len(world.fake.calls)
    with pytest.raises(errors.Refused, match="unlock token"):
        world.send(Action.CLEAR_PASSCODE, device)
    assert len(world.fake.calls) == made


def test_what_is_shown_on_a_device_is_clean(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    shown = "Call \x00the\x1b[31m office \ud800‮now" + "!" * 2000
    world.open().send(Command(Action.LOST_MODE_ON, device.ref, message=shown, phone="\x07"))
    command = plistlib.loads(world.fake.calls[-1].body)["Command"]
    assert command["Message"].startswith("Call the[31m office now!!")
    assert len(command["Message"]) == 500


def test_reading_takes_no_api_key_and_makes_no_request(world: NanoWorld) -> None:
    config = {name: text for name, text in world.fake.config().items() if name != "api_key"}
    reader = world.open(Access.READ, config=config)
    device = world.devices(reader)[0]
    assert isinstance(reader, ReadsDevice)
    assert reader.device(device.ref) == device
    assert not world.fake.calls
    with pytest.raises(errors.Invalid, match="api_key"):
        world.open(config=config)


def test_without_a_memory_it_says_so(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    bare = open_connector("nanomdm", world.fake.config(), access=Access.ACT)
    (page,) = bare.devices()
    assert page.devices == ()
    assert "remembers" in page.problems[0].reason
    assert bare.outcome(Receipt("nanomdm", device.ref, Action.SYNC, world.time.now())).reason
    body = world.fake.body_of("Connect", device.vendor_id, {"Status": "Idle"})
    assert isinstance(bare, ReceivesEvents)
    for call in (
        lambda: bare.send(Command(Action.SYNC, device.ref)),
        lambda: bare.receive(world.fake.signed(body), body),
    ):
        with pytest.raises(errors.Unsupported, match="remembers"):
            call()
    assert not world.fake.calls


def test_two_sims_have_two_imeis_and_no_telephone_number(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    second = {"IMEI": "353879234252633", "PhoneNumber": "+15550199", "MEID": "35387923425263"}
    world.fake.record(device.vendor_id)["ServiceSubscriptions"].append(second)
    world.fake.inform(device.vendor_id)
    found = world.again(device)
    assert len(found.imeis) == 2
    assert found.meids == ("35387923425263",)
    assert "5550199" not in str(world.memory.values)


def test_what_a_device_says_of_its_security(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    for told, passcode, encrypted in (
        ({"PasscodePresent": True, "HardwareEncryptionCaps": 3}, True, True),
        ({"PasscodePresent": False, "HardwareEncryptionCaps": 3}, False, False),
        (
            {"PasscodePresent": "?", "HardwareEncryptionCaps": "x", "FDE_Enabled": False},
            None,
            False,
        ),
    ):
        world.fake.inform(device.vendor_id)
        answer = {"CommandUUID": "s", "Status": "Acknowledged", "SecurityInfo": told}
        world.fake.tell("Connect", device.vendor_id, answer)
        found = world.again(device)
        assert (found.passcode_set, found.encrypted) == (passcode, encrypted)
        assert found.model == device.model


def test_two_devices_may_share_a_serial(world: NanoWorld) -> None:
    first, second = [d for d in world.devices() if d.serial][:2]
    world.fake.record(second.vendor_id)["SerialNumber"] = first.serial
    world.fake.inform(second.vendor_id)
    assert [d.serial for d in world.devices()].count(first.serial) == 2


def test_huge_and_odd_facts_stay_small(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    facts = world.fake.record(device.vendor_id)
    odd = ["n" * 1_000_000, 2**63, -1.5, True, [1], {"a": {"b": b"c"}}, b"\x00", [], ["x"] * 99]
    for wrong in odd:
        for name in list(facts):
            world.fake.known[device.vendor_id]["facts"] = {**facts, name: wrong}
            world.fake.inform(device.vendor_id)
            told = world.again(device)
            assert (told.enrolment, told.vendor_id) == (device.enrolment, device.vendor_id)
    assert not world.hook.refused
    assert max(len(value) for value in world.memory.values.values()) < 5000
