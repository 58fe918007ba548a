"""Page counters that makers keep outside the Printer-MIB."""

from __future__ import annotations

from snmp_discovery.oids import ENTERPRISES
from snmp_discovery.printer import MAX_PLAUSIBLE_PAGES
from snmp_discovery.types import Facts, Oid, Supply, SupplyState

_HP_COUNTS: Oid = (*ENTERPRISES, 11, 2, 3, 9, 4, 2, 1, 4, 1, 2)
_BROTHER: Oid = (*ENTERPRISES, 2435, 2, 3, 9, 4, 2, 1, 5, 5)
_BROTHER_COUNTERS: Oid = (*_BROTHER, 10, 0)
_BROTHER_MAINTENANCE: Oid = (*_BROTHER, 8, 0)

# counter name -> object; maker by enterprise number
_SCALARS: dict[int, dict[str, Oid]] = {
    11: {"total": (*_HP_COUNTS, 5, 0), "color": (*_HP_COUNTS, 7, 0)},
    253: {
        "total": (*ENTERPRISES, 253, 8, 53, 13, 2, 1, 6, 1, 20, 1),
        "color": (*ENTERPRISES, 253, 8, 53, 13, 2, 1, 6, 1, 20, 33),
        "mono": (*ENTERPRISES, 253, 8, 53, 13, 2, 1, 6, 1, 20, 34),
    },
    367: {"total": (*ENTERPRISES, 367, 3, 2, 1, 2, 19, 1, 0)},
    1347: {"total": (*ENTERPRISES, 1347, 43, 10, 1, 1, 12, 1, 1)},
    18334: {"total": (*ENTERPRISES, 18334, 1, 1, 1, 5, 7, 2, 1, 1, 0)},
}
# tags of the packed records in Brother's counter object
_BROTHER_TAGS = {0x00: "total", 0x01: "mono", 0x02: "color", 0x06: "duplex"}
# tags of Brother's maintenance object that hold a remaining life in hundredths of a percent
_BROTHER_LIVES = {
    0x6F: ("Black toner", "toner", "black"),
    0x70: ("Cyan toner", "toner", "cyan"),
    0x71: ("Magenta toner", "toner", "magenta"),
    0x72: ("Yellow toner", "toner", "yellow"),
    0x41: ("Drum unit", "drum", ""),
}


def counter_objects(enterprise: int) -> list[Oid]:
    """The counters to ask a maker's devices for; 0 stands for an unknown maker."""
    brother = [_BROTHER_COUNTERS, _BROTHER_MAINTENANCE] if enterprise in (0, 2435) else []
    return [*_SCALARS.get(enterprise, {}).values(), *brother]


def page_counters(facts: Facts) -> dict[str, int]:
    """{total | color | mono | duplex: pages} as the maker's own counters tell; often empty."""
    found: dict[str, int] = {}
    for objects in _SCALARS.values():
        for name, oid in objects.items():
            count = facts.number(oid)
            if count is not None and 0 <= count <= MAX_PLAUSIBLE_PAGES:
                found.setdefault(name, count)
    for tag, number in packed(facts.values.get(_BROTHER_COUNTERS)).items():
        if tag in _BROTHER_TAGS and number <= MAX_PLAUSIBLE_PAGES:
            found.setdefault(_BROTHER_TAGS[tag], number)
    return found


def brother_supplies(facts: Facts) -> tuple[Supply, ...]:
    """Toner and drum of Brother lasers that tell them only in their maintenance object."""
    found = []
    for tag, number in packed(facts.values.get(_BROTHER_MAINTENANCE)).items():
        if tag in _BROTHER_LIVES and 100 < number <= 10_000:
            name, kind, color = _BROTHER_LIVES[tag]
            percent = number // 100
            state = SupplyState.LOW if percent <= 10 else SupplyState.OK
            found.append(Supply(name, kind, color, percent, state, f"maintenance {tag:02x}"))
    return tuple(found)


def packed(value: object) -> dict[int, int]:
    """Brother's records: tag, type, length, big-endian number; ended by 0xFF. First tag wins."""
    found: dict[int, int] = {}
    if not isinstance(value, bytes):
        return found
    position = 0
    while position + 3 <= len(value) and value[position] != 0xFF:
        tag, length = value[position], value[position + 2]
        number = value[position + 3 : position + 3 + length]
        if len(number) != length:
            break
        found.setdefault(tag, int.from_bytes(number, "big"))
        position += 3 + length
    return found
