"""What the list of assets can be asked, argument by argument, and the filter that it means."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from inventory.assets import query_text as given
from inventory.assets.filters import AssetFilter, Shortage
from inventory.assets.held import Holding
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.query_text import Arg, Pairs
from inventory.assets.search import MAX_QUERY
from inventory.assets.spans import FIRST_YEAR, LAST_YEAR, Seen
from inventory.errors import InvalidInput

MAX_DAYS = 36_500
MAX_PAIR = 1100

ARGS: Mapping[str, Arg] = {
    "q": given.text(MAX_QUERY),
    "tag": given.text(64),
    "category": given.word(Category, many=True),
    "status": given.word(Status, many=True),
    "site_id": given.row_id(),
    "outside_schools": given.flag(),
    "manufacturer": given.text(120),
    "manufacturer_id": given.row_id(),
    "has_manufacturer": given.flag(),
    "model_id": given.row_id(),
    "seen": given.word(Seen, many=True),
    "unseen_days": given.number(0, MAX_DAYS),
    "seen_before": given.moment(),
    "seen_after": given.moment(),
    "seen_by": given.word(Source),
    "acquired_from": given.number(FIRST_YEAR, LAST_YEAR),
    "acquired_to": given.number(FIRST_YEAR, LAST_YEAR),
    "warranty_days": given.number(0, MAX_DAYS),
    "supplies": given.word(Shortage, many=True),
    "holder": given.word(Holding, many=True),
    "has_serial": given.flag(),
    "funding_source": given.text(120),
    "federal_funds": given.flag(),
    "custom": Arg(lambda text: pair(text), lambda two: f"{two[0]}:{two[1]}", many=True),
}
"""In the order of their normal form. Each is a field of `AssetFilter`."""


def asked(pairs: Iterable[tuple[str, str]], *, at: datetime) -> AssetFilter:
    """The filter of a query string's pairs. `at`: see `AssetFilter`. Raises `InvalidInput`."""
    return AssetFilter(at=at, **given.read(ARGS, pairs))


def filter_of(values: Mapping[str, Any], *, at: datetime) -> AssetFilter:
    """The filter of arguments that a schema has loaded: lists, and `custom` as KEY:VALUE.

    Names that are no part of a filter (paging, order) are passed over. Raises `InvalidInput`.
    """
    kept: dict[str, Any] = {
        name: tuple(value) if ARGS[name].many else value
        for name, value in values.items()
        if name in ARGS
    }
    kept["custom"] = tuple(pair(text) for text in kept.get("custom", ()))
    return AssetFilter(at=at, **kept)


def pairs_of(wanted: AssetFilter) -> Pairs:
    """The arguments that ask for this filter, in normal form; `at` is not among them."""
    return given.write(ARGS, {field.name: getattr(wanted, field.name) for field in fields(wanted)})


def narrowed(
    wanted: AssetFilter, args: Mapping[str, str], *, instead_of: Iterable[str] = ()
) -> AssetFilter:
    """The filter with these arguments, and without those named in `instead_of`."""
    values: dict[str, Any] = {name: getattr(AssetFilter(), name) for name in instead_of}
    return replace(wanted, **{**values, **given.read(ARGS, args.items())})


def pair(text: str) -> tuple[str, str]:
    """A custom field's key and the value that is wanted. Raises `InvalidInput`."""
    key, colon, value = text.partition(":")
    if not colon or len(text) > MAX_PAIR:
        raise InvalidInput("custom is KEY:VALUE", {"custom": ["must be KEY:VALUE"]})
    return key.strip(), value.strip()
