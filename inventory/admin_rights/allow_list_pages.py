"""/admin-rights/allow-list: service accounts that may be administrator."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_rights import allow_list
from inventory.admin_rights.allow_list import AllowDraft
from inventory.admin_rights.drift_form_schemas import AllowForm, RemovalForm
from inventory.admin_rights.drift_models import System
from inventory.assets.words import wrong
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites.picking import pickable
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("allow_list_pages", __name__, url_prefix="/admin-rights/allow-list")
MOST = 500


@bp.route("")
@guarded(Permission.ADMIN_RIGHT_READ, page=True)
def listed() -> Response:
    """The entries that are not removed."""
    db, actor, now = current_db(), current_actor(), current_now()
    return page(
        "admin_rights/drift_allowed.html", now=now, rows=allow_list.listed(db, actor, limit=MOST),
        names=dict(pickable(db, actor, Permission.ADMIN_RIGHT_READ)),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, page=True)
def new() -> Response:
    """Say first what an entry would cover, then make it."""
    db, actor, covered = current_db(), current_actor(), None
    form = Form(AllowForm(), {"until": (current_now() + timedelta(days=180)).date().isoformat()})
    if form.submitted():
        given = dict(form.data)
        with form.attempt():
            covered = allow_list.preview(
                db, actor, given["pattern"], given["system"], given["site_id"]
            )
            if not given.pop("check"):
                allow_list.add(db, actor, _draft(given), now=current_now())
                return done("/admin-rights/allow-list", _("The account is allowed."))
    return page(
        "admin_rights/drift_allow.html", status=form.status, form=form, covered=covered,
        systems=list(System), places=pickable(db, actor, Permission.ADMIN_RIGHT_AUTHORISE),
    )  # fmt: skip


@bp.route("/<int(max=2147483647):entry_id>/remove", methods=["GET", "POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, page=True)
def remove(entry_id: int) -> Response:
    """End an entry, with a reason."""
    db, actor = current_db(), current_actor()
    row = allow_list.get(db, actor, entry_id)
    form = Form(RemovalForm())
    if form.submitted():
        with form.attempt():
            allow_list.remove(db, actor, entry_id, reason=form.data["reason"], now=current_now())
        if form.ok:
            return done("/admin-rights/allow-list", _("The account is no longer allowed."))
    return page("admin_rights/drift_allow_end.html", status=form.status, form=form, row=row)


def _draft(given: dict[str, Any]) -> AllowDraft:
    """The entry; it holds until the end of the day that was said. Raises `InvalidInput`."""
    day = given.pop("until")
    if day is None:
        raise wrong("until", "must be said")
    end = datetime.combine(day + timedelta(days=1), time(), runtime().settings.zone)
    return AllowDraft(**given, until=end)
