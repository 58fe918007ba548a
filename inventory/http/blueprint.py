"""The API blueprint: flask-smorest with a parser that refuses unknown query arguments.

webargs drops unknown query arguments by default, so that `?stauts=lost` would return everything.
"""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser


class StrictParser(FlaskParser):
    """Unknown fields are errors in the query as in the body."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        "query": ma.RAISE,
        "json": ma.RAISE,
        "form": ma.RAISE,
        "headers": ma.EXCLUDE,
        "path": ma.RAISE,
    }


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """Every JSON blueprint of the application."""

    ARGUMENTS_PARSER = StrictParser()


def api_blueprint(name: str, url: str, description: str) -> Any:
    """A blueprint under /api/v1."""
    return ApiBlueprint(name, name, url_prefix=f"/api/v1{url}", description=description)
