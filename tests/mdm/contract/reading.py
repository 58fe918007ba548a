"""Cases of lists: pages, resuming, tokens, throttling."""

from __future__ import annotations

from datetime import timedelta

from mdm import errors
from mdm.connection import Access
from mdm.connector import ReadsDevice
from mdm.records import device_record
from tests.mdm.contract import case
from tests.mdm.contract.world import DEVICES, World, raised
from tests.mdm.fakes.http import Fault


@case
def pages(world: World) -> None:
    """Every device comes once, over several pages, with what identifies it."""
    found = world.pages()
    devices = [device for page in found for device in page.devices]
    assert len(found) > 2
    assert [device.vendor_id for device in devices] == world.fake.ids()
    assert len(devices) == DEVICES
    assert [page.resume is None for page in found] == [False] * (len(found) - 1) + [True]
    assert all(device.serial or device.udid for device in devices)
    assert {p for row in world.info.capabilities for p in row.platforms} <= {
        device.platform for device in devices
    }
    assert not any(page.problems for page in found)


@case
def fields(world: World) -> None:
    """Values are normal: zones on times, MACs in one form, every record is JSON."""
    for device in world.devices():
        record = device_record(device)
        assert record["vendor_id"] == device.vendor_id
        for at in (device.last_check_in, device.enrolled_at):
            assert at is None or at.tzinfo is not None
        assert all(len(mac) == 17 and mac == mac.lower() for mac in device.macs)
        assert all(imei.isdigit() for imei in device.imeis)
        assert len(device.extras) <= 32
    assert any(device.last_check_in for device in world.devices())
    assert any(device.model for device in world.devices())


@case
def one_device(world: World) -> None:
    """A device read alone is the device of the list."""
    connector = world.open()
    assert isinstance(connector, ReadsDevice)
    for device in world.devices()[:: DEVICES // 6]:
        assert connector.device(device.ref) == device


@case
def resume(world: World) -> None:
    """After an interruption the rest comes, in another process, without loss or repetition."""
    found = world.pages()
    for number, page in enumerate(found[:-1]):
        rest = world.pages(world.open(Access.READ), resume=page.resume)
        assert rest == found[number + 1 :]


@case
def resume_refused(world: World) -> None:
    """A cursor that is none is refused as such, so that the list can begin anew."""
    for cursor in ("", "garbage", "chromeos||not-a-page", "9" * 400, "\x00|\n"):
        error = raised(world.pages, resume=cursor)
        assert isinstance(error, errors.ResumeRefused | errors.Invalid), cursor


@case
def since(world: World) -> None:
    """An incremental list misses nothing that was heard of since, and spares something."""
    for number, device_id in enumerate(world.fake.ids()):
        world.fake.checked_in(device_id, world.time.now() - timedelta(days=number))
    start = world.time.now() - timedelta(days=20, hours=1)
    whole = world.pages(since=start)
    found = [device.vendor_id for page in whole for device in page.devices]
    assert set(world.fake.ids()[:21]) <= set(found)
    assert len(found) < DEVICES
    later = [d.vendor_id for page in whole[1:] for d in page.devices]
    rest = world.pages(since=start, resume=whole[0].resume)
    assert [d.vendor_id for page in rest for d in page.devices] == later


@case
def token_expiry(world: World) -> None:
    """Tokens that end in the middle of a list, by time or by surprise, are renewed quietly."""
    world.fake.token_uses = 2
    assert len(world.devices()) == DEVICES
    world.fake.token_uses = None
    connector = world.open(Access.READ)
    for _ in connector.devices():
        world.time.forward(hours=13)
    logins = [call for call in world.fake.calls if world.fake.is_login(call)]
    assert len(logins) > 4


@case
def clock_skew(world: World) -> None:
    """A wrong clock of ours, by hours, keeps nobody out."""
    real = world.time.timing.now
    world.fake.now = lambda: real() + timedelta(hours=5)
    assert len(world.devices()) == DEVICES
    world.fake.now = lambda: real() - timedelta(hours=5)
    assert len(world.devices()) == DEVICES


@case
def throttling(world: World) -> None:
    """The vendor's own "slow down" is obeyed; a long wait is left to the caller."""
    world.fake.retry_after = "7"
    world.fake.fail(Fault.THROTTLE, 2)
    assert len(world.devices()) == DEVICES
    assert world.time.slept.count(7.0) == 2
    world.fake.retry_after = None
    world.fake.fail(Fault.THROTTLE, 2)
    assert len(world.devices()) == DEVICES
    world.fake.retry_after = "900"
    world.fake.fail(Fault.THROTTLE, 99)
    error = raised(world.devices)
    assert isinstance(error, errors.Throttled)
    assert error.retry_after == 900
    assert 900.0 not in world.time.slept


@case
def passing_failures(world: World) -> None:
    """Errors, cut and dropped connections pass with another try, and end where they last."""
    for fault in (Fault.ERROR, Fault.DROP, Fault.CUT_AFTER):
        world.fake.fail(fault, 2)
        assert len(world.devices()) == DEVICES
        world.fake.fail(fault, 99)
        assert isinstance(raised(world.devices), errors.Unavailable), fault
        world.fake.heal()
    assert len(world.devices()) == DEVICES


@case
def slow_list(world: World) -> None:
    """A vendor that does not answer in time is unavailable; the list is not hung."""
    world.fake.slowness = 0.4
    world.fake.fail(Fault.SLOW_AFTER, 99)
    connector = world.open(Access.READ, read=0.1)
    assert isinstance(raised(world.pages, connector), errors.Unavailable)


@case
def unreachable(world: World) -> None:
    """A vendor that is not there is unavailable, for lists and for commands."""
    connector, command = world.any_command()
    world.fake.stop()
    assert isinstance(raised(world.pages, connector), errors.Unavailable)
    assert isinstance(raised(connector.send, command), errors.Unavailable)


@case
def revoked_credential(world: World) -> None:
    """A credential that is taken away in the middle of a list is told as revoked, once."""
    connector = world.open(Access.READ)
    listing = connector.devices()
    next(listing)
    world.fake.revoked = True
    assert isinstance(raised(list, listing), errors.RevokedCredential)
    fresh = raised(world.pages, world.open(Access.READ))
    assert isinstance(fresh, errors.CredentialError)


@case
def wrong_settings(world: World) -> None:
    """Missing, unknown and unusable settings are refused by name before any request."""
    made = len(world.fake.calls)
    good = world.fake.config()
    needed = [item for item in world.info.fields if item.required and not item.default]
    for item in needed:
        error = raised(world.open, config={**good, item.name: " "})
        assert isinstance(error, errors.Invalid)
        assert item.name in str(error)
    assert "colour" in str(raised(world.open, config={**good, "colour": "blue"}))
    assert len(world.fake.calls) == made


@case
def licence(world: World) -> None:
    """A plan that does not include it is told as that."""
    world.fake.fail(Fault.PAYMENT)
    assert isinstance(raised(world.devices), errors.LicenceRequired)
