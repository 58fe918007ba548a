"""An account as its pages show it: who it is, what it may do, and what the reader may do to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission, Role
from inventory.accounts import reach
from inventory.accounts.factors import Factors, factors_of
from inventory.accounts.held import Held, held_by
from inventory.accounts.models import Account
from inventory.accounts.policy import Place, require_over
from inventory.accounts.states import AccountState, state_of
from inventory.errors import Forbidden


@dataclass(frozen=True, slots=True)
class AccountCard:
    """may_change   the reader holds everything that the account may do, and more may be done to it
    own          it is the reader's own account
    factors      what it has besides its password
    """

    account: Account
    state: AccountState
    held: list[Held]
    may_change: bool
    own: bool
    factors: Factors

    @property
    def takes_tokens(self) -> bool:
        """Whether somebody else makes its tokens: a program's."""
        roles = {held.grant.role for held in self.held}
        return roles == {Role.INTEGRATION} and self.state is not AccountState.DISABLED


def card_of(db: Session, actor: Actor, account_id: int, *, now: datetime) -> AccountCard:
    """Raises `NotFound` for an account that the actor may not see."""
    account = reach.get(db, actor, account_id)
    held = held_by(db, actor, [account.id])[account.id]
    return AccountCard(
        account, state_of(account, now), held, _may_change(actor, held), actor.id == account.id,
        factors_of(db, account.id),
    )  # fmt: skip


def _may_change(actor: Actor, held: list[Held]) -> bool:
    if not actor.holds(Permission.ACCOUNT_WRITE):
        return False
    try:
        require_over(actor, [Place(each.grant.role, each.grant.site_id) for each in held])
    except Forbidden:
        return False
    return True
