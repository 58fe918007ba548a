"""Administrators, software, guards and people: told where a list gives them cheaply."""

from collections.abc import Iterator

import pytest

from mdm import errors
from mdm.connection import Access
from mdm.fields import Fields
from mdm.types import AntiMalware, Device, Platform, Software
from mdm.vendors._fleet_devices import device as host
from mdm.vendors._software import MOST, software
from tests.mdm.contract.world import World


def world_of(vendor: str) -> Iterator[World]:
    made = World(vendor)
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


@pytest.fixture
def jamf() -> Iterator[World]:
    yield from world_of("jamf_pro")


@pytest.fixture
def fleet() -> Iterator[World]:
    yield from world_of("fleet")


@pytest.fixture
def school() -> Iterator[World]:
    yield from world_of("jamf_school")


def one(world: World, platform: Platform) -> Device:
    return next(device for device in world.devices() if device.platform is platform)


def test_a_mac_tells_its_guards(jamf: World) -> None:
    mac = one(jamf, Platform.MACOS)
    assert mac.antimalware == AntiMalware(product="XProtect 5283")
    assert mac.local_admins is not None
    assert mac.local_admins[0] == "wpsadmin"
    assert (mac.extras["activation_lock"], mac.extras["firewall"]) in {
        ("true", "false"), ("false", "false")
    }  # fmt: skip
    assert mac.extras["system_integrity_protection"] == "ENABLED"


def test_jamf_reads_software_only_where_somebody_wants_it(jamf: World) -> None:
    assert {device.software for device in jamf.devices()} == {None}
    asked = {value for call in jamf.fake.calls for name, value in call.arguments
             if name == "section"}  # fmt: skip
    assert "APPLICATIONS" not in asked
    connector = jamf.open(Access.READ, config={**jamf.fake.config(), "software": "yes"})
    found = jamf.devices(connector)
    mac = next(d for d in found if d.platform is Platform.MACOS)
    assert mac.software is not None
    assert [(s.name, s.identifier) for s in mac.software] == [
        ("Firefox.app", "org.mozilla.firefox"), ("Safari.app", "com.apple.Safari"),
    ]  # fmt: skip
    ipad = next(d for d in found if d.platform is Platform.IPADOS)
    assert ipad.software == (Software("Pages", "14.2", "com.apple.Pages"),)
    assert connector.device(mac.ref) == mac  # type: ignore[attr-defined]


def test_fleet_tells_administrators_by_a_query_of_the_district(fleet: World) -> None:
    query = fleet.fake.calls
    mac, pc = one(fleet, Platform.MACOS), one(fleet, Platform.WINDOWS)
    assert query[0].query["additional_info_filters"] == "homeroom_admins"
    assert mac.local_admins == ("wpsadmin", "ana.ruiz")
    assert pc.local_admins == ()
    assert one(fleet, Platform.ANDROID).local_admins is None
    assert fleet.open().device(mac.ref).local_admins == mac.local_admins  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (None, None), ([], ()), ("odd", None), ([{"username": "a"}, {"username": "a"}], ("a",)),
        ([{"user": "a"}], None), ([{"username": "a"}, "odd"], ("a",)),
    ],
)  # fmt: skip
def test_an_odd_answer_of_fleets_query_is_no_proof_that_there_is_none(
    rows: object, expected: tuple[str, ...] | None
) -> None:
    told = {"id": 1, "additional": {"homeroom_admins": rows}}
    assert host(Fields(told)).local_admins == expected


def test_fleet_tells_who_a_host_was_given_to_and_not_whose_browser_it_is(fleet: World) -> None:
    mac = one(fleet, Platform.MACOS)
    assert mac.assigned_user == "ana.ruiz@willowpark.example"
    mapping = fleet.fake.record(mac.vendor_id)["device_mapping"]
    mapping[:] = [row for row in mapping if row["source"] == "google_chrome_profiles"]
    assert one(fleet, Platform.MACOS).assigned_user is None
    mapping += [{"email": "b@wps.example", "source": "idp"}, {"email": "c@wps.example",
                "source": "custom"}]  # fmt: skip
    assert one(fleet, Platform.MACOS).assigned_user == "c@wps.example"


def test_a_failing_policy_is_told_and_none_failing_proves_nothing() -> None:
    for count, expected in ((2, False), (0, None), (None, None)):
        row = {"id": 1, "issues": {"failing_policies_count": count}}
        assert host(Fields(row)).compliant is expected


def test_fleet_reads_software_only_where_somebody_wants_it(fleet: World) -> None:
    assert {device.software for device in fleet.devices()} == {None}
    assert all("populate_software" not in call.query for call in fleet.fake.calls)
    connector = fleet.open(Access.READ, config={**fleet.fake.config(), "software": "yes"})
    found = fleet.devices(connector)
    mac = next(d for d in found if d.platform is Platform.MACOS)
    assert mac.software == (
        Software("Chess.app", "3.1", "com.apple.Chess"), Software("osquery", "5.14.1", None),
    )  # fmt: skip
    assert connector.device(mac.ref) == mac  # type: ignore[attr-defined]
    with pytest.raises(errors.ResumeRefused):  # pages of another length
        fleet.pages(connector, resume="1")


def test_software_is_bounded_and_in_order() -> None:
    rows: list[object] = [{"name": f"app {n:04}", "version": n} for n in reversed(range(9000))]
    found = software(rows, "id")
    assert found is not None
    assert (len(found), found[0].name) == (MOST, "app 7000")
    assert software(rows[:30] + rows[:30], "id") == software(list(reversed(rows[:30])), "id")
    for nothing in (None, [], ["odd", {"name": None}, {"version": "1"}]):
        assert software(nothing, "id") is None


def test_jamfs_lost_mode_is_a_lock(jamf: World) -> None:
    ipad = one(jamf, Platform.IPADOS)
    assert (ipad.locked, ipad.lost_mode) == (None, False)
    jamf.fake.record(ipad.vendor_id)["security"]["lostModeEnabled"] = True
    found = jamf.open().device(ipad.ref)  # type: ignore[attr-defined]
    assert (found.locked, found.lost_mode) == (True, True)


def test_jamf_school_reads_software_only_where_somebody_wants_it(school: World) -> None:
    assert {device.software for device in school.devices()} == {None}
    connector = school.open(Access.READ, config={**school.fake.config(), "software": "yes"})
    found = school.devices(connector)[0]
    assert found.software == (Software("Pages", "14.2", "com.apple.Pages"),)
    assert connector.device(found.ref) == found  # type: ignore[attr-defined]
