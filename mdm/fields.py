"""Reading a vendor's JSON without trust: every getter returns a clean value of its type, or None.

A field that is absent, null, of another type or out of range is unknown, never an error. Only a
row that is no object, or has no id, cannot be read (`Unreadable`); its page goes on without it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

from mdm.types import Device, Problem

MAX_TEXT = 256
MAX_EXTRAS = 32
_YEARS = range(2000, 2200)  # vendors write 0001-01-01 or 1970-01-01 for "never"


class Unreadable(ValueError):
    """A row that cannot be read; the message says why."""


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Displayable text: white space is one blank, no control or invisible characters, bounded."""
    spaced = " ".join(text[: limit * 4].split())
    shown = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())[:limit].strip()


class Fields:
    """One JSON object. Names given in a row go down: `text("hardware", "serialNumber")`."""

    def __init__(self, value: object) -> None:
        self._value: Mapping[str, object] = value if isinstance(value, dict) else {}

    @classmethod
    def row(cls, value: object) -> Fields:
        """One row of a list. Raises `Unreadable` where it is no object."""
        if not isinstance(value, dict):
            raise Unreadable("a row that is no object")
        return cls(value)

    def get(self, *names: str) -> object:
        """The raw value, None where anything on the way is missing."""
        value: object = self._value
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def text(self, *names: str, limit: int = MAX_TEXT) -> str | None:
        """A text, or a number as its digits; empty is None."""
        value = self.get(*names)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        return clean(str(value), limit) or None

    def id(self, *names: str) -> str:
        """An id exactly as it is, to be sent back. Raises `Unreadable` where there is none."""
        value = self.get(*names)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value or len(value) > MAX_TEXT * 2:
            raise Unreadable(f"a row without a usable {'.'.join(names)}")
        if not value.isprintable():
            raise Unreadable(f"a row whose {'.'.join(names)} has invisible characters")
        return value

    def texts(self, *names: str) -> tuple[str, ...]:
        """A list of texts, or one text; at most 100, without repeats."""
        value = self.get(*names)
        many = value if isinstance(value, list) else [value]
        found = [clean(str(one)) for one in many[:100] if isinstance(one, str | int)]
        return tuple(dict.fromkeys(one for one in found if one))

    def flag(self, *names: str) -> bool | None:
        """true or false, also as text or 0 and 1."""
        value = self.get(*names)
        if isinstance(value, str):
            value = {"true": True, "false": False, "1": True, "0": False}.get(value.lower())
        elif value in (0, 1) and isinstance(value, int):
            value = bool(value)
        return value if isinstance(value, bool) else None

    def number(self, *names: str) -> float | None:
        """A number, also as text."""
        value = self.get(*names)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def moment(self, *names: str) -> datetime | None:
        """An ISO 8601 time, without zone taken as UTC, or seconds since 1970; UTC."""
        value = self.get(*names)
        try:
            if isinstance(value, str) and not value.strip().isdigit():
                found = datetime.fromisoformat(value.strip())
            else:
                seconds = self.number(*names)
                found = datetime.fromtimestamp(seconds or 0, UTC)
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return found if found.year in _YEARS else None

    def day(self, *names: str) -> date | None:
        """A date: YYYY-MM-DD, also at the start of a time, or milliseconds since 1970."""
        value = self.get(*names)
        try:
            if isinstance(value, str) and not value.strip().isdigit():
                found = date.fromisoformat(value.strip()[:10])
            else:
                found = datetime.fromtimestamp((self.number(*names) or 0) / 1000, UTC).date()
        except (ValueError, OverflowError, OSError):
            return None
        return found if found.year in _YEARS else None

    def inside(self, *names: str) -> Fields:
        """The object there; an empty one where there is none."""
        return Fields(self.get(*names))

    def rows(self, *names: str) -> list[object] | None:
        """The list there, None where there is none: an absent list is often an empty one."""
        value = self.get(*names)
        return value if isinstance(value, list) else None

    def extras(self, names: Mapping[str, str]) -> dict[str, str]:
        """Vendor facts worth keeping: our name → the vendor's dotted name."""
        found = {ours: self.text(*theirs.split(".")) for ours, theirs in names.items()}
        return {ours: text for ours, text in found.items() if text is not None}


def read_rows(
    rows: Iterable[object], read: Callable[[Fields], Device], *, id_name: str
) -> tuple[tuple[Device, ...], tuple[Problem, ...]]:
    """The devices of a page, and the rows that could not be read."""
    devices: list[Device] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            devices.append(read(Fields.row(row)))
        except Unreadable as wrong:
            problems.append(Problem(Fields(row).text(id_name), str(wrong)))
    return tuple(devices), tuple(problems)
