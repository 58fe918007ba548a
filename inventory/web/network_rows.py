"""The network map's content as the rows of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from inventory.web import chart_words as words
from inventory.web.chart_model import MISSING, Cell, Row
from inventory.web.chart_svg import visible
from inventory.web.labels import label
from inventory.web.network_links import Cables, Forest
from inventory.web.network_model import Building, Device, Map, Switch, natural

MOST_ROWS = 1_500


@dataclass(frozen=True, slots=True)
class _Entry:
    """A device or a cable on a port. end: None for a switch on which nothing was found."""

    building: Building | None
    switch: Switch | None
    port: str
    end: Device | Switch | str | None


def head() -> tuple[str, ...]:
    names = (words.BUILDING, words.SWITCH, words.PORT, words.DEVICE, words.KIND, words.SEEN)
    return tuple(map(str, names))


def rows_of(
    network: Map, buildings: Sequence[Building], cables: Cables, forests: Sequence[Forest]
) -> tuple[Row, ...]:
    """In the order of the picture; the last row counts those for which there is no room."""
    entries = _entries(network, buildings, cables, forests)
    rows = [_row(entry) for entry in islice(entries, MOST_ROWS)]
    if rest := sum(1 for _ in entries):
        told = Cell(words.not_listed(rest), network.list_href)
        rows.append((told, *(Cell("") for _ in range(5))))
    return tuple(rows)


def _entries(
    network: Map, buildings: Sequence[Building], cables: Cables, forests: Sequence[Forest]
) -> Iterator[_Entry]:
    for building, forest in zip(buildings, forests, strict=True):
        for place in forest.order:
            yield from _of_switch(building, cables, place)
        for device in building.devices:
            yield _Entry(building, None, "", device)
    for device in network.unplaced:
        yield _Entry(None, None, "", device)


def _of_switch(building: Building, cables: Cables, place: int) -> Iterator[_Entry]:
    switch, empty = cables.switches[place], True
    for far in cables.near.get(place, ()):
        for near_port, _ in cables.of(place, far):
            empty = False
            yield _Entry(building, switch, near_port, cables.switches[far])
    for uplink in cables.away.get(place, ()):
        empty = False
        yield _Entry(building, switch, uplink.port, uplink.name or "?")
    for port in sorted(switch.ports, key=lambda port: natural(port.name)):
        for device in port.devices:
            empty = False
            yield _Entry(building, switch, port.name, device)
    if empty:
        yield _Entry(building, switch, "", None)


def _row(entry: _Entry) -> Row:
    building, switch, end = entry.building, entry.switch, entry.end
    return (
        Cell(name_of(building), building.href) if building else Cell(str(words.UNPLACED)),
        Cell(visible(switch.name) or "?", switch.href) if switch else Cell(MISSING),
        Cell(visible(entry.port) or MISSING),
        *_end(end),
    )


def _end(end: Device | Switch | str | None) -> tuple[Cell, Cell, Cell]:
    if end is None:
        return Cell(str(words.NO_DEVICES)), Cell(MISSING), Cell(MISSING)
    if isinstance(end, str):
        return Cell(end), Cell(str(words.LINK)), Cell(MISSING)
    seen = {True: words.FRESH, False: words.STALE, None: words.NEVER}[end.fresh]
    if isinstance(end, Switch):
        return Cell(visible(end.name) or "?", end.href), Cell(str(words.LINK)), Cell(str(seen))
    kind = label("category", visible(end.kind, 40))
    return Cell(visible(end.label) or "?", end.href), Cell(kind), Cell(str(seen))


def name_of(building: Building) -> str:
    """The school and the building, once if they are named alike."""
    parts = [visible(building.school, 120), visible(building.name, 120)]
    return " · ".join(part for part in dict.fromkeys(parts) if part) or "?"
