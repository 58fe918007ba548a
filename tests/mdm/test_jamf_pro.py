"""What only Jamf Pro has: two inventories, management ids, a list of commands, unlock tokens."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.fields import Fields
from mdm.types import (
    Action,
    Command,
    Device,
    DeviceRef,
    Outcome,
    OutcomeState,
    Ownership,
    Place,
    Platform,
    Receipt,
)
from mdm.vendors._jamf_pro_devices import computer
from mdm.vendors.jamf_pro import INFO
from tests.mdm.contract.world import World
from tests.mdm.fakes.http import Fault


@pytest.fixture
def world() -> Iterator[World]:
    made = World("jamf_pro")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def a_device(world: World, platform: Platform, supervised: bool = True) -> Device:
    found = (d for d in world.devices() if d.platform is platform and d.supervised is supervised)
    return next(found)


def send(world: World, action: Action, device: Device, **more: Any) -> Receipt:
    return world.open().send(Command(action, device.ref, **more))


def outcome(world: World, receipt: Receipt) -> Outcome:
    return world.open().outcome(receipt)


def test_the_same_number_is_two_devices(world: World) -> None:
    ids = [device.vendor_id for device in world.devices()]
    assert len(set(ids)) == len(ids)
    assert {id.split("-")[0] for id in ids} == {"computer", "mobile"}
    with pytest.raises(errors.Invalid):
        world.open().device(DeviceRef("12", Platform.MACOS))


def test_a_command_goes_to_the_enrolment_it_was_meant_for(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    before = world.fake.record(device.vendor_id)["general"]["managementId"]
    world.fake.reenrol(device.vendor_id)
    with pytest.raises(errors.Refused):
        send(world, Action.WIPE, device)
    assert world.fake.acting_calls[-1].json["clientData"] == [{"managementId": before}]
    assert not world.fake.effects


def test_an_unmanaged_record_cannot_be_sent_anything(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    del world.fake.record(device.vendor_id)["general"]["managementId"]
    found = world.open().device(device.ref)
    assert found.enrolment is not None
    assert " " not in found.enrolment
    for action in (Action.WIPE, Action.SYNC):
        with pytest.raises(errors.Invalid, match="no management id"):
            send(world, action, found)
    assert not world.fake.acting_calls


def test_the_options_of_each_command(world: World) -> None:
    mac, ipad = a_device(world, Platform.MACOS), a_device(world, Platform.IPADOS)
    shown = {"message": "Property of WPS", "phone": "555 0100"}
    send(world, Action.LOCK, mac, pin="924417", **shown)
    send(world, Action.LOCK, ipad, **shown)
    send(world, Action.LOST_MODE_ON, ipad, phone="555 0100")
    send(world, Action.WIPE, mac, pin="924417", keep_data_plan=True)
    send(world, Action.WIPE, ipad, keep_data_plan=True)
    send(world, Action.WIPE, a_device(world, Platform.TVOS), keep_data_plan=True)
    sent = [call.json["commandData"] for call in world.fake.acting_calls]
    words = {"message": "Property of WPS", "phoneNumber": "555 0100"}
    assert sent == [
        {"commandType": "DEVICE_LOCK", **words, "pin": "924417"},
        {"commandType": "DEVICE_LOCK", **words},
        {"commandType": "ENABLE_LOST_MODE", "lostModePhone": "555 0100"},
        {
            "commandType": "ERASE_DEVICE",
            "obliterationBehavior": "ObliterateWithWarning",
            "pin": "924417",
        },
        {"commandType": "ERASE_DEVICE", "preserveDataPlan": True},
        {"commandType": "ERASE_DEVICE"},
    ]


def test_the_unlock_token_goes_nowhere_else(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    receipt = send(world, Action.CLEAR_PASSCODE, device)
    number = device.vendor_id.removeprefix("mobile-")
    assert world.fake.acting_calls[-1].json["commandData"]["unlockToken"] == f"token-{number}"
    assert "token" not in repr((receipt, world.devices(), outcome(world, receipt)))
    world.fake.fail(Fault.TWISTED, on=lambda call: call.path.endswith("/detail"))
    world.fake.twist = lambda _: {"ios": {"unlockToken": ""}}
    with pytest.raises(errors.Refused, match="unlock token"):
        send(world, Action.CLEAR_PASSCODE, device)


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_after_a_lost_answer_jamfs_list_tells(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world, Platform.IPADOS)
    send(world, Action.WIPE, device)
    world.time.forward(minutes=5)
    sent_at = world.time.now()
    by_hand = Receipt("jamf_pro", device.ref, Action.WIPE, sent_at)
    assert outcome(world, by_hand).state is OutcomeState.UNKNOWN
    world.fake.fail(Fault.DROP_AFTER, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        send(world, Action.WIPE, device)
    world.time.forward(minutes=5)
    assert outcome(world, by_hand).state is OutcomeState.PENDING
    for command in world.fake.commands.values():  # type: ignore[attr-defined]
        command["commandState"] = "ACKNOWLEDGED"
    assert outcome(world, by_hand).state is OutcomeState.VERIFIED
    other = Receipt("jamf_pro", device.ref, Action.LOCK, sent_at)
    assert outcome(world, other).state is OutcomeState.UNKNOWN


def test_another_command_in_the_answer_is_not_ours(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    receipt = send(world, Action.WIPE, device)
    by_hand = Receipt("jamf_pro", device.ref, Action.WIPE, receipt.sent_at)
    (command,) = world.fake.commands.values()  # type: ignore[attr-defined]
    shown = {key: value for key, value in command.items() if key != "of"}
    world.fake.twist = lambda _: {"results": [shown]}
    for change in ({"uuid": "other"}, {"client": {}}, {"commandType": "DEVICE_LOCK"}, {}):
        shown |= change
        world.fake.fail(Fault.TWISTED, 2)
        found = [outcome(world, one).state for one in (receipt, by_hand)]
        assert found[0] is OutcomeState.UNKNOWN
        assert found[1] is (OutcomeState.PENDING if "uuid" in change else OutcomeState.UNKNOWN), (
            change
        )
        world.fake.heal()


def test_a_mac_that_answers_with_an_error_may_be_erased_all_the_same(world: World) -> None:
    receipt = send(world, Action.WIPE, a_device(world, Platform.MACOS), pin="924417")
    command = world.fake.commands[receipt.command_id]  # type: ignore[attr-defined]
    command |= {"commandState": "ERROR", "commandError": {"errorEnglishDescription": "EACS"}}
    told = outcome(world, receipt)
    assert (told.state, "EACS" in told.reason) == (OutcomeState.UNKNOWN, True)
    locked = send(world, Action.LOCK, a_device(world, Platform.MACOS), pin="924417")
    world.fake.settle(locked, OutcomeState.FAILED)
    told = outcome(world, locked)
    assert (told.state, told.reason) == (OutcomeState.FAILED, "Not valid (12021)")


def test_a_place_comes_only_out_of_a_locate_command(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    located, restarted = (send(world, a, device) for a in (Action.LOCATE, Action.RESTART))
    assert outcome(world, located).place is None
    world.fake.settle(located, OutcomeState.VERIFIED)
    world.fake.settle(restarted, OutcomeState.VERIFIED)
    assert outcome(world, located).place == Place(44.98, -93.27, 65.0, world.time.now())
    assert outcome(world, restarted).place is None
    assert "44.98" not in repr(world.devices())
    place = world.fake.record(device.vendor_id)["security"]["lostModeLocation"]
    for wrong in ({"lostModeLocationLatitude": 91}, {"lostModeLocationLongitude": None}):
        place |= {"lostModeLocationLatitude": 44.98, "lostModeLocationLongitude": -93.27} | wrong
        told = outcome(world, located)
        assert (told.state, told.place) == (OutcomeState.VERIFIED, None)


def test_a_record_that_was_enrolled_anew_is_not_retired(world: World) -> None:
    device = a_device(world, Platform.MACOS)
    world.fake.reenrol(device.vendor_id)
    with pytest.raises(errors.Refused, match="not the same device"):
        send(world, Action.RETIRE, device)
    assert not world.fake.acting_calls


def test_a_retirement_that_is_not_listed_shows_in_the_record(world: World) -> None:
    receipt = send(world, Action.RETIRE, a_device(world, Platform.MACOS))
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    world.fake.commands.clear()  # type: ignore[attr-defined]
    assert outcome(world, receipt).state is OutcomeState.VERIFIED
    place = world.fake.record(receipt.device.vendor_id)["general"]["remoteManagement"]
    place["managed"] = True
    assert outcome(world, receipt).state is OutcomeState.UNKNOWN


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_push_is_done_when_the_device_is_heard_of(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world, Platform.IPADOS)
    world.fake.checked_in(device.vendor_id, world.fake.now() - timedelta(minutes=1))
    receipt = send(world, Action.SYNC, device)
    assert outcome(world, receipt).state is OutcomeState.PENDING
    by_hand = Receipt("jamf_pro", device.ref, Action.SYNC, receipt.sent_at)
    world.fake.checked_in(device.vendor_id, world.fake.now() + timedelta(seconds=9))
    assert outcome(world, receipt).state is OutcomeState.VERIFIED
    assert outcome(world, by_hand).state is OutcomeState.UNKNOWN
    world.fake.reenrol(device.vendor_id)
    assert outcome(world, receipt).state is OutcomeState.UNKNOWN


def test_a_client_with_fewer_privileges_can_do_less(world: World) -> None:
    world.fake.granted = frozenset(INFO.to_read)  # type: ignore[attr-defined]
    mac, ipad = a_device(world, Platform.MACOS), a_device(world, Platform.IPADOS)
    with pytest.raises(errors.MissingRight):
        send(world, Action.WIPE, ipad)
    world.fake.granted |= {"Send Mobile Device Remote Wipe Command"}  # type: ignore[attr-defined]
    send(world, Action.WIPE, ipad)
    with pytest.raises(errors.MissingRight):
        send(world, Action.WIPE, mac, pin="924417")
    assert world.fake.effects == [(ipad.vendor_id, Action.WIPE)]


def test_only_what_is_chosen_is_read(world: World) -> None:
    for choice, kind in (("computers", "computer"), ("mobile", "mobile")):
        config = {**world.fake.config(), "lists": choice}
        connector = world.open(Access.READ, config=config)
        made = len(world.fake.calls)
        assert {d.vendor_id.split("-")[0] for d in world.devices(connector)} == {kind}
        paths = {call.path for call in world.fake.calls[made:]}
        assert len(paths - {"/api/v1/oauth/token"}) == 1
        with pytest.raises(errors.ResumeRefused):
            world.pages(connector, resume=f"{'mobile' if kind != 'mobile' else 'computer'}||0|0")


def test_an_older_server_or_a_wrong_address_is_told_as_such(world: World) -> None:
    config = {**world.fake.config(), "url": world.fake.url + "/old"}
    with pytest.raises(errors.Unsupported, match="no such list at this address"):
        world.pages(world.open(config=config))
    old = world.fake.inventory_routes()[:1]  # type: ignore[attr-defined]
    world.fake.routes = lambda: old  # type: ignore[method-assign]
    with pytest.raises(errors.Unsupported, match=r"11\.30 or later"):
        world.devices()


def test_one_connector_stays_on_one_node(world: World) -> None:
    world.devices()
    told = [call.headers.get("cookie") for call in world.fake.calls]
    assert told[0] is None
    assert set(told[1:]) == {"jpro-ingress=node-3"}


def test_what_jamf_does_not_tell_of_a_computer_is_unknown() -> None:
    def told(*accounts: dict[str, Any]) -> tuple[str, ...] | None:
        return computer(Fields({"id": "7", "localUserAccounts": list(accounts)})).local_admins

    assert told() is None
    assert told({"username": "a"}) is None
    assert told({"username": "a", "admin": False}) == ()
    assert told({"username": "a", "admin": True}, {"username": "b"}) == ("a",)
    assert told({"username": "a", "admin": False}, {"username": "b"}) is None
    bare = computer(Fields({"id": "7"}))
    assert (bare.ownership, bare.encrypted, bare.enrolment) == (Ownership.UNKNOWN, None, None)


def test_an_id_cannot_change_a_filter(world: World) -> None:
    record = world.fake.record(world.fake.ids()[-1])
    record["mobileDeviceId"] = '1",mobileDeviceId!="0'
    pages = world.pages()
    assert [problem.reason for page in pages for problem in page.problems] == [
        "a row without a usable mobileDeviceId"
    ]
    for wrong in ('mobile-1" or 1', "mobile-", "mobile-1/2", "other-1"):
        with pytest.raises(errors.Invalid):
            world.open().device(DeviceRef(wrong, Platform.IPADOS))
