"""How a person at a browser confirms who they are: what the session knows of it.

Until a second factor is asked for each act, a sign-in within the last minutes is the confirmation;
it is then taken as given for the act at hand.
"""

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts.models import LoginSession
from inventory.commands.step_up import StepUp


def confirmed(db: Session, actor: Actor, binding: str) -> StepUp | None:
    """The confirmation that this actor's session stands for; None for a token or the machine."""
    if actor.session_id is None:
        return None
    session = db.get(LoginSession, actor.session_id)
    if session is None or session.account_id != actor.id:
        return None
    return StepUp(session.authenticated_at, binding, session.assurance.value)
