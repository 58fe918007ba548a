"""What a custom field accepts: pure rules. Nothing a client sends is ever run as a pattern."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date

from inventory.assets.catalog_models import CustomField
from inventory.assets.kinds import Category, FieldKind
from inventory.assets.words import entered
from inventory.errors import InvalidInput

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
LARGEST = 10**15
"""Numbers beyond this are not kept: a JSON reader may round them."""


def applies(field: CustomField, category: Category) -> bool:
    return not field.archived and (not field.categories or category.value in field.categories)


def merged(
    fields: Sequence[CustomField],
    category: Category,
    present: Mapping[str, object],
    given: Mapping[str, object],
    *,
    complete: bool,
) -> dict[str, object]:
    """`present` with `given` laid over it; None removes a value.

    complete: also demand every required field of the category. Raises `InvalidInput` with
    `fields["custom"]` naming each bad key.
    """
    known = {field.key: field for field in fields}
    values = dict(present)
    errors: dict[str, list[str]] = {}
    for key, value in given.items():
        field = known.get(key)
        if field is None:
            errors[str(key)[:60]] = ["there is no such field"]
        elif value is None:
            values.pop(key, None)
            if field.required and applies(field, category):
                errors[key] = ["is required"]
        elif not applies(field, category):
            errors[key] = [f"does not apply to {category.value}"]
        else:
            try:
                values[key] = accepted(field, value)
            except InvalidInput as refused:
                errors[key] = [str(refused).removeprefix(f"{key} ")]
    if complete:
        for field in fields:
            if field.required and applies(field, category) and field.key not in values:
                errors.setdefault(field.key, ["is required"])
    if errors:
        raise InvalidInput("custom fields are not acceptable", {"custom": errors})
    return values


def accepted(field: CustomField, value: object) -> object:
    """The value in the form in which it is kept. Raises `InvalidInput`."""
    match field.kind:
        case FieldKind.TEXT:
            text = entered(value, field.key, field.max_length, lines=True)
            if not text:
                raise _refused(field, "must not be empty; send null to remove it")
            return text
        case FieldKind.NUMBER:
            return _number(field, value)
        case FieldKind.BOOLEAN:
            if not isinstance(value, bool):
                raise _refused(field, "must be true or false")
            return value
        case FieldKind.CHOICE:
            if not isinstance(value, str) or value not in field.choices:
                raise _refused(field, "must be one of: " + ", ".join(map(str, field.choices)))
            return value
        case FieldKind.DATE:
            return _date(field, value)


def _number(field: CustomField, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _refused(field, "must be a number")
    low = -LARGEST if field.minimum is None else field.minimum
    high = LARGEST if field.maximum is None else field.maximum
    if not low <= value <= high:
        raise _refused(field, f"must be between {low:g} and {high:g}")
    return value


def _date(field: CustomField, value: object) -> str:
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as wrong_day:
            raise _refused(field, "must be a day that exists") from wrong_day
    raise _refused(field, "must be a date like 2026-09-01")


def asked(field: CustomField, text: str) -> object:
    """The value that the text of a filter means. Raises `InvalidInput`."""
    if field.kind is FieldKind.BOOLEAN:
        if text.lower() not in {"true", "false"}:
            raise _refused(field, "must be true or false")
        return text.lower() == "true"
    if field.kind is FieldKind.NUMBER:
        if not re.fullmatch(r"-?\d{1,16}(\.\d{1,10})?", text, re.ASCII):
            raise _refused(field, "must be a number")
        return float(text) if "." in text else int(text)
    return text


def _refused(field: CustomField, message: str) -> InvalidInput:
    return InvalidInput(f"{field.key} {message}", {field.key: [message]})
