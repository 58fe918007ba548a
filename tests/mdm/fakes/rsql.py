"""RSQL as far as Jamf Pro's filters are used: comparisons joined by `;` (and) or `,` (or)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "=ge=": lambda left, right: left >= right,
    "=gt=": lambda left, right: left > right,
}
_TERM = re.compile(r"""([\w.]+)(==|=ge=|=gt=)("[^"\\]*"|[^"'();,=!~<>\s]+)""")


def matcher(text: str, fields: Collection[str]) -> Callable[[Callable[[str], Any]], bool]:
    """A test of a record, given the way to its fields. Raises ValueError for a bad filter."""
    if not text:
        return lambda _: True
    alternatives = [[_term(one, fields) for one in part.split(";")] for part in text.split(",")]
    return lambda value_of: any(
        all(holds(value_of(name), told) for name, holds, told in terms) for terms in alternatives
    )


def _term(text: str, fields: Collection[str]) -> tuple[str, Callable[[Any, Any], bool], str]:
    found = _TERM.fullmatch(text)
    if found is None or found[1] not in fields:
        raise ValueError(f"not a filter: {text}")
    compare = _COMPARED[found[2]]
    return found[1], lambda left, right: _holds(compare, left, right), found[3].strip('"')


def _holds(compare: Callable[[Any, Any], bool], left: Any, right: str) -> bool:
    if left is None:
        return False
    try:
        return compare(datetime.fromisoformat(left), datetime.fromisoformat(right))
    except (ValueError, TypeError):
        return compare(str(left), right)
