"""Finding the device itself among the rows of entPhysicalTable (ENTITY-MIB, RFC 6933)."""

from __future__ import annotations

from snmp_discovery import oids
from snmp_discovery.tables import Tree

CHASSIS, STACK = 3, 11
_DEVICE_CLASSES = (None, 1, 2, 4, 5, CHASSIS, STACK)
"""other, unknown, backplane, container, chassis, stack; never modules, ports, fans, supplies."""


def device_rows(tree: Tree) -> list[int]:
    """The rows that can be the device or a member of its stack, chassis first.

    Modules, ports, power supplies, fans and sensors never are: their serials are their own.
    """
    classes = {i[0]: v for i, v in tree.numbers(oids.ENT_CLASS).items()}
    parents = {i[0]: v for i, v in tree.numbers(oids.ENT_CONTAINED_IN).items()}
    told = [tree.texts(column) for column in (oids.ENT_SERIAL, oids.ENT_MODEL)]
    rows = {*classes, *parents, *(index[0] for texts in told for index in texts)}
    outer = {0} | {row for row, kind in classes.items() if kind == STACK}
    device = [
        row for row in rows if classes.get(row) in _DEVICE_CLASSES and parents.get(row, 0) in outer
    ]
    return sorted(device, key=lambda row: (_order(classes.get(row)), row))


def chassis(tree: Tree) -> int | None:
    """The row to take model and serial from: a chassis with a serial, a stack's first member."""
    classes = {i[0]: v for i, v in tree.numbers(oids.ENT_CLASS).items()}
    serials = {i[0] for i in tree.texts(oids.ENT_SERIAL)}

    def rank(row: int) -> tuple[bool, int, int]:
        return (row not in serials, _order(classes.get(row)), row)

    return min(device_rows(tree), key=rank, default=None)


def _order(kind: int | None) -> int:
    return 0 if kind == CHASSIS else 2 if kind == STACK else 1
