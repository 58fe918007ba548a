"""What the signs of the network map mean: those that are on it."""

from collections.abc import Iterator

from inventory.web import chart_words as words
from inventory.web.chart_svg import joined, tag, width_of
from inventory.web.device_icons import drawn_as, glyph, symbols
from inventory.web.labels import label
from inventory.web.network_model import Device, Map
from inventory.web.network_trees import Drawing

SIGN, LINE, SIZE = 18, 22, 11.5


def legend(network: Map, width: float, prefix: str) -> Drawing:
    """The signs, in as many lines as they need, and the symbols that the whole map refers to."""
    kinds = {drawn_as(device.kind) for device in _devices(network)}
    signs = sorted((label("category", kind), kind, "") for kind in kinds - {"other"})
    signs += [(label("category", "other"), "other", "")] if "other" in kinds else []
    signs += [
        (str(words.SEVERAL), "several", "map-cell"), (str(words.LINK), "link", "map-cell map-up"),
        (str(words.MISSED), "", "map-cell map-stale"),
    ]  # fmt: skip
    parts, x, y = [symbols(prefix, {*kinds, "several", "link"})], 0.0, 0.0
    for name, kind, cell in signs:
        wide = SIGN + 6 + width_of(name, SIZE) + 18
        if x and x + wide > width:
            x, y = 0.0, y + LINE
        if cell:
            parts.append(tag("rect", x=x + 0.5, y=y + 0.5, width=17, height=17, rx=3, class_=cell))
        if kind:
            parts.append(glyph(prefix, kind, x + 2, y + 2, 14))
        parts.append(tag("text", name, x=x + SIGN + 6, y=y + 13, class_="map-key"))
        x += wide
    return Drawing(joined(parts), y + LINE + 8)


def _devices(network: Map) -> Iterator[Device]:
    yield from network.unplaced
    for building in network.buildings:
        yield from building.devices
        for switch in building.switches:
            for port in switch.ports:
                yield from port.devices
