"""The bodies of the API's answers about commands, with what they need in a fixed number of
queries."""

import json
from collections.abc import Sequence
from typing import Any

from inventory.commands import effects, escrow, reading
from inventory.commands.planning import Plan
from inventory.commands.reading import Row, Step
from inventory.http.unit import current_db, current_now


def command_bodies(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Commands as `CommandView` shows them."""
    db = current_db()
    kept = [command for command, _ in rows]
    approvals = reading.approvals_of(db, kept)
    pins, places = escrow.has(db, [command.id for command in kept], now=current_now())
    return [
        {
            **command.model_dump(),
            "asset_tag": asset.tag,
            "effect_words": effects.WORDS[command.effect],
            "approvals": approvals[command.id],
            "has_pin": command.id in pins,
            "has_place": command.id in places,
        }
        for command, asset in rows
    ]


def command_body(row: Row) -> dict[str, Any]:
    return command_bodies([row])[0]


def plan_body(plan: Plan) -> dict[str, Any]:
    """A plan as `PlanView` shows it."""
    body: dict[str, Any] = {
        name: getattr(plan, name)
        for name in (
            "action", "possible", "why_not", "target", "effect_words", "confirmation_words",
            "needs", "rules", "warnings", "alternatives", "held", "budget", "purpose",
        )
    }  # fmt: skip
    if plan.capability is not None:
        body["capability"] = plan.capability
    return body | {"cool_off_minutes": minutes(plan.rules.cool_off.total_seconds())}


def minutes(seconds: float) -> int:
    return int(seconds // 60)


def step_body(step: Step) -> dict[str, Any]:
    """A step with its states as JSON again."""
    return {
        "at": step.at, "action": step.action, "actor": step.actor, "reason": step.reason,
        "before": json.loads(step.before), "after": json.loads(step.after),
    }  # fmt: skip
