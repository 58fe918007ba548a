"""Version 3 agents: pysnmp's own command responder, and what these tests know of its users."""

from __future__ import annotations

import asyncio
import bisect
import tempfile
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import encoder
from pyasn1.type import univ
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.smi import instrum

from snmp_discovery.session import V3Session
from snmp_discovery.transport import Transport
from snmp_discovery.types import AuthProtocol, PrivProtocol, UsmCredential
from tests.snmp_discovery.agents import SYSTEM, Oid

A, P = AuthProtocol, PrivProtocol
AUTH_KEY, PRIV_KEY = "authentic-Ärger", "private-8chars"
WIRE_AUTH = {
    A.MD5: config.USM_AUTH_HMAC96_MD5,
    A.SHA1: config.USM_AUTH_HMAC96_SHA,
    A.SHA224: config.USM_AUTH_HMAC128_SHA224,
    A.SHA256: config.USM_AUTH_HMAC192_SHA256,
    A.SHA384: config.USM_AUTH_HMAC256_SHA384,
    A.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
WIRE_PRIV = {
    P.DES: config.USM_PRIV_CBC56_DES,
    P.AES128: config.USM_PRIV_CFB128_AES,
    P.AES192: config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    P.AES256: config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
REEDER = {P.AES192: config.USM_PRIV_CFB192_AES, P.AES256: config.USM_PRIV_CFB256_AES}


def user(credential: UsmCredential, *, reeder: bool = False) -> User:
    """The agent's side of a credential."""
    auth, priv = credential.auth_protocol, credential.priv_protocol
    made = User(credential.user)
    if auth is not None:
        made.auth, made.level = WIRE_AUTH[auth], "authNoPriv"
        made.auth_key = rfc1902.OctetString(str(credential.auth_key).encode())
    if priv is not None:
        made.priv, made.level = (REEDER if reeder else WIRE_PRIV)[priv], "authPriv"
        made.priv_key = rfc1902.OctetString(str(credential.priv_key).encode())
    return made


def v3_report(engine: bytes, boots: int, seconds: int, msg_id: int = 99) -> bytes:
    """A Report of usmStatsUnknownEngineIDs, as any engine answers a discovery probe."""

    def octets(raw: bytes) -> bytes:
        return bytes(encoder.encode(univ.OctetString(raw)))

    def integer(number: int) -> bytes:
        return bytes(encoder.encode(univ.Integer(number)))

    def sequence(*parts: bytes) -> bytes:
        body = b"".join(parts)
        return b"\x30" + octets(body)[1:]

    name = encoder.encode(univ.ObjectIdentifier((1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0)))
    varbinds = sequence(sequence(bytes(name), b"\x41\x01\x09"))
    pdu = b"\xa8" + sequence(integer(0) * 3, varbinds)[1:]
    security = sequence(octets(engine), integer(boots), integer(seconds), octets(b"") * 3)
    head = sequence(integer(msg_id), integer(65507), octets(b"\x00"), integer(3))
    scoped = sequence(octets(engine), octets(b""), pdu)
    return sequence(integer(3), head, octets(security), scoped)


@dataclass
class User:
    """A USM user of a `v3_agent`; protocols are pysnmp's constants."""

    name: str
    auth: Any = config.USM_AUTH_NONE
    auth_key: str | None = None
    priv: Any = config.USM_PRIV_NONE
    priv_key: str | None = None
    level: str = "noAuthNoPriv"


class _Values(instrum.AbstractMibInstrumController):
    def __init__(self, values: Mapping[Oid, Any]) -> None:
        self.values = dict(values)
        self.keys = sorted(self.values)

    def read_variables(self, *varbinds: Any, **_: Any) -> list[Any]:
        missing = rfc1905.noSuchInstance
        return [(oid, self.values.get(tuple(oid), missing)) for oid, _ in varbinds]

    def read_next_variables(self, *varbinds: Any, **_: Any) -> list[Any]:
        found = []
        for oid, _ in varbinds:
            at = bisect.bisect_right(self.keys, tuple(oid))
            if at < len(self.keys):
                found.append((rfc1902.ObjectName(self.keys[at]), self.values[self.keys[at]]))
            else:
                found.append((oid, rfc1905.endOfMibView))
        return found


def _engine(engine_id: bytes) -> Any:
    """An SnmpEngine that keeps its boots counter in no file: pysnmp writes one below tempdir."""
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory() as scratch:
        tempfile.tempdir = scratch
        try:
            return engine.SnmpEngine(rfc1902.OctetString(engine_id))
        finally:
            tempfile.tempdir = usual


def _listen(agent: Any, host: str, port: int) -> Any:
    domain, carrier = (
        (udp6.DOMAIN_NAME, udp6.Udp6Transport())
        if ":" in host
        else (udp.DOMAIN_NAME, udp.UdpTransport())
    )
    server = carrier.open_server_mode((host, port))
    config.add_transport(agent, domain, server)
    return server


@asynccontextmanager
async def v3_agent(
    users: Iterable[User],
    values: Mapping[Oid, Any] = SYSTEM,
    *,
    engine_id: bytes = b"\x80\x00\x86\x9f\x05agent-one",
    boots: int = 1,
    contexts: Mapping[str, Mapping[Oid, Any]] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[tuple[int, Any]]:
    """pysnmp's command responder with these users; gives (port, its SnmpEngine)."""
    agent = _engine(engine_id)
    (own_boots,) = agent.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
    own_boots.syntax = own_boots.syntax.clone(boots)
    server = _listen(agent, host, port)
    try:
        for user in users:
            config.add_v3_user(agent, user.name, user.auth, user.auth_key, user.priv, user.priv_key)
            for name in ("", *(contexts or {})):
                config.add_vacm_user(
                    agent, 3, user.name, user.level, (1, 3, 6), contextName=name.encode()
                )
        served = context.SnmpContext(agent)
        served.unregister_context_name(b"")
        served.register_context_name(b"", _Values(values))
        for name, others in (contexts or {}).items():
            served.register_context_name(name.encode(), _Values(others))
        for responder in (
            cmdrsp.GetCommandResponder,
            cmdrsp.NextCommandResponder,
            cmdrsp.BulkCommandResponder,
        ):
            responder(agent, served)
        await asyncio.wait_for(server._lport, 5)
        yield server.transport.get_extra_info("sockname")[1], agent
    finally:
        agent.close_dispatcher()


@contextmanager
def v3_agent_in_thread(users: Iterable[User], **settings: Any) -> Iterator[int]:
    """A `v3_agent` for many tests (it takes long to start); gives its port."""
    loop = asyncio.new_event_loop()
    started: Future[int] = Future()
    stop = asyncio.Event()

    async def serve() -> None:
        async with v3_agent(users, **settings) as (port, _):
            started.set_result(port)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield started.result(20)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


def credential(
    auth: AuthProtocol | None = None, priv: PrivProtocol | None = None, **changes: Any
) -> UsmCredential:
    fields: dict[str, Any] = {
        "user": "technician",
        "auth_protocol": auth,
        "auth_key": AUTH_KEY if auth else None,
        "priv_protocol": priv,
        "priv_key": PRIV_KEY if priv else None,
    }
    return UsmCredential(**fields | changes)


SECURE = credential(A.SHA256, P.AES128)


@asynccontextmanager
async def speaking(
    known: UsmCredential = SECURE, **agent: Any
) -> AsyncIterator[tuple[V3Session, Any]]:
    """A session with an agent of its own; gives it and the agent's engine."""
    async with v3_agent([user(known)], **agent) as (port, engine), Transport() as transport:
        host = agent.get("host", "127.0.0.1")
        yield V3Session(transport, host, port, known, timeout=1.0, retries=0), engine
