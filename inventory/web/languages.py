"""In which words and in whose time a page speaks: the viewer's choice, else the browser's."""

import functools
import zoneinfo

from flask import Flask, request
from flask_babel import Babel

from inventory.http.unit import runtime
from inventory.web.viewer import current_viewer

LANGUAGES = {"en": "English", "es": "Español"}
ZONE_COOKIE = "homeroom_zone"
"""The browser's own zone, written by the page's script: a claim, so it is checked."""


def language() -> str:
    """The language's code: chosen, else the best that the browser asks for."""
    viewer = current_viewer()
    if viewer is not None and viewer.language in LANGUAGES:
        return viewer.language
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def zone() -> str:
    """The IANA name of the zone: chosen, else the browser's, else the district's."""
    viewer = current_viewer()
    claimed = viewer.timezone if viewer is not None else ""
    claimed = claimed or request.cookies.get(ZONE_COOKIE, "")
    return claimed if is_zone(claimed) else runtime().settings.timezone


def is_zone(name: str) -> bool:
    """Whether it names a time zone; a name from outside may be anything, a path too."""
    return name in _zones()


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def register(app: Flask) -> None:
    """Set up translations for the pages."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, locale_selector=language, timezone_selector=zone)
