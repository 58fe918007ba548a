"""Which accounts an actor sees, and which they may change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts import sessions
from inventory.accounts.models import Account, RoleGrant
from inventory.accounts.policy import Place, require_over, user_key
from inventory.audit import service as audit
from inventory.errors import NotFound


def get(db: Session, actor: Actor, account_id: int) -> Account:
    """Raises `NotFound` for an account that is not there or that the actor may not see.

    Seen is who has a role within the actor's reach; oneself always.
    """
    account = db.get(Account, account_id)
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    require_visible(actor, account, places_of(db, account.id))
    return account


def by_user_name(db: Session, actor: Actor, user_name: str) -> Account:
    """The account of this name, in any capitals. Raises `NotFound` as `get`."""
    found = db.exec(select(Account.id).where(Account.user_key == user_key(user_name))).first()
    if found is None:
        raise NotFound("there is no account of that name")
    return get(db, actor, found)


def places_of(db: Session, account_id: int) -> list[Place]:
    """The roles that an account holds, and where."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id).order_by(col(RoleGrant.id))
    return [Place(grant.role, grant.site_id) for grant in db.exec(query).all()]


def for_change(db: Session, actor: Actor, account_id: int) -> Account:
    """Locked. Raises `NotFound`, and `Forbidden` where it may do more than the actor."""
    account = locked(db, account_id)
    held = places_of(db, account.id)
    require_visible(actor, account, held)
    actor.require_anywhere(Permission.ACCOUNT_WRITE)
    require_over(actor, held)
    return account


def locked(db: Session, account_id: int) -> Account:
    """The account as it is now, for no other writer until the transaction ends."""
    account = db.exec(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    return account


def require_visible(actor: Actor, account: Account, held: Sequence[Place]) -> None:
    """Raises `NotFound` for an account that the actor may not even see."""
    seen = any(actor.may(Permission.ACCOUNT_READ, place.site_id) for place in held)
    if not (seen or actor.scope(Permission.ACCOUNT_READ) is None or actor.id == account.id):
        raise NotFound(f"there is no account {account.id}")


def changed(
    db: Session,
    actor: Actor,
    account: Account,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    now: datetime,
    site_id: int | None = None,
    reason: str = "",
) -> None:
    """A new version of the account, the event of its change, and nobody remembers the old one."""
    account.version += 1
    db.add(account)
    db.flush()
    audit.record(
        db, actor, action, now=now, subject_type="account", subject_id=account.id,
        site_id=site_id, before=before, after=after, reason=reason,
    )  # fmt: skip
    sessions.forget_callers(db)
