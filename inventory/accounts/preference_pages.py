"""/me/preferences and /me/theme: in which words, in whose time and how the pages look to me."""

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask_babel import gettext as _, refresh
from marshmallow import fields, validate
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import preferences, zones
from inventory.accounts.door_pages import local, split
from inventory.accounts.guard import guarded
from inventory.accounts.preferences import DENSITIES, LANGUAGES, SCAN_GAP_MS, THEMES, Preferences
from inventory.accounts.viewing import suited
from inventory.errors import InvalidInput
from inventory.http.unit import current_actor, current_db
from inventory.schema import ObjectSchema
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("preference_pages", __name__, url_prefix="/me")


class PreferencesForm(ObjectSchema):
    """What one may choose; a blank goes back to the usual."""

    language = fields.String(load_default="", validate=validate.OneOf(("", *LANGUAGES)))
    timezone = fields.String(load_default="", validate=validate.Length(max=60))
    theme = fields.String(load_default="auto", validate=validate.OneOf(THEMES))
    density = fields.String(load_default="compact", validate=validate.OneOf(DENSITIES))
    scan_gap_ms = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=SCAN_GAP_MS[0], max=SCAN_GAP_MS[-1]),
    )


class ThemeForm(ObjectSchema):
    """A button of the account menu."""

    theme = fields.String(required=True, validate=validate.OneOf(THEMES))


@bp.route("/preferences", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
def preferred() -> BaseResponse:
    """Language, time zone, theme, density, and the pause by which a scanner is told from hands."""
    now_chosen = preferences.own(current_db(), current_actor())
    form = Form(PreferencesForm(), initial=_shown(now_chosen))
    if form.submitted():
        with form.attempt():
            _choose(form.data)
        if form.ok:
            return done(url_for("preference_pages.preferred"), _("Saved."))
    regions = zones.by_region()
    listed = {*zones.HOME, *(name for names in regions.values() for name in names)}
    return page(
        "accounts/me_preferences.html", status=form.status, form=form, home=zones.HOME,
        regions=regions, city=zones.city, unlisted=str(form.value("timezone")) not in {"", *listed},
        gaps=SCAN_GAP_MS, usual=Preferences(),
    )  # fmt: skip


@bp.route("/theme", methods=["POST"])
@guarded(Permission.SELF, page=True, before_password_change=True)
def theme() -> BaseResponse:
    """The theme, at once; then back to the page on which it was chosen."""
    form = Form(ThemeForm())
    if form.submitted():
        with form.attempt():
            _choose(form.data)
    if not form.ok:
        raise InvalidInput("there is no such theme")
    return redirect(came_from(), 303)


def came_from() -> str:
    """The page of ours that sent this form, else the first one: its path may not be trusted."""
    _scheme, host, path = split(request.headers.get("Referer", ""))
    if host != request.host:
        return "/"
    try:
        current_app.create_url_adapter(request).match(path.partition("?")[0], method="GET")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return "/"
    return local(path)


def _choose(changes: dict[str, object]) -> None:
    chosen = preferences.choose(current_db(), current_actor(), changes)
    # The sentence that thanks for it is already in the new language.
    g.viewer = suited(g.viewer, chosen)
    refresh()


def _shown(chosen: Preferences) -> dict[str, object]:
    return {name: getattr(chosen, name) for name in PreferencesForm().fields}
