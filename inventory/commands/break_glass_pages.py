"""/break-glass: a person uses a sealed code, where nobody can approve and it cannot wait.

The code is asked for last, once the person has confirmed who they are for exactly this, so that a
mistake anywhere else never costs typing it again.
"""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import caller_origin, door
from inventory.assets import reach
from inventory.assets.models import Asset
from inventory.commands import break_glass, budgets, opening_glass, requesting
from inventory.commands.break_glass_form_schemas import GlassArgs, GlassForm
from inventory.commands.devices import targets_of
from inventory.commands.models import DeviceCommand
from inventory.commands.planning import Plan
from inventory.commands.policy_values import policy_in_force
from inventory.commands.proving_pages import is_proven, proof_context, prove
from inventory.commands.requesting import CommandDraft
from inventory.commands.step_up import NotTrusted
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm.capabilities import Need
from mdm.types import Action

bp = Blueprint("break_glass_pages", __name__, url_prefix="/break-glass")

DRAFTED = ("device_id", "action", "reason", "typed_tag", "backup", "message", "phone")


@bp.route("")
@guarded(Permission.COMMAND_REQUEST, page=True)
@with_query(GlassArgs)
def ask(args: dict[str, Any]) -> Response:
    """What a sealed code is, and for which device it shall be used."""
    begun: dict[str, Any] = {}
    if args["asset_id"] is not None:
        begun["tag"] = reach.get(current_db(), current_actor(), args["asset_id"]).tag
    if args["action"] is not None:
        begun["action"] = args["action"].value
    return _choose(Form(GlassForm(), begun, read=False))


@bp.route("", methods=["POST"])
@guarded(Permission.COMMAND_REQUEST, page=True, write=False)
def step() -> Response:
    """The next step, or the same again with what was wrong."""
    form = Form(GlassForm())
    if form.value("again"):
        form.errors.clear()
        return _choose(form)
    if {"tag", "action", "reason", "device_id"} & set(form.errors) or not form.value("action"):
        return _choose(form)
    asset = _asset(form)
    if asset is None:
        return _choose(form)
    found = _plan(form, asset)
    if form.submitted() and form.data["step"] != "look" and found.possible:
        used = _go_on(form, asset, found)
        if used is not None:
            told = _(
                "The code is used. It is on its way, and everybody who closes breakers is told."
            )
            return done(url_for("command_pages.show", command_id=used.id), told)
    return _show(form, asset, found)


def _go_on(form: Form, asset: Asset, found: Plan) -> DeviceCommand | None:
    """Confirm, or use the code; everything else is checked before."""
    draft = _draft(form, asset)
    with form.plainly():
        _target, capability = requesting.required(current_actor(), asset, found)
        requesting.check_draft(draft, asset, found, capability)
    if not form.ok:
        return None
    if form.data["step"] == "prove" or not is_proven(break_glass.binding_of_glass(found)):
        prove(form, break_glass.binding_of_glass(found))
        return None
    used = None
    with form.plainly():
        used = opening_glass.use(
            door(), current_actor(), form.data["sealed_code"], draft, caller_origin(),
            now=current_now(),
        )  # fmt: skip
    if "code" in form.errors:  # of the sealed one: that of the app is not looked at here
        form.errors["sealed_code"] = form.errors.pop("code")
    return used


def _asset(form: Form) -> Asset | None:
    try:
        return reach.by_tag(
            current_db(), current_actor(), str(form.value("tag")),
            permission=Permission.COMMAND_REQUEST,
        )  # fmt: skip
    except NotFound as refused:
        form.refuse(str(refused), "tag")
        return None


def _plan(form: Form, asset: Asset) -> Plan:
    device_id = str(form.value("device_id"))
    return break_glass.glass_plan(
        current_db(), current_actor(), asset, Action(str(form.value("action"))),
        device_id=int(device_id) if device_id else None, now=current_now(),
    )  # fmt: skip


def _draft(form: Form, asset: Asset) -> CommandDraft:
    said = {name: form.data[name] for name in DRAFTED}
    return CommandDraft(
        asset_id=asset.id, acknowledged=frozenset(form.data["acknowledged"]),
        keep_data_plan=form.data["keep_data_plan"], **said,
    )  # fmt: skip


def _choose(form: Form) -> Response:
    return page(
        "commands/break_glass.html", status=form.status, form=form, actions=list(Action),
        not_you=_not_you(), hours=policy_in_force(current_db()).approved_hours,
    )  # fmt: skip


def _show(form: Form, asset: Asset, found: Plan) -> Response:
    db = current_db()
    policy = policy_in_force(db)
    return page(
        "commands/break_glass_use.html", status=form.status, form=form, asset=asset, plan=found,
        targets=targets_of(db, asset.id), not_you=_not_you(), hours=policy.approved_hours,
        times=budgets.BREAK_GLASS, grave=found.capability and found.capability.effect.destructive,
        **proof_context(break_glass.binding_of_glass(found)),
        needs_message=bool({Need.MESSAGE, Need.MESSAGE_OR_PHONE} & set(found.needs)),
        needs_phone=Need.MESSAGE_OR_PHONE in found.needs,
    )  # fmt: skip


def _not_you() -> str:
    """Why this person cannot use a code, told before they open the envelope; "" where they can."""
    try:
        break_glass.require_glass_person(current_db(), current_actor(), None, now=current_now())
    except NotTrusted as refused:
        return str(refused)
    return ""
