"""The query arguments of a page: read by a schema, refused when unknown."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import marshmallow as ma
from flask import request
from marshmallow import fields

from inventory.errors import InvalidInput
from inventory.web.forms import flat, messages_of

View = TypeVar("View", bound=Callable[..., Any])


def with_query(schema: type[ma.Schema]) -> Callable[[View], View]:
    """Hand the view the loaded arguments as its first one. Stands directly under `guarded`.

    A blank argument counts as left out: a plain HTML form sends every field it has. Raises
    `InvalidInput` for anything that the schema does not know or cannot read.
    """
    built = schema()

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def reading(*args: Any, **kwargs: Any) -> Any:
            return view(_read(built), *args, **kwargs)

        cast(Any, reading).__query__ = True
        return cast(View, reading)

    return decorate


def _read(schema: ma.Schema) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in request.args:
        values = [value for value in request.args.getlist(name) if value.strip()]
        if not values:
            if name not in schema.fields:
                given[name] = ""
            continue
        given[name] = values if isinstance(schema.fields.get(name), fields.List) else values[-1]
    try:
        return cast(dict[str, Any], schema.load(given))
    except ma.ValidationError as wrong:
        raise InvalidInput(
            "the address of this page holds something that it does not know",
            {"query": flat(messages_of(wrong))},
        ) from wrong
