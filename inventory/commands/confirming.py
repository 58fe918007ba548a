"""How a person at a browser confirmed who they are, for the act at hand."""

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import stepping_up
from inventory.accounts.factor_models import Method
from inventory.commands.step_up import StepUp


def confirmed(db: Session, actor: Actor, binding: str) -> StepUp | None:
    """The last confirmation in this actor's session for exactly this; None for a token."""
    if not binding:
        return None
    row = stepping_up.newest(db, actor, binding)
    if row is None or row.method is Method.RECOVERY:
        return None
    since = None if row.method is Method.PASSWORD else row.factor_since
    return StepUp(row.at, binding, row.method.value, since)
