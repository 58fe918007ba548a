"""Devices of the Android Management API: passcodes, Play Protect, updates and apps."""

from collections.abc import Iterator
from typing import Any

import pytest

from mdm.connection import Access
from mdm.fields import Fields
from mdm.types import AntiMalware, Software
from mdm.vendors._android_devices import device
from tests.mdm.contract.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World("android_management")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def read(**more: Any) -> Any:
    return device(Fields({"name": "enterprises/E/devices/1", **more}))


@pytest.mark.parametrize(
    ("compliant", "wrong", "expected"),
    [
        (True, [], True),
        (True, None, True),
        (False, ["passwordPolicies"], False),
        (False, ["cameraDisabled", "passwordRequirements"], False),
        (False, ["cameraDisabled"], None),
        (False, None, None),
        (None, [], None),
    ],
)
def test_a_passcode_against_the_policy(
    compliant: bool | None, wrong: list[str] | None, expected: bool | None
) -> None:
    details = [{"settingName": name} for name in wrong] if wrong is not None else "odd"
    found = read(policyCompliant=compliant, nonComplianceDetails=details)
    assert (found.compliant, found.passcode_compliant) == (compliant, expected)


@pytest.mark.parametrize("enforced", [True, False])
def test_play_protect_is_the_antimalware(enforced: bool) -> None:
    found = read(deviceSettings={"verifyAppsEnabled": enforced})
    assert found.antimalware == AntiMalware(enforced, "Google Play Protect")
    assert read().antimalware is None


def test_whether_an_update_waits_is_told() -> None:
    update = {"updateStatus": "SECURITY_UPDATE_AVAILABLE"}
    assert read(softwareInfo={"systemUpdateInfo": update}).extras["system_update"] == (
        "SECURITY_UPDATE_AVAILABLE"
    )


def test_all_of_it_is_asked_for(world: World) -> None:
    record = world.fake.record(world.fake.ids()[0])
    record["deviceSettings"]["verifyAppsEnabled"] = True
    record["softwareInfo"]["systemUpdateInfo"] = {"updateStatus": "UP_TO_DATE"}
    detail = {"settingName": "passwordPolicies", "currentValue": "1"}
    record |= {"policyCompliant": False, "nonComplianceDetails": [detail]}
    found = world.devices()[0]
    assert found.antimalware == AntiMalware(True, "Google Play Protect")
    assert found.extras["system_update"] == "UP_TO_DATE"
    assert found.passcode_compliant is False


def test_software_is_read_only_where_somebody_wants_it(world: World) -> None:
    for device_id in world.fake.ids():
        world.fake.record(device_id)["applicationReports"] = [
            {"packageName": "com.example.game", "displayName": "A game", "versionName": "2.1",
             "state": "INSTALLED", "packageSha256Hash": "c2VjcmV0"},
            {"packageName": "com.example.gone", "displayName": "Gone", "state": "REMOVED"},
        ]  # fmt: skip
    assert {device.software for device in world.devices()} == {None}
    connector = world.open(Access.READ, config={**world.fake.config(), "software": "yes"})
    found = world.devices(connector)[0]
    assert found.software == (Software("A game", "2.1", "com.example.game"),)
    assert connector.device(found.ref) == found  # type: ignore[attr-defined]
    asked = world.fake.calls[-1].query["fields"]
    assert "Sha256" not in asked
    assert asked.count("applicationReports") == 1
