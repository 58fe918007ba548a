"""Puts the kit into the application: templates' own words, translations, compression."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from flask_compress import Compress
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from inventory import __version__
from inventory.http.unit import runtime
from inventory.web import languages, showing
from inventory.web.csrf import FIELD, masked
from inventory.web.labels import LABELS, icon_of, label, tone_of
from inventory.web.navigation import menu_for
from inventory.web.pages import in_dialog
from inventory.web.standing import standing
from inventory.web.static_files import static_url
from inventory.web.toasts import said
from inventory.web.viewer import current_viewer

FILTERS = {
    "told": showing.told, "paragraph": showing.paragraph, "moment": showing.moment,
    "ago": showing.ago, "day": showing.day, "number": showing.number, "money": showing.money,
    "span": showing.span, "tone": tone_of, "icon_name": icon_of,
}  # fmt: skip


def register(app: Flask) -> None:
    """Make the application answer with pages."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        label=label, labels_of=LABELS, static_url=static_url, url_with=url_with, icon=icon,
        homeroom_version=__version__, languages=languages.LANGUAGES, csrf=csrf, said=said,
        zone_name=showing.zone_name, standing=standing,
    )  # fmt: skip
    app.context_processor(_context)
    languages.register(app)
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_MIMETYPES=["text/html", "image/svg+xml"],
        COMPRESS_BR_LEVEL=4, COMPRESS_LEVEL=5, COMPRESS_MIN_SIZE=1000, COMPRESS_STREAMS=False,
    )  # fmt: skip
    Compress(app)


def _context() -> dict[str, Any]:
    """What every template may use."""
    viewer = current_viewer()
    return {
        "viewer": viewer,
        "district": runtime().settings.district,
        "menu": menu_for(viewer) if viewer is not None else (),
        "section": request.path.split("/")[1] if request.path else "",
        "csrf_value": masked(viewer.csrf) if viewer is not None else "",
        "in_dialog": in_dialog(),
        "language": languages.language(),
    }


def csrf() -> Markup:
    """The hidden field that every form with method=post holds."""
    viewer = current_viewer()
    value = masked(viewer.csrf) if viewer is not None else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, value)


def url_with(**changes: object) -> str:
    """This page's address with some query arguments changed; None and "" take one away.

    A list replaces all values of its argument. `after` and `before` are dropped: another filter
    or order begins on its first page.
    """
    args = MultiDict(request.args)
    for name in ("after", "before"):
        args.poplist(name)
    for name, value in changes.items():
        args.poplist(name)
        values = value if isinstance(value, list | tuple) else [value]
        args.setlist(name, [str(each) for each in values if each not in {None, ""}])
    query = urlencode(list(args.items(multi=True)))
    return iri_to_uri(request.path) + (f"?{query}" if query else "")


def icon(name: str, title: str = "") -> Markup:
    """An icon of the sprite; without a title it is decoration, and silent."""
    href = f"{static_url('vendor/icons.svg')}#{name}"
    if title:
        return Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>').format(
            title, href
        )
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>').format(href)
