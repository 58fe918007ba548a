"""Devices of Jamf School in its two shapes, and what is read off them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mdm.connector import ReadsDevice
from mdm.fields import Fields
from mdm.types import Ownership, Platform
from mdm.vendors._jamf_school_devices import device as read
from tests.mdm.contract.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World("jamf_school")
    yield made
    made.fake.stop()


def test_a_device_in_the_list(world: World) -> None:
    phone = next(d for d in world.devices() if d.platform is Platform.IOS and d.imeis)
    assert (phone.model, phone.model_identifier) == ("iPhone 14", "iPhone14,7")
    assert phone.meids == ("35319310940039",)
    assert phone.extras["enrolled_by"] == "dep"
    old = next(d for d in world.devices() if d.model_identifier == "iPad5,3")
    assert (old.platform, old.os, old.os_version) == (Platform.IPADOS, "iOS", "12.5.7")
    users = {d.assigned_user for d in world.devices()}
    assert {"pupil.8@willowpark.example", "pupil.4", None} <= users


def test_only_automated_enrolment_proves_whose_it_is(world: World) -> None:
    owners = {(d.extras["enrolled_by"], d.ownership) for d in world.devices()}
    assert owners == {
        ("dep", Ownership.COMPANY), ("ac2", Ownership.UNKNOWN), ("manual", Ownership.UNKNOWN)
    }  # fmt: skip


def test_every_device_is_the_same_alone(world: World) -> None:
    connector = world.open()
    assert isinstance(connector, ReadsDevice)
    for device in world.devices():
        assert connector.device(device.ref) == device


@pytest.mark.parametrize(
    ("identifier", "system", "platform"),
    [
        ("MacBookPro16,3", "macOS", Platform.MACOS), ("Macmini9,1", "", Platform.MACOS),
        ("iMac21,1", "", Platform.MACOS), ("iPod9,1", "iOS", Platform.IOS),
        ("AppleTV14,1", "", Platform.TVOS), ("RealityDevice14,1", "visionOS", Platform.OTHER),
        ("", "OS X", Platform.MACOS), (None, "iPadOS", Platform.IPADOS),
    ],
)  # fmt: skip
def test_the_platform_is_read_off_the_model(
    identifier: str | None, system: str, platform: Platform
) -> None:
    row = {"UDID": "a", "model": {"identifier": identifier}, "os": {"prefix": system}}
    assert read(Fields(row)).platform is platform


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("2026-09-01 12:00:00", 12),
        ({"date": "2026-09-01 12:00:00.000000", "timezone_type": 3, "timezone": "UTC"}, 12),
        ({"date": "2026-09-01 12:00:00", "timezone": "America/Chicago"}, 17),
        ({"date": "2026-09-01 12:00:00", "timezone": "+02:00"}, 10),
        ({"date": "2026-09-01 12:00:00"}, 12),
        ({"date": "2026-09-01 12:00:00", "timezone": "Mars/Olympus"}, None),
        ({"date": "2026-09-01 12:00:00", "timezone": "../../etc/passwd"}, None),
        ({"date": "2026-09-01 12:00:00", "timezone": "+99:99"}, None),
        ({"date": "never", "timezone": "UTC"}, None),
        ({}, None), ([], None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_the_last_check_in_has_two_shapes(told: object, hour: int | None) -> None:
    found = read(Fields({"UDID": "a", "lastCheckin": told})).last_check_in
    assert found == (datetime(2026, 9, 1, hour, tzinfo=UTC) if hour is not None else None)


def test_wrapped_words_are_read() -> None:
    row = {"UDID": "a", "assetTag": {"value": "T7"}, "deviceEnrollType": {"value": "dep"}}
    found = read(Fields(row))
    assert (found.asset_tag, found.extras) == ("T7", {"enrolled_by": "dep"})
