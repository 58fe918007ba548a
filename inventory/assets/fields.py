"""The plain fields of an asset that a person or script may enter, and what each accepts."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.errors import InvalidInput

MAX_CENTS = 2_000_000_000

_TEXT = {
    "name": 200,
    "serial": 120,
    "firmware": 200,
    "order_number": 80,
    "supplier": 120,
    "funding_source": 120,
    "grant_number": 80,
}


def _text(field: str, limit: int) -> Callable[[object], object]:
    return lambda value: entered(value, field, limit)


def _day(field: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value is not None and type(value) is not date:
            raise wrong(field, "must be a date")
        if isinstance(value, date) and not 1970 <= value.year <= 2200:
            raise wrong(field, "must lie between 1970 and 2200")
        return value

    return check


def _cents(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_CENTS:
        raise wrong("cost_cents", f"must be 0 to {MAX_CENTS} cents")
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise wrong("federal_funds", "must be true or false")
    return value


def _category(value: object) -> object:
    try:
        return Category(value)  # type: ignore[arg-type]
    except ValueError as unknown:
        raise wrong("category", "must be one of: " + ", ".join(Category)) from unknown


PLAIN: dict[str, Callable[[object], object]] = {
    **{field: _text(field, limit) for field, limit in _TEXT.items()},
    "description": lambda value: entered(value, "description", 4000, lines=True),
    "purchase_date": _day("purchase_date"),
    "warranty_until": _day("warranty_until"),
    "cost_cents": _cents,
    "federal_funds": _flag,
    "category": _category,
}
"""Field name → check; raises `InvalidInput`."""

SPECIAL = frozenset({"tag", "site_id", "manufacturer", "model", "custom"})
"""Changed with more than a check: see `service.change`."""

AUDITED = (*PLAIN, "tag", "status", "site_id", "custom")


FOLLOWS = ("category", "manufacturer", "model", "name", "firmware", "site_id", "serial")
"""Fields that a sighting may fill; see `Asset.observed_fields`."""


def checked(values: Mapping[str, object]) -> dict[str, Any]:
    """The plain ones among `values`, checked. Raises one `InvalidInput` naming every bad field."""
    kept: dict[str, Any] = {}
    errors: dict[str, object] = {}
    for field, value in values.items():
        if field in PLAIN:
            try:
                kept[field] = PLAIN[field](value)
            except InvalidInput as refused:
                errors.update(refused.fields)
        elif field not in SPECIAL:
            errors[str(field)[:60]] = ["cannot be changed here"]
    if errors:
        raise InvalidInput("some fields are not acceptable: " + ", ".join(errors), errors)
    return kept


def snapshot(asset: Asset, names: Mapping[str, str]) -> dict[str, object]:
    """What the audit log compares; `names` holds the manufacturer's and the model's names."""
    return {field: getattr(asset, field) for field in AUDITED} | dict(names)
