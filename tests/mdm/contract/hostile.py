"""Cases of answers that are wrong on purpose, and of secrets that must not get out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mdm import errors
from mdm.capabilities import Confirmation
from mdm.connection import Access
from mdm.records import device_record
from tests.mdm.contract import case
from tests.mdm.contract.world import DEVICES, World, raised
from tests.mdm.fakes.http import Fault

WRONG: tuple[Any, ...] = (None, True, -1, 1e300, "", "\x1b[31m\x00‮x", [], [None], {}, {"a": []},
                          [[["x"]]], "x" * 5000, "2026-13-45T99:99:99Z", "NaN", 10**30)  # fmt: skip


@case
def bad_bodies(world: World) -> None:
    """Pages of a guest network, cut, deep and huge answers are named for what they are."""
    expected = {
        Fault.HTML_AFTER: errors.NotJson,
        Fault.TRUNCATED_AFTER: errors.Malformed,
        Fault.DEEP_AFTER: errors.Malformed,
        Fault.HUGE_AFTER: errors.TooLarge,
    }
    for fault, kind in expected.items():
        world.fake.fail(fault)
        connector = world.open(Access.READ, body=1_000_000)
        error = raised(world.pages, connector)
        assert isinstance(error, kind), (fault, error)


@case
def odd_rows(world: World) -> None:
    """Whatever stands in a field, the list goes on; what has no id is a problem of its page."""
    for wrong in WRONG:
        world.fake.spoil = lambda record, wrong=wrong: dict.fromkeys(record, wrong)
        _told(world)
    world.fake.spoil = lambda _: None
    assert _told(world) == 0
    world.fake.spoil = lambda _: [1, 2]
    assert _told(world) == 0


@case
def one_odd_field(world: World) -> None:
    """A field of a wrong type is unknown; the rest of the device is there."""
    names = list(world.fake.record(world.fake.ids()[0]))
    connector = world.open(Access.READ)
    for name in names:
        for wrong in WRONG:
            world.fake.spoil = lambda record, name=name, wrong=wrong: {**record, name: wrong}
            first = next(iter(connector.devices()))
            assert len(first.devices) + len(first.problems) == world.fake.page_size
            for device in first.devices:
                device_record(device)


@case
def odd_answers(world: World) -> None:
    """Whatever an answer to a command or about it holds, it is a result or an error of ours.

    A command that is followed by its id is never taken as sent without one.
    """
    connector = world.open()
    receipts = [
        connector.send(world.command(row, world.device_for(row))) for row in world.info.capabilities
    ]
    for wrong in WRONG:
        for twist in (lambda _, wrong=wrong: wrong, lambda body, wrong=wrong: _with(body, wrong)):
            world.fake.twist = twist
            world.fake.fail(Fault.TWISTED, 10_000)
            for row, receipt in zip(world.info.capabilities, receipts, strict=True):
                _words(connector.outcome, receipt)
                try:
                    sent = connector.send(world.command(row, world.device_for(row)))
                except errors.MdmError:
                    continue
                by_id = row.confirmed_by is Confirmation.COMMAND_ID
                assert bool(sent.command_id) == by_id, (row, wrong)
            world.fake.heal()


def _with(body: Any, wrong: Any) -> Any:
    """The same shape with another value in every place."""
    if isinstance(body, dict):
        return {key: _with(value, wrong) for key, value in body.items()}
    return [_with(item, wrong) for item in body] if isinstance(body, list) else wrong


def _told(world: World) -> int:
    found = world.pages()
    devices = [device for page in found for device in page.devices]
    problems = [problem for page in found for problem in page.problems]
    assert len(devices) + len(problems) == DEVICES
    for device in devices:
        texts = [t for t in vars_of(device) if isinstance(t, str)]
        assert all(len(text) <= 512 and text.isprintable() for text in texts), device
    return len(devices)


def vars_of(device: Any) -> list[object]:
    return [item for item in device_record(device).values() if item is not None]


@case
def huge_names(world: World) -> None:
    """A name of ten million characters is shortened; the page is not lost."""
    longest = world.fake.ids()[1]
    record = world.fake.record(longest)
    for name, value in list(record.items()):
        if isinstance(value, str) and longest not in value:
            record[name] = "n" * 10_000_000 if name == _free_text(record, longest) else value
    devices = world.devices(world.open(Access.READ, read=5, total=30))
    assert len(devices) == DEVICES
    assert all(len(str(item)) < 6000 for device in devices for item in vars_of(device))


def _free_text(record: dict[str, Any], device_id: str) -> str:
    """Some text field: the model, or else the first that is not the id."""
    if isinstance(record.get("model"), str):
        return "model"
    return next(name for name, value in record.items()
                if isinstance(value, str) and device_id not in value)  # fmt: skip


@case
def duplicate_serials(world: World) -> None:
    """Devices that share a serial stay two devices; telling them apart is not ours."""
    kept = world.devices()
    first = next(device for device in kept if device.serial)
    twin = next(d for d in kept if d.platform is first.platform and d.serial != first.serial)
    source, target = world.fake.record(first.vendor_id), world.fake.record(twin.vendor_id)
    _share(source, target, first.serial)
    assert [d.serial for d in world.devices()].count(first.serial) == 2


def _share(source: dict[str, Any], target: dict[str, Any], shared: str | None) -> None:
    """Where the one record has this value, the other gets it too, however deep."""
    for name, value in source.items():
        if value == shared:
            target[name] = value
        elif isinstance(value, dict) and isinstance(target.get(name), dict):
            _share(value, target[name], shared)


@case
def looping_pages(world: World) -> None:
    """Pages that lead in a circle end the list with an error."""
    world.fake.loops = True
    assert isinstance(raised(world.devices), errors.Looping)
    assert len(world.fake.calls) < 50


@case
def redirects(world: World) -> None:
    """No credential follows a redirect, to whatever host."""
    decoy = type(world.fake)(now=world.time.now).start()
    try:
        decoy.seed(3)
        world.fake.redirect_to = decoy.url + "/anything"
        world.fake.fail(Fault.REDIRECT)
        assert isinstance(raised(world.devices), errors.Redirected)
        world.fake.fail(Fault.REDIRECT, on=world.fake.is_login)
        world.fake.fail(Fault.REDIRECT)
        assert isinstance(raised(world.devices), errors.Redirected)
        world.fake.heal()
        connector, command = world.any_command()
        world.fake.fail(Fault.REDIRECT, on=lambda call: call.acting)
        assert isinstance(raised(connector.send, command), errors.AnswerLost)
        assert not decoy.calls
    finally:
        decoy.stop()


@case
def secrets_stay_in(world: World) -> None:
    """No secret shows in an error, its traceback, a repr or a log, whatever went wrong."""
    said: list[str] = []
    with _listening(said):
        connector, command = world.any_command()
        world.fake.slowness = 0.3
        for fault in Fault:
            if fault is Fault.SLOW_AFTER:
                connector = world.open(read=0.1)
            for call, given in ((world.pages, connector), (connector.send, command)):
                world.fake.fail(fault, 9)
                said += _words(call, given)
                world.fake.heal()
        world.fake.fail(Fault.ECHO, on=lambda call: True)
        said += _words(world.pages, world.open(Access.READ))
        said += [repr(connector), repr(vars(connector)), repr(command)]
    assert len(world.fake.secrets()) > 1
    text = "\n".join(said)
    for secret in world.fake.secrets():
        assert secret not in text, secret[:6]
    assert "contract" in text


def _words(call: Callable[[Any], object], given: object) -> list[str]:
    """All that a call says: its result, or its error with the whole traceback."""
    try:
        return [repr(call(given))]
    except errors.MdmError as error:
        return [repr(error), *traceback.format_exception(error)]


@contextmanager
def _listening(said: list[str]) -> Iterator[None]:
    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    root, ear = logging.getLogger(), Ear()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
