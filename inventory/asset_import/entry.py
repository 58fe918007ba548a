"""A row of a file as the fields that it tells of, and its keys: before anything is looked up."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from inventory.asset_import import targets
from inventory.asset_import.values import CLEARED, SHORTENED
from inventory.assets import identifiers
from inventory.assets.export import unneutralised
from inventory.assets.identifiers import Key
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import wrong
from inventory.errors import InvalidInput

LARGEST_ID = 2**31 - 1
_SEVERAL = re.compile(r"[;,|\s]+")


@dataclass(slots=True)
class Entry:
    """said     field → text of the cell, without what an export put before a formula; no blank ones
    tag_key  the comparable tag, "" where none is told
    serial   the serial in normal form, "" where none is told or it identifies nothing
    keys     its other identifiers
    wrong    what cannot be accepted of it
    """

    row_id: int
    number: int
    said: dict[str, str]
    tag_key: str = ""
    serial: str = ""
    asset_id: int | None = None
    keys: list[Key] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def cleared(self, name: str) -> bool:
        return self.said[name].strip().casefold() in CLEARED


def entry_of(row_id: int, number: int, cells: Sequence[str], mapping: Sequence[str]) -> Entry:
    """Of the cells that are mapped to a field."""
    said = {
        name: unneutralised(cell)
        for name, cell in zip(mapping, cells, strict=True)
        if name and cell and not cell.isspace()
    }
    entry = Entry(row_id, number, said)
    for name, reader in _READERS.items():
        if name in said:
            try:
                reader(entry, said[name])
            except InvalidInput as refused:
                entry.wrong.append(str(refused))
    return entry


def _tag(entry: Entry, text: str) -> None:
    if entry.cleared("tag"):
        raise wrong("tag", "cannot be cleared")
    if SHORTENED.fullmatch(text.strip()):
        raise wrong("tag", f"{text.strip()[:40]} was shortened by a spreadsheet")
    entry.said["tag"] = clean_tag(text)
    entry.tag_key = tag_key(entry.said["tag"])


def _serial(entry: Entry, text: str) -> None:
    if SHORTENED.fullmatch(text.strip()):
        raise wrong("serial", f"{text.strip()[:40]} was shortened by a spreadsheet")
    with suppress(InvalidInput):
        entry.serial = identifiers.serial_value(text)


def _id(entry: Entry, text: str) -> None:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or int(text) > LARGEST_ID:
        raise wrong("id", "is no number of an asset")
    entry.asset_id = int(text)


def _keys(kind: str) -> Callable[[Entry, str], None]:
    def read(entry: Entry, text: str) -> None:
        for one in filter(None, _SEVERAL.split(text)):
            entry.keys.append(identifiers.normal_key(kind, one))

    return read


_READERS: Mapping[str, Callable[[Entry, str], None]] = {
    "tag": _tag, "serial": _serial, "id": _id,
    **{kind: _keys(kind) for kind in targets.IDENTIFIERS},
}  # fmt: skip
