"""Forms of transfers that are pages of their own: ask, refuse, call off, take over in hand."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import receiving, transfer_listing as listing, transfers
from inventory.custody.transfer_form_schemas import AskForm, InHandForm, ReasonForm
from inventory.custody.transfers import TransferDraft
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites.picking import pickable
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("transfer_form_pages", __name__, url_prefix="/transfers")
ONE = "/<int(max=2147483647):transfer_id>"


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def new() -> Response:
    """Ask another school for devices."""
    db, actor = current_db(), current_actor()
    form = Form(AskForm(), {"wanted": 1})
    if form.submitted():
        with form.attempt():
            made = transfers.request(db, actor, TransferDraft(**form.data), now=current_now())
        if form.ok:
            return done(_there(made.id), _("Asked. The other school allows it or not."))
    return page(
        "custody/transfer_new.html", status=form.status, form=form, schools=transfers.schools(db),
        places=pickable(db, actor, Permission.CUSTODY_WRITE),
    )  # fmt: skip


@bp.route(f"{ONE}/refuse", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def refuse(transfer_id: int) -> Response:
    """As the giving school: say no, and why."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            transfers.refuse(
                current_db(), current_actor(), transfer_id, **form.data, now=current_now()
            )
        if form.ok:
            return done(_there(transfer_id), _("Refused."))
    return _why(transfer_id, form, "refuse")


@bp.route(f"{ONE}/cancel", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def cancel(transfer_id: int) -> Response:
    """Call it off before anything is sent."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            transfers.cancel(
                current_db(), current_actor(), transfer_id, **form.data, now=current_now()
            )
        if form.ok:
            return done(_there(transfer_id), _("Called off."))
    return _why(transfer_id, form, "cancel")


@bp.route("/in-hand", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def in_hand() -> Response:
    """A device of another school that is here: say whose it is, then take it over."""
    db, actor, now = current_db(), current_actor(), current_now()
    form, foreign = Form(InHandForm()), None
    if form.submitted():
        tag, place = form.data["tag"], form.data["to_site_id"]
        with form.attempt():
            foreign = receiving.whose(db, actor, tag, place)
            if form.data["take"]:
                note = form.data["note"]
                made = receiving.take_in_hand(db, actor, tag, place, note=note, now=now)
        if form.ok and form.data["take"]:
            return done(_there(made.id), _("%(tag)s belongs here now.", tag=tag))
    return page(
        "custody/transfer_in_hand.html", status=form.status, form=form, foreign=foreign,
        places=pickable(db, actor, Permission.CUSTODY_WRITE),
    )  # fmt: skip


def _why(transfer_id: int, form: Form, act: str) -> Response:
    db, actor = current_db(), current_actor()
    shown = listing.one(db, actor, transfer_id)
    transfers.for_act(db, actor, transfer_id, giving=True if act == "refuse" else None)
    return page("custody/transfer_why.html", status=form.status, form=form, shown=shown, act=act)


def _there(transfer_id: int) -> str:
    return url_for("transfer_pages.show", transfer_id=transfer_id)
