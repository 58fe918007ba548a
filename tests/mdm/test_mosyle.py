"""What only Mosyle has: pages that may begin with 0 or 1, two tokens, tags by serial number."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mdm import errors
from mdm.fields import Fields
from mdm.types import Ownership, Platform
from mdm.vendors._mosyle_devices import device as device_of
from tests.mdm.contract.world import DEVICES, World
from tests.mdm.fakes.http import Fault, Reply
from tests.mdm.mosyle_world import a_device, fake


@pytest.fixture
def world() -> Iterator[World]:
    made = World("mosyle")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


# --- lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("counts", [0, 1, None])
def test_pages_may_be_counted_from_0_or_from_1(
    world: World, counts: int | None, wrapped: bool
) -> None:
    fake(world).counts, fake(world).wrapped = counts, wrapped
    pages = world.pages()
    assert [d.vendor_id for page in pages for d in page.devices] == world.fake.ids()
    for number, page in enumerate(pages[:-1]):
        assert world.pages(resume=page.resume) == pages[number + 1 :]
    device = pages[0].devices[3]
    assert world.open().device(device.ref) == device  # type: ignore[attr-defined]


@pytest.mark.parametrize("counts", [0, 1, None])
def test_one_device_alone_is_listed_once(world: World, counts: int | None) -> None:
    fake(world).counts = counts
    for id in world.fake.ids()[1:]:
        world.fake.forget(id)
    assert [d.vendor_id for d in world.devices()] == world.fake.ids()


def test_an_organisation_without_devices_is_an_empty_list(world: World) -> None:
    for id in world.fake.ids():
        world.fake.forget(id)
    assert world.devices() == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"status": "OK"}, errors.Malformed),
        ({"status": "OK", "response": []}, errors.Malformed),
        ({"status": "OK", "response": {"rows": "3"}}, errors.Malformed),
        ({"response": {"devices": []}}, errors.Malformed),
        ({"status": "ERROR", "error": "no such school"}, errors.Refused),
        ({"status": "OK", "response": [{"status": "MISSING_DATA", "info": "x"}]}, errors.Refused),
    ],
)
def test_an_answer_without_a_list_is_no_empty_list(
    world: World, body: Any, error: type[Exception]
) -> None:
    world.fake.twist = lambda _: body
    world.fake.fail(Fault.TWISTED)
    with pytest.raises(error):
        world.pages()


def test_a_device_without_a_serial_is_found_in_the_whole_list(world: World) -> None:
    device = world.devices()[25]
    found = world.open().device(replace(device.ref, serial=None))  # type: ignore[attr-defined]
    assert found == device


# --- devices ------------------------------------------------------------------------------------


def test_a_row_as_a_device(world: World) -> None:
    ipad, mac = a_device(world, Platform.IPADOS), a_device(world, Platform.MACOS)
    record = world.fake.record(ipad.vendor_id)
    assert (ipad.os, ipad.model_identifier, ipad.udid) == ("iPadOS", "iPad12,1", ipad.vendor_id)
    assert ipad.enrolment == record["date_enroll"]
    assert (ipad.ownership, ipad.managed) == (Ownership.COMPANY, True)
    assert (mac.os, mac.manufacturer) == ("macOS", "Apple")
    assert {d.platform for d in world.devices()} >= {Platform.TVOS, Platform.OTHER}
    owners = {d.model: d.ownership for d in world.devices()}
    assert owners["iPhone 15"] is Ownership.PERSONAL
    assert owners["MacBook Pro (13-inch, 2017)"] is Ownership.UNKNOWN


@pytest.mark.parametrize(
    ("word", "lost"),
    [("ENABLED", True), ("PENDINGTODISABLE", True), ("PENDINGTOENABLE", False),
     ("DISABLED", False), ("", None), (None, None), ("SOMETHING", None)],
)  # fmt: skip
def test_a_device_in_lost_mode(word: str | None, lost: bool | None) -> None:
    row = {"deviceudid": "00008101-0000000000000001", "lostmode_status": word}
    found = device_of("ios", Fields(row))
    assert (found.lost_mode, found.locked) == (lost, lost or None)


@pytest.mark.parametrize("told", ["", "{", "[" * 3000, '"DEP"', "NaN", {"EnrolledViaDEP": 1}])
def test_odd_management_states(told: object) -> None:
    row = {"deviceudid": "00008101-0000000000000001", "ManagementStatus": told}
    owner = Ownership.COMPANY if isinstance(told, dict) else Ownership.UNKNOWN
    assert device_of("ios", Fields(row)).ownership is owner


# --- tags and the login -------------------------------------------------------------------------


def test_a_tag_goes_to_one_serial(world: World) -> None:
    connector, device = world.open(), a_device(world, Platform.IPADOS)
    set_tag = connector.set_asset_tag  # type: ignore[attr-defined]
    for wrong in (None, "", "A1,B2", "*"):
        with pytest.raises(errors.Invalid):
            set_tag(replace(device.ref, serial=wrong), "WPS-7")
    assert not world.fake.acting_calls
    set_tag(device.ref, "WPS-7")
    assert [d.vendor_id for d in world.devices() if d.asset_tag == "WPS-7"] == [device.vendor_id]
    world.fake.forget(device.vendor_id)
    with pytest.raises(errors.Gone):
        set_tag(device.ref, "WPS-8")


def test_a_tag_whose_answer_does_not_tell_is_lost(world: World) -> None:
    connector, device = world.open(), a_device(world, Platform.IPADOS)
    bodies = [({"status": "ERROR"}, errors.Refused), ({"status": "OK"}, errors.AnswerLost)]
    for body, error in bodies:
        world.fake.twist = lambda _, body=body: body
        world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
        with pytest.raises(error):
            connector.set_asset_tag(device.ref, "WPS-7")  # type: ignore[attr-defined]


def test_a_login_without_a_token_is_a_wrong_credential(world: World) -> None:
    with pytest.raises(errors.WrongCredential):
        world.pages(world.open(config={**world.fake.config(), "password": "wrong"}))
    for body, error in (({"status": "ERROR"}, errors.WrongCredential),
                        ({"UserID": "12"}, errors.Malformed)):  # fmt: skip
        fake(world).login = lambda call, body=body: Reply(200, body)  # type: ignore[method-assign]
        with pytest.raises(error):
            world.pages()


def test_every_call_shows_both_tokens(world: World) -> None:
    assert len(world.devices()) == DEVICES
    for call in world.fake.calls[1:]:
        assert call.json["accessToken"] == world.fake.config()["access_token"]
        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", call.bearer)
