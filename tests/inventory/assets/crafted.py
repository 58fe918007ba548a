"""Files made by hand: honest ones, broken ones, and those that mean harm."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any
) -> bytes:
    """A picture whose upper left quarter is red and whose rest is not."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill="red")
    kept = io.BytesIO()
    image.convert(mode).save(kept, kind, **options)
    return kept.getvalue()


def photo(orientation: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG as phones make it: held anyhow, with the place and the owner in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Jane Doe"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 34.0, 9.0), 3: "W", 4: (71.0, 26.0, 2.0)})
    comment = b"<script>alert(1)</script>"
    return picture("JPEG", size, exif=exif.tobytes(), comment=comment, quality=95)


def animation(kind: str, first: str = "red", second: str = "blue") -> bytes:
    frames = [Image.new("RGB", (20, 10), colour) for colour in (first, second, second)]
    kept = io.BytesIO()
    frames[0].save(kept, kind, save_all=True, append_images=frames[1:], duration=50)
    return kept.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def png_claiming(width: int, height: int, *, twice: bool = False) -> bytes:
    """A few hundred bytes that say they are a picture of this size; `twice`: only in a second
    header, behind a small one."""
    header = png_chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
    if twice:
        header = png_chunk(b"IHDR", struct.pack(">LLBBBBB", 8, 8, 8, 2, 0, 0, 0)) + header
    rows = png_chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + header + rows + png_chunk(b"IEND", b"")


def gif_claiming(width: int, height: int, *, frame: tuple[int, int] = (1, 1)) -> bytes:
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + screen + image + b"\x3b"


def webp_claiming(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<L", 10) + b"\0\0\0\0" + sides + b"VP8 \0\0\0\0"
    return b"RIFF" + struct.pack("<L", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    whole = picture("JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def zipped(files: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    kept = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(kept, "w", kind) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return kept.getvalue()


def opendocument(kind: str) -> bytes:
    told = f"application/vnd.oasis.opendocument.{kind}".encode()
    return zipped({"mimetype": told, "content.xml": b"<x/>"}, stored=True)


def claiming_to_unpack(raw: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its listing, for each of its files."""
    at = raw.index(b"PK\x01\x02")
    while at >= 0:
        raw = raw[: at + 24] + struct.pack("<L", size) + raw[at + 28 :]
        at = raw.find(b"PK\x01\x02", at + 1)
    return raw
