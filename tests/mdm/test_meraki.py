"""What only Meraki has: a key that stays with its hosts, Link headers, fields to be asked for."""

from collections.abc import Iterator

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.registry import open_connector
from mdm.types import AntiMalware, Platform
from tests.mdm.contract.world import World
from tests.mdm.fakes.http import Fault
from tests.mdm.fakes.meraki import BASE
from tests.mdm.meraki_world import a_device, fake


@pytest.fixture
def world() -> Iterator[World]:
    made = World("meraki")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


# --- where the key goes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://api.meraki.com",
        "https://api.meraki.com.evil.example",
        "https://evilmeraki.com",
        "https://api.meraki.com@evil.example",
        "https://user@api.meraki.com",
        "https://api.meraki.com:8443",
        "https://api.meraki.com/api/v0",
        "https://evil.example/api.meraki.com",
        "https://127.0.0.1",
    ],
)
def test_the_key_is_only_for_hosts_of_merakis(world: World, url: str) -> None:
    with pytest.raises(errors.Invalid, match="host of Meraki's"):
        world.open(config={**world.fake.config(), "url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://api.meraki.com",
        "https://API.meraki.ca/api/v1/",
        "https://n123.meraki.com/",
        "https://api.gov-meraki.com",
        "https://api.meraki.cn/api/v1",
    ],
)
def test_regions_and_shards_can_be_named(world: World, url: str) -> None:
    connector = open_connector("meraki", {**world.fake.config(), "url": url})
    assert url.lower().split("/")[2] in repr(vars(connector))


@pytest.mark.parametrize("network", ["", "24329156", "N_", "N_1/../2", "n_1", "N_1 OR 1"])
def test_a_network_id_that_is_none(world: World, network: str) -> None:
    with pytest.raises(errors.Invalid, match="network_id"):
        world.open(config={**world.fake.config(), "network_id": network})


def test_a_network_that_the_key_does_not_see(world: World) -> None:
    config = {**world.fake.config(), "network_id": "L_1"}
    with pytest.raises(errors.Invalid, match="no such network"):
        world.pages(world.open(Access.READ, config=config))


def test_a_redirect_to_a_shard_is_told_and_not_followed(world: World) -> None:
    world.fake.redirect_to = f"https://n149.meraki.com{BASE}"
    world.fake.fail(Fault.REDIRECT)
    with pytest.raises(errors.Redirected, match=r"n149\.meraki\.com.* can be set as the address"):
        world.pages()


def test_a_next_page_on_another_host_of_merakis_is_asked_for_here(world: World) -> None:
    fake(world).link_host = "https://n149.meraki.com"
    assert [d.vendor_id for d in world.devices()] == world.fake.ids()
    assert len(world.fake.calls) == 6


@pytest.mark.parametrize("host", ["https://evil.example", "https://n1.meraki.com.evil.example"])
def test_a_next_page_elsewhere_is_not_asked_for(world: World, host: str) -> None:
    fake(world).link_host = host
    with pytest.raises(errors.Redirected):
        world.pages()


@pytest.mark.parametrize("host", ["https://n1.meraki.com/api/v0", "https://n1.meraki.com/x?y="])
def test_a_next_page_of_another_list_is_not_taken(world: World, host: str) -> None:
    fake(world).link_host = host
    with pytest.raises(errors.Malformed, match="not of this list"):
        world.pages()


# --- the list -----------------------------------------------------------------------------------


def test_a_list_asks_for_more_fields_and_for_no_place(world: World) -> None:
    world.pages()
    call = world.fake.calls[1]
    asked = [value for name, value in call.arguments if name == "fields[]"]
    assert {"lastConnected", "imei", "isSupervised", "ownerEmail", "avRunning"} <= set(asked)
    assert not {"location", "ip", "publicIp", "phoneNumber", "ssid"} & set(asked)
    assert (call.query["perPage"], call.query["startingAfter"]) == ("1000", "at-10")


def test_a_whole_record(world: World) -> None:
    phone = a_device(world, Platform.IOS)
    record = world.fake.record(phone.vendor_id)
    assert (phone.serial, phone.udid) == (record["serialNumber"], record["uuid"])
    assert (phone.imeis, phone.meids) == ((record["imei"],), (record["meid"],))
    assert phone.macs == (record["wifiMac"],)
    assert (phone.manufacturer, phone.model, phone.model_identifier) == ("Apple", "iPhone 14", None)
    assert (phone.os, phone.os_version) == ("iOS", "18.1")
    assert (phone.supervised, phone.managed) == (True, True)
    assert phone.encrypted is record["diskEncryptionEnabled"]
    assert phone.passcode_set is record["passCodeLock"]
    assert (phone.compliant, phone.locked, phone.lost_mode, phone.asset_tag) == (None,) * 4
    assert phone.extras["jailbroken"] == "false"
    assert "40.1" not in repr(phone)


@pytest.mark.parametrize(
    ("system", "model", "platform", "name", "version"),
    [
        ("iOS 9.3.5", "iPhone", Platform.IOS, "iOS", "9.3.5"),
        ("iOS 12.5", "iPad", Platform.IPADOS, "iOS", "12.5"),
        ("iPadOS 18.1", "iPad13,18", Platform.IPADOS, "iPadOS", "18.1"),
        ("Mac OS X 10.15.7 (19H2)", "MacBookPro16,3", Platform.MACOS, "Mac OS X", "10.15.7"),
        ("OS X 10.9", "", Platform.MACOS, "OS X", "10.9"),
        ("macOS 15.1", "", Platform.MACOS, "macOS", "15.1"),
        ("Windows 10 Enterprise", "", Platform.WINDOWS, "Windows", "10"),
        ("Android 8.0.0", "", Platform.ANDROID, "Android", "8.0.0"),
        ("Chrome OS 129", "", Platform.CHROMEOS, "Chrome OS", "129"),
        ("tvOS", "", Platform.TVOS, "tvOS", None),
        ("9.3", "", Platform.OTHER, "9.3", None),
        ("", "iPad", Platform.OTHER, None, None),
    ],
)
def test_systems(
    world: World, system: str, model: str, platform: Platform, name: str, version: str | None
) -> None:
    world.fake.spoil = lambda record: {**record, "osName": system, "systemModel": model}
    found = world.devices()[0]
    assert (found.platform, found.os, found.os_version) == (platform, name, version)
    assert found.model_identifier == (model if "," in model else None)


def test_a_computer_tells_of_its_antimalware_and_users(world: World) -> None:
    computer = a_device(world, Platform.WINDOWS)
    assert computer.antimalware == AntiMalware(True, "Defender")
    assert computer.extras["last_user"] == "labuser"
    assert a_device(world).antimalware is None
    owned = next(d for d in world.devices() if d.assigned_user)
    assert owned.assigned_user == world.fake.record(owned.vendor_id)["ownerEmail"]


def test_a_cursor_is_told_from_a_bare_token(world: World) -> None:
    assert world.pages()[0].resume == "next|at-10"
    with pytest.raises(errors.ResumeRefused, match="not a cursor"):
        world.pages(resume="at-10")


@pytest.mark.parametrize("body", [{}, {"devices": []}, "x", None])
def test_a_list_that_is_none_is_no_empty_network(world: World, body: object) -> None:
    world.fake.twist = lambda _: body
    world.fake.fail(Fault.TWISTED)
    with pytest.raises(errors.Malformed):
        world.pages()


def test_the_last_check_in_may_be_a_text(world: World) -> None:
    world.fake.spoil = lambda record: {**record, "lastConnected": "2026-08-31T10:00:00Z"}
    found = world.devices()[0].last_check_in
    assert found is not None
    assert found.isoformat() == "2026-08-31T10:00:00+00:00"
