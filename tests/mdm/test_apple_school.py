"""What only Apple School Manager has: purchases, released devices, pages by a link, no commands.

Where the contract's cases need a command, what they say of lists is tested here.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mdm import errors
from mdm.connection import Access
from mdm.connector import differences
from mdm.records import device_record
from mdm.types import Action, Command, Device, DeviceRef, OutcomeState, Ownership, Platform, Receipt
from tests.mdm.contract.hostile import WRONG
from tests.mdm.contract.world import DEVICES, World, raised
from tests.mdm.fakes.apple_school import pem_of
from tests.mdm.fakes.http import Fault


@pytest.fixture
def world() -> Iterator[World]:
    made = World("apple_school")
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def attributes(world: World, number: int = 0) -> dict[str, Any]:
    """What the vendor knows of a device, to change."""
    found: dict[str, Any] = world.fake.record(world.fake.ids()[number])["attributes"]
    return found


def first(world: World) -> Device:
    return world.devices()[0]


def alone(world: World, ref: DeviceRef) -> Device:
    found: Device = world.open(Access.READ).device(ref)  # type: ignore[attr-defined]
    return found


# --- devices ------------------------------------------------------------------------------------


def test_a_device_is_what_apple_tells(world: World) -> None:
    attributes(world).update(
        serialNumber="DVVS36G1YD", productFamily="iPad", deviceModel="iPad (9th generation)",
        productType="iPad12,1", status="UNASSIGNED", wifiMacAddress="3C:22:FB:00:00:0A",
        imei=["356789012345678", "356789012345679"], meid=["35678901234567"],
    )  # fmt: skip
    found = first(world)
    assert (found.serial, found.platform, found.manufacturer) == (
        "DVVS36G1YD", Platform.IPADOS, "Apple"
    )  # fmt: skip
    assert (found.model, found.model_identifier) == ("iPad (9th generation)", "iPad12,1")
    assert found.imeis == ("356789012345678", "356789012345679")
    assert found.meids == ("35678901234567",)
    assert found.macs == ("3c:22:fb:00:00:0a",)
    assert (found.ownership, found.state) == (Ownership.COMPANY, "UNASSIGNED")


def test_what_is_not_told_stays_unknown(world: World) -> None:
    for found in world.devices():
        assert (found.managed, found.last_check_in, found.supervised) == (None, None, None)
        assert (found.os, found.os_version, found.name) == (None, None, None)
        assert device_record(found)["vendor_id"] == found.vendor_id


def test_a_device_that_was_added_again_is_enrolled_anew(world: World) -> None:
    attributes(world)["addedToOrgDateTime"] = "2024-06-12T22:05:14.192Z"
    before = first(world)
    assert before.enrolled_at == datetime(2024, 6, 12, 22, 5, 14, 192000, UTC)
    world.fake.reenrol(before.vendor_id)
    found = alone(world, before.ref)
    assert found.enrolled_at == world.time.now()
    assert differences(before.ref, found.ref)[0].startswith("enrolment was 2024-06-12")


def test_how_it_was_bought(world: World) -> None:
    attributes(world).update(
        orderNumber="1123456789", orderDateTime="2024-06-03T07:00:00Z", partNumber="MK2K3LL/A",
        purchaseSourceType="RESELLER", purchaseSourceId="-2085650007946880", color="SILVER",
        addedToOrgDateTime="2024-06-12T22:05:14.192Z", deviceCapacity="64GB", eid="8904903204",
        productFamily="iPad",
    )  # fmt: skip
    assert first(world).extras == {
        "family": "iPad", "capacity": "64GB", "color": "SILVER", "part_number": "MK2K3LL/A",
        "order_number": "1123456789", "ordered_at": "2024-06-03T07:00:00Z",
        "purchase_source": "RESELLER", "purchase_source_id": "-2085650007946880",
        "added_at": "2024-06-12T22:05:14.192Z", "eid": "8904903204",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "platform"),
    [
        ("iPad", Platform.IPADOS), ("iPhone", Platform.IOS), ("Mac", Platform.MACOS),
        ("AppleTV", Platform.TVOS), ("Watch", Platform.OTHER), ("Vision", Platform.OTHER),
        ("Glasses", Platform.OTHER), (None, Platform.OTHER), (["iPad"], Platform.OTHER),
    ],
)  # fmt: skip
def test_a_family_is_a_platform(world: World, told: object, platform: Platform) -> None:
    attributes(world)["productFamily"] = told
    assert first(world).platform is platform


@pytest.mark.parametrize("told", ["3C:22:FB:00:00:0B", ["3C:22:FB:00:00:0B"], ["", "3C22FB00000B"]])
def test_a_mac_stands_alone_or_in_a_list(world: World, told: object) -> None:
    attributes(world)["wifiMacAddress"] = told
    assert first(world).macs == ("3c:22:fb:00:00:0b",)


def test_an_odd_attribute_is_unknown(world: World) -> None:
    names = list(attributes(world))
    for name in names:
        for wrong in WRONG:
            world.fake.spoil = lambda record, name=name, wrong=wrong: {
                **record, "attributes": {**record["attributes"], name: wrong}
            }  # fmt: skip
            page = next(iter(world.open(Access.READ).devices()))
            assert len(page.devices) == world.fake.page_size
            assert all(len(str(device_record(found))) < 4000 for found in page.devices)


def test_a_released_device_leaves_the_list_and_is_still_told_of(world: World) -> None:
    sold = first(world)
    world.fake.release(sold.vendor_id)  # type: ignore[attr-defined]
    assert sold.vendor_id not in {found.vendor_id for found in world.devices()}
    found = alone(world, sold.ref)
    assert found.extras["released_at"].startswith("2026-09-01T12:00")
    assert found.ownership is Ownership.UNKNOWN


def test_a_device_that_is_not_there(world: World) -> None:
    ref = first(world).ref
    world.fake.forget(ref.vendor_id)
    assert isinstance(raised(alone, world, ref), errors.Gone)
    made = len(world.fake.calls)
    for odd in ("", ".", "..", "\ud800"):
        assert isinstance(raised(alone, world, DeviceRef(odd, Platform.IPADOS)), errors.Invalid)
    assert len(world.fake.calls) == made
    assert isinstance(raised(alone, world, DeviceRef("a/../b", Platform.MACOS)), errors.Gone)
    assert world.fake.calls[-1].path == "/v1/orgDevices/a%2F..%2Fb"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: type(wrong).__name__)
def test_an_odd_answer_about_a_device_is_an_error_of_ours(world: World, wrong: object) -> None:
    ref = first(world).ref
    for twist in (lambda _: wrong, lambda _: {"data": wrong}, lambda _: {"data": {"id": wrong}}):
        world.fake.twist = twist
        world.fake.fail(Fault.TWISTED)
        try:
            assert isinstance(alone(world, ref).vendor_id, str)
        except errors.Malformed:
            continue


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        None, "/v1/orgDevices?cursor=%s", "https://elsewhere.invalid/x?limit=5&cursor=%s",
        "https://api-school.apple.com/v1/orgDevices?limit=1000&cursor=%s&fields=id",
    ],
)  # fmt: skip
def test_only_the_cursor_of_a_link_is_believed(world: World, link: str | None) -> None:
    world.fake.link = link  # type: ignore[attr-defined]
    assert len(world.devices()) == DEVICES
    lists = [call for call in world.fake.calls if call.method == "GET"]
    assert {call.path for call in lists} == {"/v1/orgDevices"}
    assert {call.query["limit"] for call in lists} == {"1000"}


@pytest.mark.parametrize("link", ["", 7, [], "https://[", "https://x.invalid/?cursor=", "/list"])
def test_a_link_that_leads_nowhere_does_not_end_the_list(world: World, link: object) -> None:
    world.fake.twist = lambda body: {**body, "links": {"next": link}}
    world.fake.fail(Fault.TWISTED)
    assert isinstance(raised(world.devices), errors.Malformed)


def test_a_list_is_asked_for_slowly(world: World) -> None:
    assert len(world.pages()) == 6
    assert world.time.slept == [5.0]


# --- who asks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "BUSINESSAPI.9703f56c"),
        ("private_key", "no key"),
        ("private_key", pem_of(ec.generate_private_key(ec.SECP384R1()))),
        ("private_key", pem_of(rsa.generate_private_key(65537, 2048))),
    ],
    ids=["business", "garbage", "p384", "rsa"],
)
def test_settings_that_apple_could_not_take(world: World, name: str, value: str) -> None:
    error = raised(world.open, config={**world.fake.config(), name: value})
    assert isinstance(error, errors.Invalid)
    assert name.replace("_", " ") in str(error).replace("_", " ")
    assert not world.fake.calls


@pytest.mark.parametrize("name", ["client_id", "key_id"])
def test_another_id_is_a_wrong_credential(world: World, name: str) -> None:
    connector = world.open(Access.READ, config={**world.fake.config(), name: "SCHOOLAPI.other"})
    assert isinstance(raised(world.pages, connector), errors.WrongCredential)


def test_another_key_is_a_wrong_credential(world: World) -> None:
    key = pem_of(ec.generate_private_key(ec.SECP256R1()))
    connector = world.open(Access.READ, config={**world.fake.config(), "private_key": key})
    assert isinstance(raised(world.pages, connector), errors.WrongCredential)


# --- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("access", list(Access))
def test_nothing_is_ever_sent(world: World, access: Access) -> None:
    connector, ref = world.open(access), first(world).ref
    made = len(world.fake.calls)
    for action in Action:
        error = raised(connector.send, Command(action, ref))
        assert isinstance(error, errors.Unsupported)
        receipt = Receipt("apple_school", ref, action, world.time.now())
        assert connector.outcome(receipt).state is OutcomeState.UNKNOWN
    assert len(world.fake.calls) == made


def test_an_api_that_is_not_there(world: World) -> None:
    connector = world.open(Access.READ)
    world.fake.stop()
    assert isinstance(raised(world.pages, connector), errors.Unavailable)


@pytest.mark.parametrize("login", [True, False])
def test_no_credential_follows_a_redirect(world: World, login: bool) -> None:
    decoy = type(world.fake)(now=world.time.now).start()
    try:
        world.fake.redirect_to = decoy.url + "/anything"
        world.fake.fail(Fault.REDIRECT, on=lambda call: world.fake.is_login(call) is login)
        assert isinstance(raised(world.devices), errors.Redirected)
        assert not decoy.calls
    finally:
        decoy.stop()


def test_secrets_stay_in(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.fake.slowness = 0.3
    said: list[str] = []
    for fault in Fault:
        for on in (world.fake.is_login, lambda call: not world.fake.is_login(call)):
            world.fake.fail(fault, 9, on=on)
            slow = {"read": 0.1} if fault is Fault.SLOW_AFTER else {}
            connector = world.open(Access.READ, **slow)
            said += [*words_of(world.pages, connector), repr(connector), repr(vars(connector))]
            world.fake.heal()
    text = "\n".join([*said, caplog.text])
    secrets = world.fake.secrets()
    assert len(secrets) > 20
    for secret in secrets:
        assert secret not in text
        assert quote(secret, safe="") not in text
    assert "contract" in text


def words_of(call: Callable[[Any], object], given: object) -> list[str]:
    """All that a call says: its result, or its error with the whole traceback."""
    try:
        return [repr(call(given))]
    except errors.MdmError as error:
        return [repr(error), *traceback.format_exception(error)]
