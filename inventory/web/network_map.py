"""The network as a picture: a panel per building, the core switch on top, the others below.

Pure: the same map gives the same picture. It stays readable for a district and does not grow
without end: of very many switches some are drawn and the others are counted, never left out
silently. The same content is the chart's table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_model import Chart, nothing
from inventory.web.chart_svg import (
    fitted,
    identity,
    joined,
    linked,
    local,
    picture,
    tag,
    visible,
    width_of,
)
from inventory.web.network_boxes import LINE, device_list
from inventory.web.network_legend import legend
from inventory.web.network_links import Cables, Forest, cables_of, forest_of
from inventory.web.network_model import (
    Building,
    Device,
    Map,
    Natural,
    Port,
    Switch,
    Uplink,
    natural,
)
from inventory.web.network_rows import head, name_of, rows_of
from inventory.web.network_trees import Drawing, draw_forest

__all__ = ["Building", "Device", "Map", "Port", "Switch", "Uplink", "draw"]

WIDTH, SIDE, GAP, HEAD = 1020, 16, 16, 44
MOST_SWITCHES, MOST_LOOSE, MOST_BUILDINGS = 60, 40, 60


def draw(network: Map, *, title: str, summary: str = "", id: str = "") -> Chart:
    """The picture in a container that scrolls by itself, and its content as a table.

    At most `MOST_SWITCHES` switches are drawn, shared fairly among the buildings.
    """
    title = visible(title, 200)
    network = _in_order(network)
    buildings = network.buildings
    if not any(b.switches or b.devices for b in buildings) and not network.unplaced:
        return nothing(title, id, kind="map")
    cables = cables_of([switch for building in buildings for switch in building.switches])
    forests = _forests(buildings, cables)
    id = identity(id, "map", title)
    signs = legend(network, WIDTH, id)
    parts, y = [signs.svg], signs.height
    for panel in _panels(network, buildings, cables, forests, id):
        parts.append(tag("g", panel.svg, transform=f"translate(0,{y:.0f})"))
        y += panel.height + GAP
    count = sum(map(_devices_in, buildings)) + len(network.unplaced)
    said = visible(summary) or " · ".join(
        (
            words.buildings(len(buildings)),
            words.switches(len(cables.switches)),
            words.devices(count),
        )
    )
    svg = picture(
        title, said, *parts, id=id, class_="map", width=WIDTH, height=y,
        box=f"0 0 {WIDTH} {y:.0f}", links=True,
    )  # fmt: skip
    return Chart(
        title, said,
        tag("div", svg, class_="map-scroll", tabindex="0", role="region", aria_label=title),
        head(), rows_of(network, buildings, cables, forests),
    )  # fmt: skip


def _in_order(network: Map) -> Map:
    """Everything by its name, so that the picture does not hang on how a database answers."""
    return replace(
        network, unplaced=_by_label(network.unplaced),
        buildings=tuple(
            replace(
                building, devices=_by_label(building.devices),
                switches=tuple(sorted(building.switches, key=_by_name)),
            )
            for building in sorted(network.buildings, key=_by_school)
        ),
    )  # fmt: skip


def _by_label(devices: Sequence[Device]) -> tuple[Device, ...]:
    return tuple(sorted(devices, key=lambda d: (natural(d.label), d.kind, d.href)))


def _by_name(switch: Switch) -> tuple[Natural, int]:
    return natural(switch.name), switch.asset_id


def _by_school(building: Building) -> tuple[Natural, Natural, str]:
    return natural(building.school), natural(building.name), building.href


def _devices_in(building: Building) -> int:
    ports = (port for switch in building.switches for port in switch.ports)
    return sum(len(port.devices) for port in ports) + len(building.devices)


def _forests(buildings: Sequence[Building], cables: Cables) -> list[Forest]:
    found, start = [], 0
    for building in buildings:
        end = start + len(building.switches)
        found.append(forest_of(cables, range(start, end)))
        start = end
    return found


def _quotas(forests: Sequence[Forest]) -> list[int]:
    """How many switches of each building are drawn: in turn, until there is room for no more."""
    wanted = [len(forest.order) for forest in forests]
    given = [0] * len(forests)
    left = MOST_SWITCHES
    while left and any(g < w for g, w in zip(given, wanted, strict=True)):
        for place, want in enumerate(wanted):
            if left and given[place] < want:
                given[place] += 1
                left -= 1
    return given


def _panels(
    network: Map, buildings: Sequence[Building], cables: Cables, forests: Sequence[Forest], id: str
) -> Iterator[Drawing]:
    quotas = _quotas(forests)
    drawn = list(zip(buildings, forests, quotas, strict=True))
    for building, forest, quota in drawn[:MOST_BUILDINGS]:
        yield _panel(building, cables, forest, quota, id)
    if drawn[MOST_BUILDINGS:]:
        text = words.not_drawn(words.buildings(len(drawn) - MOST_BUILDINGS))
        yield _framed(Drawing(Markup(""), 0), text, "", "")
    if network.unplaced:
        inside = _loose(network.unplaced, HEAD, network.list_href, id)
        yield _framed(inside, str(words.UNPLACED), words.devices(len(network.unplaced)), "")


def _panel(building: Building, cables: Cables, forest: Forest, quota: int, id: str) -> Drawing:
    trees = draw_forest(cables, forest.cut(quota), SIDE, HEAD, WIDTH - 2 * SIDE, id)
    parts, height = [trees.svg], trees.height if quota else 0
    if hidden := len(forest.order) - quota:
        text = words.not_drawn(words.switches(hidden))
        text_at = tag("text", text, x=SIDE, y=HEAD + height + 20, class_="map-more")
        parts.append(linked(local(building.list_href), text, text_at))
        height += 28
    if building.devices:
        name = tag("text", str(words.NO_SWITCH), x=SIDE, y=HEAD + height + 14, class_="map-name")
        loose = _loose(building.devices, HEAD + height + 24, building.list_href, id)
        parts += [name, loose.svg]
        height += 24 + loose.height
    count = f"{words.switches(len(forest.order))} · {words.devices(_devices_in(building))}"
    return _framed(Drawing(joined(parts), height), name_of(building), count, building.href)


def _loose(devices: Sequence[Device], y: float, href: str, id: str) -> Drawing:
    """Devices without a port, in columns."""
    shown = devices if len(devices) <= MOST_LOOSE + 1 else devices[:MOST_LOOSE]
    more = len(devices) - len(shown)
    svg = device_list(
        [("", device) for device in shown], SIDE, y, WIDTH - 2 * SIDE, 4, id, more=more, href=href
    )
    return Drawing(svg, (-(-len(shown) // 4) + bool(more)) * LINE)


def _framed(inside: Drawing, name: str, count: str, href: str) -> Drawing:
    height = HEAD + inside.height + (SIDE if inside.height else 0)
    heading = fitted(name, WIDTH - 2 * SIDE - width_of(count, 12) - 20, 15)
    return Drawing(joined((
        tag("rect", x=0.5, y=0.5, width=WIDTH - 1, height=height, rx=8, class_="map-panel"),
        linked(local(href), name, tag("text", heading, x=SIDE, y=27, class_="map-head")),
        tag("text", count, x=WIDTH - SIDE, y=27, text_anchor="end", class_="map-small"),
        inside.svg,
    )), height)  # fmt: skip
