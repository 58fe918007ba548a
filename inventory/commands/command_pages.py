"""/commands: what waits for a person, what is on its way, and the story of one command."""

from typing import Any

from flask import Blueprint, Response, url_for
from marshmallow import Schema

from inventory.access import Actor, Permission
from inventory.accounts.guard import guarded
from inventory.assets import holds
from inventory.assets.models import Asset
from inventory.commands import batches, breaker, deciding, escrow, reading
from inventory.commands.confirm_link import confirm_link
from inventory.commands.confirming import confirmed
from inventory.commands.models import DeviceCommand
from inventory.commands.page_schemas import ListArgs
from inventory.commands.reading import Filter
from inventory.commands.states import SENT, UNSENT, CommandState, Held
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import page
from mdm import registry

bp = Blueprint("command_pages", __name__, url_prefix="/commands")

ID = "<int(max=2147483647):command_id>"
PAGE = 50
_S = CommandState


@bp.route("")
@guarded(Permission.MDM_READ, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Commands within reach, newest first; what waits for a person comes first of all."""
    db, actor = current_db(), current_actor()
    which, before = args["which"], args["before"]
    wanted = Filter(
        state=args["state"], waiting=which == "waiting", mine=which == "mine",
        open=True if which == "open" else None, before=before, limit=PAGE + 1,
    )  # fmt: skip
    rows = reading.commands(db, actor, wanted)
    kept = [command for command, _ in rows[:PAGE]]
    district = actor.scope(Permission.MDM_READ) is None
    return page(
        "commands/list.html", rows=rows[:PAGE], args=args, newest=before is None,
        older=rows[PAGE - 1][0].id if len(rows) > PAGE else None,
        approvals=reading.approvals_of(db, kept),
        batches=[b for b in batches.batches(db, actor, limit=20) if b.state == "requested"]
        if district and which == "waiting" and before is None else [],
    )  # fmt: skip


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ, page=True)
def show(command_id: int) -> Response:
    """One command: what it does, who asked and approved, its time line, what can be done now."""
    return command_page(command_id)


def command_page(
    command_id: int, form: Form | None = None, doing: str = "", **more: Any
) -> Response:
    """The page of a command; `doing` names the form that was not accepted."""
    db, actor = current_db(), current_actor()
    command, asset = reading.get(db, actor, command_id)
    steps, sent = reading.timeline(db, actor, command_id)
    pins, places = escrow.has(db, [command_id], now=current_now())
    here = url_for("command_pages.show", command_id=command_id)
    return page(
        "commands/command.html", status=form.status if form else 200, command=command,
        asset=asset, vendor=vendor_label(command.vendor), steps=steps, sent=sent,
        doing=doing, form=form or Form(Schema()),
        approvals=reading.approvals_of(db, [command])[command_id],
        may=decisions(actor, asset, command), on_hold=on_hold(command),
        known=confirmed(db, actor, command.binding) is not None,
        confirm=confirm_link(command.binding, here), stopped=breaker.is_open(db),
        has_pin=bool(pins) and actor.may(Permission.PIN_READ, asset.site_id),
        has_place=bool(places) and actor.may(Permission.PLACE_READ, asset.site_id), **more,
    )  # fmt: skip


def vendor_label(name: str) -> str:
    """The vendor's own name; an old command may be of one that is not connected any more."""
    return registry.vendor(name).label if name in registry.vendor_names() else name


def on_hold(command: DeviceCommand) -> bool:
    """Whether a hold stands against this command."""
    return (
        command.effect.destructive and holds.active_hold(current_db(), command.asset_id) is not None
    )


def decisions(actor: Actor, asset: Asset, command: DeviceCommand) -> set[str]:
    """What this person could decide about the command in its present state: a first look, so that
    buttons that cannot work are not shown. The services decide."""
    approver = actor.may(Permission.COMMAND_APPROVE, asset.site_id)
    mine = command.requested_by_id is not None and command.requested_by_id == actor.id
    state, found = command.state, set()
    sent = deciding.was_sent(command)
    if approver and not mine and state is _S.REQUESTED and command.batch_id is None:
        found.add("approve")
    if approver and (state is _S.REQUESTED or (state is _S.HELD and not sent)) and not mine:
        found.add("reject")
    if approver and not mine and state is _S.HELD and command.held_reason in deciding.RELEASABLE:
        found.add("release")
    if approver and state is _S.HELD and command.held_reason is Held.RESTORE:
        found.add("reconcile")
    if approver and state is _S.NEEDS_HUMAN:
        found.add("settle")
    unsent = state in UNSENT or (state is _S.HELD and not sent)
    following = state in SENT - {_S.CANCEL_PENDING} and command.cancellable
    if (approver or mine) and (unsent or following):
        found.add("cancel")
    return found
