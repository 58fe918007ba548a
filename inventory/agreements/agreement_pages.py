"""/agreements: what is to be signed, by whom it is not, and the texts."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import address, guarded
from inventory.agreements import due, kept, texts
from inventory.agreements.due import After, DueFilter
from inventory.agreements.form_schemas import ListArgs, NothingForm
from inventory.agreements.models import Audience, Per
from inventory.agreements.schemas import AgreementText, NewAgreement
from inventory.agreements.signing import desk_of
from inventory.agreements.texts import AgreementDraft, Known, Text
from inventory.assets.kinds import Category
from inventory.custody.viewing import record_person_views
from inventory.errors import InvalidInput
from inventory.http.download import sent
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("agreement_pages", __name__, url_prefix="/agreements")

ONE = "/<int(max=2147483647):agreement_id>"
ROWS = 50
MAX_ID = 2**31 - 1


@bp.route("")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """The agreements, and who has a device without having signed. Who is shown is written down."""
    db, actor, now = current_db(), current_actor(), current_now()
    wanted = DueFilter(school=args["school"])
    after = read_after(args["after"]) if args["after"] else None
    found = due.missing(db, actor, wanted, after=after, limit=ROWS + 1, now=now)
    rows = found[:ROWS]
    record_person_views(db, actor, [one.person.id for one in rows], now=now)
    counts = due.counted(db, actor, now=now)
    return page(
        "agreements/list.html", known=texts.listed(db, actor), rows=rows, args=args,
        counts=counts, total=sum(counts.values()),
        places=naming.spots(db, actor, [one for one in counts if one is not None]),
        more=encode_cursor(rows[-1].key) if len(found) > ROWS else None,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.AGREEMENT_WRITE, page=True)
def new() -> Response:
    """A new agreement with its first text."""
    form = Form(NewAgreement(), {"audience": Audience.STUDENTS.value, "per": Per.DEVICE.value})
    if form.submitted():
        given = dict(form.data)
        words = Text(given.pop("text_en"), given.pop("text_es"))
        with form.attempt():
            made = texts.create(
                current_db(), current_actor(), AgreementDraft(**given), words, now=current_now()
            )
        if form.ok:
            return done(f"/agreements/{made.agreement.id}", _("The agreement is in force."))
    return page(
        "agreements/new.html", form=form, status=form.status, categories=list(Category),
        audiences=list(Audience), pers=list(Per),
    )  # fmt: skip


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ, page=True)
def show(agreement_id: int) -> Response:
    """One agreement with all its texts."""
    return _shown(_get(agreement_id))


def _shown(known: Known) -> Response:
    return page("agreements/show.html", known=known)


@bp.route(f"{ONE}/publish", methods=["GET", "POST"])
@guarded(Permission.AGREEMENT_WRITE, page=True)
def publish(agreement_id: int) -> Response:
    """A new text; the one before stays as it was, and is withdrawn."""
    known = _get(agreement_id)
    newest = known.versions[0]
    form = Form(AgreementText(), {"text_en": newest.text_en, "text_es": newest.text_es})
    if form.submitted():
        words = Text(form.data["text_en"], form.data["text_es"])
        with form.attempt():
            texts.publish(current_db(), current_actor(), agreement_id, words, now=current_now())
        if form.ok:
            return done(f"/agreements/{agreement_id}", _("The new text is in force."))
    return page("agreements/publish.html", form=form, status=form.status, known=known)


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@guarded(Permission.AGREEMENT_WRITE, page=True)
def withdraw(agreement_id: int) -> Response:
    """Ask, then stop asking anybody to sign."""
    known = _get(agreement_id)
    form = Form(NothingForm())
    if form.submitted():
        with form.attempt():
            texts.withdraw(current_db(), current_actor(), agreement_id, now=current_now())
        if form.ok:
            return done(f"/agreements/{agreement_id}", _("Nobody is asked to sign it any more."))
    told = _("Nobody is asked to sign it until there is a new text. What was signed is kept.")
    return page(
        "kit/confirm.html", status=form.status, form=form, texts=[told], version=None, reason="",
        title=_("Withdraw %(name)s", name=known.agreement.name), button=_("Withdraw"),
        style="danger", action=request.path, back=f"/agreements/{agreement_id}",
    )  # fmt: skip


@bp.route("/signed/<int(max=2147483647):acceptance_id>/pdf")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
def document(acceptance_id: int) -> Response:
    """The signed document, to be saved. That it was opened is written down."""
    store = desk_of(runtime().settings, address()).store
    path, found = kept.document(
        current_db(), current_actor(), acceptance_id, store, now=current_now()
    )
    name = f"agreement-{found.id}.pdf"
    return sent(path, "application/pdf", name=name, etag=found.pdf_sha256)


def read_after(text: str) -> After:
    """The key in a cursor. Raises `InvalidInput`."""
    match decode_cursor(text):
        case [int(custody), int(agreement)] if 0 < custody <= MAX_ID and 0 < agreement <= MAX_ID:
            return custody, agreement
    raise InvalidInput("`after` is not a cursor of this list")


def _get(agreement_id: int) -> Known:
    return texts.get(current_db(), current_actor(), agreement_id)
