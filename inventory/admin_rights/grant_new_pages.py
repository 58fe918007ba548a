"""/admin-rights/new: a technician asks for somebody."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_ledger.models import Level
from inventory.admin_rights import service
from inventory.admin_rights.grant_form_schemas import HOURS, AskForArgs, AskForForm
from inventory.admin_rights.policy import Wish
from inventory.assets import reach
from inventory.assets.words import wrong
from inventory.custody.viewing import record_person_views
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.people.choosing_pages import people_of
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page

bp = Blueprint("grant_new_pages", __name__, url_prefix="/admin-rights")


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.ADMIN_RIGHT_REQUEST, page=True, write=True)
@with_query(AskForArgs)
def new(args: dict[str, str]) -> Response:
    """Ask, or only find the person first."""
    db, actor, now = current_db(), current_actor(), current_now()
    form = Form(AskForForm(), {"tag": args["tag"], "level": Level.ADMINISTRATOR.value})
    if form.submitted() and not form.data["find"]:
        with form.attempt():
            made = service.request(db, actor, _wish(form.data), now=now)
        if form.ok:
            return done(f"/admin-rights/{made.id}", _("It waits for the Coordinator."))
    found = people_of(form)
    record_person_views(db, actor, [person.id for person in found], now=now)
    return page(
        "admin_rights/grant_new.html", status=form.status, form=form, people=found, hours=HOURS,
        levels=[(one.value, label("grant_level", one)) for one in Level],
    )  # fmt: skip


def _wish(data: dict[str, Any]) -> Wish:
    db, now, hours = current_db(), current_now(), data["hours"]
    if data["person_id"] is None:
        raise wrong("q", "find the person first, and choose them")
    if not data["tag"]:
        raise wrong("tag", "must name the computer")
    asset = reach.by_tag(db, current_actor(), data["tag"])
    if hours is None and data["until"] is None:
        raise wrong("until", "say for how many hours, or until which day")
    ends = now + timedelta(hours=hours) if hours is not None else _end_of(data["until"])
    return Wish(
        data["person_id"], data["reason"], asset.id, level=data["level"],
        temporary=hours is not None, ends_at=ends, ticket=data["ticket"],
    )  # fmt: skip


def _end_of(day: date) -> datetime:
    """The end of a day in the district's time zone. Raises `InvalidInput` beyond the calendar."""
    try:
        begins = datetime.combine(day, time(), tzinfo=runtime().settings.zone)
        return (begins + timedelta(days=1)).astimezone(UTC)
    except OverflowError as absurd:
        raise wrong("until", "is too far away") from absurd
