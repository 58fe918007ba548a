"""The query arguments of a list as text: read, checked, and written back in one normal form.

What a list takes is a table of `Arg`; a stored view, a link and a web page all go through it, so
that they cannot mean different things. The API's schemas check the same for its description.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from inventory.assets.words import entered
from inventory.errors import InvalidInput

MAX_ID = 2**31 - 1
MAX_VALUES = 50
Pairs = list[tuple[str, str]]

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


@dataclass(frozen=True, slots=True)
class Arg:
    """read   from a text to the value; raises `ValueError` saying what it must be
    write  the other way round
    many   may be repeated: any of the values will do
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    many: bool = False


def read(args: Mapping[str, Arg], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values by name; those with `many` as a tuple without repeats, of the others the last.

    Blank texts count as left out: a plain HTML form sends every field it has. Raises
    `InvalidInput` naming every argument that is not known or not acceptable.
    """
    values: dict[str, Any] = {}
    errors: dict[str, object] = {}
    for name, text in pairs:
        arg = args.get(name)
        if arg is None:
            errors[name[:60]] = ["is no argument of this list"]
            continue
        if not text.strip():
            continue
        try:
            value = arg.read(text.strip())
        except (ValueError, InvalidInput) as refused:
            errors[name] = [str(refused)]
            continue
        values[name] = (*values.get(name, ()), value) if arg.many else value
        if arg.many and len(values[name]) > MAX_VALUES:
            errors[name] = [f"must not be given more than {MAX_VALUES} times"]
    if errors:
        raise InvalidInput("the list does not take that: " + ", ".join(errors), errors)
    return {
        name: tuple(dict.fromkeys(value)) if args[name].many else value
        for name, value in values.items()
    }


def write(args: Mapping[str, Arg], values: Mapping[str, Any]) -> Pairs:
    """The normal form: in the order of the table, repeated ones sorted, nothing that is left out
    (None, "" or no value)."""
    pairs: Pairs = []
    for name, arg in args.items():
        value = values.get(name)
        if arg.many:
            pairs += [(name, text) for text in sorted(map(arg.write, value or ()))]
        elif value is not None and value != "":
            pairs.append((name, arg.write(value)))
    return pairs


def text(limit: int) -> Arg:
    """One line of at most so many characters."""
    return Arg(lambda given: entered(given, "it", limit))


def word(kind: type[StrEnum], *, many: bool = False) -> Arg:
    """A member of an enum by its value."""

    def read_word(given: str) -> StrEnum:
        try:
            return kind(given)
        except ValueError:
            raise ValueError("must be one of: " + ", ".join(kind)) from None

    return Arg(read_word, lambda one: str(one.value), many)


def number(least: int, most: int) -> Arg:
    """A whole number within these bounds."""

    def read_number(given: str) -> int:
        if given.isascii() and given.isdigit() and len(given) < 12 and least <= int(given) <= most:
            return int(given)
        raise ValueError(f"must be a whole number from {least} to {most}")

    return Arg(read_number)


def row_id() -> Arg:
    """The number of a row."""
    return number(1, MAX_ID)


def flag() -> Arg:
    """Yes or no; written as true or false."""

    def read_flag(given: str) -> bool:
        if given.lower() in _TRUE | _FALSE:
            return given.lower() in _TRUE
        raise ValueError("must be true or false")

    return Arg(read_flag, lambda one: "true" if one else "false")


def moment() -> Arg:
    """A moment in ISO 8601 with its zone; written in UTC."""

    def read_moment(given: str) -> datetime:
        try:
            at = datetime.fromisoformat(given)
            if at.tzinfo is not None:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise ValueError("must be a moment with its zone, like 2026-09-01T12:00:00Z")

    return Arg(read_moment, lambda at: str(at.astimezone(UTC).isoformat()))
