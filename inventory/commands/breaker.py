"""The district's breaker: opened by the program, it holds everything destructive; two persons
close it. Closing lets nothing go by itself: each held command is released by a person or expires.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands.effects import EffectClass
from inventory.commands.guard_models import Breaker, BreakerEvent
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, hold
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState, Held
from inventory.commands.step_up import NotTrusted, StepUp, require_person, require_step_up
from inventory.commands.trust import require_no_puppet, require_trusted
from inventory.db import insert_unless_there
from inventory.errors import Conflict
from inventory.notices.telling import Notice, tell

MAX_REASON = 1000
HELD_WITH_IT = (CommandState.APPROVED, CommandState.COOLING_OFF, CommandState.READY)


def breaker(db: Session, *, lock: bool = False) -> Breaker:
    """The district's one row, made on first use; `lock` makes whoever sends take turns."""
    query = select(Breaker).where(Breaker.id == 1)
    if lock:
        query = query.with_for_update()
    row = db.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        values = {"id": 1, "open": False, "cause": "", "detail": "", "close_asked_by": "",
                  "close_reason": "", "closed_by": "", "version": 1}  # fmt: skip
        insert_unless_there(db, Breaker, values)
        row = db.exec(query.execution_options(populate_existing=True)).one()
    return row


def is_open(db: Session) -> bool:
    """Whether everything destructive is held."""
    return bool(db.exec(select(Breaker.open).where(Breaker.id == 1)).first())


def look(db: Session, actor: Actor) -> Breaker | None:
    """The breaker for whoever may see devices; None where it was never needed."""
    actor.require_anywhere(Permission.MDM_READ)
    return db.exec(select(Breaker).where(Breaker.id == 1)).first()


def history(db: Session, actor: Actor, *, limit: int = 50) -> Sequence[BreakerEvent]:
    """What happened to it, newest first."""
    actor.require_anywhere(Permission.MDM_READ)
    query = select(BreakerEvent).order_by(col(BreakerEvent.id).desc()).limit(limit)
    return db.exec(query).all()


def open_breaker(
    db: Session, cause: str, detail: str, *, tripped_by: int | None = None, now: datetime
) -> bool:
    """Hold everything destructive that has not left; whether it was closed before.

    A second cause while it is open is written down. Only the program opens it, and needs nobody.
    """
    row = breaker(db, lock=True)
    newly = not row.open
    if newly:
        row.open, row.cause, row.detail, row.opened_at = True, cause, detail[:500], now
        row.tripped_by_id = tripped_by
        row.close_asked_by, row.close_asked_by_id, row.close_asked_at = "", None, None
        row.closed_by, row.closed_by_id, row.closed_at, row.close_reason = "", None, None, ""
    elif row.cause == cause or _told(db, row, cause):
        return False
    row.version += 1
    db.add(row)
    _event(db, DELIVERY, "opened" if newly else "cause_added", cause, detail, now)
    title = "Destructive commands are stopped" if newly else "One more reason to stop commands"
    tell(db, Notice("breaker.opened", title, detail, Permission.BREAKER_CLOSE,
                    subject_type="breaker", subject_id=1, urgent=True), now=now)  # fmt: skip
    _hold_all(db, detail, now)
    return newly


def ask_close(db: Session, actor: Actor, *, reason: str, now: datetime) -> Breaker:
    """The first of two: say why it may close. Asking anew replaces what was asked before."""
    row = _for_closing(db, actor)
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why it may close")
    require_trusted(db, actor, policy=policy_in_force(db), step_up=None, now=now)
    row.close_asked_by, row.close_asked_by_id = actor.name[:200], actor.id
    row.close_asked_at, row.close_reason = now, cleaned
    _event(db, actor, "close_asked", row.cause, cleaned, now)
    return _kept(db, row)


def keep_open(db: Session, actor: Actor, *, now: datetime) -> Breaker:
    """Refuse a closing that was asked for."""
    row = _for_closing(db, actor)
    if row.close_asked_by_id is None:
        raise Conflict("nobody has asked to close it")
    row.close_asked_by, row.close_asked_by_id, row.close_asked_at = "", None, None
    row.close_reason = ""
    _event(db, actor, "kept_open", row.cause, "", now)
    return _kept(db, row)


def close(db: Session, actor: Actor, *, step_up: StepUp | None, now: datetime) -> Breaker:
    """The second of two. Raises `Forbidden` for the one who asked, `Conflict`."""
    row = _for_closing(db, actor)
    if row.close_asked_by_id is None or row.close_asked_at is None:
        raise Conflict("somebody must ask to close it first")
    policy = policy_in_force(db)
    require_trusted(db, actor, policy=policy, step_up=step_up, now=now)
    require_no_puppet(db, actor, row.close_asked_by_id)
    require_step_up(step_up, binding_of_closing(row), policy, now=now)
    row.open = False
    row.closed_by, row.closed_by_id, row.closed_at = actor.name[:200], actor.id, now
    _event(db, actor, "closed", row.cause, row.close_reason, now)
    return _kept(db, row)


def binding_of_closing(row: Breaker) -> str:
    """What the second person confirms their identity for."""
    asked = row.close_asked_at.isoformat() if row.close_asked_at else ""
    return f"breaker:{row.cause}:{row.close_asked_by_id}:{asked}"


def _for_closing(db: Session, actor: Actor) -> Breaker:
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    require_person(actor, "closing the breaker")
    row = breaker(db, lock=True)
    if not row.open:
        raise Conflict("the breaker is closed")
    if row.tripped_by_id is not None and row.tripped_by_id == actor.id:
        raise NotTrusted("whose command opened the breaker does not close it")
    return row


def _told(db: Session, row: Breaker, cause: str) -> bool:
    query = select(BreakerEvent.id).where(
        BreakerEvent.cause == cause, col(BreakerEvent.at) >= row.opened_at
    )
    return db.exec(query.limit(1)).first() is not None


def _hold_all(db: Session, detail: str, now: datetime) -> None:
    """What somebody is moving right now is skipped: sending looks at the breaker itself."""
    query = (
        select(DeviceCommand)
        .where(
            DeviceCommand.effect_class == EffectClass.DESTROY,
            col(DeviceCommand.state).in_(HELD_WITH_IT),
            col(DeviceCommand.break_glass).is_(False),
        )
        .order_by(col(DeviceCommand.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for command in db.exec(query).all():
        hold(db, command, Held.BREAKER, detail, now=now)


def _kept(db: Session, row: Breaker) -> Breaker:
    row.version += 1
    db.add(row)
    db.flush()
    return row


def _event(db: Session, actor: Actor, what: str, cause: str, detail: str, now: datetime) -> None:
    db.add(
        BreakerEvent(
            at=now, what=what, cause=cause, detail=detail[:1000], by=actor.name[:200],
            by_id=actor.id,
        )
    )  # fmt: skip
    audit.record(
        db, actor, f"breaker.{what}", now=now, subject_type="breaker", subject_id=1,
        after={"cause": cause, "detail": detail[:500]},
    )  # fmt: skip
    db.flush()
