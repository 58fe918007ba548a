"""/api/v1/assets/{id}/commands and /api/v1/commands: plan, ask, decide, follow."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import reach
from inventory.assets.api import ID as ASSET
from inventory.commands import deciding, escrow, planning, reading, reconciling, requesting
from inventory.commands.bodies_api import command_bodies, command_body, plan_body, step_body
from inventory.commands.confirming import confirmed
from inventory.commands.models import DeviceCommand
from inventory.commands.reading import Filter
from inventory.commands.requesting import CommandDraft
from inventory.commands.schemas import (
    ApproveSchema,
    CommandDraftSchema,
    CommandListArgs,
    CommandPage,
    CommandReason,
    CommandRemark,
    CommandView,
    PinList,
    PlaceView,
    PlanArgs,
    PlanView,
    ReconcileSchema,
    SettleSchema,
    TimelineView,
)
from inventory.commands.step_up import StepUp
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("commands", "", "Remote commands on managed devices: lock, wipe, and the rest.")
ID = "<int(max=2147483647):command_id>"


def shown(command: DeviceCommand) -> dict[str, Any]:
    return command_body(reading.get(current_db(), current_actor(), command.id))


def confirmation(command_id: int) -> StepUp | None:
    """What the caller's session confirms about this command."""
    command, _ = reading.get(current_db(), current_actor(), command_id)
    return confirmed(current_db(), current_actor(), command.binding)


def listed(wanted: Filter, limit: int) -> dict[str, Any]:
    rows = reading.commands(current_db(), current_actor(), wanted)
    return page_of_rows(rows, limit, command_bodies, lambda row: int(row[0].id))


@bp.route(f"/assets/{ASSET}/commands/plan")
@guarded(Permission.MDM_READ)
@bp.arguments(PlanArgs, location="query")
@bp.response(200, PlanView)
def plan(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """What an action would do to this device, and what it takes. Nothing is asked for yet."""
    return plan_body(
        planning.plan(current_db(), current_actor(), asset_id, **args, now=current_now())
    )


@bp.route(f"/assets/{ASSET}/commands")
@guarded(Permission.MDM_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, CommandPage)
def of_asset(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """The commands of one device, newest first."""
    reach.get(current_db(), current_actor(), asset_id, permission=Permission.MDM_READ)
    wanted = Filter(asset_id=asset_id, before=after_id(args), limit=args["limit"] + 1)
    return listed(wanted, args["limit"])


@bp.route(f"/assets/{ASSET}/commands", methods=["POST"])
@guarded(Permission.COMMAND_REQUEST)
@idempotent
@bp.arguments(CommandDraftSchema)
@bp.response(201, CommandView)
def request(given: dict[str, Any], asset_id: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Ask for a command. A token may ask, and never approves."""
    given["acknowledged"] = frozenset(given["acknowledged"])
    draft = CommandDraft(asset_id=asset_id, **given)
    db, actor, now = current_db(), current_actor(), current_now()
    asked = requesting.request(db, actor, draft, step_up=_confirmed_plan(draft), now=now)
    return shown(asked), {"Location": f"/api/v1/commands/{asked.id}"}


def _confirmed_plan(draft: CommandDraft) -> StepUp | None:
    db, actor = current_db(), current_actor()
    if actor.session_id is None:
        return None
    found = planning.plan(
        db, actor, draft.asset_id, draft.action, device_id=draft.device_id, now=current_now()
    )
    return confirmed(db, actor, found.purpose)


@bp.route("/commands")
@guarded(Permission.MDM_READ)
@bp.arguments(CommandListArgs, location="query")
@bp.response(200, CommandPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Commands in your reach, newest first; `waiting=true` is the inbox."""
    limit = args.pop("limit")
    before = after_id(args)
    args.pop("after", None)
    return listed(Filter(**args, before=before, limit=limit + 1), limit)


@bp.route(f"/commands/{ID}")
@guarded(Permission.MDM_READ)
@bp.response(200, CommandView)
def get(command_id: int) -> dict[str, Any]:
    """One command."""
    return command_body(reading.get(current_db(), current_actor(), command_id))


@bp.route(f"/commands/{ID}/timeline")
@guarded(Permission.MDM_READ)
@bp.response(200, TimelineView)
def timeline(command_id: int) -> dict[str, Any]:
    """What happened to a command, and each time that it was sent."""
    steps, sent = reading.timeline(current_db(), current_actor(), command_id)
    return {"steps": [step_body(step) for step in steps], "sent": sent}


@bp.route(f"/commands/{ID}/approve", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(ApproveSchema)
@bp.response(200, CommandView)
def approve(given: dict[str, Any], command_id: int) -> dict[str, Any]:
    """Yes. Never by the one who asked; 409 tells why somebody may not (yet)."""
    step_up = confirmation(command_id)
    return shown(
        deciding.approve(
            current_db(), current_actor(), command_id, step_up=step_up,
            version=given.get("seen"), now=current_now(),
        )
    )  # fmt: skip


@bp.route(f"/commands/{ID}/reject", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, CommandView)
def reject(given: dict[str, str], command_id: int) -> dict[str, Any]:
    """No. One person's no is enough."""
    return shown(
        deciding.reject(current_db(), current_actor(), command_id, **given, now=current_now())
    )


@bp.route(f"/commands/{ID}/cancel", methods=["POST"])
@guarded(Permission.COMMAND_REQUEST)
@bp.arguments(CommandRemark)
@bp.response(200, CommandView)
def cancel(given: dict[str, str], command_id: int) -> dict[str, Any]:
    """Call it off; at the vendor too, where the vendor can."""
    return shown(
        deciding.cancel(current_db(), current_actor(), command_id, **given, now=current_now())
    )


@bp.route(f"/commands/{ID}/release", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, CommandView)
def release(given: dict[str, str], command_id: int) -> dict[str, Any]:
    """Let a held command go on, once what held it is over."""
    step_up = confirmation(command_id)
    return shown(
        deciding.release(
            current_db(), current_actor(), command_id, step_up=step_up, **given, now=current_now()
        )
    )


@bp.route(f"/commands/{ID}/settle", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(SettleSchema)
@bp.response(200, CommandView)
def settle(given: dict[str, str], command_id: int) -> dict[str, Any]:
    """Say what became of a command that nobody else can tell of. Nothing is sent."""
    return shown(
        deciding.settle(current_db(), current_actor(), command_id, **given, now=current_now())
    )


@bp.route(f"/commands/{ID}/reconcile", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, session_only=True)
@bp.arguments(ReconcileSchema)
@bp.response(200, CommandView)
def reconcile(given: dict[str, Any], command_id: int) -> dict[str, Any]:
    """Say whether a command was sent before the database was restored."""
    step_up = confirmation(command_id)
    return shown(
        reconciling.reconcile(
            current_db(), current_actor(), command_id, step_up=step_up, **given, now=current_now()
        )
    )


@bp.route(f"/commands/{ID}/pin")
@guarded(Permission.PIN_READ, write=True)
@bp.response(200, PinList)
def pin(command_id: int) -> dict[str, Any]:
    """The PINs that open the device. That you looked is recorded."""
    found = escrow.reveal_pins(current_db(), current_actor(), command_id, now=current_now())
    return {"items": found}


@bp.route(f"/commands/{ID}/place", methods=["POST"])
@guarded(Permission.PLACE_READ, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, PlaceView)
def place(given: dict[str, str], command_id: int) -> escrow.Fix:
    """Where the device was. It is recorded, and the coordinators are told."""
    return escrow.reveal_place(
        current_db(), current_actor(), command_id, **given, now=current_now()
    )
