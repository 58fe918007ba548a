"""What only Fleet has: a state instead of an id, Lost Mode called a lock, a plan to pay for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.types import Action, Command, Device, OutcomeState, Ownership, Platform, Receipt
from tests.mdm.contract.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World("fleet")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def a_device(world: World, platform: Platform, owner: Ownership | None = None) -> Device:
    found = (d for d in world.devices() if d.platform is platform and owner in (None, d.ownership))
    return next(found)


def send(world: World, action: Action, device: Device) -> Receipt:
    return world.open().send(Command(action, device.ref))


def state_of(world: World, receipt: Receipt) -> OutcomeState:
    return world.open(Access.READ).outcome(receipt).state


@pytest.mark.parametrize("newer", [False, True])
@pytest.mark.parametrize(
    ("platform", "action"),
    [
        (Platform.MACOS, Action.LOCK), (Platform.WINDOWS, Action.WIPE),
        (Platform.ANDROID, Action.LOCK), (Platform.IPADOS, Action.LOST_MODE_ON),
    ],
)  # fmt: skip
def test_older_and_newer_answers_are_taken(
    world: World, newer: bool, platform: Platform, action: Action
) -> None:
    world.fake.newer = newer  # type: ignore[attr-defined]
    receipt = send(world, action, a_device(world, platform))
    assert state_of(world, receipt) is OutcomeState.PENDING
    told = "wipe pending" if action is Action.WIPE else "lock pending"
    assert world.open().device(receipt.device).state == told  # type: ignore[attr-defined]
    world.fake.settle(receipt, OutcomeState.VERIFIED)
    assert state_of(world, receipt) is OutcomeState.VERIFIED
    told = "wiped" if action is Action.WIPE else "locked"
    assert world.open().device(receipt.device).state == told  # type: ignore[attr-defined]


def test_the_way_is_told_by_the_state_too(world: World) -> None:
    receipt = send(world, Action.WIPE, a_device(world, Platform.WINDOWS))
    mdm = world.fake.record(receipt.device.vendor_id)["mdm"]
    mdm |= {"device_status": "wiping", "pending_action": ""}
    assert state_of(world, receipt) is OutcomeState.PENDING
    mdm |= {"device_status": "locked"}
    assert state_of(world, receipt) is OutcomeState.UNKNOWN
    mdm |= {"device_status": "unlocked", "pending_action": "lock"}
    assert world.open().outcome(receipt).reason == "the host is unlocked, to lock"


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_a_host_that_was_never_locked_has_not_obeyed(world: World, hours: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    device = a_device(world, Platform.LINUX)
    lost = Receipt("fleet", device.ref, Action.UNLOCK, world.time.now())
    world.fake.checked_in(device.vendor_id, world.fake.now() - timedelta(minutes=1))
    assert state_of(world, lost) is OutcomeState.UNKNOWN
    world.fake.checked_in(device.vendor_id, world.fake.now() + timedelta(minutes=1))
    assert state_of(world, lost) is OutcomeState.VERIFIED


def test_a_locked_host_may_be_silent(world: World) -> None:
    receipt = send(world, Action.LOCK, a_device(world, Platform.MACOS))
    mdm = world.fake.record(receipt.device.vendor_id)["mdm"]
    mdm |= {"device_status": "locked", "pending_action": ""}
    assert state_of(world, receipt) is OutcomeState.VERIFIED
    never_sent = Receipt("fleet", receipt.device, Action.SYNC, world.time.now())
    assert state_of(world, never_sent) is OutcomeState.UNKNOWN


def test_one_who_locks_an_ipad_means_lost_mode(world: World) -> None:
    device = a_device(world, Platform.IPADOS)
    with pytest.raises(errors.Unsupported):
        send(world, Action.LOCK, device)
    send(world, Action.LOST_MODE_ON, device)
    assert [call.path for call in world.fake.acting_calls] == [
        f"/api/v1/fleet/hosts/{device.vendor_id}/lock"
    ]
    personal = a_device(world, Platform.IOS, Ownership.PERSONAL)
    for action in (Action.LOST_MODE_ON, Action.WIPE):
        with pytest.raises(errors.Unsupported):
            send(world, action, personal)


def test_a_locked_ipad_is_in_lost_mode_and_a_locked_mac_is_not(world: World) -> None:
    for platform, told in ((Platform.IPADOS, True), (Platform.MACOS, None)):
        device = a_device(world, platform)
        assert device.lost_mode is (False if told else None)
        world.fake.record(device.vendor_id)["mdm"]["device_status"] = "locked"
        found = world.open().device(device.ref)  # type: ignore[attr-defined]
        assert (found.locked, found.lost_mode) == (True, told)


def test_a_list_that_does_not_tell_of_locks_leaves_them_unknown(world: World) -> None:
    for device_id in world.fake.ids():
        mdm = world.fake.record(device_id)["mdm"]
        del mdm["device_status"], mdm["pending_action"]
    assert {(d.locked, d.lost_mode, d.state) for d in world.devices()} == {(None, None, None)}


def test_no_pin_is_asked_for(world: World) -> None:
    send(world, Action.LOCK, a_device(world, Platform.MACOS))
    assert world.fake.acting_calls[0].query == {}
    with pytest.raises(errors.Unsupported):
        send(world, Action.UNLOCK, a_device(world, Platform.MACOS))


def test_the_free_plan_and_the_role_are_told_apart(world: World) -> None:
    device = a_device(world, Platform.WINDOWS)
    world.fake.premium = False  # type: ignore[attr-defined]
    with pytest.raises(errors.LicenceRequired):
        send(world, Action.LOCK, device)
    world.fake.role = "observer"  # type: ignore[attr-defined]
    with pytest.raises(errors.MissingRight):
        send(world, Action.LOCK, device)
    assert not world.fake.effects


def test_fleets_reason_is_told(world: World) -> None:
    device = a_device(world, Platform.LINUX)
    world.fake.refuse(device.vendor_id)
    with pytest.raises(errors.Refused, match="scripts are disabled"):
        send(world, Action.LOCK, device)


def test_a_device_that_was_enrolled_anew_is_another(world: World) -> None:
    receipt = send(world, Action.LOCK, a_device(world, Platform.WINDOWS))
    world.fake.reenrol(receipt.device.vendor_id)
    world.fake.record(receipt.device.vendor_id)["mdm"]["device_status"] = "locked"
    assert "enrolment" in world.open().outcome(receipt).reason


def test_a_host_as_a_device(world: World) -> None:
    mac, pc = a_device(world, Platform.MACOS), a_device(world, Platform.WINDOWS)
    assert (mac.os, mac.os_version) in {("macOS", "15.1"), ("macOS", "14.7")}
    assert mac.model == mac.model_identifier
    assert (pc.os, pc.os_version) == ("Windows", "11 Pro 23H2 10.0.22631.4317")
    assert pc.model_identifier is None
    linux = {d.os for d in world.devices() if d.platform is Platform.LINUX}
    assert linux == {"Ubuntu", "Rocky Linux"}


def test_what_never_happened_has_no_time(world: World) -> None:
    first = world.fake.record(world.fake.ids()[0])
    first |= {"seen_time": "2000-01-01T00:00:00Z", "detail_updated_at": "2000-01-01T00:00:00Z"}
    assert world.devices()[0].last_check_in is None


def test_a_path_before_the_api_is_kept(world: World) -> None:
    with pytest.raises(errors.Gone):
        world.pages(world.open(config={**world.fake.config(), "url": f"{world.fake.url}/fleet/"}))
    assert world.fake.calls[-1].path == "/fleet/api/v1/fleet/hosts"
