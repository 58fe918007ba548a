"""BER for SNMP: a strict, bounded subset, elements to and from bytes (ITU-T X.690, RFC 3417 §8).

Decoding is the processor cost of discovery, so this is written for speed: one flat loop over the
varbinds. Anything malformed raises `MalformedAnswer` and nothing else; the work is linear in the
datagram. Tolerated, because agents in the field do it: lengths that are not minimal, counters
encoded as negative numbers, empty integers.
"""

from __future__ import annotations

from enum import Enum

from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.types import Oid, Value

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
_SIGNED_LIMIT = 8  # octets of an INTEGER
_UNSIGNED_LIMIT = 9  # octets of a Counter64 with its leading zero
_MAX_SUBIDS = 128  # RFC 2578 §3.5
_MAX_SUBID = 0xFFFFFFFF
_MASK32, _MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


class Missing(Enum):
    """What stands in a varbind in place of a value."""

    NULL = "unSpecified"
    NO_SUCH_OBJECT = "noSuchObject"
    NO_SUCH_INSTANCE = "noSuchInstance"
    END_OF_MIB_VIEW = "endOfMibView"


_MISSING = {
    0x05: Missing.NULL,
    0x80: Missing.NO_SUCH_OBJECT,
    0x81: Missing.NO_SUCH_INSTANCE,
    0x82: Missing.END_OF_MIB_VIEW,
}
# Counter32, Gauge32, TimeTicks, UInteger32 (RFC 1442, historic) and Counter64 wrap at these masks.
_UNSIGNED = {0x41: _MASK32, 0x42: _MASK32, 0x43: _MASK32, 0x47: _MASK32, 0x46: _MASK64}
# IpAddress, Opaque, NsapAddress and BIT STRING (both historic) stay the bytes they came as.
_BYTES = frozenset((0x40, 0x44, 0x45, 0x03))

VarBind = tuple[Oid, Value | Missing]


def encode_length(length: int) -> bytes:
    """The definite, minimal form of a length."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def encode_tlv(tag: int, body: bytes) -> bytes:
    """One tagged element."""
    return bytes((tag,)) + encode_length(len(body)) + body


def encode_integer(number: int) -> bytes:
    """INTEGER, minimal two's complement."""
    size = number.bit_length() // 8 + 1
    return bytes((INTEGER, size)) + number.to_bytes(size, "big", signed=True)


def encode_oid(oid: Oid) -> bytes:
    """OBJECT IDENTIFIER. Raises ValueError for what cannot be one (fewer than two parts)."""
    if len(oid) < 2 or oid[0] > 2 or (oid[0] < 2 and oid[1] > 39):
        raise ValueError(f"not an object identifier: {oid}")
    body = bytearray()
    for subid in (oid[0] * 40 + oid[1], *oid[2:]):
        if subid < 0x80:
            body.append(subid)
            continue
        shift = (subid.bit_length() - 1) // 7 * 7
        while shift:
            body.append(0x80 | (subid >> shift & 0x7F))
            shift -= 7
        body.append(subid & 0x7F)
    return encode_tlv(OID, bytes(body))


def _long_length(data: bytes, pos: int, first: int) -> tuple[int, int]:
    """A length in its long form: (length, position after it)."""
    octets = first & 0x7F
    if not 0 < octets <= 8 or pos + octets > len(data):
        raise MalformedAnswer("a length that cannot be read")
    return int.from_bytes(data[pos : pos + octets], "big"), pos + octets


def open_header(data: bytes, pos: int, end: int, tag: int) -> tuple[int, int]:
    """(start, stop) as the element of type `tag` at `pos` claims; `stop` may lie beyond `end`."""
    if pos + 2 > end or data[pos] != tag:
        raise MalformedAnswer(f"no element of type {tag:#04x} where one must be")
    length = data[pos + 1]
    pos += 2
    if length > 0x7F:
        length, pos = _long_length(data, pos, length)
    return pos, pos + length


def read_header(data: bytes, pos: int, end: int, tag: int) -> tuple[int, int]:
    """(start, stop) of the contents of the element of type `tag` at `pos`, within `end`."""
    start, stop = open_header(data, pos, end, tag)
    if stop > end:
        raise MalformedAnswer("the datagram is cut off")
    return start, stop


def read_integer(data: bytes, pos: int, end: int) -> tuple[int, int]:
    """(number, position after it) of the INTEGER at `pos`."""
    start, stop = read_header(data, pos, end, INTEGER)
    if stop - start > _SIGNED_LIMIT:
        raise MalformedAnswer("an integer is too long")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def read_octets(data: bytes, pos: int, end: int) -> tuple[bytes, int]:
    """(contents, position after it) of the OCTET STRING at `pos`."""
    start, stop = read_header(data, pos, end, OCTETS)
    return data[start:stop], stop


def decode_oid(raw: bytes) -> Oid:
    """The contents of an OBJECT IDENTIFIER; empty contents are 0.0, as some agents send it."""
    if raw.isascii() and raw and len(raw) < _MAX_SUBIDS:  # every sub-identifier is one octet
        first = raw[0]
        if first == 0x2B:
            return (1, 3, *raw[1:])
        top = min(first // 40, 2)
        return (top, first - top * 40, *raw[1:])
    return _decode_long_oid(raw)


def _decode_long_oid(raw: bytes) -> Oid:
    if not raw:
        return (0, 0)
    if len(raw) > _MAX_SUBIDS * 5:
        raise MalformedAnswer("an object identifier is too long")
    subids: list[int] = []
    subid = 0
    for octet in raw:
        subid = subid << 7 | octet & 0x7F
        if octet < 0x80:
            subids.append(subid)
            subid = 0
    if raw[-1] > 0x7F or len(subids) >= _MAX_SUBIDS or max(subids) > _MAX_SUBID:
        raise MalformedAnswer("an object identifier is too long or cut off")
    top = min(subids[0] // 40, 2)
    return (top, subids[0] - top * 40, *subids[1:])


def _sibling_oid(raw: bytes, known: dict[bytes, Oid]) -> Oid:
    """`decode_oid`, remembering all but the last part: rows of a table share it."""
    if len(raw) < 4 or raw[-1] > 0x7F:
        return decode_oid(raw)
    if raw[-2] < 0x80:
        head, last = raw[:-1], raw[-1]
    elif raw[-3] < 0x80:
        head, last = raw[:-2], (raw[-2] & 0x7F) << 7 | raw[-1]
    else:
        return decode_oid(raw)
    prefix = known.get(head)
    if prefix is None:
        prefix = known[head] = decode_oid(head)
    if len(prefix) >= _MAX_SUBIDS:
        raise MalformedAnswer("an object identifier is too long")
    return (*prefix, last)


def _value(data: bytes, tag: int, start: int, stop: int) -> Value | Missing:
    """The rarer types; the loop of `read_varbinds` handles the common ones itself."""
    if tag == OID:
        return decode_oid(data[start:stop])
    if tag in _MISSING:
        return _MISSING[tag]
    if tag in _BYTES:
        return data[start:stop]
    raise MalformedAnswer(f"a value of unknown type {tag:#04x}")


def read_varbinds(data: bytes, pos: int, end: int) -> list[VarBind]:
    """The varbinds between `pos` and `end`. One flat loop: this is where the time goes."""
    varbinds: list[VarBind] = []
    known: dict[bytes, Oid] = {}
    append, from_bytes, unsigned = varbinds.append, int.from_bytes, _UNSIGNED
    while pos < end:
        pos, stop = _varbind_span(data, pos, end)
        length = data[pos + 1]
        pos += 2
        if length > 0x7F:
            length, pos = _long_length(data, pos, length)
        at = pos + length
        if at + 2 > stop:
            raise MalformedAnswer("a varbind is cut off")
        raw = data[pos:at]
        if raw.isascii() and 0 < length < _MAX_SUBIDS and raw[0] == 0x2B:
            oid: Oid = (1, 3, *raw[1:])
        else:
            oid = _sibling_oid(raw, known)
        tag, length = data[at], data[at + 1]
        at += 2
        if length > 0x7F:
            length, at = _long_length(data, at, length)
        if at + length != stop:
            raise MalformedAnswer("a value does not fill its varbind")
        if tag == OCTETS:
            append((oid, data[at:stop]))
        elif tag == INTEGER and length <= _SIGNED_LIMIT:
            append((oid, from_bytes(data[at:stop], "big", signed=True)))
        elif tag in unsigned and length <= _UNSIGNED_LIMIT:
            append((oid, from_bytes(data[at:stop], "big", signed=True) & unsigned[tag]))
        else:
            append((oid, _value(data, tag, at, stop)))
        pos = stop
    return varbinds


def _varbind_span(data: bytes, pos: int, end: int) -> tuple[int, int]:
    """(position of the name's tag, end) of the varbind at `pos`."""
    if pos + 2 > end or data[pos] != SEQUENCE:
        raise MalformedAnswer("no varbind where one must be")
    length = data[pos + 1]
    pos += 2
    if length > 0x7F:
        length, pos = _long_length(data, pos, length)
    stop = pos + length
    if stop > end:
        raise MalformedAnswer("the datagram is cut off")
    if pos + 2 > stop or data[pos] != OID:
        raise MalformedAnswer("a varbind has no name")
    return pos, stop
