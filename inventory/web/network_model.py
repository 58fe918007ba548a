"""What the network map is drawn from: buildings, their switches, ports, and the devices on them."""

import re
from dataclasses import dataclass

from inventory.web.chart_svg import visible


@dataclass(frozen=True, slots=True)
class Device:
    """kind: a category of assets. fresh: seen lately; None where nobody knows."""

    label: str
    kind: str
    href: str = ""
    fresh: bool | None = True


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True)
class Uplink:
    """A cable to another switch; either end may tell of it, or both.

    to    its asset's id
    name  the other switch's, in case it is not on the map
    """

    to: int
    port: str = ""
    far_port: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """ports: those in use. href: its own page; list_href: the list of what is connected to it."""

    asset_id: int
    name: str
    href: str = ""
    list_href: str = ""
    ports: tuple[Port, ...] = ()
    uplinks: tuple[Uplink, ...] = ()
    fresh: bool | None = True


@dataclass(frozen=True, slots=True)
class Building:
    """devices: those in it of which no switch port is known."""

    name: str
    school: str = ""
    href: str = ""
    list_href: str = ""
    switches: tuple[Switch, ...] = ()
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """unplaced: devices of which not even the building is known; list_href: the list of them."""

    buildings: tuple[Building, ...] = ()
    unplaced: tuple[Device, ...] = ()
    list_href: str = ""


_SHORT = (
    ("hundredgigabitethernet", "Hu"), ("hundredgige", "Hu"), ("fortygigabitethernet", "Fo"),
    ("fortygige", "Fo"), ("twentyfivegigabitethernet", "Twe"), ("twentyfivegige", "Twe"),
    ("tengigabitethernet", "Te"), ("tengige", "Te"), ("fivegigabitethernet", "Fi"),
    ("twogigabitethernet", "Tw"), ("gigabitethernet", "Gi"), ("fastethernet", "Fa"),
    ("port-channel", "Po"), ("ethernet", "Eth"),
)  # fmt: skip
"""How makers themselves shorten the names of ports."""

Natural = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Natural:
    """A key that sorts "2" before "10"."""
    parts: list[str] = re.findall(r"[0-9]{1,18}|[^0-9]+", visible(text, 120).casefold())
    return tuple((0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in parts)


def short_port(name: str) -> str:
    """GigabitEthernet1/0/24 → Gi1/0/24."""
    shown = visible(name, 80)
    for long, short in _SHORT:
        if shown.lower().startswith(long):
            return short + shown[len(long) :].lstrip()
    return shown


def cell_name(name: str) -> str:
    """The last number of a port's name, else its first letters: what fits into a small cell."""
    numbers = re.findall(r"[0-9]+", visible(name, 80))
    return numbers[-1][-4:] if numbers else visible(name, 80)[:3]
