"""Reading the Printer-MIB (RFC 3805): supplies, trays, covers, alerts, console, page counts."""

from __future__ import annotations

from snmp_discovery import oids
from snmp_discovery.tables import Tree, index_text
from snmp_discovery.types import Alert, Oid, Supply, SupplyState, Tray, Value

LOW_PERCENT = 10
"""A consumable with this much or less left is low."""

MAX_ROWS = 64
MAX_PLAUSIBLE_PAGES = 100_000_000

# PrtMarkerSuppliesTypeTC
SUPPLY_TYPES = {
    1: "other", 2: "unknown", 3: "toner", 4: "waste toner", 5: "ink", 6: "ink cartridge",
    7: "ink ribbon", 8: "waste ink", 9: "drum", 10: "developer", 11: "fuser oil", 12: "solid wax",
    13: "ribbon wax", 14: "waste wax", 15: "fuser", 16: "corona wire", 17: "fuser oil wick",
    18: "cleaner unit", 19: "fuser cleaning pad", 20: "transfer unit", 21: "toner cartridge",
    22: "fuser oiler", 23: "water", 24: "waste water", 25: "glue water additive",
    26: "waste paper", 27: "binding supply", 28: "banding supply", 29: "stitching wire",
    30: "shrink wrap", 31: "paper wrap", 32: "staples", 33: "inserts", 34: "covers",
}  # fmt: skip
PERCENT, IMPRESSIONS = 19, 7
RECEPTACLE = 4  # prtMarkerSuppliesClass receptacleThatIsFilled: the level is the room left
_TRAY_STATES = ((8, "warning"), (16, "critical"), (32, "off line"))
_SEVERITIES = {1: "other", 3: "critical", 4: "warning", 5: "warning"}
_COVER_STATES = {3: "open", 4: "closed", 5: "open", 6: "closed"}


def supplies(tree: Tree) -> tuple[Supply, ...]:
    """The rows of prtMarkerSuppliesTable, in the agent's order."""
    columns = {number: tree.column((*oids.PRT_SUPPLIES, number)) for number in range(2, 10)}
    names = tree.texts((*oids.PRT_SUPPLIES, 6))
    colorants = tree.texts(oids.PRT_COLORANT_VALUE)
    rows = sorted({index for column in columns.values() for index in column})[:MAX_ROWS]
    found = []
    for index in rows:
        row = {number: _number(column.get(index)) for number, column in columns.items()}
        kind = SUPPLY_TYPES.get(row[5] or 0, "")
        name = names.get(index, "") or kind
        color = _color(index, row[3], colorants, name)
        percent, state = level(row[9], row[8], row[7], row[4] == RECEPTACLE)
        found.append(Supply(name, kind, color, percent, state, index_text(index)))
    return tuple(found)


def level(
    value: int | None, capacity: int | None, unit: int | None, filled: bool
) -> tuple[int | None, SupplyState]:
    """Percent and state of one supply from prtMarkerSuppliesLevel, MaxCapacity, SupplyUnit.

    Negative levels: -1 no restriction, -2 unknown, -3 some remains. A capacity that is unknown
    or zero gives no percentage unless the unit is percent; a level above the capacity counts as
    full. `filled`: a waste container, whose level is the room that is left (RFC 3805 §5).
    """
    special = {-1: SupplyState.UNRESTRICTED, -3: SupplyState.SOME_REMAINS}
    if value is None or value < 0:
        return None, special.get(value or 0, SupplyState.UNKNOWN)
    if capacity is None or capacity <= 0:
        if unit != PERCENT or value > 100:
            state = SupplyState.EMPTY if value == 0 else SupplyState.SOME_REMAINS
            return None, SupplyState.UNKNOWN if filled and value == 0 else state
        capacity = 100
    percent = min(100, value * 100 // capacity)
    if value > 0 and percent == 0:
        percent = 1
    if percent == 0:
        return 0, SupplyState.EMPTY
    return percent, SupplyState.LOW if percent <= LOW_PERCENT else SupplyState.OK


_COLOR_WORDS = (
    ("light cyan", "light cyan"), ("light magenta", "light magenta"),
    ("photo black", "photo black"), ("matte black", "matte black"), ("light gray", "light gray"),
    ("black", "black"), ("cyan", "cyan"), ("magenta", "magenta"), ("yellow", "yellow"),
    ("gray", "gray"), ("grey", "gray"), ("noir", "black"), ("schwarz", "black"), ("gelb", "yellow"),
    ("jaune", "yellow"), ("negro", "black"), ("amarillo", "yellow"), ("cian", "cyan"),
    ("red", "red"), ("blue", "blue"), ("green", "green"), ("orange", "orange"), ("white", "white"),
)  # fmt: skip


def _color(index: Oid, colorant: int | None, colorants: dict[Oid, str], name: str) -> str:
    """The colorant's name in prtMarkerColorantTable, else a colour word in the description."""
    said = ""
    if colorant and index:
        said = colorants.get((index[0], colorant), "")
    for text in (said.lower(), name.lower()):
        for word, color in _COLOR_WORDS:
            if word in text:
                return color
    return "" if said.lower() in ("none", "other", "unknown") else said.lower()[:40]


def trays(tree: Tree) -> tuple[Tray, ...]:
    """The rows of prtInputTable; -1 (no restriction), -2 (unknown) and -3 are no numbers."""
    columns = {number: tree.column((*oids.PRT_INPUT, number)) for number in (8, 9, 10, 11)}
    names = tree.texts((*oids.PRT_INPUT, 13))
    notes = tree.texts((*oids.PRT_INPUT, 18))
    media = tree.texts((*oids.PRT_INPUT, 12))
    rows = {index for column in columns.values() for index in column}
    found = []
    for index in sorted(rows | set(names) | set(notes))[:MAX_ROWS]:
        row = {number: _number(column.get(index)) for number, column in columns.items()}
        name = names.get(index) or notes.get(index) or f"tray {index_text(index[-1:])}"
        state = _tray_state(row[11], row[10])
        found.append(
            Tray(name, media.get(index, ""), _counted(row[10]), _counted(row[9], above=0), state)
        )
    return tuple(found)


def _counted(value: int | None, *, above: int = -1) -> int | None:
    return value if value is not None and value > above else None


def _tray_state(status: int | None, content: int | None) -> str:
    """PrtSubUnitStatusTC is a sum: availability (0-7), alert, off-line and transition bits."""
    words: list[str] = []
    if status is not None and 0 <= status < 128:
        words += ["unavailable"] if status & 7 in (1, 3) else []
        words += [word for bit, word in _TRAY_STATES if status & bit]
    if content == 0:
        words.append("empty")
    return ", ".join(dict.fromkeys(words)) or ("ok" if status is not None else "")


def covers(tree: Tree) -> dict[str, str]:
    """{cover: open | closed | unknown} from prtCoverTable."""
    names = tree.texts(oids.PRT_COVER_DESCR)
    states = tree.numbers(oids.PRT_COVER_STATUS)
    found: dict[str, str] = {}
    for index, state in list(states.items())[:MAX_ROWS]:
        name = names.get(index) or f"cover {index_text(index[-1:])}"
        found[name] = _COVER_STATES.get(state, "unknown")
    return found


def alerts(tree: Tree) -> tuple[Alert, ...]:
    """The rows of prtAlertTable that carry a text, then the lines of the console display."""
    severities = tree.numbers((*oids.PRT_ALERT, 2))
    texts = tree.texts((*oids.PRT_ALERT, 8))
    codes = tree.numbers((*oids.PRT_ALERT, 7))
    found = []
    for index in sorted({*severities, *texts, *codes})[:MAX_ROWS]:
        text = texts.get(index) or _code_text(codes.get(index))
        if text:
            severity = _SEVERITIES.get(severities.get(index, 1), "other")
            found.append(Alert("alert", severity, text))
    lines = [line for line in list(tree.texts(oids.PRT_CONSOLE_TEXT).values())[:MAX_ROWS] if line]
    return (*found, *(Alert("console", "", line) for line in lines))


# The common PrtAlertCodeTC values a technician acts on; used where the agent gives no text.
_ALERT_CODES = {
    3: "cover open", 4: "cover closed", 5: "interlock open", 8: "jam", 11: "configuration change",
    501: "power off", 503: "off line", 801: "tray missing", 807: "media supply low",
    808: "media supply empty", 903: "output tray full", 1101: "toner empty", 1102: "ink empty",
    1104: "toner low", 1105: "ink low", 1107: "waste toner receptacle almost full",
    1109: "waste toner receptacle full", 1111: "marker life almost over", 1112: "marker life over",
    1113: "developer empty",
}  # fmt: skip


def _code_text(code: int | None) -> str:
    return _ALERT_CODES.get(code or 0, "")


def page_count(tree: Tree) -> int | None:
    """Impressions printed in the printer's life: the largest plausible prtMarkerLifeCount.

    A marker that counts in another unit (hours, metres) is not pages.
    """
    units = tree.numbers(oids.PRT_MARKER_UNIT)
    counts = [
        count
        for index, count in tree.numbers(oids.PRT_MARKER_LIFE).items()
        if units.get(index, IMPRESSIONS) in (1, 2, 7, 8) and 0 <= count <= MAX_PLAUSIBLE_PAGES
    ]
    return max(counts, default=None)


def _number(value: Value | None) -> int | None:
    return value if isinstance(value, int) else None
