"""/managed/ID: one device as its vendor tells of it, beside the assets it may be; the decisions."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.at_once import names_by_id
from inventory.assets.beside import told_reasons
from inventory.assets.deciding_form_schemas import AcceptForm, IgnoreForm, RevisionForm
from inventory.assets.kinds import Status
from inventory.assets.offering_pages import new_asset, offered, tagged
from inventory.errors import InvalidInput
from inventory.fleet import deciding, waiting
from inventory.fleet.deciding import Both
from inventory.fleet.decision_form_schemas import SameForm
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites import naming
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("mdm_decision_pages", __name__, url_prefix="/managed")

ID = "<int(max=2147483647):device_id>"


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ, page=True)
def show(device_id: int) -> Response:
    """What the vendor says beside what is recorded, why it waits, and what can be decided."""
    db, actor = current_db(), current_actor()
    row, connection = waiting.get(db, actor, device_id)
    found = waiting.candidates(db, actor, row, connection)
    known = {row.asset_id} if row.asset_id is not None else set()
    return page(
        "fleet/device.html", row=row, connection=connection, candidates=found,
        reasons=told_reasons(found, row.reasons), open=waiting.is_open(row),
        asset=names_by_id(db, actor, known).get(row.asset_id or 0),
        place=naming.spots(db, actor, [connection.site_id]).get(connection.site_id or 0),
        next_id=waiting.next_waiting(db, actor, device_id),
        may_decide=waiting.may_decide(actor, connection),
        by_person=waiting.left_out_by_person(row),
        sees_connection=actor.may(Permission.MDM_READ, connection.site_id),
    )  # fmt: skip


@bp.route(f"/{ID}/accept", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def accept(device_id: int) -> Response:
    """A new asset; of a conflict, one beside those that it is about."""
    row, connection = decidable(device_id)
    form = Form(AcceptForm(), {"site_id": connection.site_id, "status": Status.DEPLOYED.value})
    if form.submitted():
        with form.attempt():
            deciding.accept(
                current_db(), current_actor(), device_id, now=current_now(),
                new=new_asset(form.data), revision=form.data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(device_id, _("A new asset was made: %(tag)s."))
    return _page("fleet/accept.html", form, row, **offered(connection.site_id))


@bp.route(f"/{ID}/same", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def same(device_id: int) -> Response:
    """It is an asset that is there already: one that is offered, or one named by its tag."""
    both = decidable(device_id)
    found = waiting.candidates(current_db(), current_actor(), *both)
    offers = [each for each in found if each.asset_id is not None]
    form = Form(SameForm(), {"asset_id": offers[0].asset_id if len(offers) == 1 else None})
    if form.submitted():
        with form.attempt():
            _attach(device_id, form.data)
        if form.ok:
            return _decided(device_id, _("It is %(tag)s."))
    return _page("fleet/same.html", form, both[0], offers=offers)


def _attach(device_id: int, data: dict[str, Any]) -> None:
    asset_id = tagged("tag", data["tag"]) if data["tag"] else data["asset_id"]
    if asset_id is None:
        raise InvalidInput("which asset", {"tag": [_("Say which asset it is.")]})
    deciding.attach(
        current_db(), current_actor(), device_id, asset_id, now=current_now(),
        replace_hardware=data["replace_hardware"], reason=data["reason"],
        revision=data["revision"],
    )  # fmt: skip


@bp.route(f"/{ID}/ignore", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def ignore(device_id: int) -> Response:
    """It is not ours."""
    row, _connection = decidable(device_id)
    form = Form(IgnoreForm())
    if form.submitted():
        with form.attempt():
            deciding.ignore(
                current_db(), current_actor(), device_id, now=current_now(),
                reason=form.data["reason"], revision=form.data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(device_id, _("It is ignored from now on."))
    return _page("fleet/ignore.html", form, row)


@bp.route(f"/{ID}/reopen", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def reopen(device_id: int) -> Response:
    """Take back that it is ignored."""
    decidable(device_id)
    form = Form(RevisionForm())
    if form.submitted():
        deciding.reopen(
            current_db(), current_actor(), device_id, now=current_now(),
            revision=form.data["revision"],
        )  # fmt: skip
        return _decided(device_id, _("It was matched anew."))
    raise InvalidInput(_("The form was not complete."))


def decidable(device_id: int) -> Both:
    """Raises `NotFound` for what the actor cannot see, `Forbidden` for what is not theirs."""
    row, connection = waiting.get(current_db(), current_actor(), device_id)
    current_actor().require(Permission.DISCOVERY_REVIEW, connection.site_id)
    return row, connection


def _page(template: str, form: Form, row: Any, **more: Any) -> Response:
    revision = form.value("revision") if form.posted else row.revision
    return page(
        template, status=form.status, form=form, row=row, revision=revision,
        stale=form.status == 412, **more,
    )  # fmt: skip


def _decided(device_id: int, text: str) -> Response:
    """To the device, which says what was decided and which one waits next."""
    db, actor = current_db(), current_actor()
    row, _connection = waiting.get(db, actor, device_id)
    name = names_by_id(db, actor, {row.asset_id} if row.asset_id is not None else set())
    tag = name.get(row.asset_id or 0, "")
    there = url_for("mdm_decision_pages.show", device_id=device_id)
    return done(there, text % {"tag": tag} if "%(tag)s" in text else text)
