"""/admin-rights: who may be administrator of which computer, until when, and who said so."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.admin_rights import listing, service
from inventory.admin_rights.confirming import binding_of, confirmed_at
from inventory.admin_rights.grant_form_schemas import (
    ENDED,
    IN_FORCE,
    SOON,
    WAITING,
    GrantListArgs,
    NoForm,
    YesForm,
)
from inventory.admin_rights.grant_rows import people_in, rows_of
from inventory.admin_rights.listing import GrantFilter
from inventory.admin_rights.service import Yes
from inventory.custody.viewing import record_person_views
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites import service as sites
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("grant_pages", __name__, url_prefix="/admin-rights")
PAGE = 50
ONE = "/<int(max=2147483647):grant_id>"
FILTERS: dict[str, dict[str, Any]] = {
    "": {}, WAITING: {"state": GrantState.REQUESTED}, IN_FORCE: {"state": GrantState.ACTIVE},
    SOON: {"ends_soon": True}, ENDED: {"ended": True},
}  # fmt: skip


@bp.route("")
@guarded(Permission.ADMIN_RIGHT_READ, page=True, write=True)
@with_query(GrantListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Grants and requests within reach, newest first. Whose names are shown is written down."""
    db, actor, now = current_db(), current_actor(), current_now()
    below = None if args["site"] is None else sites.subtree(db, args["site"])
    wanted = GrantFilter(sites=below, **FILTERS[args["show"]])
    grants = listing.listed(db, actor, wanted, after=args["after"], limit=PAGE + 1, now=now)
    rows = rows_of(db, actor, grants[:PAGE], now=now)
    record_person_views(db, actor, people_in(rows), now=now)
    return page(
        "admin_rights/grants.html", rows=rows, args=args,
        more=grants[PAGE - 1].id if len(grants) > PAGE else None,
        places=pickable(db, actor, Permission.ADMIN_RIGHT_READ),
    )  # fmt: skip


@bp.route(ONE)
@guarded(Permission.ADMIN_RIGHT_READ, page=True, write=True)
def show(grant_id: int) -> Response:
    """One grant with what may be done about it."""
    return _shown(grant_id)


@bp.route(f"{ONE}/authorise", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, page=True)
def authorise(grant_id: int) -> Response:
    """Yes; the one who says it has confirmed who they are."""
    form, db, actor = Form(YesForm()), current_db(), current_actor()
    if form.submitted():
        with form.attempt():
            grant = listing.get(db, actor, grant_id)
            yes = Yes(confirmed_at(db, actor, grant), form.data["seen"], form.data["note"])
            service.authorise(db, actor, grant_id, yes, now=current_now())
    return _done(grant_id, form, "authorise", _("The admin rights are authorised."))


@bp.route(f"{ONE}/refuse", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, page=True)
def refuse(grant_id: int) -> Response:
    """No, and why."""
    form = Form(NoForm())
    if form.submitted():
        with form.attempt():
            service.refuse(
                current_db(), current_actor(), grant_id, reason=form.data["reason"],
                version=form.data["seen"], now=current_now(),
            )  # fmt: skip
    return _done(grant_id, form, "refuse", _("The request is refused."))


@bp.route(f"{ONE}/revoke", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_REQUEST, page=True)
def revoke(grant_id: int) -> Response:
    """End what is in force, or withdraw what nobody has decided."""
    form = Form(NoForm())
    if form.submitted():
        with form.attempt():
            service.revoke(
                current_db(), current_actor(), grant_id, reason=form.data["reason"],
                now=current_now(),
            )  # fmt: skip
    return _done(grant_id, form, "revoke", _("It is ended."))


def _done(grant_id: int, form: Form, doing: str, told: str) -> Response:
    if form.ok:
        return done(f"/admin-rights/{grant_id}", told)
    return _shown(grant_id, form, doing)


def _shown(grant_id: int, form: Form | None = None, doing: str = "") -> Response:
    db, actor, now = current_db(), current_actor(), current_now()
    grant = listing.get(db, actor, grant_id)
    (row,) = rows_of(db, actor, [grant], now=now)
    record_person_views(db, actor, people_in([row]), now=now)
    forms = {name: Form(NoForm()) for name in ("authorise", "refuse", "revoke")}
    if form is not None:
        forms[doing] = form
    return page(
        "admin_rights/grant.html", status=form.status if form else 200, row=row, grant=grant,
        forms=forms, may_decide=_may_decide(grant, row.site_id),
        may_end=actor.may(Permission.ADMIN_RIGHT_REQUEST, row.site_id)
        and row.state in listing.OPEN_STATES,
        confirmed=confirmed_at(db, actor, grant) is not None,
        confirm="/confirm?"
        + urlencode({"binding": binding_of(grant), "next": f"/admin-rights/{grant_id}"}),
    )  # fmt: skip


def _may_decide(grant: AdminGrant, site_id: int | None) -> bool:
    actor = current_actor()
    waits = listing.standing(grant, current_now()) is GrantState.REQUESTED
    return waits and actor.may(Permission.ADMIN_RIGHT_AUTHORISE, site_id)
