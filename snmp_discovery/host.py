"""Storage and software of servers (HOST-RESOURCES-MIB, RFC 2790), batteries of UPSs (RFC 1628)."""

from __future__ import annotations

from snmp_discovery import oids
from snmp_discovery.tables import Tree, index_text
from snmp_discovery.types import Alert, Storage, Supply, SupplyState

MAX_STORAGE = 256
MAX_SOFTWARE = 1000
_BATTERY_STATES = {2: SupplyState.OK, 3: SupplyState.LOW, 4: SupplyState.EMPTY}


def storage(tree: Tree) -> tuple[Storage, ...]:
    """The rows of hrStorageTable in bytes.

    Sizes are 32-bit counts of allocation units; agents with larger disks wrap them into negative
    numbers, which are read as unsigned.
    """
    names = tree.texts((*oids.HR_STORAGE_TABLE, 3))
    units = tree.numbers((*oids.HR_STORAGE_TABLE, 4))
    sizes = tree.numbers((*oids.HR_STORAGE_TABLE, 5))
    used = tree.numbers((*oids.HR_STORAGE_TABLE, 6))
    found = []
    for index, size in list(sizes.items())[:MAX_STORAGE]:
        unit = max(units.get(index, 1), 1)
        name = names.get(index) or f"storage {index_text(index)}"
        found.append(Storage(name, _unsigned(size) * unit, _unsigned(used.get(index, 0)) * unit))
    return tuple(found)


def _unsigned(count: int) -> int:
    return count + 2**32 if -(2**31) <= count < 0 else max(count, 0)


def software(tree: Tree) -> tuple[str, ...]:
    """Installed software by name, each once."""
    names = list(tree.texts(oids.HR_SW_INSTALLED_NAME).values())
    return tuple(dict.fromkeys(names))[:MAX_SOFTWARE]


def battery(tree: Tree) -> tuple[Supply, ...]:
    """A UPS's battery as a supply: upsEstimatedChargeRemaining and upsBatteryStatus."""
    charge = tree.facts.number(oids.UPS_CHARGE_REMAINING)
    status = tree.facts.number(oids.UPS_BATTERY_STATUS)
    if charge is None and status is None:
        return ()
    percent = charge if charge is not None and 0 <= charge <= 100 else None
    state = _BATTERY_STATES.get(status or 0, SupplyState.UNKNOWN)
    return (Supply("Battery", "battery", "", percent, state, "ups"),)


# upsWellKnownAlarms (RFC 1628 §4), by their last number
_UPS_ALARMS = {
    1: "battery bad", 2: "on battery", 3: "low battery", 4: "depleted battery",
    5: "temperature bad", 6: "input bad", 7: "output bad", 8: "output overload", 9: "on bypass",
    10: "bypass bad", 11: "output off as requested", 12: "UPS off as requested",
    13: "charger failed", 14: "UPS output off", 15: "UPS system off", 16: "fan failure",
    17: "fuse failure", 18: "general fault", 19: "diagnostic test failed",
    20: "communications lost", 21: "awaiting power", 22: "shutdown pending",
    23: "shutdown imminent", 24: "test in progress",
}  # fmt: skip


def ups_alerts(tree: Tree) -> tuple[Alert, ...]:
    """Present alarms of a UPS (upsAlarmTable)."""
    found = []
    for value in list(tree.column(oids.UPS_ALARM_DESCR).values())[:64]:
        if isinstance(value, tuple) and value:
            text = _UPS_ALARMS.get(value[-1], f"alarm {index_text(value)}")
            found.append(Alert("ups", "warning", text))
    return tuple(found)
