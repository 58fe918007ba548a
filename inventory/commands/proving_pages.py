"""Confirming who one is inside the form that asks for something, so that nothing typed is lost.

Everything else is checked before: a code of the app counts once, and must not be used up by a form
with a mistake in it.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts import factors, stepping_up
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import caller_origin, door
from inventory.accounts.stepping_up import Typed
from inventory.commands.confirm_link import confirm_link
from inventory.commands.confirming import confirmed
from inventory.http.unit import current_actor, current_now, runtime
from inventory.web.forms import Form
from inventory.web.pages import page

bp = Blueprint("proving_pages", __name__, url_prefix="/commands")

BACK = "/commands/confirmed"


@bp.route("/confirmed")
@guarded(Permission.COMMAND_REQUEST, page=True)
def back_to_it() -> Response:
    """Where the page that confirms who one is leads when it was opened beside a form."""
    return page("commands/confirmed.html")


def prove(form: Form, binding: str) -> None:
    """Confirm by what was given in the form, unless that was done already; opens units of its own.

    What is wrong stands in the form, and nothing is known then.
    """
    if is_proven(binding):
        return
    typed = Typed(form.data["code"], form.data["password"], form.data["key"])
    if not typed.code and not typed.password and typed.key is None:
        form.refuse(_("Confirm who you are: nothing was asked for yet."))
        return
    with form.plainly():
        stepping_up.give(
            door(), current_actor(), binding, typed, caller_origin(), now=current_now()
        )


def is_proven(binding: str) -> bool:
    """Whether the person has confirmed who they are for this. It looks in a unit of its own, where
    what this very request has confirmed is seen."""
    with runtime().database.unit(write=False) as db:
        return confirmed(db, current_actor(), binding) is not None


def proof_context(binding: str, *, needed: bool = True) -> dict[str, Any]:
    """What the template's `prove` is given."""
    with runtime().database.unit(write=False) as db:
        found = factors.own(db, current_actor())
    return {
        "factors": found, "known": not needed or is_proven(binding),
        "confirm": confirm_link(binding, BACK),
        "question": "/confirm/key-question?" + urlencode({"binding": binding}),
    }  # fmt: skip
