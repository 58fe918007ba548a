"""A notice that only tries whether notices arrive."""

from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.accounts.models import Account
from inventory.errors import Conflict
from inventory.notices import targets
from inventory.notices.telling import Notice
from inventory.notices.writing import write_to


def try_mail(db: Session, actor: Actor, *, now: datetime) -> str:
    """A mail to the actor's own address, which is returned; the next run of the job sends it.

    Raises `Forbidden`, and `Conflict` where the account has no address.
    """
    actor.require_everywhere(Permission.NOTICE_WRITE)
    account = db.get(Account, actor.id) if actor.id is not None else None
    if account is None or not account.email:
        raise Conflict("your account has no mail address")
    write_to(db, _notice(actor), [account.email], [], now=now)
    return account.email


def try_target(db: Session, actor: Actor, target_id: int, *, now: datetime) -> None:
    """A call of one target, also where it wants other kinds. Raises `Forbidden`, `NotFound`."""
    write_to(db, _notice(actor), [], [targets.get(db, actor, target_id)], now=now)


def _notice(actor: Actor) -> Notice:
    return Notice(
        "notice.test", "A test of notices", f"{actor.name} asked for this. Nothing has happened.",
        Permission.NOTICE_WRITE, subject_type="notice",
    )  # fmt: skip
