"""Roles as people are told of them: which, where, and whether the reader may take them away."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inventory.access import ROLE_PERMISSIONS, Actor, Permission, Role
from inventory.accounts.listing import grants_by_account
from inventory.accounts.models import RoleGrant
from inventory.accounts.policy import Place, require_may_grant
from inventory.errors import Forbidden
from inventory.sites.naming import Spot, spots


@dataclass(frozen=True, slots=True)
class Held:
    """A role of an account. `spot` is None where the reader may not know the place."""

    grant: RoleGrant
    spot: Spot | None
    may_withdraw: bool

    @property
    def permissions(self) -> list[Permission]:
        """What the role allows there, in the order in which permissions are listed."""
        return [p for p in Permission if p in ROLE_PERMISSIONS[self.grant.role]]


def held_by(
    db: Session,
    actor: Actor,
    account_ids: Sequence[int],
    permission: Permission = Permission.SITE_READ,
) -> dict[int, list[Held]]:
    """The roles of accounts that the caller may see; two queries.

    permission  places where the actor holds it are told by name. For one's own roles this is
                `SELF`: whoever holds a role somewhere knows where that is.
    """
    grants = grants_by_account(db, account_ids)
    places = {grant.site_id for found in grants.values() for grant in found}
    named = spots(db, actor, places, permission)
    return {
        id_: [Held(g, named.get(g.site_id), may_grant(actor, g.role, g.site_id)) for g in found]
        for id_, found in grants.items()
    }


def may_grant(actor: Actor, role: Role, site_id: int) -> bool:
    """Whether the actor may give or withdraw this role there."""
    try:
        require_may_grant(actor, Place(role, site_id))
    except Forbidden:
        return False
    return True
