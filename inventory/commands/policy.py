"""The rules of commands with their defaults and bounds, and what they ask for: pure functions.

Every value is a whole number in the database (`policy_values`); the bounds are in the program, so
that not even two persons can set a wipe free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from inventory.errors import InvalidInput
from mdm.capabilities import Effect
from mdm.types import Ownership


def _rule(default: int, least: int, most: int, strict: str, text: str) -> Any:
    """`strict`: which way is stricter, "more" or "less"."""
    return field(
        default=default, metadata={"least": least, "most": most, "strict": strict, "doc": text}
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """Every rule that a district may set; `metadata` holds the bounds and the meaning."""

    lock_approvals: int = _rule(0, 0, 3, "more", "persons who must approve a lock")
    lock_free_actor_hour: int = _rule(
        5, 0, 100, "less", "locks an hour that one requester needs no approval for"
    )
    lock_free_district_hour: int = _rule(
        20, 0, 500, "less", "locks an hour in the district that need no approval"
    )
    passcode_approvals: int = _rule(1, 0, 3, "more", "persons who must approve a new passcode")
    place_approvals: int = _rule(1, 1, 3, "more", "persons who must approve that it is located")
    selective_approvals: int = _rule(
        1, 1, 3, "more", "persons who must approve that it is retired or its users' data erased"
    )
    selective_cool_off_minutes: int = _rule(5, 0, 1440, "more", "wait after that approval")
    wipe_approvals: int = _rule(1, 1, 3, "more", "persons who must approve a full wipe")
    wipe_cool_off_minutes: int = _rule(15, 5, 1440, "more", "wait after that approval")
    bulk_approvals: int = _rule(2, 2, 4, "more", "persons who must approve a batch")
    bulk_cool_off_minutes: int = _rule(60, 15, 2880, "more", "wait after a batch's approval")
    budget_actor_hour: int = _rule(
        5, 1, 50, "less", "destructive commands an hour for one requester"
    )
    budget_district_hour: int = _rule(20, 1, 200, "less", "destructive commands an hour")
    budget_district_day: int = _rule(50, 1, 1000, "less", "destructive commands in 24 hours")
    budget_fleet_permille_day: int = _rule(
        10, 1, 100, "less", "thousandths of all managed devices in 24 hours"
    )
    budget_fleet_least: int = _rule(
        5, 1, 20, "less", "devices in 24 hours that a small fleet may have in any case"
    )
    breaker_failed_percent: int = _rule(
        20, 1, 60, "less", "share of failed destructive commands in 24 hours that opens the breaker"
    )
    breaker_failed_least: int = _rule(
        5, 3, 20, "less", "ended commands from which that share is looked at"
    )
    breaker_foreign_wipes_day: int = _rule(
        3, 1, 50, "less", "wipes in 24 hours that we did not order, from which the breaker opens"
    )
    requested_hours: int = _rule(72, 1, 168, "less", "after which an unapproved request ends")
    approved_hours: int = _rule(24, 1, 72, "less", "after which an approved command ends unsent")
    sent_days: int = _rule(
        14, 1, 60, "less", "after which a command that its device has not carried out is called off"
    )
    stale_days: int = _rule(
        14, 1, 90, "less", "since the device was heard of, after which a person must confirm"
    )
    trusted_days: int = _rule(
        7, 2, 90, "more", "that an approver's account and second factor must be old"
    )
    role_rest_hours: int = _rule(
        24, 12, 168, "more", "after a change of roles in which somebody cannot approve"
    )
    step_up_minutes: int = _rule(5, 1, 15, "less", "for which a confirmed identity holds")
    settle_seconds: int = _rule(
        120, 60, 3600, "more", "before the vendor is asked what became of a lost answer"
    )
    place_hours: int = _rule(24, 1, 72, "less", "for which a place is kept")
    requests_actor_hour: int = _rule(60, 1, 1000, "less", "requests an hour from one requester")
    batch_most: int = _rule(500, 1, 5000, "less", "devices of one batch")


RULES = {item.name: item for item in fields(Policy)}
DEFAULTS = Policy()


def bounded(name: str, value: int) -> int:
    """The value itself. Raises `InvalidInput` for an unknown rule or one beyond its bounds."""
    if name not in RULES:
        raise InvalidInput("there is no such rule", {"name": ["is no rule of this policy"]})
    told = RULES[name].metadata
    if not told["least"] <= value <= told["most"]:
        message = f"must be between {told['least']} and {told['most']}"
        raise InvalidInput(f"{name} {message}", {"value": [message]})
    return value


def weakens(name: str, before: int, after: int) -> bool:
    """Whether a change lets more happen, or sooner, or by fewer people."""
    return after < before if RULES[name].metadata["strict"] == "more" else after > before


def policy_of(values: Mapping[str, int]) -> Policy:
    """The policy of stored values; a value beyond today's bounds counts as the nearest bound."""
    kept = {}
    for name, item in RULES.items():
        if name in values:
            kept[name] = max(item.metadata["least"], min(item.metadata["most"], values[name]))
    return Policy(**kept)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules look at.

    proxy   asked for by a program or on the command line, where nobody has shown who they are
    batch   devices in the same batch, 1 for a single command
    locks   locks that went without approval in the last hour: the requester's, and the district's
    stolen  the asset is recorded as stolen: its cool-off may be skipped
    """

    effect: Effect
    ownership: Ownership
    proxy: bool = False
    batch: int = 1
    locks: tuple[int, int] = (0, 0)
    stolen: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What a command must have before it leaves."""

    approvals: int
    cool_off: timedelta
    retype_tag: bool = False
    backup: bool = False
    step_up: bool = False
    guarded: bool = False  # stale data and the breaker hold it


def rules_for(policy: Policy, asked: Asked) -> Rules:
    """What the policy asks of such a command."""
    effect = asked.effect
    if effect.destructive:
        return _destructive(policy, asked)
    approvals = {
        Effect.LOCKS: _lock_approvals(policy, asked),
        Effect.REMOVES_PASSCODE: policy.passcode_approvals,
        Effect.REVEALS_PLACE: policy.place_approvals,
    }.get(effect, 0)
    grave = effect in {Effect.LOCKS, Effect.REMOVES_PASSCODE, Effect.REVEALS_PLACE}
    if grave and (asked.proxy or asked.batch > 1):
        # A program that asks must not be its own approver.
        approvals = max(approvals, 1)
    return Rules(approvals, timedelta(), step_up=effect is Effect.REMOVES_PASSCODE)


def _lock_approvals(policy: Policy, asked: Asked) -> int:
    mine, district = asked.locks
    beyond = mine >= policy.lock_free_actor_hour or district >= policy.lock_free_district_hour
    return max(policy.lock_approvals, 1 if beyond else 0)


def _destructive(policy: Policy, asked: Asked) -> Rules:
    full = asked.effect is Effect.ERASES_EVERYTHING
    approvals = policy.wipe_approvals if full else policy.selective_approvals
    minutes = policy.wipe_cool_off_minutes if full else policy.selective_cool_off_minutes
    if full and asked.ownership is Ownership.UNKNOWN:
        approvals += 1
    if asked.batch > 1:
        approvals = max(approvals, policy.bulk_approvals)
        minutes = max(minutes, policy.bulk_cool_off_minutes)
    erases = asked.effect is not Effect.REMOVES_MANAGEMENT_DATA
    return Rules(
        approvals,
        timedelta(minutes=0 if asked.stolen and asked.batch == 1 else minutes),
        retype_tag=full and asked.batch == 1,
        backup=erases,
        step_up=True,
        guarded=True,
    )


def fleet_share(policy: Policy, fleet: int) -> int:
    """Devices that may be destroyed in 24 hours in a fleet of this size."""
    share = max(policy.budget_fleet_least, fleet * policy.budget_fleet_permille_day // 1000)
    return min(policy.budget_district_day, share)
