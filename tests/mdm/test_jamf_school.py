"""What only Jamf School has: one list, two kinds of errors, ends that are inferred."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.types import Action, Command, Device, OutcomeState, Platform, Receipt
from tests.mdm.contract.world import World
from tests.mdm.fakes.http import Fault


@pytest.fixture
def world() -> Iterator[World]:
    made = World("jamf_school")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def a_device(world: World, platform: Platform = Platform.IPADOS) -> Device:
    return next(d for d in world.devices() if d.platform is platform and d.supervised)


def send(world: World, action: Action, device: Device | None = None) -> Receipt:
    return world.open().send(Command(action, (device or a_device(world)).ref))


def state_of(world: World, receipt: Receipt) -> OutcomeState:
    return world.open(Access.READ).outcome(receipt).state


def twisted(world: World, body: object) -> None:
    """The next command is done, and answered with this."""
    world.fake.twist = lambda _: body
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)


# --- the list -----------------------------------------------------------------------------------


def test_a_long_list_is_cut_and_resumed(world: World) -> None:
    world.fake.seed(1140)
    pages = world.pages()
    assert [len(page.devices) for page in pages] == [500, 500, 200]
    assert [d.vendor_id for page in pages for d in page.devices] == world.fake.ids()
    for number, page in enumerate(pages[:-1]):
        assert world.pages(resume=page.resume) == pages[number + 1 :]
    assert pages[-1].resume is None


def test_a_device_that_left_meanwhile_hides_no_other(world: World) -> None:
    world.fake.seed(640)
    first = world.pages()[0]
    for device in first.devices[-3:]:
        world.fake.forget(device.vendor_id)
    rest = [d.vendor_id for page in world.pages(resume=first.resume) for d in page.devices]
    assert rest == world.fake.ids()[497:]


def test_rows_without_an_id_come_once(world: World) -> None:
    world.fake.seed(1140)
    world.fake.spoil = lambda r: {**r, "UDID": ""} if r["UDID"][0] in "01234567" else r
    pages = world.pages()
    assert sum(len(page.problems) for page in pages) + sum(len(p.devices) for p in pages) == 1200
    assert len(pages[0].problems) > 400
    assert not any(page.problems for page in pages[1:])


def test_an_empty_school(world: World) -> None:
    for device_id in world.fake.ids():
        world.fake.forget(device_id)
    assert [(page.devices, page.resume) for page in world.pages()] == [((), None)]


def test_an_address_that_is_another_service(world: World) -> None:
    config = {**world.fake.config(), "url": f"{world.fake.url}/elsewhere"}
    with pytest.raises(errors.Unsupported, match="address of Jamf School"):
        world.pages(world.open(Access.READ, config=config))


def test_the_address_may_name_the_api(world: World) -> None:
    config = {**world.fake.config(), "url": f"{world.fake.url}/api/"}
    assert len(world.devices(world.open(Access.READ, config=config))) == 60


def test_a_network_id_with_a_colon_is_refused(world: World) -> None:
    with pytest.raises(errors.Invalid, match="colon"):
        world.open(config={**world.fake.config(), "network_id": "1:2"})


# --- one device ---------------------------------------------------------------------------------


def test_a_device_in_the_trash_is_gone(world: World) -> None:
    device = a_device(world)
    world.fake.record(device.vendor_id)["inTrash"] = True
    with pytest.raises(errors.Gone, match="trash"):
        send(world, Action.WIPE, device)
    assert not world.fake.acting_calls


def test_an_answer_about_another_device_is_not_taken(world: World) -> None:
    device, other = world.devices()[:2]
    world.fake.spoil = lambda record: {**record, "UDID": other.vendor_id}
    with pytest.raises(errors.Malformed, match="another device"):
        send(world, Action.WIPE, device)
    assert not world.fake.acting_calls


def test_another_serial_is_another_device(world: World) -> None:
    device = a_device(world)
    world.fake.record(device.vendor_id)["serialNumber"] = "DMPOTHER"
    with pytest.raises(errors.Refused, match="serial"):
        send(world, Action.WIPE, device)
    assert not world.fake.acting_calls


# --- errors -------------------------------------------------------------------------------------


def test_a_key_that_may_not_post_is_told_so(world: World) -> None:
    world.fake.allowed = {"GET"}  # type: ignore[attr-defined]
    with pytest.raises(errors.MissingRight, match=r"\(POST\) not allowed"):
        send(world, Action.SYNC)
    world.fake.allowed = {"POST"}  # type: ignore[attr-defined]
    with pytest.raises(errors.MissingRight, match=r"\(GET\) not allowed"):
        world.pages()
    assert not world.fake.effects


def test_a_revoked_key_is_told_from_a_wrong_one(world: World) -> None:
    connector = world.open(Access.READ)
    world.pages(connector)
    world.fake.revoked = True
    with pytest.raises(errors.RevokedCredential):
        world.pages(connector)
    with pytest.raises(errors.WrongCredential):
        world.pages(world.open(Access.READ))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"code": 404, "message": "DeviceNotFound"}, errors.Gone),
        ({"error": {"code": 405, "message": "no"}}, errors.MissingRight),
        ({"code": 400, "message": "WipeFailed"}, errors.Refused),
        ({"error": {"code": 422, "message": "no"}}, errors.Refused),
        ({"code": 500, "message": "Oops"}, errors.AnswerLost),
        ({"error": "something"}, errors.AnswerLost),
        ({"code": 200}, errors.AnswerLost),
        ({}, errors.AnswerLost),
        ([], errors.AnswerLost),
        ({"message": "DeviceWipeScheduled", "device": "another"}, errors.AnswerLost),
    ],
)
def test_a_success_is_read(world: World, body: object, kind: type[Exception]) -> None:
    twisted(world, body)
    with pytest.raises(kind) as raised:
        send(world, Action.WIPE)
    assert type(raised.value) is kind


@pytest.mark.parametrize("code", [0, 200, None])
def test_older_answers_are_taken(world: World, code: int | None) -> None:
    twisted(world, {"code": code, "message": "DeviceWipeScheduled"})
    assert state_of(world, send(world, Action.WIPE)) is OutcomeState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": "something", "devices": []}, errors.Unavailable),
        ({"code": 503, "message": "Maintenance"}, errors.Unavailable),
        ({"code": 200, "message": "hello"}, errors.Malformed),
        ({"code": 200, "devices": {}}, errors.Malformed),
        ([], errors.Malformed),
    ],
)
def test_a_list_that_is_none_is_no_empty_school(
    world: World, body: object, kind: type[Exception]
) -> None:
    world.fake.twist = lambda _: body
    world.fake.fail(Fault.TWISTED)
    with pytest.raises(kind):
        world.pages()


def test_a_list_that_is_refused_inside_a_success(world: World) -> None:
    world.fake.twist = lambda _: {"error": {"code": 405, "message": "not with this key"}}
    world.fake.fail(Fault.TWISTED)
    with pytest.raises(errors.MissingRight, match="not with this key"):
        world.pages()


# --- what became of it --------------------------------------------------------------------------


def ended(world: World, **changes: Any) -> tuple[Receipt, dict[str, Any]]:
    """A wipe that was sent ten minutes ago, and the record of its device."""
    device = a_device(world)
    record = world.fake.record(device.vendor_id)
    record |= changes
    receipt = send(world, Action.WIPE, device)
    world.time.forward(minutes=10)
    return receipt, record


def test_not_managed_and_heard_of_since_is_wiped(world: World) -> None:
    receipt, record = ended(world)
    record["isManaged"] = False
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED
    world.fake.checked_in(receipt.device.vendor_id, world.time.now() - timedelta(minutes=3))
    assert state_of(world, receipt) is OutcomeState.VERIFIED
    record["isManaged"] = True
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED


def test_a_silent_device_is_not_wiped(world: World) -> None:
    receipt, record = ended(world)
    world.fake.checked_in(receipt.device.vendor_id, world.time.now())
    record["isManaged"] = False
    world.time.forward(days=7)
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED


def test_what_was_not_managed_before_tells_nothing(world: World) -> None:
    receipt, _ = ended(world, isManaged=False)
    world.fake.checked_in(receipt.device.vendor_id, world.time.now())
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED


def test_after_a_lost_answer_a_wipe_is_unknown(world: World) -> None:
    receipt, record = ended(world)
    by_hand = Receipt("jamf_school", receipt.device, Action.WIPE, receipt.sent_at)
    world.fake.checked_in(receipt.device.vendor_id, world.time.now())
    record["isManaged"] = False
    assert state_of(world, by_hand) is OutcomeState.UNKNOWN


def test_a_restart_is_never_confirmed(world: World) -> None:
    receipt = send(world, Action.RESTART)
    world.time.forward(minutes=10)
    world.fake.checked_in(receipt.device.vendor_id, world.time.now())
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED


@pytest.mark.parametrize("hours", [-7, 0, 7])
@pytest.mark.parametrize(("zone", "shift"), [("UTC", 0), ("America/Chicago", -5)])
def test_a_refresh_by_whatever_clock(world: World, hours: int, zone: str, shift: int) -> None:
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    world.fake.zone, world.fake.shift = zone, timedelta(hours=shift)  # type: ignore[attr-defined]
    receipt = send(world, Action.SYNC)
    world.fake.checked_in(receipt.device.vendor_id, world.fake.now() - timedelta(minutes=1))
    assert state_of(world, receipt) is OutcomeState.ACKNOWLEDGED
    world.fake.checked_in(receipt.device.vendor_id, world.fake.now() + timedelta(minutes=1))
    assert state_of(world, receipt) is OutcomeState.VERIFIED


def test_a_wipe_asks_for_nothing_more(world: World) -> None:
    """Neither the activation lock nor a passcode is cleared, and one device is named."""
    send(world, Action.WIPE)
    call = world.fake.acting_calls[0]
    assert (call.body, call.query) == (b"", {})
    assert call.headers["x-server-protocol-version"] == "3"
