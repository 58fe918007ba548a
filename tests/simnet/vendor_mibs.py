"""Makers' packed values that a template line cannot spell out."""

from __future__ import annotations

from tests.simnet.mibs import Build

BROTHER = "1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5"


def derive(build: Build) -> None:
    """Sets what the template's maker computes from the device's state."""
    if build.template.vendor == "Brother" and build.spec.pages is not None:
        brother(build)


def brother(build: Build) -> None:
    """Counters and maintenance: records of tag, 01 04 and a 32-bit number, closed by ff.

    In .10 tag 00 is the page count; in .8 tag 01 is a state and 41, 81 are parts' lives.
    """
    pages, color = build.spec.pages or 0, build.spec.color_pages
    counters = ((0x00, pages), (0x01, pages - color), (0x02, color))
    build.put(f"{BROTHER}.10.0", 4, _packed(counters))
    build.put(f"{BROTHER}.8.0", 4, _packed(((0x11, 7200), (0x41, 8100), (0x31, 1))))


def _packed(rows: tuple[tuple[int, int], ...]) -> bytes:
    return (
        b"".join(bytes((tag, 1, 4)) + number.to_bytes(4, "big") for tag, number in rows) + b"\xff"
    )
