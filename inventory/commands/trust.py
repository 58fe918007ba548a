"""Whether somebody may be the second person: known long enough, and not a puppet of the first.

Who takes over one account must not be able to make, change or promote another that agrees. The
answers come from the audit log, which nobody can rewrite unseen.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.accounts.models import Account, RoleGrant
from inventory.audit.models import AuditEvent
from inventory.commands.policy import Policy
from inventory.commands.step_up import NotTrusted, StepUp, require_person

ROLE_EVENTS = ("account.granted", "account.withdrawn", "account.enabled")
MADE, RESET = "account.created", "account.password_reset"
FACTORS_RESET = "account.factors_reset"
CHANGES = (MADE, "account.changed", RESET, FACTORS_RESET, *ROLE_EVENTS)


def require_trusted(
    db: Session, actor: Actor, *, policy: Policy, step_up: StepUp | None, now: datetime
) -> Account:
    """The actor's account, old enough and unchanged. Raises `NotTrusted` saying what is too new."""
    account_id = require_person(actor, "this")
    account = db.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise NotTrusted("this account is disabled")
    oldest = now - timedelta(days=policy.trusted_days)
    if account.created_at > oldest:
        raise NotTrusted(f"this account is younger than {policy.trusted_days} days")
    if step_up is not None and step_up.factor_since is not None and step_up.factor_since > oldest:
        raise NotTrusted(f"this second factor is younger than {policy.trusted_days} days")
    if _happened(db, account_id, (RESET,), since=oldest):
        raise NotTrusted(
            f"somebody else reset this account's password within {policy.trusted_days} days"
        )
    if _happened(db, account_id, (FACTORS_RESET,), since=oldest):
        raise NotTrusted(
            f"somebody else took this account's second factor within {policy.trusted_days} days"
        )
    rested = now - timedelta(hours=policy.role_rest_hours)
    granted = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id, col(RoleGrant.granted_at) > rested
    )
    if db.exec(granted.limit(1)).first() or _happened(db, account_id, ROLE_EVENTS, since=rested):
        raise NotTrusted(f"the roles of this account changed within {policy.role_rest_hours} hours")
    return account


def require_no_puppet(db: Session, actor: Actor, requester_id: int | None) -> None:
    """Raises `NotTrusted` where the actor made the requester's account, or changed it last."""
    if requester_id is None:
        return
    if actor.id == requester_id:
        raise NotTrusted("another person than the one who asked must do this")
    if actor.id in _hands_on(db, requester_id):
        raise NotTrusted("who made or last changed the requester's account cannot approve for it")


def still_acting(db: Session, account_ids: set[int]) -> bool:
    """Whether all of these accounts may still act."""
    gone = select(Account.id).where(
        col(Account.id).in_(account_ids), col(Account.disabled_at).is_not(None)
    )
    return db.exec(gone.limit(1)).first() is None


def _hands_on(db: Session, account_id: int) -> set[int]:
    """Who made an account, and who but its owner changed it last."""
    about = (
        col(AuditEvent.subject_type) == "account",
        col(AuditEvent.subject_id) == str(account_id),
    )
    made = select(AuditEvent.actor_id).where(*about, AuditEvent.action == MADE)
    last = (
        select(AuditEvent.actor_id)
        .where(
            *about,
            col(AuditEvent.action).in_(CHANGES),
            sa.func.coalesce(col(AuditEvent.actor_id), 0) != account_id,
        )
        .order_by(col(AuditEvent.id).desc())
    )
    found = {*db.exec(made).all(), db.exec(last.limit(1)).first()}
    return {actor_id for actor_id in found if actor_id is not None}


def _happened(db: Session, account_id: int, actions: tuple[str, ...], *, since: datetime) -> bool:
    query = select(AuditEvent.id).where(
        AuditEvent.subject_type == "account",
        AuditEvent.subject_id == str(account_id),
        col(AuditEvent.action).in_(actions),
        col(AuditEvent.at) > since,
    )
    return db.exec(query.limit(1)).first() is not None
