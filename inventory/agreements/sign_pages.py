"""Pages where somebody signs: through a link without an account, and on a technician's screen."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.door_pages import require_same_site
from inventory.accounts.guard import address, guarded, public
from inventory.agreements import links, signing
from inventory.agreements.due import Due
from inventory.agreements.form_schemas import NothingForm, ReadArgs, SignForm
from inventory.agreements.models import Language, SignOutcome
from inventory.agreements.rules import HEIGHT, WIDTH, Signature
from inventory.agreements.signing import desk_of
from inventory.custody.viewing import record_person_views
from inventory.errors import Conflict, NotFound
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.settings import base_url
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.languages import language
from inventory.web.pages import done, page

bp = Blueprint("sign_pages", __name__)

OF_CUSTODY = (
    "/custody/<int(max=2147483647):custody_id>/agreements/<int(max=2147483647):agreement_id>"
)


@bp.route("/sign/<string(maxlength=80):secret>", methods=["GET", "POST"])
@public("a link opens one text for one person, once; guesses are limited by address")
@with_query(ReadArgs)
def by_link(args: dict[str, Any], secret: str) -> Response:
    """Read and sign, or say no, without an account."""
    require_same_site()
    app, now, origin = runtime(), current_now(), address()
    links.take_turn(app.database, origin, now)
    form = Form(SignForm())
    try:
        if form.submitted():
            with form.plainly(), app.database.unit() as db:
                answered = links.sign(
                    db, secret, signature_of(form), desk_of(app.settings, origin), now=now
                )
            if form.ok:
                links.give_back(app.database, origin)
                accepted = answered.outcome is SignOutcome.ACCEPTED
                return page("agreements/signed.html", accepted=accepted)
        with app.database.unit(write=False) as db:
            asked = links.opened(db, secret, now=now)
    except (NotFound, Conflict) as ended:
        return page("agreements/link_over.html", status=ended.status)
    links.give_back(app.database, origin)
    return sign_page("agreements/sign_link.html", form, asked, args, action=f"/sign/{secret}")


@bp.route(f"{OF_CUSTODY}/sign", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
@with_query(ReadArgs)
def on_screen(args: dict[str, Any], custody_id: int, agreement_id: int) -> Response:
    """The technician turns the screen to the person, who reads and signs."""
    db, actor, now = current_db(), current_actor(), current_now()
    asked = signing.wanted(db, actor, custody_id, agreement_id, now=now)
    form = Form(SignForm())
    there = f"/assets/{asked.asset.id}/custody"
    if form.submitted():
        with form.attempt():
            signing.on_screen(
                db, actor, custody_id, agreement_id, signature_of(form),
                desk_of(runtime().settings, address()), now=now,
            )  # fmt: skip
        if form.ok:
            return done(there, _("It is written down that they declined.")
                        if form.data["decline"] else _("Signed."))  # fmt: skip
    record_person_views(db, actor, [asked.person.id], now=now)
    here = f"/custody/{custody_id}/agreements/{agreement_id}/sign"
    return sign_page("agreements/sign_screen.html", form, asked, args, action=here, back=there)


@bp.route(f"{OF_CUSTODY}/link", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def link(custody_id: int, agreement_id: int) -> Response:
    """Make a link; it is shown by this answer and never again."""
    db, actor, now = current_db(), current_actor(), current_now()
    asked = signing.wanted(db, actor, custody_id, agreement_id, now=now)
    form = Form(NothingForm())
    there = f"/assets/{asked.asset.id}/custody"
    if form.submitted():
        secret, made = links.make(db, actor, custody_id, agreement_id, now=now)
        url = f"{base_url(runtime().settings)}/sign/{secret}"
        return page("agreements/link_made.html", url=url, link=made, asked=asked, back=there)
    record_person_views(db, actor, [asked.person.id], now=now)
    return page(
        "agreements/link_new.html", form=form, asked=asked, back=there, status=form.status,
        action=f"/custody/{custody_id}/agreements/{agreement_id}/link",
    )  # fmt: skip


def signature_of(form: Form) -> Signature | None:
    """What was sent; None for a no."""
    given = form.data
    if given["decline"]:
        return None
    return Signature(given["name"], given["strokes"], given["language"])


def sign_page(template: str, form: Form, asked: Due, args: dict[str, Any], **more: Any) -> Response:
    """The text in the language that was asked for, else in the reader's where there is one."""
    chosen = (form.data.get("language") if form.posted else None) or args["language"]
    chosen = chosen or Language(language())
    if not asked.version.text(chosen):
        chosen = Language.ENGLISH
    return page(
        template, status=form.status, form=form, asked=asked, chosen=chosen,
        text=asked.version.text(chosen), bilingual=bool(asked.version.text_es), width=WIDTH,
        height=HEIGHT, **more,
    )  # fmt: skip
