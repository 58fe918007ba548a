"""NanoMDM's queues, and what the two of them say that is not what they should."""

import base64
import contextlib
import json
import plistlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mdm import errors
from mdm.types import Action, Command, OutcomeState as State, Platform, Receipt
from tests.mdm.fakes.http import Fault
from tests.mdm.nano_world import NanoWorld


@pytest.fixture
def world() -> Iterator[NanoWorld]:
    made = NanoWorld()
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


def test_a_device_that_cannot_be_woken_still_has_its_command(world: NanoWorld) -> None:
    world.fake.no_push = "push certificate expired"
    receipt = world.send(Action.SYNC, world.one(Platform.IPADOS))
    told = world.open().outcome(receipt)
    assert told.state is State.PENDING
    assert "push certificate expired" in told.reason
    assert len(world.fake.effects) == 1


def test_the_same_command_is_queued_once(world: NanoWorld) -> None:
    world.fake.storage, device = "sql", world.one(Platform.IPADOS)
    world.fake.fail(Fault.DROP_AFTER, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        world.send(Action.WIPE, device, key="one")
    again = world.send(Action.WIPE, device, key="one")
    other = world.send(Action.WIPE, device, key="two")
    assert world.fake.effects == [(device.vendor_id, Action.WIPE)] * 2
    assert again.command_id != other.command_id
    assert world.outcome_state(again) is State.PENDING


def test_a_command_whose_answer_was_lost_is_found_by_its_answer(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    old = world.send(Action.LOCK, device, key="old")
    world.fake.settle(old, State.FAILED)
    world.time.forward(minutes=5)
    by_hand = Receipt("nanomdm", device.ref, Action.LOCK, world.time.now())
    assert world.outcome_state(by_hand) is State.UNKNOWN
    world.fake.fail(Fault.CUT_AFTER, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        world.send(Action.LOCK, device, key="new")
    assert world.outcome_state(by_hand) is State.UNKNOWN
    queued = next(reversed(world.fake.queued))
    world.fake.answered(device.vendor_id, queued, "Acknowledged")
    assert world.outcome_state(by_hand) is State.VERIFIED
    assert world.outcome_state(old) is State.FAILED


def test_nanomdm_does_not_know_a_device_that_we_remember(world: NanoWorld) -> None:
    world.fake.storage, device = "sql", world.one(Platform.IPADOS)
    del world.fake.known[device.vendor_id]
    with pytest.raises(errors.Gone, match="foreign key"):
        world.send(Action.SYNC, device)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"command_error": "dial tcp: connection refused"}, errors.AnswerLost),
        ({"command_error": "decoding command: EOF"}, errors.Refused),
        ({"status": {"ID": {"command_error": "no space left"}}}, errors.AnswerLost),
        ({"command_uuid": "another"}, errors.AnswerLost),
        ({"status": {}}, errors.AnswerLost),
        ({"status": {"other": {"push_result": "x"}}}, errors.AnswerLost),
    ],
)
def test_only_a_sure_refusal_is_one(
    world: NanoWorld, answer: dict[str, Any], error: type[errors.MdmError]
) -> None:
    device = world.one(Platform.IPADOS)

    def twist(body: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(body | answer).replace('"ID"', json.dumps(device.vendor_id))
        twisted: dict[str, Any] = json.loads(text)
        return twisted

    world.fake.twist = twist
    world.fake.fail(Fault.TWISTED, on=lambda call: call.acting)
    with pytest.raises(error):
        world.send(Action.SYNC, device)


def test_an_address_without_an_api_refuses(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    config = world.fake.config() | {"url": world.fake.url + "/elsewhere"}
    with pytest.raises(errors.Refused, match="-api"):
        world.open(config=config).send(Command(Action.SYNC, device.ref))


def test_failures_of_the_way_are_told_apart(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    world.fake.fail(Fault.REDIRECT, on=lambda call: call.acting)
    with pytest.raises(errors.AnswerLost):
        world.send(Action.SYNC, device)
    world.fake.revoked = True
    with pytest.raises(errors.WrongCredential):
        world.send(Action.SYNC, device)
    connector = world.open()
    world.fake.stop()
    with pytest.raises(errors.Unavailable):
        connector.send(Command(Action.SYNC, device.ref))
    assert not world.fake.effects


PLISTS = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(["UDID", "Status", "CommandUUID", "QueryResponses", "SecurityInfo",
                         "ErrorChain", "UnlockToken", "UserID", "SerialNumber"])  # fmt: skip
TOPICS = st.sampled_from(
    ["mdm.Connect", "mdm.TokenUpdate", "mdm.CheckOut", "mdm.Authenticate", "x"]
)
LOOSE = settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@LOOSE
@given(TOPICS, st.dictionaries(NAMES, PLISTS), st.binary(max_size=40), st.booleans())
def test_whatever_is_signed_is_an_event_or_refused(
    world: NanoWorld, topic: str, message: dict[str, Any], junk: bytes, raw: bool
) -> None:
    try:
        payload = junk if raw else plistlib.dumps(message)
    except (ValueError, OverflowError):
        payload = junk
    part = {"raw_payload": base64.b64encode(payload).decode(), "udid": message.get("UDID")}
    part |= {"status": message.get("Status"), "command_uuid": message.get("CommandUUID")}
    call = {"topic": f"mdm.{topic}", "created_at": "2026-09-01T12:00:00Z", "checkin_event": part}
    body = json.dumps(call | {"acknowledge_event": part}, default=str).encode()
    try:
        events = world.receiver().receive(world.fake.signed(body), body)
    except errors.Invalid:
        return
    assert len(events) < 2
    world.devices()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"topic": []}', b'{"topic": "mdm.Connect"}',
     b'{"topic": "mdm.Connect", "created_at": "never", "acknowledge_event": {}}'],
)  # fmt: skip
def test_a_body_that_is_no_event(world: NanoWorld, body: bytes) -> None:
    kept = dict(world.memory.values)
    with contextlib.suppress(errors.Invalid):
        assert world.receiver().receive(world.fake.signed(body), body) == ()
    assert world.memory.values == kept


def test_a_plist_with_entities_is_not_read(world: NanoWorld) -> None:
    device = world.one(Platform.IPADOS)
    bomb = b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa">]>
    <plist version="1.0"><dict><key>UDID</key><string>&a;</string></dict></plist>"""
    call = json.loads(world.fake.body_of("Connect", device.vendor_id, {"Status": "Idle"}))
    for raw in (bomb, plistlib.dumps({"UDID": device.vendor_id}, fmt=plistlib.FMT_BINARY)):
        call["acknowledge_event"]["raw_payload"] = base64.b64encode(raw).decode()
        body = json.dumps(call).encode()
        with pytest.raises(errors.Invalid, match="readable"):
            world.receiver().receive(world.fake.signed(body), body)
    huge = b" " * (8 * 1024 * 1024 + 1)
    with pytest.raises(errors.Invalid, match="too large"):
        world.receiver().receive(world.fake.signed(huge), huge)
