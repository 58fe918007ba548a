"""pysnmp's client, as a judge of agents that shares no code with `snmp_discovery`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pysnmp.hlapi import v3arch
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    bulk_walk_cmd,
    get_cmd,
    next_cmd,
    set_cmd,
    walk_cmd,
)
from pysnmp.proto.rfc1902 import IpAddress, OctetString

from tests.simnet import SimDevice, ber
from tests.simnet.recording import Recording, Typed

AUTH = {
    "": v3arch.asyncio.USM_AUTH_NONE,
    "MD5": v3arch.asyncio.USM_AUTH_HMAC96_MD5,
    "SHA1": v3arch.asyncio.USM_AUTH_HMAC96_SHA,
    "SHA256": v3arch.asyncio.USM_AUTH_HMAC192_SHA256,
    "SHA512": v3arch.asyncio.USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    "": v3arch.asyncio.USM_PRIV_NONE,
    "DES": v3arch.asyncio.USM_PRIV_CBC56_DES,
    "AES128": v3arch.asyncio.USM_PRIV_CFB128_AES,
    "AES256": v3arch.asyncio.USM_PRIV_CFB256_AES_BLUMENTHAL,
}


class Client:
    """pysnmp's client for one device."""

    def __init__(
        self, engine: SnmpEngine, auth: Any, target: UdpTransportTarget, context: str = ""
    ) -> None:
        self.engine, self.auth, self.target = engine, auth, target
        self.context = ContextData(contextName=context)

    async def get(self, *oids: str) -> Any:
        """(error indication, error-status, error-index, bindings)."""
        return await self._call(get_cmd, oids)

    async def next(self, *oids: str) -> Any:
        """The same for GETNEXT."""
        return await self._call(next_cmd, oids)

    async def set(self, oid: str, text: str) -> Any:
        """The same for SET."""
        binding = ObjectType(ObjectIdentity(oid), OctetString(text))
        start = (self.engine, self.auth, self.target, self.context)
        return await set_cmd(*start, binding, lookupMib=False)

    async def _call(self, command: Any, oids: tuple[str, ...]) -> Any:
        return await command(
            self.engine, self.auth, self.target, self.context, *objects(*oids), lookupMib=False
        )

    async def bulk(self, once: int, repetitions: int, *oids: str) -> Any:
        """The same for GETBULK with `once` non-repeaters."""
        return await bulk_cmd(
            self.engine,
            self.auth,
            self.target,
            self.context,
            once,
            repetitions,
            *objects(*oids),
            lookupMib=False,
        )

    async def walk(self, root: str, *, bulk: bool) -> dict[ber.Oid, Any]:
        """Everything below `root`; fails on any error."""
        start = (self.engine, self.auth, self.target, self.context)
        options = {"lookupMib": False, "lexicographicMode": False}
        if bulk:
            steps = bulk_walk_cmd(*start, 0, 25, *objects(root), **options)
        else:
            steps = walk_cmd(*start, *objects(root), **options)
        found: dict[ber.Oid, Any] = {}
        async for error, status, _, bindings in steps:
            assert not error and not status, (error, status)
            for name, value in bindings:
                assert tuple(name) not in found
                found[tuple(name)] = value
        return found


def objects(*oids: str) -> list[ObjectType]:
    """Names without values."""
    return [ObjectType(ObjectIdentity(oid)) for oid in oids]


def talk(
    port: int,
    address: str,
    auth: Any,
    conversation: Callable[[Client], Awaitable[Any]],
    context: str = "",
    timeout: float = 2,
) -> Any:
    """Runs a conversation on an engine of its own; `timeout` seconds for each answer."""

    async def run() -> Any:
        engine = SnmpEngine()
        try:
            target = await UdpTransportTarget.create((address, port), timeout=timeout, retries=0)
            return await conversation(Client(engine, auth, target, context))
        finally:
            engine.close_dispatcher()

    return asyncio.run(run())


def v1(community: str = "public") -> CommunityData:
    """A v1 community."""
    return CommunityData(community, mpModel=0)


def v2c(community: str = "public") -> CommunityData:
    """A v2c community."""
    return CommunityData(community, mpModel=1)


def usm(device: SimDevice, *, auth_key: str = "", priv_key: str = "") -> UsmUserData:
    """The device's v3 user, with other keys where given."""
    user = device.user
    assert user is not None
    return UsmUserData(
        user.name,
        auth_key or user.auth_key or None,
        priv_key or user.priv_key or None,
        authProtocol=AUTH[user.auth],
        privProtocol=PRIV[user.priv],
    )


def told(recording: Recording, root: ber.Oid, *, counter64: bool = True) -> dict[ber.Oid, Typed]:
    """What a recording holds below `root`."""
    return {
        oid: typed
        for oid, typed in recording.values.items()
        if oid[: len(root)] == root and (counter64 or typed[0] != 70)
    }


TYPES = {
    2: {"Integer", "Integer32"},
    4: {"OctetString"},
    6: {"ObjectIdentifier"},
    64: {"IpAddress"},
    65: {"Counter32"},
    66: {"Gauge32", "Unsigned32"},
    67: {"TimeTicks"},
    70: {"Counter64"},
}


def same(value: Any, typed: Typed) -> bool:
    """Whether pysnmp decoded what the recording says, in its type."""
    number, raw = typed
    if type(value).__name__ not in TYPES[number]:
        return False
    if isinstance(raw, bytes):
        assert isinstance(value, OctetString | IpAddress)
        return bool(value.asOctets() == raw)
    return bool(tuple(value) == raw) if isinstance(raw, tuple) else int(value) == raw


def request(kind: int, a: int, b: int, *oids: str, community: bytes = b"public") -> bytes:
    """A v2c message made by hand."""
    bindings = b"".join(
        ber.tlv(0x30, ber.oid(tuple(map(int, oid.split(".")))) + b"\x05\x00") for oid in oids
    )
    pdu = ber.integer(77) + ber.integer(a) + ber.integer(b) + ber.tlv(0x30, bindings)
    return ber.tlv(0x30, ber.integer(1) + ber.tlv(4, community) + ber.tlv(kind, pdu))


def bindings_of(reply: bytes) -> list[tuple[ber.Oid, bytes]]:
    """(name, content of the value) of each binding in a v1 or v2c answer."""
    pdu = list(ber.elements(ber.element(reply)[1]))[2][1]
    rows = ber.fields(pdu, (2, 2, 2, 0x30))[3]
    pairs = [list(ber.elements(row)) for _, row in ber.elements(rows)]
    return [(ber.to_oid(name[1]), value[1]) for name, value in pairs]
