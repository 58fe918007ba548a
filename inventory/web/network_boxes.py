"""A switch as a box: its name, its ports as cells, the devices on them; and lists of devices."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_svg import fitted, joined, linked, local, tag, visible, width_of
from inventory.web.device_icons import glyph
from inventory.web.labels import label
from inventory.web.network_links import Cables
from inventory.web.network_model import Device, Port, Switch, cell_name, natural, short_port

CELL, PITCH, CELL_TALL, ROW = 21, 23, 31, 34
HEADER, LINE, NOTE, EDGE = 28, 18, 16, 12
"""Heights of a box's parts, and its padding, in pixels."""

MOST_CELLS, LISTED_ROWS = 96, 6


@dataclass(frozen=True, slots=True)
class Socket:
    """A port in use. kind: what is drawn in it."""

    port: str
    name: str
    kind: str
    href: str = ""
    stale: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A switch laid out for a width. devices: (port, device) of those that are listed."""

    switch: Switch
    width: float
    cells: Sequence[Socket]
    more_cells: int
    devices: Sequence[tuple[str, Device]]
    more_devices: int
    notes: Sequence[str]
    abreast: int

    @property
    def height(self) -> float:
        lines = -(-len(self.devices) // self.abreast) + bool(self.more_devices)
        cells = -(-(len(self.cells) + bool(self.more_cells)) // self.per_row)
        below = lines + (not self.cells)
        return (
            HEADER + cells * ROW + below * LINE + len(self.notes) * NOTE
            + (6 if self.cells and lines else 0) + 6
        )  # fmt: skip

    @property
    def per_row(self) -> int:
        return max(1, int((self.width - 2 * EDGE + PITCH - CELL) // PITCH))


def box_of(
    cables: Cables, place: int, parent: int | None, tree: Sequence[int], width: float
) -> Box:
    """The box of a switch that hangs from `parent`.

    tree  the switches that hang from it; cables to any others are told in words
    """
    switch = cables.switches[place]
    cells, others = _link_cells(cables, place, {*tree, *([] if parent is None else [parent])})
    ports = sorted(switch.ports, key=lambda port: natural(port.name))
    own = {cell.port for cell in cells}
    cells += [_cell(port) for port in ports if visible(port.name, 80) not in own]
    cells.sort(key=lambda cell: natural(cell.port))
    listed = [(port.name, device) for port in ports for device in port.devices]
    abreast = max(1, int((width - 2 * EDGE) // 270))
    room = LISTED_ROWS * abreast if abreast == 1 else 4 * abreast
    shown = listed if len(listed) <= room + 1 else listed[:room]
    kept = cells if len(cells) <= MOST_CELLS else cells[: MOST_CELLS - 1]
    return Box(
        switch, width, kept, len(cells) - len(kept), shown, len(listed) - len(shown), others[:4],
        abreast,
    )  # fmt: skip


def _cell(port: Port) -> Socket:
    told = ", ".join(told_of(device) for device in port.devices[:8])
    if len(port.devices) > 8:
        told += ", " + words.rest(len(port.devices) - 8)
    only = port.devices[0] if len(port.devices) == 1 else None
    kind = only.kind if only else "several" if port.devices else ""
    return Socket(
        visible(port.name, 80), f"{words.PORT} {visible(port.name, 80)}: {told or words.NOBODY}",
        kind, local(only.href) if only else "",
        stale=bool(port.devices) and all(device.fresh is False for device in port.devices),
    )  # fmt: skip


def _link_cells(cables: Cables, place: int, drawn: set[int]) -> tuple[list[Socket], list[str]]:
    """Cells of the ports that lead to switches, and notes of the cables that no line shows."""
    cells: dict[str, Socket] = {}
    notes = []
    ends: list[tuple[str, str, list[str]]] = []
    for pair in cables.near.get(place, ()):
        switch, ports = cables.switches[pair], [near for near, _ in cables.of(place, pair)]
        ends.append((switch.name, switch.href, ports))
        if pair not in drawn:
            notes.append(_note(switch.name, ports))
    for uplink in cables.away.get(place, ()):
        ends.append((uplink.name or "?", "", [uplink.port]))
        notes.append(_note(uplink.name or "?", [uplink.port]))
    for far, href, ports in ends:
        for port in filter(None, (visible(port, 80) for port in ports)):
            name = f"{words.PORT} {port}: {words.LINK}: {visible(far, 80)}"
            cells.setdefault(port, Socket(port, name, "link", local(href), link=True))
    return list(cells.values()), notes


def _note(name: str, ports: Sequence[str]) -> str:
    told = ", ".join(short_port(port) for port in ports if port) or "?"
    return words.linked_by(told, visible(name, 80))


def told_of(device: Device) -> str:
    """A device in words: its name, kind, and whether it has been missing."""
    told = f"{visible(device.label, 120) or '?'} ({label('category', visible(device.kind, 40))})"
    return f"{told}, {words.NOT_SEEN}" if device.fresh is False else told


def draw_box(box: Box, x: float, y: float, prefix: str) -> Markup:
    """The box with its upper left corner at x, y."""
    below = y + HEADER
    parts = [_frame(box, x, y)]
    if not box.cells:
        parts.append(tag("text", str(words.NO_DEVICES), x=x + EDGE, y=below + 10,
                         class_="map-small"))  # fmt: skip
        below += LINE
    for place, cell in enumerate(box.cells):
        row, column = divmod(place, box.per_row)
        parts.append(_draw_cell(cell, x + EDGE + column * PITCH, below + row * ROW, prefix))
    if box.more_cells:
        row, column = divmod(len(box.cells), box.per_row)
        parts.append(tag("text", f"+{box.more_cells}", x=x + EDGE + column * PITCH,
                         y=below + row * ROW + 20, class_="map-small"))  # fmt: skip
    below += -(-(len(box.cells) + bool(box.more_cells)) // box.per_row) * ROW
    if box.cells and box.devices:
        below += 6
    listed = device_list(
        box.devices, x + EDGE, below, box.width - 2 * EDGE, box.abreast, prefix,
        more=box.more_devices, href=box.switch.list_href,
    )  # fmt: skip
    below += (-(-len(box.devices) // box.abreast) + bool(box.more_devices)) * LINE
    notes = [
        tag("text", fitted(note, box.width - 2 * EDGE, 10.5), x=x + EDGE,
            y=below + 11 + place * NOTE, class_="map-small")
        for place, note in enumerate(box.notes)
    ]  # fmt: skip
    return tag("g", *parts, listed, *notes)


def _frame(box: Box, x: float, y: float) -> Markup:
    switch, stale = box.switch, box.switch.fresh is False
    used = words.ports_used(len(box.cells) + box.more_cells)
    said = str(words.NOT_SEEN) if stale else used
    room = box.width - 2 * EDGE - width_of(said, 10.5) - 8
    name = visible(switch.name, 200) or "?"
    return joined((
        tag("rect", x=x, y=y, width=box.width, height=box.height, rx=6,
            class_="map-box map-stale" if stale else "map-box"),
        linked(local(switch.href), name,
               tag("text", fitted(name, room, 13), x=x + EDGE, y=y + 18, class_="map-name")),
        tag("text", said, x=x + box.width - EDGE, y=y + 18, text_anchor="end", class_="map-small"),
    ))  # fmt: skip


def _draw_cell(cell: Socket, x: float, y: float, prefix: str) -> Markup:
    look = "map-cell" + (" map-up" if cell.link else "") + (" map-stale" if cell.stale else "")
    return linked(
        cell.href, cell.name,
        tag("rect", x=x, y=y, width=CELL, height=CELL_TALL, rx=3, class_=look),
        glyph(prefix, cell.kind, x + 3.5, y + 3) if cell.kind else Markup(""),
        tag("text", cell_name(cell.port), x=x + CELL / 2, y=y + 27.5, text_anchor="middle",
            class_="map-port"),
        quiet=True,
    )  # fmt: skip


def device_list(
    devices: Sequence[tuple[str, Device]],
    x: float,
    y: float,
    width: float,
    abreast: int,
    prefix: str,
    *,
    more: int,
    href: str,
) -> Markup:
    """Devices in columns, read downwards, each after its port; then how many more there are."""
    tall = -(-len(devices) // abreast) if devices else 0
    step = (width + EDGE) / abreast
    lines = [
        _line(port, device, x + place // tall * step, y + place % tall * LINE, step - EDGE, prefix)
        for place, (port, device) in enumerate(devices)
    ]
    if more:
        text = f"+ {words.rest(more)}"
        lines.append(linked(
            local(href), text,
            tag("text", text, x=x, y=y + tall * LINE + 12.5, class_="map-more"),
        ))  # fmt: skip
    return joined(lines)


def _line(port: str, device: Device, x: float, y: float, width: float, prefix: str) -> Markup:
    stale = device.fresh is False
    after = f"· {words.NOT_SEEN}" if stale else ""
    start = 26 if port else 0
    room = width - start - 18
    name = fitted(visible(device.label, 200) or "?", room - width_of(after, 10.5) - 4 * stale, 11.5)
    number = tag("text", cell_name(port), x=x + 20, y=y + 12, text_anchor="end",
                 class_="map-small") if port else Markup("")  # fmt: skip
    return linked(
        local(device.href), told_of(device), number,
        glyph(prefix, device.kind, x + start, y + 1.5, 13),
        tag("text", name, tag("tspan", after, dx=4, class_="map-small") if after else "",
            x=x + start + 18, y=y + 12, class_="map-device"),
        quiet=True,
    )  # fmt: skip
