"""Small pictures of kinds of devices, drawn with one stroke width on a ground of 16 by 16."""

from collections.abc import Iterable

from markupsafe import Markup

from inventory.web.chart_svg import joined, tag

_PATHS = {
    "printer": "M4,6V2h8v4M4,11H2.5V6h11v5H12M4,9.5h8V14H4Z",
    "multifunction": "M3.5,5L5,2h6l1.5,3M4,11H2.5V5h11v6H12M4,9.5h8V14H4ZM5,7.2h3",
    "plotter": "M1.5,4h13v4h-13ZM3,8v6M13,8v6M5.5,8v4h5V8",
    "label_printer": "M2,8V2.5h5.5L14,9l-5,5ZM5,5.5h.01",
    "fax": "M2,6h3v8H2ZM5,7.5h9V14H5M7,7.5V2h5v5.5M8,10h3.5M8,12h3.5",
    "scanner": "M2,10.5h12V14H2ZM2.5,10.5L13,4M5,12.2h3",
    "camera": "M2,5h8v6H2ZM10,7.5l4,-2.5v6l-4,-2.5M6,11v3",
    "projector": "M1.5,5h13v6h-13ZM8.5,8a2,2 0 1 0 4,0a2,2 0 1 0 -4,0M4,8h2M4,11v2M12,11v2",
    "telephone": "M2.5,3.8q5.5,-2.6 11,0V6.4h-2.6V4.9H5.1v1.5H2.5ZM4.5,8.2h7L13,14H3Z",
    "telephony": "M2,9h12v5H2ZM4.6,11.5h.01M7,11.5h.01M9.4,11.5h2.4M3.5,6.5v-2q4.5,-3 9,0v2",
    "mobile_phone": "M5,1.5h6v13H5ZM7.4,12.3h1.2",
    "tablet": "M3,2h10v12H3ZM7.4,12h1.2",
    "chromebook": "M3,3h10v8H3ZM1,13.4h14M6.4,7a1.6,1.6 0 1 0 3.2,0a1.6,1.6 0 1 0 -3.2,0",
    "laptop": "M3,3h10v8H3ZM1,13.4h14",
    "workstation": "M2,2.5h12v8H2ZM8,10.5V13M5,13.6h6",
    "server": "M3,2h10v5H3ZM3,8.8h10v5H3ZM5.4,4.5h.01M5.4,11.3h.01M8,4.5h2.8M8,11.3h2.8",
    "storage": "M3,4a5,2 0 1 0 10,0a5,2 0 1 0 -10,0v8a5,2 0 0 0 10,0V4M3,8a5,2 0 0 0 10,0",
    "network_device": "M1.5,5h13v6h-13ZM4,8h1.4M7.3,8h1.4M10.6,8H12",
    "wireless": "M1.8,6.6q6.2,-5.4 12.4,0M4.4,9.4q3.6,-3 7.2,0M8,12.4h.01",
    "ups": "M2,5h11v6H2ZM13,7h1.5v2H13M8,6.2l-1.8,2h2.6l-1.8,2",
    "other": "M2.5,8a5.5,5.5 0 1 0 11,0a5.5,5.5 0 1 0 -11,0M6.4,6.6a1.6,1.6 0 1 1 2.3,1.5"
             "q-.7,.3 -.7,1M8,11h.01",
    "several": "M2,5.5h8.5V14H2ZM5.5,5.5V2H14v8.5h-3.5",
    "link": "M5,13V3M2.4,5.6L5,3l2.6,2.6M11,3v10M8.4,10.4L11,13l2.6,-2.6",
}  # fmt: skip
"""Beside the categories of assets: `several` devices, and a `link` between switches."""

_GROUPS = {
    "printer": "print", "multifunction": "print", "plotter": "print", "label_printer": "print",
    "fax": "print", "scanner": "print", "camera": "video", "projector": "video",
    "telephone": "voice", "telephony": "voice", "wireless": "radio", "server": "room",
    "storage": "room", "ups": "room", "network_device": "net", "link": "net",
}  # fmt: skip
"""Kinds that share a colour; the shape tells them apart, and those without a group are plain."""


def drawn_as(kind: str) -> str:
    """The kind itself if there is a picture of it, else `other`."""
    return kind if kind in _PATHS else "other"


def symbols(prefix: str, kinds: Iterable[str]) -> Markup:
    """The definitions that `glyph` refers to, with ids that begin with `prefix`."""
    return tag("defs", joined(
        tag("symbol", tag("path", d=_PATHS[kind]), id=f"{prefix}-{kind}", viewBox="0 0 16 16",
            class_="map-icon")
        for kind in sorted({drawn_as(kind) for kind in kinds})
    ))  # fmt: skip


def glyph(prefix: str, kind: str, x: float, y: float, size: float = 14) -> Markup:
    """The picture of a kind in its group's colour, its upper left corner at x, y."""
    name = drawn_as(kind)
    return tag(
        "use", href=f"#{prefix}-{name}", x=x, y=y, width=size, height=size,
        class_=f"map-g-{_GROUPS.get(name, 'desk')}",
    )  # fmt: skip
