"""Small SNMP agents on real loopback sockets: the network's other end in these tests.

They are built on pyasn1 and pysnmp, so they share no code with what they test. `FakeAgent` speaks
v1 and v2c and can be told to misbehave.
"""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api, rfc1902, rfc1905

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
