"""The simulated network's agents, seen by pysnmp's client."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pysnmp.hlapi.v3arch.asyncio import CommunityData, UsmUserData
from pysnmp.proto.rfc1905 import EndOfMibView, NoSuchInstance, NoSuchObject

from snmp_discovery.types import dotted
from tests.simnet import SimDevice, Simnet
from tests.simnet.client import Client, request, same, talk, told, usm, v1, v2c

SYS_DESCR, SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"


@pytest.fixture(scope="module")
def net() -> Iterator[Simnet]:
    with Simnet.start() as running:
        yield running


# ------------------------------------------------------------------ the agents' answers


def read_all(net: Simnet, device: SimDevice, auth: Any, root: str, context: str = "") -> Any:
    return talk(net.port, device.address, auth, lambda c: c.walk(root, bulk=True), context)


@pytest.mark.parametrize("name", ["LES-MFP-STAFF", "WMS-SW-A1", "RHS-DC01"])
def test_bulk_walk_gives_the_whole_recording(net: Simnet, name: str) -> None:
    device = net.device(name)
    found = talk(
        net.port, device.address, v2c(device.spec.community), lambda c: c.walk("1.3.6.1", bulk=True)
    )
    expected = told(device.recording, (1, 3, 6, 1))
    assert list(found) == sorted(expected)
    assert [oid for oid, value in found.items() if not same(value, expected[oid])] == []


def test_v1_walk_leaves_out_counter64(net: Simnet) -> None:
    device = net.device("LES-PRN-103")
    found = talk(net.port, device.address, v1(), lambda c: c.walk("1.3.6.1", bulk=False))
    expected = told(device.recording, (1, 3, 6, 1), counter64=False)
    assert list(found) == sorted(expected)
    assert len(expected) < len(told(device.recording, (1, 3, 6, 1)))
    assert [oid for oid, value in found.items() if not same(value, expected[oid])] == []


def test_v1_says_no_such_name(net: Simnet) -> None:
    error, status, index, _ = talk(
        net.port, "127.30.1.29", v1(), lambda c: c.get(SYS_NAME, "1.3.6.1.2.1.1.77.0")
    )
    assert (error, int(status), int(index)) == (None, 2, 2)


def test_v2c_exceptions(net: Simnet) -> None:
    oids = ("1.3.6.1.2.1.1.1.5", "1.3.6.1.2.1.1.77.0", SYS_NAME)
    _, status, _, bindings = talk(net.port, "127.30.1.21", v2c(), lambda c: c.get(*oids))
    assert int(status) == 0
    assert [type(value) for _, value in bindings[:2]] == [NoSuchInstance, NoSuchObject]
    assert bytes(bindings[2][1]) == b"LES-PRN-OFFICE"
    _, _, _, bindings = talk(net.port, "127.30.1.21", v2c(), lambda c: c.next("1.3.7"))
    assert (tuple(bindings[0][0]), type(bindings[0][1])) == ((1, 3, 7), EndOfMibView)


def test_bulk_non_repeaters_come_once(net: Simnet) -> None:
    trays = "1.3.6.1.2.1.43.8.2.1"
    oids = ("1.3.6.1.2.1.1.1", f"{trays}.13", f"{trays}.18.1")
    _, _, _, bindings = talk(net.port, "127.30.1.21", v2c(), lambda c: c.bulk(1, 3, *oids))
    assert [dotted(tuple(name)) for name, _ in bindings] == [
        SYS_DESCR,
        "1.3.6.1.2.1.43.8.2.1.13.1.1",
        "1.3.6.1.2.1.43.8.2.1.18.1.1",
        "1.3.6.1.2.1.43.8.2.1.13.1.2",
        "1.3.6.1.2.1.43.8.2.1.18.1.2",
        "1.3.6.1.2.1.43.8.2.1.14.1.1",
        "1.3.6.1.2.1.43.9.2.1.2.1.1",
    ]


def test_answers_never_exceed_the_maximum_and_get_says_too_big(net: Simnet) -> None:
    device = net.device("LES-MFP-STAFF")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.connect((device.address, net.port))
        sock.send(request(0xA5, 0, 200, "1.3.6.1.2.1.43"))
        assert 1300 < len(sock.recv(65535)) <= device.template.max_message
    _, status, _, _ = talk(net.port, device.address, v2c(), lambda c: c.get(*[SYS_DESCR] * 30))
    assert int(status) == 1


def test_an_agent_that_cannot_bulk(net: Simnet) -> None:
    device = net.device("WMS-PRN-GYM")
    _, status, index, _ = talk(net.port, device.address, v2c(), lambda c: c.bulk(0, 5, "1.3.6"))
    assert (int(status), int(index)) == (5, 1)
    found = talk(net.port, device.address, v2c(), lambda c: c.walk("1.3.6.1", bulk=False))
    assert list(found) == sorted(told(device.recording, (1, 3, 6, 1)))


def test_set_is_refused(net: Simnet) -> None:
    answer = talk(net.port, "127.30.1.21", v2c(), lambda c: c.set(SYS_NAME, "taken over"))
    assert (int(answer[1]), int(answer[2])) == (6, 1)


def test_answers_can_be_late() -> None:
    with Simnet.start(["LES-PRN-102"], latency=0.2) as late:
        begin = time.monotonic()
        error, _, _, _ = talk(late.port, "127.30.1.22", v2c(), lambda c: c.get(SYS_DESCR))
        assert not error
        assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize(
    ("address", "auth"),
    [
        ("127.30.1.21", v2c("private")),
        ("127.30.3.2", v2c("public")),
        ("127.30.1.29", v2c("public")),
        ("127.30.3.6", v2c("public")),
    ],
    ids=["wrong community", "other community", "v1 only", "v3 only"],
)
def test_silence(net: Simnet, address: str, auth: CommunityData) -> None:
    before = net.received[address]
    error, _, _, _ = talk(net.port, address, auth, lambda c: c.get(SYS_DESCR), timeout=0.3)
    assert "before timeout" in str(error)
    assert net.received[address] == before + 1


def test_garbage_is_ignored_and_the_agent_lives_on(net: Simnet) -> None:
    whole = request(0xA0, 0, 0, SYS_DESCR)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for junk in (
            b"",
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            bytes(500),
            whole[:-3],
            whole + b"x",
        ):
            sock.sendto(junk, ("127.30.1.21", net.port))
            sock.sendto(junk, ("127.30.3.6", net.port))
    for address, auth in (("127.30.1.21", v2c()), ("127.30.3.6", usm(net.device("127.30.3.6")))):
        error, status, _, _ = talk(net.port, address, auth, lambda c: c.get(SYS_DESCR))
        assert not error and not status


# ------------------------------------------------------------------ version 3


def test_v3_users_read_their_devices(net: Simnet) -> None:
    devices = [device for device in net.devices if device.version == "3"]
    assert {(d.user.auth, d.user.priv) for d in devices if d.user} == {
        ("SHA1", "AES128"), ("SHA256", "AES256"), ("MD5", "DES"), ("SHA512", ""),
    }  # fmt: skip
    for device in devices:
        found = talk(
            net.port, device.address, usm(device), lambda c: c.walk("1.3.6.1.2.1", bulk=True)
        )
        expected = told(device.recording, (1, 3, 6, 1, 2, 1))
        assert list(found) == sorted(expected), device.name
        assert all(same(value, expected[oid]) for oid, value in found.items())


def test_supplies_only_in_the_context(net: Simnet) -> None:
    device = net.device("RHS-MFP-OFFICE")
    root = "1.3.6.1.2.1.43.11"
    plain = read_all(net, device, usm(device), root)
    inside = read_all(net, device, usm(device), root, "Jetdirect")
    assert (len(plain), len(inside)) == (0, 8 * len(device.spec.supplies))
    user = usm(device)
    answer = talk(net.port, device.address, user, lambda c: c.get(SYS_DESCR), "other")
    assert str(answer[0]) == "1.3.6.1.6.3.12.1.5.0"  # snmpUnknownContexts


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"auth_key": "not-the-key-at-all"}, "digest"),
        ({"priv_key": "not-the-key-at-all"}, "cipher"),
    ],
)
def test_v3_wrong_keys(net: Simnet, keys: dict[str, str], complaint: str) -> None:
    device = net.device("RHS-FILES01")
    error, _, _, _ = talk(net.port, device.address, usm(device, **keys), lambda c: c.get(SYS_DESCR))
    assert complaint in str(error).lower()


def test_v3_unknown_user_and_too_low_a_level(net: Simnet) -> None:
    error, _, _, _ = talk(net.port, "127.30.3.6", UsmUserData("nobody"), lambda c: c.get(SYS_DESCR))
    assert "unknown" in str(error).lower()
    _, status, _, _ = talk(
        net.port, "127.30.3.6", UsmUserData("netadmin"), lambda c: c.get(SYS_DESCR)
    )
    assert int(status) == 16


def test_v3_restart_leaves_the_time_window(net: Simnet) -> None:
    device = net.device("RHS-UPS-MDF")
    engine = net.engine(device.name)
    late = (1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0)

    async def twice(client: Client) -> list[Any]:
        first = await client.get(SYS_DESCR)
        engine.reboot()
        return [first, await client.get(SYS_DESCR)]

    before = engine.stats[late]
    answers = talk(net.port, device.address, usm(device), twice)
    assert [answer[:2] for answer in answers] == [(None, 0), (None, 0)]
    assert engine.stats[late] == before + 1
