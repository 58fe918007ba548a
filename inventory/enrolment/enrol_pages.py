"""/enrol: how computers enrol themselves, the scripts and tokens for it, and what came of it."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts import tokens
from inventory.accounts.guard import guarded
from inventory.accounts.policy import COUNTED_LIFETIME, MOST_USES
from inventory.accounts.tokens import LABEL_LENGTH, TokenState
from inventory.enrolment import listing
from inventory.errors import NotFound
from inventory.http.download import disposition
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.settings import base_url
from inventory.sites import naming
from inventory.web.forms import Form
from inventory.web.pages import page

bp = Blueprint("enrol_pages", __name__, url_prefix="/enrol")

SCRIPTS = Path(__file__).parent / "scripts"
NAMES = ("enrol.sh", "enrol.ps1")


class EnrolTokenForm(ObjectSchema):
    """A token for a number of devices."""

    label = Text(max_length=LABEL_LENGTH, min_length=1, required=True)
    uses = fields.Integer(required=True, validate=validate.Range(min=1, max=MOST_USES))
    days = fields.Integer(required=True, validate=validate.Range(min=1, max=COUNTED_LIFETIME.days))
    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)


@bp.route("")
@guarded(Permission.ENROL, page=True)
def show() -> Response:
    """How it is done, my live tokens for it, and what came last."""
    db, actor, now = current_db(), current_actor(), current_now()
    mine = [
        token
        for token in tokens.list_of(db, actor, actor.id or 0)
        if token.uses_left is not None and tokens.state_of(token, now) is TokenState.LIVE
    ]
    return page(
        "enrolment/enrol.html", server=base_url(runtime().settings), names=NAMES, mine=mine,
        latest=listing.latest(db, actor), doubts=listing.in_doubt(db, actor),
        places=naming.spots(db, actor, [token.site_id for token in mine], Permission.ENROL),
    )  # fmt: skip


@bp.route("/scripts/<name>")
@guarded(Permission.ENROL, page=True)
def script(name: str) -> Response:
    """One of the scripts, to keep."""
    if name not in NAMES:
        raise NotFound("there is no such script")
    answer = Response((SCRIPTS / name).read_bytes(), mimetype="text/plain")
    answer.headers["Content-Disposition"] = disposition(name)
    return answer


@bp.route("/token", methods=["GET", "POST"])
@guarded(Permission.TOKEN_OWN, page=True)
def make() -> Response:
    """Make a token of mine that enrols a number of devices and does nothing else."""
    db, actor = current_db(), current_actor()
    form = Form(EnrolTokenForm(), initial={"uses": 30, "days": 7})
    if form.submitted():
        given = form.data
        with form.attempt():
            token, text = tokens.create_token(
                db, actor, actor.id or 0, label=given["label"], permissions=[Permission.ENROL],
                lifetime=timedelta(days=given["days"]), site_id=given["site_id"],
                uses=given["uses"], now=current_now(),
            )  # fmt: skip
        if form.ok:
            server = base_url(runtime().settings)
            return page("enrolment/token_made.html", token=token, text=text, server=server)
    places = [(spot.id, spot.way) for spot in naming.choices(db, actor, Permission.ENROL)]
    return page("enrolment/token_form.html", status=form.status, form=form, places=places)
