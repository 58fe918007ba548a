"""Parts of a URL's path that may be any text: `<rest:tag>`.

werkzeug's own `path` cannot begin with a slash; a tag can. Rules with it say `merge_slashes=False`,
or two slashes in a row would be made one.
"""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import PathConverter


class RestConverter(PathConverter):
    """Everything to the end of the path, at least one character."""

    regex = ".+"
    part_isolating = False


def allow_rest(blueprint: Blueprint) -> None:
    """Make `<rest:name>` known to the application before the blueprint's rules are added."""
    blueprint.record_once(_register)


def _register(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["rest"] = RestConverter
