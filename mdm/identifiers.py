"""Hardware identifiers in one form, whatever the vendor's."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_MACS = {"00" * 6, "ff" * 6, "020000000000"}  # the last: what Android tells when it may not


def macs(*values: str | None) -> tuple[str, ...]:
    """MAC addresses, lower case with colons, without repeats; placeholders are dropped."""
    found = (re.sub(r"[-:. ]", "", value or "").lower() for value in values)
    good = (one for one in found if re.fullmatch(r"[0-9a-f]{12}", one) and one not in _NO_MACS)
    return tuple(dict.fromkeys(":".join(re.findall("..", one)) for one in good))


def imeis(values: Iterable[str | None]) -> tuple[str, ...]:
    """IMEIs of 15 digits (16 with a software version: 3GPP TS 23.003 §6.2), without repeats."""
    return _matching(values, r"\d{15,16}")


def meids(values: Iterable[str | None]) -> tuple[str, ...]:
    """MEIDs of 14 hexadecimal digits, upper case, without repeats."""
    return _matching(values, r"[0-9A-Fa-f]{14}")


def _matching(values: Iterable[str | None], pattern: str) -> tuple[str, ...]:
    found = (re.sub(r"[-/ ]", "", value or "") for value in values)
    good = (one for one in found if re.fullmatch(pattern, one, re.ASCII) and set(one) != {"0"})
    return tuple(dict.fromkeys(one.upper() for one in good))
