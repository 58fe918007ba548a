"""/mine/.../admin-rights: asking for admin rights on one's own computer, and giving them back."""

from datetime import timedelta

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_rights import service
from inventory.admin_rights.policy import COMPUTERS, Wish
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now
from inventory.selfservice import asking, mine
from inventory.selfservice.form_schemas import RightsForm
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("asking_pages", __name__, url_prefix="/mine")

ONE = "/<int(max=2147483647):custody_id>/admin-rights"


@bp.route(ONE, methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
def ask(custody_id: int) -> Response:
    """What one has asked for on this computer, and the form to ask."""
    db, actor, now = current_db(), current_actor(), current_now()
    custody, asset, person = mine.own(db, actor, custody_id)
    if asset.category not in COMPUTERS:
        raise NotFound("this device has no local administrators")
    form = Form(RightsForm(), initial={"hours": 8})
    here = f"/mine/{custody.id}/admin-rights"
    if form.submitted():
        with form.attempt():
            ends = now + timedelta(hours=form.data["hours"])
            wish = Wish(
                person.id, form.data["reason"], asset_id=asset.id, temporary=True, ends_at=ends
            )
            service.ask(db, actor, wish, now=now)
        if form.ok:
            return done(here, _("Asked. The Coordinator decides."))
    return page(
        "selfservice/admin_rights.html", form=form, status=form.status, asset=asset, here=here,
        rows=asking.on_device(db, person, asset, now=now),
    )  # fmt: skip


@bp.route(f"{ONE}/<int(max=2147483647):grant_id>/end", methods=["POST"])
@guarded(Permission.SELF, page=True)
def end(custody_id: int, grant_id: int) -> Response:
    """Withdraw what was asked for, or give back what was granted."""
    db, actor = current_db(), current_actor()
    custody, asset, person = mine.own(db, actor, custody_id)
    asking.require_own(db, person, asset, grant_id)
    service.revoke(db, actor, grant_id, reason="ended by who has it", now=current_now())
    return done(f"/mine/{custody.id}/admin-rights", _("The admin rights are ended."))
