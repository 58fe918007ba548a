"""The little of BER that an SNMP agent needs (X.690, RFC 3417 §8).

Written apart from `snmp_discovery` on purpose: a mistake made there must not be made here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Oid = tuple[int, ...]

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIMETICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"


class BerError(ValueError):
    """The bytes are not the BER that was expected."""


def tlv(tag: int, content: bytes) -> bytes:
    """One element with a definite length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Two's complement in the fewest octets; counters get the leading zero they need."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def oid(value: Oid) -> bytes:
    """An OBJECT IDENTIFIER; the first two arcs share one sub-identifier."""
    head = value if len(value) >= 2 else (*value, 0, 0)[:2]
    out = bytearray()
    for arc in (head[0] * 40 + head[1], *head[2:]):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(septets))
    return tlv(OID, bytes(out))


def element(data: bytes, start: int = 0) -> tuple[int, bytes, int]:
    """(tag, content, position after) of the element at `start`. Raises BerError."""
    if start + 2 > len(data):
        raise BerError("no room for a tag and a length")
    tag, size, start = data[start], data[start + 1], start + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or start + count > len(data):
            raise BerError("bad length")
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + size > len(data):
        raise BerError("content is cut short")
    return tag, data[start : start + size], start + size


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements inside a constructed one."""
    position = 0
    while position < len(content):
        tag, inner, position = element(content, position)
        yield tag, inner


def fields(content: bytes, tags: Sequence[int]) -> list[bytes]:
    """The contents of exactly these elements, 0 standing for any tag. Raises BerError."""
    found = list(elements(content))
    if len(found) != len(tags) or any(
        want not in (0, tag) for want, (tag, _) in zip(tags, found, strict=True)
    ):
        raise BerError("unexpected fields")
    return [inner for _, inner in found]


def to_int(content: bytes) -> int:
    """The value of an INTEGER's content. Raises BerError for none or an absurdly long one."""
    if not 1 <= len(content) <= 9:
        raise BerError("bad integer")
    return int.from_bytes(content, "big", signed=True)


def to_oid(content: bytes) -> Oid:
    """The value of an OBJECT IDENTIFIER's content. Raises BerError."""
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if arc > 0xFFFFFFFF:
            raise BerError("sub-identifier above 32 bits")
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    if not arcs or content[-1] & 0x80 or len(arcs) > 128:
        raise BerError("bad object identifier")
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])
