"""Pictures made small: re-encoded pixels, upright, without anything else that the file carried.

Where a phone took the photo, who owns it, colour profiles and comments stay in the original alone.
"""

import io
import threading
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from inventory.assets.image_headers import scans, size_of
from inventory.assets.sniffing import GIF, JPEG, PNG, WEBP
from inventory.assets.words import wrong
from inventory.errors import InvalidInput

MAX_PIXELS = 40_000_000
MAX_SCANS = 50
"""Of a progressive JPEG; encoders write about ten. Each costs a pass over all pixels."""

SIZES = {"thumb": 320, "view": 1600}
"""Longest side in pixels."""

PREVIEW_TYPE = WEBP

_FORMATS = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 2.32 §4.6.4: how the stored picture is to be turned."""

# 40 megapixels take 150 MB as a JPEG and up to 700 MB as a WebP while they are made small (measured
# with Pillow 13): one at a time in each process.
_ONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` and `height` of the original, upright; `previews` by the names of `SIZES`."""

    width: int
    height: int
    previews: dict[str, bytes]


def picture_of(file: BinaryIO, media_type: str) -> Picture:
    """Decode the first frame and make its previews. Raises `InvalidInput` for a picture that is
    damaged, cut off, or larger than `MAX_PIXELS`, the last before it is decoded."""
    size = size_of(file, media_type)
    _require_size(size)
    if media_type == JPEG and scans(file) > MAX_SCANS:
        raise _damaged()
    with _ONE:
        try:
            return _decoded(file, media_type)
        except InvalidInput:
            raise
        except Exception as broken:  # decoders raise anything on what a hostile file makes up
            raise _damaged() from broken


def _decoded(file: BinaryIO, media_type: str) -> Picture:
    file.seek(0)
    view = SIZES["view"]
    with Image.open(file, formats=[_FORMATS[media_type]]) as opened:
        # A second header, or a frame beyond the canvas, may have enlarged it.
        _require_size(opened.size)
        width, height = opened.size
        # A JPEG is decoded at a fraction of its size where that suffices.
        opened.draft("RGB", (view, view))
        opened.load()
        turned = _orientation(opened)
        small = _in_colour(opened)
    small.thumbnail((view, view), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned in _UPRIGHT:
        small = small.transpose(_UPRIGHT[turned])
    if turned >= 5:
        width, height = height, width
    previews = {"view": _encoded(small)}
    small.thumbnail((SIZES["thumb"], SIZES["thumb"]), Image.Resampling.LANCZOS)
    previews["thumb"] = _encoded(small)
    return Picture(width, height, previews)


def _require_size(size: tuple[int, int] | None) -> None:
    if size is None or min(size) < 1:
        raise _damaged()
    if size[0] * size[1] > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise wrong("file", f"is a picture of {size[0]} x {size[1]} pixels; the most is {most} MP")


def _damaged() -> InvalidInput:
    return wrong("file", "is a damaged or incomplete picture")


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # a broken EXIF block is no reason to refuse a good picture
        return 1
    return value if value in _UPRIGHT else 1


def _in_colour(image: Image.Image) -> Image.Image:
    """In a mode that WebP knows."""
    if image.mode.startswith("I"):
        # 16 bits of grey, of which Pillow's own conversion would keep the darkest 256 values.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(image: Image.Image) -> bytes:
    """Pixels alone: Pillow writes no metadata into a WebP that it is not given here."""
    kept = io.BytesIO()
    image.save(kept, "WEBP", quality=80, method=4)
    return kept.getvalue()
