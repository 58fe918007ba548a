"""Proof that the person at the browser confirmed who they are, for exactly this, just now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.access import Actor
from inventory.commands.policy import Policy
from inventory.errors import Forbidden


class NotTrusted(Forbidden):
    """The permission is there, and this very person may not use it for this, or not yet.

    A conflict to the caller, and a refusal to the audit log, as every `Forbidden`.
    """

    status = 409
    title = "Not by you, or not yet"


@dataclass(frozen=True, slots=True)
class StepUp:
    """A confirmation of identity, as the edge has checked it.

    bound_to      the hash it was given for: a plan's `purpose` or a command's `binding`
    method        "webauthn", "totp" or "password"
    factor_since  when the authenticator was enrolled, None where the edge cannot tell
    """

    at: datetime
    bound_to: str
    method: str
    factor_since: datetime | None = None


def require_step_up(
    step_up: StepUp | None, binding: str, policy: Policy, *, now: datetime
) -> StepUp:
    """The confirmation. Raises `Forbidden` where it is missing, old or for something else."""
    if step_up is None:
        raise Forbidden("confirm who you are first")
    if step_up.bound_to != binding:
        raise Forbidden("you confirmed who you are for something else; confirm it for this")
    age = now - step_up.at
    if not timedelta(seconds=-30) <= age <= timedelta(minutes=policy.step_up_minutes):
        raise Forbidden("you confirmed who you are too long ago; confirm it again")
    return step_up


def require_person(actor: Actor, what: str) -> int:
    """The account's id. Raises `Forbidden` for a token, a job or the command line."""
    if actor.kind != "account" or actor.id is None:
        raise Forbidden(f"{what} needs a person who is signed in")
    return actor.id
