"""Installed software as vendors list it; bounded, and in the same order at every reading."""

from __future__ import annotations

from mdm.connection import ConfigField
from mdm.fields import Fields
from mdm.types import Software

FIELD = ConfigField(
    "software",
    "Installed software",
    default="no",
    choices=("no", "yes"),
    help="With yes it is read with every list, which grows many times larger.",
)
"""The setting of a connection, where a list can tell of software at all."""

MOST = 500
"""Pieces of one device."""


def software(rows: list[object] | None, identifier: str) -> tuple[Software, ...] | None:
    """From rows with `name`, `version` and the field `identifier`. An empty list is unknown: it
    is what vendors send where nothing was collected."""
    found = {
        Software(name, row.text("version"), row.text(identifier))
        for row in map(Fields, (rows or [])[: MOST * 4])
        if (name := row.text("name")) is not None
    }
    if not found:
        return None
    order = sorted(found, key=lambda s: (s.name, s.version or "", s.identifier or ""))
    return tuple(order[:MOST])
