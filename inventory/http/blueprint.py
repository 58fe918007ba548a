"""The API blueprint: flask-smorest with a parser that refuses unknown query arguments.

webargs drops unknown query arguments by default, so that `?stauts=lost` would return everything.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import marshmallow as ma
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from inventory.errors import InvalidInput

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What leaves the type of the decorated view as it is."""

    def __call__(self, view: View, /) -> View: ...


class StrictParser(FlaskParser):
    """Unknown fields are errors in the query as in the body."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        "query": ma.RAISE,
        "json": ma.RAISE,
        "form": ma.RAISE,
        "headers": ma.EXCLUDE,
        "path": ma.RAISE,
    }

    def load_json(self, req: Any, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except RecursionError as deep:
            raise InvalidInput("the JSON is nested too deeply") from deep


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """Every JSON blueprint of the application; its decorators keep a view's type."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Decorator:
        return cast(Decorator, super().route(rule, **options))

    def arguments(self, schema: Any, **options: Any) -> Decorator:
        return cast(Decorator, super().arguments(schema, **options))

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Decorator:
        return cast(Decorator, super().response(status_code, schema, **options))

    def alt_response(self, status_code: int, **options: Any) -> Decorator:
        return cast(Decorator, super().alt_response(status_code, **options))

    def doc(self, **options: Any) -> Decorator:
        return cast(Decorator, super().doc(**options))


def api_blueprint(name: str, url: str, description: str) -> ApiBlueprint:
    """A blueprint under /api/v1."""
    return ApiBlueprint(name, name, url_prefix=f"/api/v1{url}", description=description)
