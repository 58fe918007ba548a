"""What only Google Workspace has: Chromebooks with an end of updates, and phones beside them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.fields import Fields
from mdm.types import Action, Command, Device, OutcomeState, Ownership, Platform, Software
from mdm.vendors._google_devices import chromebook, phone
from tests.mdm.contract.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World("google_workspace")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def one(world: World, platform: Platform) -> Device:
    return next(device for device in world.devices() if device.platform is platform)


# --- what a record tells ------------------------------------------------------------------------


def test_a_whole_chromebook(world: World) -> None:
    book = one(world, Platform.CHROMEOS)
    record = world.fake.record(book.vendor_id)
    assert (book.serial, book.model, book.os_version) == (
        record["serialNumber"], record["model"], record["osVersion"]
    )  # fmt: skip
    assert book.macs[0].replace(":", "") == record["macAddress"]
    assert (book.os, book.ownership) == ("ChromeOS", Ownership.COMPANY)
    assert (book.managed, book.locked) == (True, False)
    assert book.auto_update_until == date.fromisoformat(record["autoUpdateThrough"])
    assert book.assigned_user == record["annotatedUser"]
    assert book.asset_tag == (record["annotatedAssetId"] or None)
    assert book.extras["org_unit"] == record["orgUnitPath"]
    # Unknown is not false: Google tells neither of them.
    assert (book.encrypted, book.passcode_set, book.supervised) == (None, None, None)
    assert "10.4.1.17" not in repr(book)
    assert "student@" not in repr(book)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2031-06-30", date(2031, 6, 30)),
        ("2031-06-30T00:00:00.000Z", date(2031, 6, 30)),
        ("1940464800000", date(2031, 6, 29)),
        ("", None),
        (None, None),
    ],
)
def test_the_end_of_updates(told: str | None, expected: date | None) -> None:
    row = {"deviceId": "1", "autoUpdateThrough": told}
    assert chromebook(Fields(row)).auto_update_until == expected


def test_the_older_field_tells_where_the_newer_one_does_not() -> None:
    row = {"deviceId": "1", "autoUpdateExpiration": "1940544000000"}
    assert chromebook(Fields(row)).auto_update_until == date(2031, 6, 30)
    row["autoUpdateThrough"] = "2033-06-30"
    assert chromebook(Fields(row)).auto_update_until == date(2033, 6, 30)


def test_extended_support_is_told_as_it_must_be_opted_into(world: World) -> None:
    book = one(world, Platform.CHROMEOS)
    assert "extended_support" not in book.extras
    world.fake.record(book.vendor_id).update(
        extendedSupportEligible=True, extendedSupportEnabled=False,
        extendedSupportStart="2028-06-30",
    )  # fmt: skip
    extras = one(world, Platform.CHROMEOS).extras
    assert (extras["extended_support"], extras["extended_support_from"]) == ("false", "2028-06-30")


@pytest.mark.parametrize(
    ("system", "model", "platform"),
    [
        ("iOS 12.5.7", "iPad Air", Platform.IPADOS),
        ("iPadOS 18.1", "iPad", Platform.IPADOS),
        ("iOS 18.1", "iPhone 14", Platform.IOS),
        ("Android 15", "iPad", Platform.ANDROID),
    ],
)
def test_an_ipad_is_one_whatever_its_system_is_called(
    system: str, model: str, platform: Platform
) -> None:
    row = {"resourceId": "1", "os": system, "model": model}
    assert phone(Fields(row)).platform is platform


def test_the_hardware_id_is_an_imei_or_a_meid() -> None:
    row = {"resourceId": "1", "imei": "353193109400391", "hardwareId": "353193109400391"}
    assert phone(Fields(row)).imeis == ("353193109400391",)
    assert phone(Fields({"resourceId": "1", "hardwareId": "A10000303F7E12"})).meids == (
        "A10000303F7E12",
    )
    for neither in ("goldfish", "35319310940039"):
        told = phone(Fields({"resourceId": "1", "hardwareId": neither}))
        assert (told.imeis, told.meids) == ((), ())


def test_software_is_read_only_where_somebody_wants_it(world: World) -> None:
    for device_id in world.fake.ids():
        record = world.fake.record(device_id)
        if str(record.get("os")).startswith("Android"):
            record["applications"] = [
                {"displayName": "Maps", "packageName": "com.example.maps", "versionName": "3.2",
                 "versionCode": 7, "permission": ["ACCESS_FINE_LOCATION"]},
                {"packageName": "com.example.bare"},
            ]  # fmt: skip
    assert {device.software for device in world.devices()} == {None}
    assert not any("applications" in call.query.get("fields", "") for call in world.fake.calls)
    connector = world.open(Access.READ, config={**world.fake.config(), "software": "yes"})
    found = world.devices(connector)
    android = next(d for d in found if d.platform is Platform.ANDROID)
    assert android.software == (
        Software("Maps", "3.2", "com.example.maps"),
        Software("com.example.bare", None, "com.example.bare"),
    )
    assert connector.device(android.ref) == android  # type: ignore[attr-defined]
    assert next(d for d in found if d.platform is Platform.CHROMEOS).software is None


# --- what became of it --------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_a_disabled_chromebook_has_obeyed_when_it_synchronised_since(
    world: World, hours: int
) -> None:
    """By Google's clock; ours wrote the receipt."""
    ours = world.time.now
    world.fake.now = lambda: ours() + timedelta(hours=hours)
    book = one(world, Platform.CHROMEOS)
    connector = world.open()
    receipt = connector.send(Command(Action.DISABLE, book.ref))
    world.fake.checked_in(book.vendor_id, world.fake.now() - timedelta(minutes=1))
    assert connector.outcome(receipt).state is OutcomeState.ACKNOWLEDGED
    world.fake.checked_in(book.vendor_id, world.fake.now() + timedelta(minutes=1))
    assert connector.outcome(receipt).state is OutcomeState.VERIFIED


def test_a_retired_chromebook_is_deprovisioned_with_a_reason(world: World) -> None:
    book, connector = one(world, Platform.CHROMEOS), world.open()
    receipt = connector.send(Command(Action.RETIRE, book.ref))
    assert world.fake.acting_calls[-1].json == {
        "deviceIds": [book.vendor_id],
        "changeChromeOsDeviceStatusAction": "CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DEPROVISION",
        "deprovisionReason": "DEPROVISION_REASON_RETIRING_DEVICE",
    }
    assert world.fake.effects == [(book.vendor_id, Action.RETIRE)]
    assert connector.outcome(receipt).state is OutcomeState.ACKNOWLEDGED
    found = connector.device(book.ref)  # type: ignore[attr-defined]
    assert (found.state, found.managed) == ("DEPROVISIONED", False)
    connector.send(Command(Action.DISABLE, world.devices()[1].ref))
    assert "deprovisionReason" not in world.fake.acting_calls[-1].json


def test_executed_is_no_success_without_its_result(world: World) -> None:
    book, connector = one(world, Platform.CHROMEOS), world.open()
    receipt = connector.send(Command(Action.WIPE, book.ref))
    assert receipt.command_id is not None
    told: dict[str, Any] = world.fake.commands[receipt.command_id]  # type: ignore[attr-defined]
    told["state"] = "EXECUTED_BY_CLIENT"
    assert connector.outcome(receipt).state is OutcomeState.ACKNOWLEDGED
    for result in ("FAILURE", "IGNORED"):
        told["commandResult"] = {"result": result, "errorMessage": "no"}
        assert connector.outcome(receipt).state is OutcomeState.FAILED


def test_only_chromebooks_where_phones_are_not_wanted(world: World) -> None:
    config = {**world.fake.config(), "mobile": "no"}
    found = world.devices(world.open(Access.READ, config=config))
    assert {device.platform for device in found} == {Platform.CHROMEOS}
    with pytest.raises(errors.ResumeRefused):
        world.pages(world.open(Access.READ, config=config), resume="mobile||")
