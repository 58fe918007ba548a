"""/mine: the devices that one has; signing for them, reporting, saying that one still has them."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import address, guarded
from inventory.agreements import kept, signing
from inventory.agreements.form_schemas import ReadArgs, SignForm
from inventory.agreements.sign_pages import sign_page, signature_of
from inventory.agreements.signing import desk_of
from inventory.http.download import sent
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.selfservice import checks, mine, reports
from inventory.selfservice.form_schemas import ConfirmForm, ReportForm
from inventory.selfservice.models import ReportKind
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("mine_pages", __name__, url_prefix="/mine")

ONE = "/<int(max=2147483647):custody_id>"
HERE = "/mine"


@bp.route("")
@guarded(Permission.SELF, page=True)
def show() -> Response:
    """What one has; or, where nobody is linked with the account, whom to ask."""
    db, now = current_db(), current_now()
    person = mine.person_of(db, current_actor())
    return page(
        "selfservice/mine.html", person=person, now=now,
        rows=mine.held(db, person, now=now) if person else [],
        signed=kept.signed_by(db, person.id) if person else [],
    )  # fmt: skip


@bp.route(f"{ONE}/report", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
def report(custody_id: int) -> Response:
    """Lost, stolen, broken, or something else."""
    db, actor = current_db(), current_actor()
    custody, asset, _person = mine.own(db, actor, custody_id)
    form = Form(ReportForm())
    if form.submitted():
        with form.attempt():
            reports.report(
                db, actor, custody.id, form.data["kind"], form.data["text"], now=current_now()
            )
        if form.ok:
            return done(HERE, _("Thank you. The technicians of your school are told."))
    return page(
        "selfservice/report.html", form=form, status=form.status, asset=asset,
        action=f"{HERE}/{custody.id}/report", kinds=list(ReportKind),
    )  # fmt: skip


@bp.route(f"{ONE}/confirm", methods=["POST"])
@guarded(Permission.SELF, page=True)
def confirm(custody_id: int) -> Response:
    """ "I still have it", or not."""
    form = Form(ConfirmForm())
    if form.submitted():
        has_it = form.data["has_it"]
        checks.answer(current_db(), current_actor(), custody_id, has_it=has_it, now=current_now())
        if has_it:
            return done(HERE, _("Thank you, that is noted."))
        return done(f"{HERE}/{custody_id}/report", _("Noted. Please tell what became of it."))
    return done(HERE)


@bp.route(f"{ONE}/agreements/<int(max=2147483647):agreement_id>/sign", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
@with_query(ReadArgs)
def sign(args: dict[str, Any], custody_id: int, agreement_id: int) -> Response:
    """Read and sign, or say no."""
    db, actor, now = current_db(), current_actor(), current_now()
    asked = signing.own_wanted(db, actor, custody_id, agreement_id, now=now)
    form = Form(SignForm())
    if form.submitted():
        with form.attempt():
            signing.own(
                db, actor, custody_id, agreement_id, signature_of(form),
                desk_of(runtime().settings, address()), now=now,
            )  # fmt: skip
        if form.ok:
            return done(HERE, _("It is written down that you declined.")
                        if form.data["decline"] else _("Signed."))  # fmt: skip
    action = f"{HERE}/{custody_id}/agreements/{agreement_id}/sign"
    return sign_page("agreements/sign_screen.html", form, asked, args, action=action, back=HERE)


@bp.route("/signed/<int(max=2147483647):acceptance_id>/pdf")
@guarded(Permission.SELF, page=True, write=True)
def document(acceptance_id: int) -> Response:
    """What one has signed, to be saved."""
    store = desk_of(runtime().settings, address()).store
    path, found = kept.own_document(
        current_db(), current_actor(), acceptance_id, store, now=current_now()
    )
    name = f"agreement-{found.id}.pdf"
    return sent(path, "application/pdf", name=name, etag=found.pdf_sha256)
