"""/assets/{id}/commands/new: what can be done to a device, what it would do, and asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import effects, planning, requesting
from inventory.commands.confirm_link import confirm_link
from inventory.commands.confirming import confirmed
from inventory.commands.devices import Target, targets_of
from inventory.commands.page_schemas import NewArgs, RequestForm
from inventory.commands.planning import Plan
from inventory.commands.requesting import CommandDraft
from inventory.commands.states import CommandState
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm.capabilities import Capability, Need
from mdm.types import Action

bp = Blueprint("request_pages", __name__)

NEW = "/assets/<int(max=2147483647):asset_id>/commands/new"


@dataclass(frozen=True, slots=True)
class Choice:
    """One action that the vendor of this device has. `why_not`: it is never done to this one."""

    action: Action
    capability: Capability
    why_not: str


@bp.route(NEW)
@guarded(Permission.COMMAND_REQUEST, page=True)
@with_query(NewArgs)
def ask(args: dict[str, Any], asset_id: int) -> Response:
    """Without an action: which ones there are. With one: what it would do, and the form."""
    if args["action"] is None:
        return _choose(asset_id, args["device_id"])
    return _show(Form(RequestForm(), {"action": args["action"].value}), asset_id, args)


@bp.route(NEW, methods=["POST"])
@guarded(Permission.COMMAND_REQUEST, page=True)
def send(asset_id: int) -> Response:
    """Ask for it."""
    form = Form(RequestForm())
    if form.submitted():
        command = None
        with form.attempt():
            command = requesting.request(
                current_db(), current_actor(), _draft(form.data, asset_id),
                step_up=_step_up(form.data, asset_id), now=current_now(),
            )  # fmt: skip
        if form.ok and command is not None:
            there = url_for("command_pages.show", command_id=command.id)
            if command.state is CommandState.REQUESTED:
                return done(there, _("Asked for. It waits for approval."))
            return done(there, _("Asked for. It is on its way."))
    args = {"action": _action(form), "device_id": form.data.get("device_id")}
    if args["action"] is None:
        return _choose(asset_id, None)
    return _show(form, asset_id, args)


def _choose(asset_id: int, device_id: int | None) -> Response:
    db, actor = current_db(), current_actor()
    found = planning.plan(db, actor, asset_id, Action.SYNC, now=current_now())
    known = targets_of(db, asset_id)
    target = next((t for t in known if t.device_id == device_id), found.target)
    return page(
        "commands/choose.html", asset=found.asset, target=target, targets=known,
        choices=_choices(target) if target else (), held=found.held,
        destructive=actor.may(Permission.COMMAND_REQUEST_DESTRUCTIVE, found.asset.site_id),
    )  # fmt: skip


def _choices(target: Target) -> Sequence[Choice]:
    """From the mildest to the gravest."""
    order = list(effects.WORDS)
    found = [
        Choice(action, capability, effects.forbidden_on(capability.effect, target.ref.ownership)
               or "")
        for action in Action
        if (capability := planning.capability_of(target, action)) is not None
    ]  # fmt: skip
    return sorted(found, key=lambda choice: order.index(choice.capability.effect))


def _show(form: Form, asset_id: int, args: dict[str, Any]) -> Response:
    plan = _plan(asset_id, args["action"], args["device_id"], form.data)
    here = url_for(
        "request_pages.ask", asset_id=asset_id, action=plan.action.value,
        device_id=args["device_id"],
    )  # fmt: skip
    person = confirmed(current_db(), current_actor(), plan.purpose) if plan.possible else None
    return page(
        "commands/new.html", status=form.status, form=form, plan=plan, asset=plan.asset,
        device_id=args["device_id"], known=plan.rules.step_up is False or person is not None,
        confirm=confirm_link(plan.purpose, here) if plan.purpose else "",
        needs_message=bool({Need.MESSAGE, Need.MESSAGE_OR_PHONE} & set(plan.needs)),
        needs_phone=Need.MESSAGE_OR_PHONE in plan.needs,
    )  # fmt: skip


def _plan(asset_id: int, action: Action, device_id: int | None, data: dict[str, Any]) -> Plan:
    return planning.plan(
        current_db(), current_actor(), asset_id, action, device_id=device_id,
        skip_cool_off=bool(data.get("skip_cool_off")), now=current_now(),
    )  # fmt: skip


def _step_up(data: dict[str, Any], asset_id: int) -> Any:
    plan = _plan(asset_id, data["action"], data["device_id"], data)
    return confirmed(current_db(), current_actor(), plan.purpose)


def _draft(data: dict[str, Any], asset_id: int) -> CommandDraft:
    return CommandDraft(
        **{**data, "acknowledged": frozenset(data["acknowledged"]), "asset_id": asset_id}
    )


def _action(form: Form) -> Action | None:
    told = str(form.value("action"))
    return Action(told) if told in set(Action) else None
