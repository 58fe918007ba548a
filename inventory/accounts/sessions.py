"""Sessions of signed-in people, and the end of everything that opens an account's door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts.bearer import hash_of, new_secret
from inventory.accounts.factor_rules import HALF_LIFETIME
from inventory.accounts.models import ApiToken, Assurance, LoginSession, SetupLink
from inventory.accounts.policy import SESSIONS_EACH
from inventory.audit import service as audit
from inventory.db import after_commit
from inventory.errors import NotFound
from inventory.settings import Settings

KEPT = timedelta(days=90)
"""How long an ended token stays visible to its owner."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from; `user_agent` is what the browser claims."""

    address: str
    user_agent: str = ""


def start(
    db: Session,
    account_id: int,
    origin: Origin,
    settings: Settings,
    *,
    assurance: Assurance = Assurance.PASSWORD,
    now: datetime,
) -> tuple[LoginSession, str]:
    """A new session and its secret id, which is shown to the browser only.

    Beyond 20 sessions of one account the one that was unused longest ends.
    """
    secret = new_secret()
    waiting = assurance is Assurance.WAITING
    lifetime = HALF_LIFETIME if waiting else timedelta(hours=settings.session_hours)
    session = LoginSession(
        secret_hash=hash_of(secret),
        account_id=account_id,
        assurance=assurance,
        authenticated_at=now,
        created_at=now,
        last_used_at=now,
        expires_at=now + lifetime,
        address=origin.address[:80],
        user_agent=_printable(origin.user_agent)[:200],
    )
    db.add(session)
    db.flush()
    newest = (
        sa.select(col(LoginSession.id))
        .where(col(LoginSession.account_id) == account_id)
        .order_by(col(LoginSession.last_used_at).desc(), col(LoginSession.id).desc())
        .limit(SESSIONS_EACH)
    )
    db.execute(
        sa.delete(LoginSession).where(
            col(LoginSession.account_id) == account_id, col(LoginSession.id).not_in(newest)
        )
    )
    return session, secret


def waiting(db: Session, secret: str, *, now: datetime) -> LoginSession | None:
    """The session that a cookie names, if its person still has to give the second factor."""
    query = select(LoginSession).where(
        LoginSession.secret_hash == hash_of(secret),
        LoginSession.assurance == Assurance.WAITING,
        LoginSession.expires_at > now,
    )
    return db.exec(query).first()


def end(db: Session, actor: Actor, *, now: datetime) -> None:
    """Sign out: end the session that the actor came with."""
    db.execute(sa.delete(LoginSession).where(col(LoginSession.id) == actor.session_id))
    audit.record(
        db, actor, "session.ended", now=now, subject_type="account", subject_id=actor.id or ""
    )


def end_by_secret(db: Session, secret: str) -> None:
    """End the session that a cookie names, if there is one."""
    db.execute(sa.delete(LoginSession).where(col(LoginSession.secret_hash) == hash_of(secret)))


def list_of(
    db: Session, actor: Actor, account_id: int, settings: Settings, *, now: datetime
) -> Sequence[LoginSession]:
    """The live sessions of an account that the actor may see, newest use first."""
    actor.require_anywhere(Permission.SELF)
    return db.exec(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.assurance != Assurance.WAITING,
            LoginSession.expires_at > now,
            LoginSession.last_used_at > now - timedelta(minutes=settings.session_idle_minutes),
        )
        .order_by(col(LoginSession.last_used_at).desc(), col(LoginSession.id).desc())
    ).all()


def one_of(db: Session, account_id: int, session_id: int) -> LoginSession:
    """A session of an account that the caller may see. Raises `NotFound` for another's."""
    session = db.get(LoginSession, session_id)
    if session is None or session.account_id != account_id:
        raise NotFound(f"there is no session {session_id}")
    return session


def revoke(db: Session, actor: Actor, account_id: int, session_id: int, *, now: datetime) -> None:
    """End one session of an account; the caller has checked that the actor may.

    Raises `NotFound` for one that is not this account's.
    """
    session = one_of(db, account_id, session_id)
    db.delete(session)
    audit.record(
        db, actor, "session.revoked", now=now, subject_type="account", subject_id=account_id,
        before={"session_id": session.id, "address": session.address},
    )  # fmt: skip


def end_others(db: Session, actor: Actor, *, now: datetime) -> int:
    """End the actor's sessions but the one they came with; how many. Their tokens stay."""
    actor.require_anywhere(Permission.SELF)
    ended = db.execute(
        sa.delete(LoginSession)
        .where(
            col(LoginSession.account_id) == actor.id,
            col(LoginSession.id) != (actor.session_id or 0),
        )
        .returning(col(LoginSession.id))
    ).all()
    if ended:
        audit.record(
            db, actor, "session.revoked", now=now, subject_type="account",
            subject_id=actor.id or "", after={"sessions_ended": len(ended)},
        )  # fmt: skip
    return len(ended)


def end_all(
    db: Session, account_id: int, *, keep: int | None = None, now: datetime
) -> dict[str, object]:
    """End every session (but `keep`) and every token of an account; how many of each."""
    ended = db.execute(
        sa.delete(LoginSession)
        .where(col(LoginSession.account_id) == account_id, col(LoginSession.id) != (keep or 0))
        .returning(col(LoginSession.id))
    ).all()
    revoked = db.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.account_id) == account_id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
        .returning(col(ApiToken.id))
    ).all()
    forget_callers(db)
    return {"sessions_ended": len(ended), "tokens_revoked": len(revoked)}


def forget_callers(db: Session) -> None:
    """Once this is committed, nobody in this process is remembered (see `remembered`)."""
    forget: Callable[[], None] | None = db.info.get("forget_reach")
    if forget is not None:
        after_commit(db, forget)


def purge(db: Session, now: datetime) -> int:
    """Delete what ended: sessions and set-up links at once, tokens after 90 days."""
    gone = [
        sa.delete(LoginSession).where(col(LoginSession.expires_at) <= now),
        sa.delete(SetupLink).where(col(SetupLink.expires_at) <= now),
        sa.delete(ApiToken).where(
            sa.or_(col(ApiToken.expires_at) <= now - KEPT, col(ApiToken.revoked_at) <= now - KEPT)
        ),
    ]
    return sum(len(db.execute(each.returning(sa.literal(1))).all()) for each in gone)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:400])
