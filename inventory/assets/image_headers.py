"""How large a picture says it is, read from its header before anything is decoded."""

import struct
from typing import BinaryIO

from inventory.assets.sniffing import GIF, JPEG, PNG, WEBP

MAX_SEGMENTS = 5000
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = b"\xff\xda"
_CHUNK = 1 << 20

Size = tuple[int, int]


def size_of(file: BinaryIO, media_type: str) -> Size | None:
    """(width, height) in pixels as stored; None where the header is damaged.

    Sources: PNG (RFC 2083 §4.1.1), GIF89a §18, WebP (RFC 9649 §2), JPEG (ITU T.81 annex B).
    """
    file.seek(0)
    if media_type == JPEG:
        return _jpeg(file)
    head = file.read(30)
    if len(head) < 30:
        return None
    if media_type == PNG and head[12:16] == b"IHDR":
        return _pair(">LL", head, 16)
    if media_type == GIF:
        return _pair("<HH", head, 6)
    return _webp(head) if media_type == WEBP else None


def _pair(form: str, head: bytes, at: int) -> Size:
    first, second = struct.unpack_from(form, head, at)
    return first, second


def _webp(head: bytes) -> Size | None:
    match head[12:16]:
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a":
            width, height = _pair("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L" if head[20] == 0x2F:
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            sides = int.from_bytes(head[24:27], "little"), int.from_bytes(head[27:30], "little")
            return sides[0] + 1, sides[1] + 1
    return None


def _jpeg(file: BinaryIO) -> Size | None:
    at = 2
    for _ in range(MAX_SEGMENTS):
        file.seek(at)
        segment = file.read(9)
        if len(segment) < 9 or segment[0] != 0xFF:
            return None
        if segment[1] == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if segment[1] in _FRAMES:
            height, width = _pair(">HH", segment, 5)
            return width, height
        length = int.from_bytes(segment[2:4])
        if length < 2 or segment[:2] == _START_OF_SCAN:
            return None
        at += 2 + length
    return None


def scans(file: BinaryIO) -> int:
    """Passes over the picture that a JPEG asks its decoder to make. Within a scan's data the
    marker cannot occur (T.81 §B.1.1.5); one in a thumbnail or comment is counted too."""
    file.seek(0)
    found, carried = 0, b""
    while raw := file.read(_CHUNK):
        found += (carried + raw).count(_START_OF_SCAN)
        carried = raw[-1:]
    return found
