"""SNMP v1 and v2c messages to and from bytes (RFC 1157 §4, RFC 3416 §3).

Whatever is not a well-formed Response raises `MalformedAnswer` and nothing else. Bytes after the
message are ignored: agents in the field send them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from snmp_discovery.ber import (
    OCTETS,
    SEQUENCE,
    VarBind,
    encode_integer,
    encode_oid,
    encode_tlv,
    open_header,
    read_header,
    read_integer,
    read_varbinds,
)
from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.types import Oid

GET, GETNEXT, RESPONSE, GETBULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
"""PDU tags (RFC 3416 §3)."""

NO_ERROR, TOO_BIG, NO_SUCH_NAME, BAD_VALUE, READ_ONLY, GEN_ERR, NO_ACCESS = range(7)
AUTHORIZATION_ERROR = 16
"""error-status values (RFC 3416 §3) that the callers tell apart."""


@dataclass(slots=True)
class Answer:
    """A Response PDU: error-status and -index as in RFC 3416 §3, varbinds in wire order."""

    request_id: int
    error_status: int
    error_index: int
    varbinds: list[VarBind]
    kind: int = RESPONSE


@lru_cache(maxsize=2048)
def _null_varbind(oid: Oid) -> bytes:
    return encode_tlv(SEQUENCE, encode_oid(oid) + b"\x05\x00")


def encode_pdu(kind: int, request_id: int, oids: Sequence[Oid], repetitions: int = 0) -> bytes:
    """A GET, GETNEXT or GETBULK PDU asking for `oids`; `repetitions` matters to GETBULK only."""
    varbinds = encode_tlv(SEQUENCE, b"".join(map(_null_varbind, oids)))
    head = encode_integer(request_id) + b"\x02\x01\x00" + encode_integer(repetitions)
    return encode_tlv(kind, head + varbinds)


def encode_request(
    version: int,
    community: bytes,
    kind: int,
    request_id: int,
    oids: Sequence[Oid],
    repetitions: int = 0,
) -> bytes:
    """A whole v1 (`version` 0) or v2c (1) message. Raises ValueError for an impossible OID."""
    pdu = encode_pdu(kind, request_id, oids, repetitions)
    return encode_tlv(SEQUENCE, encode_integer(version) + encode_tlv(OCTETS, community) + pdu)


def read_pdu(data: bytes, pos: int, end: int) -> Answer:
    """The Response or Report PDU at `pos`."""
    if pos >= end or data[pos] not in (RESPONSE, REPORT):
        raise MalformedAnswer("the message is not a response")
    kind = data[pos]
    pos, stop = read_header(data, pos, end, kind)
    request_id, pos = read_integer(data, pos, stop)
    error_status, pos = read_integer(data, pos, stop)
    error_index, pos = read_integer(data, pos, stop)
    start, list_end = read_header(data, pos, stop, SEQUENCE)
    varbinds = read_varbinds(data, start, list_end)
    return Answer(request_id, error_status, error_index, varbinds, kind)


def decode_response(data: bytes) -> Answer:
    """A v1 or v2c Response message. Raises MalformedAnswer for anything else."""
    pos, end = read_header(data, 0, len(data), SEQUENCE)
    version, pos = read_integer(data, pos, end)
    if version not in (0, 1):
        raise MalformedAnswer(f"SNMP version {version} in answer to version 1 or 2c")
    _, pos = read_header(data, pos, end, OCTETS)
    answer = read_pdu(data, pos, end)
    if answer.kind != RESPONSE:
        raise MalformedAnswer("a report in answer to version 1 or 2c")
    return answer


def peek_id(data: bytes) -> int:
    """The request-id (v1, v2c) or msgID (v3) that matches a datagram with its question.

    Reads no further than that, so that an answer that was cut off still finds its question.
    Raises MalformedAnswer.
    """
    end = len(data)
    pos, _ = open_header(data, 0, end, SEQUENCE)
    version, pos = read_integer(data, pos, end)
    if version == 3:
        pos, _ = open_header(data, pos, end, SEQUENCE)
        return read_integer(data, pos, end)[0]
    _, pos = read_header(data, pos, end, OCTETS)
    if pos >= end or data[pos] != RESPONSE:
        raise MalformedAnswer("the message is not a response")
    pos, _ = open_header(data, pos, end, RESPONSE)
    return read_integer(data, pos, end)[0]
