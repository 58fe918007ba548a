"""/api/v1/breaker, /command-policy and /break-glass: what keeps commands from running away."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import caller_origin, door
from inventory.commands import (
    break_glass,
    breaker,
    opening_glass,
    policy,
    policy_values,
    reading,
    restoring,
)
from inventory.commands.bodies_api import command_body
from inventory.commands.confirming import confirmed
from inventory.commands.guard_models import Breaker, BreakGlassCode, PolicyChange
from inventory.commands.guard_schemas import (
    BreakerHistory,
    BreakerView,
    EndedView,
    GlassDraft,
    GlassList,
    GlassView,
    PolicyChanges,
    PolicyChangeView,
    PolicyDraft,
    PolicyView,
    RestoredView,
    ReviewDraft,
)
from inventory.commands.requesting import CommandDraft
from inventory.commands.schemas import CommandReason, CommandView
from inventory.errors import NotFound
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("command_guards", "", "The breaker, the rules of commands, and sealed codes.")
CHANGE = "<int(max=2147483647):change_id>"
CODE = "<int(max=2147483647):code_id>"


def breaker_body(row: Breaker | None) -> dict[str, Any]:
    shown = row or Breaker(id=1)
    return {**shown.model_dump(), "binding": breaker.binding_of_closing(shown)}


def change_body(row: PolicyChange) -> dict[str, Any]:
    return {**row.model_dump(), "binding": policy_values.binding_of_change(row)}


@bp.route("/breaker")
@guarded(Permission.MDM_READ)
@bp.response(200, BreakerView)
def get_breaker() -> dict[str, Any]:
    """Whether destructive commands are stopped in the district, and why."""
    return breaker_body(breaker.look(current_db(), current_actor()))


@bp.route("/breaker/history")
@guarded(Permission.MDM_READ)
@bp.response(200, BreakerHistory)
def breaker_history() -> dict[str, Any]:
    """What happened to the breaker, newest first."""
    return {"items": breaker.history(current_db(), current_actor())}


@bp.route("/breaker/ask-close", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, BreakerView)
def ask_close(given: dict[str, str]) -> dict[str, Any]:
    """The first of two persons asks to let destructive commands go again."""
    return breaker_body(
        breaker.ask_close(current_db(), current_actor(), **given, now=current_now())
    )


@bp.route("/breaker/close", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.response(200, BreakerView)
def close() -> dict[str, Any]:
    """The second of two persons closes it. What was held is released one by one."""
    db, actor = current_db(), current_actor()
    row = breaker.look(db, actor)
    step_up = confirmed(db, actor, breaker.binding_of_closing(row)) if row else None
    return breaker_body(breaker.close(db, actor, step_up=step_up, now=current_now()))


@bp.route("/breaker/keep-open", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.response(200, BreakerView)
def keep_open() -> dict[str, Any]:
    """Refuse a closing that was asked for."""
    return breaker_body(breaker.keep_open(current_db(), current_actor(), now=current_now()))


@bp.route("/breaker/restored", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, RestoredView)
def restored(given: dict[str, str]) -> dict[str, int]:
    """Say that the database was restored from a backup: everything open is held."""
    held = restoring.say_restored(current_db(), current_actor(), **given, now=current_now())
    return {"held": held}


@bp.route("/command-policy")
@guarded(Permission.MDM_READ)
@bp.response(200, PolicyView)
def get_policy() -> dict[str, Any]:
    """The rules of commands, with their bounds."""
    current_actor().require_anywhere(Permission.MDM_READ)
    now = policy_values.policy_in_force(current_db())
    return {
        "rules": [
            {
                "name": name, "value": getattr(now, name), "default": item.default,
                "least": item.metadata["least"], "most": item.metadata["most"],
                "stricter": item.metadata["strict"], "meaning": item.metadata["doc"],
            }
            for name, item in policy.RULES.items()
        ]
    }  # fmt: skip


@bp.route("/command-policy/changes")
@guarded(Permission.MDM_READ)
@bp.response(200, PolicyChanges)
def policy_changes() -> dict[str, Any]:
    """What was changed, and what waits for its second person."""
    found = policy_values.changes(current_db(), current_actor())
    return {"items": [change_body(row) for row in found]}


@bp.route("/command-policy/changes", methods=["POST"])
@guarded(Permission.POLICY_WRITE, session_only=True)
@bp.arguments(PolicyDraft)
@bp.response(201, PolicyChangeView)
def ask_change(given: dict[str, Any]) -> dict[str, Any]:
    """Set a rule: a stricter one at once, a weaker one when another person confirms it."""
    return change_body(
        policy_values.ask_change(current_db(), current_actor(), **given, now=current_now())
    )


@bp.route(f"/command-policy/changes/{CHANGE}/confirm", methods=["POST"])
@guarded(Permission.POLICY_WRITE, session_only=True)
@bp.response(200, PolicyChangeView)
def confirm_change(change_id: int) -> dict[str, Any]:
    """The second person's yes to a rule that is to be weakened."""
    db, actor = current_db(), current_actor()
    row = db.get(PolicyChange, change_id)
    if row is None:
        raise NotFound(f"there is no change {change_id}")
    step_up = confirmed(db, actor, policy_values.binding_of_change(row))
    return change_body(
        policy_values.confirm_change(db, actor, change_id, step_up=step_up, now=current_now())
    )


@bp.route(f"/command-policy/changes/{CHANGE}/refuse", methods=["POST"])
@guarded(Permission.POLICY_WRITE, session_only=True)
@bp.response(200, PolicyChangeView)
def refuse_change(change_id: int) -> dict[str, Any]:
    """Let a change that waits fall."""
    return change_body(
        policy_values.refuse_change(current_db(), current_actor(), change_id, now=current_now())
    )


@bp.route("/break-glass", methods=["POST"])
@guarded(Permission.COMMAND_REQUEST, session_only=True, write=False)
@bp.arguments(GlassDraft)
@bp.response(201, CommandView)
def use_code(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Use a sealed code for one device: no approval, no waiting. Everybody is told at once.

    Confirm `break-glass:` and the `purpose` of the plan first, with a second factor. Asked twice
    for the same, it answers with the first command.
    """
    actor, code = current_actor(), given.pop("code")
    given["acknowledged"] = frozenset(given["acknowledged"])
    command = opening_glass.use(
        door(), actor, code, CommandDraft(**given), caller_origin(), now=current_now()
    )
    body = command_body(reading.get(current_db(), actor, command.id))
    return body, {"Location": f"/api/v1/commands/{command.id}"}


@bp.route("/break-glass/end", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.arguments(CommandReason)
@bp.response(200, EndedView)
def end_codes(given: dict[str, str]) -> dict[str, int]:
    """End all sealed codes that nobody has used."""
    ended = break_glass.end_codes(current_db(), current_actor(), **given, now=current_now())
    return {"ended": ended}


@bp.route("/break-glass/reviews")
@guarded(Permission.BREAKER_CLOSE)
@bp.response(200, GlassList)
def reviews() -> dict[str, Any]:
    """Uses of sealed codes that wait for their review."""
    return {"items": break_glass.to_review(current_db(), current_actor())}


@bp.route(f"/break-glass/reviews/{CODE}", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, session_only=True)
@bp.arguments(ReviewDraft)
@bp.response(200, GlassView)
def review(given: dict[str, str], code_id: int) -> BreakGlassCode:
    """Write down what a use was about; by another person than the one who used it."""
    return break_glass.review(current_db(), current_actor(), code_id, **given, now=current_now())
