"""Roles: who has which where, given and withdrawn."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Role
from inventory.accounts.models import Account, RoleGrant
from inventory.accounts.policy import Place, require_may_grant
from inventory.accounts.reach import changed, locked, places_of, require_visible
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind


def grant_role(
    db: Session,
    actor: Actor,
    account_id: int,
    role: Role,
    site_id: int | None = None,
    *,
    now: datetime,
) -> RoleGrant:
    """Give a role at a site and everything in it; None is the whole district.

    Raises `Forbidden` for a role beyond the actor's own reach, `InvalidInput` for no such site, and
    `Duplicate` for one already held. An account without any role is the whole district's matter.
    """
    account = locked(db, account_id)
    held = places_of(db, account.id)
    require_visible(actor, account, held)
    return add_grant(db, actor, account, role, site_id, held=held, now=now)


def add_grant(
    db: Session,
    actor: Actor,
    account: Account,
    role: Role,
    site_id: int | None,
    *,
    held: Sequence[Place],
    now: datetime,
) -> RoleGrant:
    """`grant_role` for an account that the caller has just made or locked."""
    site = _site(db, site_id)
    require_may_grant(actor, Place(role, site.id))
    if Place(role, site.id) in held:
        raise Duplicate(f"{account.user_name} is {role.value} there already")
    grant = RoleGrant(
        account_id=account.id, role=role, site_id=site.id, granted_at=now, granted_by=actor.name
    )
    db.add(grant)
    db.flush()
    after = {"role": role, "site_id": site.id, "grant_id": grant.id}
    changed(db, actor, account, "account.granted", {}, after, now=now, site_id=site.id)
    return grant


def withdraw_role(
    db: Session, actor: Actor, account_id: int, grant_id: int, *, now: datetime
) -> None:
    """Take a role away. Raises `NotFound`, `Forbidden`, and `Conflict` for the last coordinator."""
    one_at_a_time(db)
    account = locked(db, account_id)
    grant = db.get(RoleGrant, grant_id)
    require_visible(actor, account, places_of(db, account.id))
    if grant is None or grant.account_id != account.id:
        raise NotFound(f"there is no grant {grant_id} of this account")
    require_may_grant(actor, Place(grant.role, grant.site_id))
    db.delete(grant)
    if grant.role is Role.COORDINATOR:
        require_coordinator(db)
    before = {"role": grant.role, "site_id": grant.site_id, "grant_id": grant.id}
    changed(db, actor, account, "account.withdrawn", before, {}, now=now, site_id=grant.site_id)


def _site(db: Session, site_id: int | None) -> Site:
    site = sites.root(db) if site_id is None else db.get(Site, site_id)
    if site is None:
        raise InvalidInput("no such site", {"site_id": [f"{site_id} is no site"]})
    return site


def one_at_a_time(db: Session) -> None:
    """Whoever may end the last coordinator takes turns, or two could end each other."""
    sites.root(db, lock=True)


def require_coordinator(db: Session) -> None:
    """Somebody must remain who can sign in and reach everything."""
    db.flush()
    left = db.execute(
        sa.select(col(RoleGrant.id))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .join(Site, col(Site.id) == col(RoleGrant.site_id))
        .where(
            col(RoleGrant.role) == Role.COORDINATOR,
            col(Site.kind) == SiteKind.DISTRICT,
            col(Account.disabled_at).is_(None),
            col(Account.password_hash).is_not(None),
        )
        .limit(1)
    ).first()
    if left is None:
        raise Conflict("this is the last coordinator of the district; make another one first")
