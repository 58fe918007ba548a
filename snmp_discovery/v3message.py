"""SNMPv3 messages to and from bytes (RFC 3412 §6, RFC 3414 §2.4), without any cryptography.

The engine-discovery probe (RFC 3414 §4) is here too: a GET with an empty engine id and user, which
every v3 agent answers with a Report that names its engine id, boots and time, and for which no
credential is needed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from snmp_discovery.ber import (
    OCTETS,
    SEQUENCE,
    encode_integer,
    encode_tlv,
    read_header,
    read_integer,
    read_octets,
)
from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.messages import GET, REPORT, Answer, encode_pdu, read_pdu

AUTH, PRIV, REPORTABLE = 0x01, 0x02, 0x04
"""msgFlags (RFC 3412 §6.4)."""
USM = 3
MAX_MESSAGE = 65_507
_MAX_ENGINE_ID = 64  # RFC 3411 allows 32; some agents exceed it
_MAX_USER = 255
_MAX_COUNT = 0x7FFFFFFF  # boots and time, RFC 3414 §2.2


@dataclass(slots=True)
class Header:
    """Who speaks to whom, at which boots and time (seconds) of the agent's engine, and how."""

    msg_id: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes


@dataclass(slots=True)
class Message:
    """A received message. `data` is the scoped PDU: whole, or still encrypted.

    `whole` is the message without bytes that trail it, with the digest's place zeroed: what the
    digest was computed over.
    """

    header: Header
    digest: bytes
    salt: bytes
    encrypted: bool
    data: bytes
    whole: bytes


@dataclass(slots=True)
class Engine:
    """An agent's engine as it was heard at `heard` (the event loop's clock)."""

    engine_id: bytes
    boots: int
    time: int
    heard: float

    @classmethod
    def of(cls, header: Header) -> Engine:
        """The engine that a message's header tells of, heard now."""
        now = asyncio.get_running_loop().time()
        return cls(header.engine_id, header.boots, header.time, now)

    def now(self) -> int:
        """Its engine time by our clock, in seconds."""
        return self.time + int(asyncio.get_running_loop().time() - self.heard)


def encode_scoped(engine_id: bytes, context: bytes, pdu: bytes) -> bytes:
    """A scoped PDU (RFC 3412 §6.8)."""
    return encode_tlv(SEQUENCE, encode_tlv(OCTETS, engine_id) + encode_tlv(OCTETS, context) + pdu)


def encode_message(
    header: Header, digest_size: int, salt: bytes, data: bytes
) -> tuple[bytearray, int]:
    """(message, place of its digest); the digest's `digest_size` octets are zero for now.

    `data` is a scoped PDU, or its encrypted form if the header's flags say PRIV.
    """
    body = encode_tlv(OCTETS, data) if header.flags & PRIV else data
    after_digest = encode_tlv(OCTETS, salt)
    security = encode_tlv(
        SEQUENCE,
        encode_tlv(OCTETS, header.engine_id)
        + encode_integer(header.boots)
        + encode_integer(header.time)
        + encode_tlv(OCTETS, header.user)
        + encode_tlv(OCTETS, bytes(digest_size))
        + after_digest,
    )
    head = encode_tlv(
        SEQUENCE,
        encode_integer(header.msg_id)
        + encode_integer(MAX_MESSAGE)
        + encode_tlv(OCTETS, bytes((header.flags,)))
        + encode_integer(USM),
    )
    message = bytearray(
        encode_tlv(SEQUENCE, encode_integer(3) + head + encode_tlv(OCTETS, security) + body)
    )
    return message, len(message) - len(body) - len(after_digest) - digest_size


def encode_probe(msg_id: int) -> bytes:
    """The engine-discovery probe; a `msg_id` of four octets can be patched in place later."""
    scoped = encode_scoped(b"", b"", encode_pdu(GET, msg_id, ()))
    return bytes(encode_message(Header(msg_id, REPORTABLE, b"", 0, 0, b""), 0, b"", scoped)[0])


def decode_message(data: bytes) -> Message:
    """A version 3 message under the User-based Security Model. Raises MalformedAnswer."""
    pos, end = read_header(data, 0, len(data), SEQUENCE)
    version, pos = read_integer(data, pos, end)
    if version != 3:
        raise MalformedAnswer("not a version 3 message")
    msg_id, flags, pos = _read_global(data, pos, end)
    start, stop = read_header(data, pos, end, OCTETS)
    at, inner = read_header(data, start, stop, SEQUENCE)
    engine_id, at = read_octets(data, at, inner)
    boots, at = read_integer(data, at, inner)
    time, at = read_integer(data, at, inner)
    user, at = read_octets(data, at, inner)
    digest, digest_end = read_octets(data, at, inner)
    salt, _ = read_octets(data, digest_end, inner)
    if len(engine_id) > _MAX_ENGINE_ID or len(user) > _MAX_USER:
        raise MalformedAnswer("an engine id or user name is too long")
    if not (0 <= boots <= _MAX_COUNT and 0 <= time <= _MAX_COUNT):
        raise MalformedAnswer("boots or time out of range")
    encrypted = bool(flags & PRIV)
    body, stop = read_header(data, stop, end, OCTETS if encrypted else SEQUENCE)
    whole = b"".join((data[: digest_end - len(digest)], bytes(len(digest)), data[digest_end:end]))
    header = Header(msg_id, flags, engine_id, boots, time, user)
    return Message(header, digest, salt, encrypted, data[body:stop], whole)


def _read_global(data: bytes, pos: int, end: int) -> tuple[int, int, int]:
    """(msgID, msgFlags, position after msgGlobalData)."""
    pos, stop = read_header(data, pos, end, SEQUENCE)
    msg_id, pos = read_integer(data, pos, stop)
    _, pos = read_integer(data, pos, stop)
    flags, pos = read_octets(data, pos, stop)
    model, _ = read_integer(data, pos, stop)
    if len(flags) != 1 or model != USM:
        raise MalformedAnswer("a security model other than the user-based one")
    return msg_id, flags[0], stop


def decode_scoped(data: bytes) -> Answer:
    """The PDU inside the contents of a scoped PDU (plain text). Raises MalformedAnswer."""
    _, pos = read_octets(data, 0, len(data))
    _, pos = read_octets(data, pos, len(data))
    return read_pdu(data, pos, len(data))


def decode_probe_answer(data: bytes) -> Header:
    """The header of the Report to an engine probe. Raises MalformedAnswer if it names no engine."""
    message = decode_message(data)
    if message.encrypted or not message.header.engine_id:
        raise MalformedAnswer("the answer to an engine probe names no engine")
    if decode_scoped(message.data).kind != REPORT:
        raise MalformedAnswer("the answer to an engine probe is not a report")
    return message.header
