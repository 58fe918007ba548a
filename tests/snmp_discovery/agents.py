"""Small SNMP agents on real loopback sockets: the network's other end in these tests.

They are built on pyasn1 and pysnmp, so they share no code with what they test. `FakeAgent` speaks
v1 and v2c and can be told to misbehave; `v3_agent` is pysnmp's own command responder.
"""

from __future__ import annotations

import asyncio
import bisect
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import api, rfc1902, rfc1905
from pysnmp.smi import instrum

Oid = tuple[int, ...]
V1, V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_1], api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
MODULES = {0: V1, 1: V2C}

SYSTEM: dict[Oid, Any] = {
    (1, 3, 6, 1, 2, 1, 1, 1, 0): rfc1902.OctetString("Acme Laser 9000"),
    (1, 3, 6, 1, 2, 1, 1, 2, 0): rfc1902.ObjectIdentifier((1, 3, 6, 1, 4, 1, 99999, 1)),
    (1, 3, 6, 1, 2, 1, 1, 3, 0): rfc1902.TimeTicks(4242),
    (1, 3, 6, 1, 2, 1, 1, 5, 0): rfc1902.OctetString("room-12"),
}


@dataclass
class Request:
    """One decoded question. `kind` is pyasn1's PDU class name: GetRequestPDU, ..."""

    version: int
    community: bytes
    kind: str
    request_id: int
    oids: list[Oid]
    non_repeaters: int
    repetitions: int
    raw: bytes

    def response(
        self, varbinds: Iterable[tuple[Oid, Any]], status: int = 0, index: int = 0, **changes: Any
    ) -> bytes:
        """An encoded Response; `changes` may replace request_id or community."""
        module = MODULES[self.version]
        pdu = module.GetResponsePDU()
        module.apiPDU.set_defaults(pdu)
        module.apiPDU.set_request_id(pdu, changes.get("request_id", self.request_id))
        module.apiPDU.set_error_status(pdu, status)
        module.apiPDU.set_error_index(pdu, index)
        module.apiPDU.set_varbinds(pdu, list(varbinds))
        message = module.Message()
        module.apiMessage.set_defaults(message)
        module.apiMessage.set_community(message, changes.get("community", self.community))
        module.apiMessage.set_pdu(message, pdu)
        return bytes(encoder.encode(message))


def parse_request(raw: bytes) -> Request:
    """Decode a v1 or v2c question with pysnmp's own specification."""
    version = int(api.decodeMessageVersion(raw))
    module = MODULES[version]
    message, _ = decoder.decode(raw, asn1Spec=module.Message())
    pdu = module.apiMessage.get_pdu(message)
    kind = pdu.__class__.__name__
    bulk = kind == "GetBulkRequestPDU"
    access = module.apiBulkPDU if bulk else module.apiPDU
    return Request(
        version=version,
        community=bytes(module.apiMessage.get_community(message)),
        kind=kind,
        request_id=int(access.get_request_id(pdu)),
        oids=[tuple(oid) for oid, _ in access.get_varbinds(pdu)],
        non_repeaters=int(access.get_non_repeaters(pdu)) if bulk else 0,
        repetitions=int(access.get_max_repetitions(pdu)) if bulk else 0,
        raw=raw,
    )


Twist = Callable[["FakeAgent", Request], "bytes | list[bytes] | None"]


class FakeAgent(asyncio.DatagramProtocol):
    """A v1/v2c agent over a table of values.

    twist     answers in place of `reply`; None from it means silence
    versions  wire versions it answers (0 is v1, 1 is v2c)
    largest   octets of the largest answer: larger GETs get tooBig, GETBULKs are cut short
    delay     seconds before each answer
    """

    def __init__(
        self,
        values: Mapping[Oid, Any] = SYSTEM,
        *,
        community: bytes = b"public",
        versions: tuple[int, ...] = (0, 1),
        twist: Twist | None = None,
        largest: int = 1400,
        delay: float = 0.0,
    ) -> None:
        self.values = dict(values)
        self.keys = sorted(self.values)
        self.community = community
        self.versions = versions
        self.twist = twist
        self.largest = largest
        self.delay = delay
        self.requests: list[Request] = []
        self.raw: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        self.peer = peer
        self.raw.append(data)
        if int(api.decodeMessageVersion(data)) not in MODULES:
            return
        request = parse_request(data)
        self.requests.append(request)
        if request.version not in self.versions or request.community != self.community:
            return
        answer = self.reply(request) if self.twist is None else self.twist(self, request)
        for datagram in [answer] if isinstance(answer, bytes) else answer or []:
            if self.delay:
                asyncio.get_running_loop().call_later(
                    self.delay, self.transport.sendto, datagram, peer
                )
            else:
                self.transport.sendto(datagram, peer)

    def after(self, oid: Oid) -> Oid | None:
        at = bisect.bisect_right(self.keys, oid)
        return self.keys[at] if at < len(self.keys) else None

    def reply(self, request: Request) -> bytes:
        """What an honest agent answers (RFC 1157 §4.1, RFC 3416 §4.2)."""
        if request.kind == "GetBulkRequestPDU":
            return self._bulk(request)
        found: list[tuple[Oid, Any]] = []
        for position, oid in enumerate(request.oids, 1):
            name = self.after(oid) if request.kind == "GetNextRequestPDU" else oid
            if name in self.values:
                found.append((name, self.values[name]))
            elif request.version == 0:
                nulls = [(o, V1.Null("")) for o in request.oids]
                return request.response(nulls, 2, position)
            elif request.kind == "GetNextRequestPDU":
                found.append((oid, rfc1905.endOfMibView))
            else:
                found.append((oid, rfc1905.noSuchInstance))
        answer = request.response(found)
        return answer if len(answer) <= self.largest else request.response([], 1, 0)

    def _bulk(self, request: Request) -> bytes:
        cursors = list(request.oids)
        found: list[tuple[Oid, Any]] = []
        room = self.largest - 60
        for _ in range(request.repetitions):
            for column, oid in enumerate(cursors):
                name = self.after(oid)
                found.append((oid, rfc1905.endOfMibView))
                if name is not None:
                    cursors[column] = name
                    found[-1] = (name, self.values[name])
            # What a row takes, roughly; counting exactly would mean encoding again and again.
            room -= sum(len(name) + 8 + _size(value) for name, value in found[-len(cursors) :])
            if room < 0 and len(found) > len(cursors):
                del found[-len(cursors) :]
                break
        return request.response(found)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, rfc1902.OctetString) else 5


@asynccontextmanager
async def serving(
    agent: asyncio.DatagramProtocol, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """Serve `agent` on a free port; gives the port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, port))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


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
    domain, carrier = (
        (udp6.DOMAIN_NAME, udp6.Udp6Transport())
        if ":" in host
        else (udp.DOMAIN_NAME, udp.UdpTransport())
    )
    server = carrier.open_server_mode((host, port))
    config.add_transport(agent, domain, server)
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
