"""/carts: what is kept in a cart, what of it is out, and the whole of it given and taken back."""

from flask import Blueprint, Response
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import cart_acts, carts, lines, slots
from inventory.custody.cart_acts import CartOutcome
from inventory.custody.cart_form_schemas import CartBackForm, CartForm, GiveCartForm, SlotForm
from inventory.custody.hand_pages import MOST_CARTS, in_zone
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Cart, CustodyKind
from inventory.custody.service import Coming
from inventory.custody.slots import Kept, Whereabouts
from inventory.custody.viewing import record_person_views
from inventory.errors import Conflict
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people.choosing_pages import people_of
from inventory.sites.picking import pickable
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("cart_pages", __name__, url_prefix="/carts")
ONE = "/<int(max=2147483647):cart_id>"


@bp.route("")
@guarded(Permission.CUSTODY_READ, page=True)
def listed() -> Response:
    """Carts within reach, and how full they are."""
    db, actor = current_db(), current_actor()
    found = carts.listed(db, actor, limit=MOST_CARTS)
    places = dict(pickable(db, actor, Permission.CUSTODY_READ))
    counts = slots.counted(db, [cart.id for cart in found])
    return page("custody/carts.html", carts=found, places=places, counts=counts)


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def new() -> Response:
    """Add a cart."""
    db, actor = current_db(), current_actor()
    form = Form(CartForm())
    if form.submitted():
        with form.attempt():
            cart = carts.create(db, actor, **form.data, now=current_now())
        if form.ok:
            return done(f"/carts/{cart.id}", _("The cart was added."))
    places = pickable(db, actor, Permission.CUSTODY_WRITE)
    return page("custody/cart_new.html", status=form.status, form=form, places=places)


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ, page=True, write=True)
def show(cart_id: int) -> Response:
    """What is in it, what is out and with whom. Whose names are shown is written down."""
    cart, found = _cart(cart_id, Permission.CUSTODY_READ)
    return page(
        "custody/cart.html", cart=cart, kept=found, counts=_counts(found),
        place=dict(pickable(current_db(), current_actor(), Permission.CUSTODY_READ)).get(
            cart.site_id, ""
        ),
        writes=current_actor().may(Permission.CUSTODY_WRITE, cart.site_id),
    )  # fmt: skip


@bp.route(f"{ONE}/give", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def give(cart_id: int) -> Response:
    """Hand out all of it, or what is ticked: all or none."""
    db, actor = current_db(), current_actor()
    cart, found = _cart(cart_id)
    ready = [each.asset.id for each in found if each.can_go]
    form = Form(GiveCartForm(), {"kind": CustodyKind.ASSIGNMENT, "ids": ready})
    outcome = None
    if form.submitted() and not form.data["find"]:
        with form.attempt():
            outcome = _given(cart_id, form)
        if form.ok and outcome is not None:
            told = ngettext("%(num)s device is out.", "%(num)s devices are out.", len(outcome.rows))
            return done(f"/carts/{cart_id}", told)
    persons = people_of(form)
    record_person_views(db, actor, [person.id for person in persons], now=current_now())
    return page(
        "custody/cart_give.html", status=form.status, form=form, cart=cart, kept=found,
        people=persons, places=pickable(db, actor, Permission.CUSTODY_WRITE),
    )  # fmt: skip


@bp.route(f"{ONE}/back", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def back(cart_id: int) -> Response:
    """Take back what is ticked: what is missing stays with who has it."""
    cart, found = _cart(cart_id)
    out = [each for each in found if each.where is Whereabouts.OUT]
    form = Form(CartBackForm(), {"ids": [each.asset.id for each in out]})
    if form.submitted():
        given = form.data
        with form.attempt():
            _require_chosen(given["ids"])
            outcome = cart_acts.take_back(
                current_db(), current_actor(), cart_id,
                Coming(given["condition"], note=given["note"]), asset_ids=given["ids"],
                now=current_now(),
            )  # fmt: skip
            _require_applied(outcome)
        if form.ok:
            missing = len(out) - len(given["ids"])
            told = _("Everything is back.") if not missing else ngettext(
                "All but %(num)s is back.", "All but %(num)s are back.", missing
            )  # fmt: skip
            return done(f"/carts/{cart_id}", told)
    return page("custody/cart_back.html", status=form.status, form=form, cart=cart, kept=out)


@bp.route(f"{ONE}/remove", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def remove(cart_id: int) -> Response:
    """One device is kept in this cart no longer."""
    form = Form(SlotForm())
    if not form.submitted():
        raise Conflict(_("Say which device."))
    cart_acts.take_out(
        current_db(), current_actor(), cart_id, form.data["asset_id"], now=current_now()
    )
    return done(f"/carts/{cart_id}", _("It is kept in this cart no longer."))


def _cart(
    cart_id: int, permission: Permission = Permission.CUSTODY_WRITE
) -> tuple[Cart, list[Kept]]:
    db, actor = current_db(), current_actor()
    cart = carts.get(db, actor, cart_id)
    actor.require(permission, cart.site_id)
    found = slots.kept(db, actor, cart_id)
    record_person_views(db, actor, slots.people_in(found), now=current_now())
    return cart, found


def _counts(found: list[Kept]) -> dict[str, int]:
    return {each.value: sum(k.where is each for k in found) for each in Whereabouts}


def _given(cart_id: int, form: Form) -> CartOutcome:
    """Raises `Conflict` naming each device that cannot go."""
    given = form.data
    lent = given["kind"] is CustodyKind.LOAN
    terms = Terms(
        given["kind"], given["loan_reason"] if lent else None, in_zone(given["due_at"]),
        accessories=lines.parsed(given["accessories"]), override=given["override"],
    )  # fmt: skip
    _require_chosen(given["ids"])
    outcome = cart_acts.give(
        current_db(), current_actor(), cart_id, Holder(given["person_id"], given["place_id"]),
        terms, asset_ids=given["ids"], now=current_now(),
    )  # fmt: skip
    _require_applied(outcome)
    return outcome


def _require_chosen(ids: list[int]) -> None:
    if not ids:
        raise Conflict(_("Tick at least one device."))


def _require_applied(outcome: CartOutcome) -> None:
    if outcome.applied:
        return
    refused = [f"{row.tag}: {row.problem}" for row in outcome.rows if row.problem]
    raise Conflict(_("Nothing was changed. %(why)s", why="; ".join(refused[:5])))
