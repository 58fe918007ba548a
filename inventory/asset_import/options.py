"""How a file is to be understood: which column is which field, and in which notation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from inventory.assets.kinds import Category, Status
from inventory.errors import InvalidInput

MATCHES = ("tag", "serial", "id")
DATES = ("", "iso", "mdy", "dmy")
CREATABLE = frozenset({"manufacturer", "model", "site"})
"""What may be made where it is unknown, if somebody says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """mapping   the field of each column, "" for none; see `targets`
    match     by what a row finds its asset: tag, serial (with maker) or id
    dates     the order in 03/04/25: mdy, dmy; "": as the column itself tells
    decimal   the decimal sign of money: "." or ","; "": as the cell itself tells
    create    kinds of `CREATABLE` that are made without asking further
    category, status, site_id   of new assets whose row does not tell
    prefix    the counter for new assets without a tag; "": the default one
    """

    mapping: tuple[str, ...] = ()
    match: str = "tag"
    dates: str = ""
    decimal: str = ""
    create: tuple[str, ...] = ()
    category: str = ""
    status: str = Status.IN_STOCK.value
    site_id: int | None = None
    prefix: str = ""

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"mapping": list(self.mapping), "create": list(self.create)}


def options_of(kept: Mapping[str, Any]) -> Options:
    """What `told` gave; names of an older release are left out."""
    known = {field.name for field in fields(Options)}
    values = {name: value for name, value in kept.items() if name in known}
    for name in ("mapping", "create"):
        values[name] = tuple(values.get(name, ()))
    return Options(**values)


def require_sound(options: Options, width: int, known: Sequence[str]) -> None:
    """Raises `InvalidInput` for options that cannot be meant: an unknown field, one field twice."""
    wrong: dict[str, object] = {}
    named = [name for name in options.mapping if name]
    if len(options.mapping) != width:
        wrong["mapping"] = [f"must name {width} columns"]
    elif unknown := sorted(set(named) - set(known)):
        wrong["mapping"] = [f"there is no field {', '.join(unknown)[:200]}"]
    elif twice := sorted({name for name in named if named.count(name) > 1}):
        wrong["mapping"] = [f"two columns are {', '.join(twice)[:200]}"]
    elif options.match not in named and not (options.match == "tag" and "serial" in named):
        wrong["match"] = [f"no column is the {options.match}"]
    for name, allowed in (
        ("match", MATCHES), ("dates", DATES), ("decimal", ("", ".", ",")),
        ("category", ("", *Category)), ("status", tuple(Status)),
    ):  # fmt: skip
        if getattr(options, name) not in allowed:
            wrong[name] = ["must be one of: " + ", ".join(filter(None, allowed))]
    if set(options.create) - CREATABLE:
        wrong["create"] = ["may hold " + ", ".join(sorted(CREATABLE))]
    if wrong:
        raise InvalidInput("the file cannot be read like that", wrong)
