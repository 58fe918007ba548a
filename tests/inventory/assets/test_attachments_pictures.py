"""Previews: small, upright, bare of everything but pixels; bombs are refused by their header."""

import io
import resource
import struct
import time

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from inventory.assets import previews, sniffing
from inventory.assets.image_headers import MAX_SEGMENTS, size_of
from inventory.assets.previews import MAX_PIXELS, MAX_SCANS, Picture, picture_of
from inventory.errors import InvalidInput
from tests.inventory.assets import crafted
from tests.inventory.assets.crafted import animation, photo, picture

RED, BLUE = (254, 0, 0), (0, 0, 254)


def made(raw: bytes) -> Picture:
    file = io.BytesIO(raw)
    return picture_of(file, sniffing.sniff(file))


def shown(raw: bytes, size: str = "view") -> Image.Image:
    image = Image.open(io.BytesIO(made(raw).previews[size]))
    image.load()
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=False))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_preview_of_each_kind(kind: str) -> None:
    raw = picture(kind, (2000, 1000))
    whole = made(raw)
    assert (whole.width, whole.height) == (2000, 1000)
    for size, sides in (("thumb", (320, 160)), ("view", (1600, 800))):
        image = shown(raw, size)
        assert (image.format, image.size) == ("WEBP", sides)
        assert is_near(image.getpixel((10, 10)), RED)
        assert is_near(image.getpixel((sides[0] - 10, 10)), BLUE)
    assert shown(picture(kind, (30, 20))).size == (30, 20)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation: int) -> None:
    """The red quarter, upper left as stored, lands where EXIF 2.32 says; sides are exchanged."""
    whole = made(photo(orientation, (640, 480)))
    image = shown(photo(orientation, (640, 480)))
    upright = (640, 480) if orientation < 5 else (480, 640)
    assert (whole.width, whole.height) == image.size == upright
    right, below = image.width - 20, image.height - 20
    red = {1: (20, 20), 2: (right, 20), 3: (right, below), 4: (20, below),
           5: (20, 20), 6: (right, 20), 7: (right, below), 8: (20, below)}  # fmt: skip
    corners = {(x, y) for x in (20, right) for y in (20, below)}
    assert {c for c in corners if is_near(image.getpixel(c), RED)} == {red[orientation]}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_goes_on(kind: str) -> None:
    exif = Image.open(io.BytesIO(photo())).getexif().tobytes()
    raw = picture(
        kind, exif=exif, icc_profile=b"profile " * 40, xmp=b"<x:xmpmeta>secret</x:xmpmeta>"
    )
    with Image.open(io.BytesIO(raw)) as original:
        assert original.getexif().get(0x013B) == "Jane Doe"
    for small in made(raw).previews.values():
        image = Image.open(io.BytesIO(small))
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
        assert not [word for word in (b"Jane", b"secret", b"profile", b"EXIF") if word in small]


@pytest.mark.parametrize(
    "mode", [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "1"), ("PNG", "L"), ("PNG", "P"),
             ("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA"), ("GIF", "L")],
)  # fmt: skip
def test_every_mode_of_colour(mode: tuple[str, str]) -> None:
    image = shown(picture(mode[0], mode=mode[1]))
    left, right = (image.convert("L").getpixel((x, 5)) for x in (5, 60))
    assert left != right


def test_sixteen_bits_of_grey_stay_grey() -> None:
    grey = Image.frombytes(
        "I;16", (40, 10), struct.pack("<400H", *([0x4000] * 20 + [0xC000] * 20) * 10)
    )
    kept = io.BytesIO()
    grey.save(kept, "PNG")
    image = shown(kept.getvalue()).convert("L")
    left, right = image.getpixel((5, 5)), image.getpixel((35, 5))
    assert isinstance(left, int) and isinstance(right, int)
    assert abs(left - 0x40) < 8
    assert abs(right - 0xC0) < 8


def test_what_is_seen_through_stays_so() -> None:
    kept = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(kept, "PNG")
    assert shown(kept.getvalue()).getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame(kind: str) -> None:
    image = shown(animation(kind))
    assert is_near(image.convert("RGB").getpixel((5, 5)), (255, 0, 0))
    assert getattr(image, "n_frames", 1) == 1


def refused(raw: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        made(raw)
    return str(caught.value.fields["file"])


@pytest.mark.parametrize(
    "raw",
    [
        crafted.png_claiming(60_000, 60_000),
        crafted.png_claiming(8000, 6000, twice=True),
        crafted.png_claiming(2**31 - 1, 1),
        crafted.gif_claiming(65_535, 65_535),
        crafted.gif_claiming(1, 1, frame=(8000, 6000)),
        crafted.webp_claiming(16_383, 16_383),
        crafted.jpeg_claiming(65_500, 65_500),
        crafted.png_claiming(8000, 5001),
    ],
    ids=range(8),
)  # fmt: skip
def test_bombs_are_refused_before_they_go_off(raw: bytes) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert "pixels" in refused(raw)
    assert time.process_time() - began < 0.2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_jpeg_of_many_passes_is_refused() -> None:
    raw = picture("JPEG", (256, 256), progressive=True)
    assert made(raw).previews
    at = raw.rindex(b"\xff\xda")
    passes = raw[:at] + raw[at:-2] * MAX_SCANS + raw[-2:]
    assert "damaged" in refused(passes)


def test_the_largest_that_is_taken() -> None:
    raw = picture("PNG", (8000, 5000), mode="1")
    assert MAX_PIXELS == 8000 * 5000
    assert shown(raw).size == (1600, 1000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_damaged_and_cut_off_pictures_are_refused(kind: str) -> None:
    raw = picture(kind, (500, 400))
    for part in (len(raw) // 2, len(raw) // 4, 40, 20, 12):
        assert "damaged" in refused(raw[:part])
    if kind == "PNG":
        flipped = raw[:-40] + bytes([raw[-40] ^ 0xFF]) + raw[-39:]
        assert "damaged" in refused(flipped)
    assert "damaged" in refused(crafted.png_claiming(0, 10))
    assert "damaged" in refused(crafted.jpeg_claiming(10, 0))


@pytest.mark.filterwarnings("ignore")
def test_a_broken_exif_block_does_no_harm() -> None:
    raw = photo()
    at = raw.index(b"Exif\0\0") + 6
    for broken in (b"XX*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40):
        image = shown(raw[:at] + broken + raw[at + len(broken) :])
        assert image.size == (64, 48)


class Counted(io.BytesIO):
    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


def test_headers_that_would_be_read_for_ever() -> None:
    for filler in (b"\xff" * 500_000, b"\xff\xe0\0\x02" * 100_000):
        file = Counted(b"\xff\xd8\xff\xe0\0\x02" + filler)
        assert size_of(file, sniffing.JPEG) is None
        assert file.reads <= MAX_SEGMENTS


@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore")
@given(
    st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes_are_refused_or_shown(kind: str, flips: list[tuple[int, int]]) -> None:
    raw = bytearray(picture(kind))
    for at, value in flips:
        raw[at % len(raw)] = value
    file = io.BytesIO(bytes(raw))
    media_type = sniffing.sniff(file)
    if media_type in sniffing.IMAGES:
        try:
            whole = previews.picture_of(file, media_type)
        except InvalidInput:
            return
        assert whole.width * whole.height <= MAX_PIXELS
