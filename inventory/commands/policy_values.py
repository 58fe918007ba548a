"""The policy in force, and changing it: tightening at once, weakening only by two persons."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import policy as rules
from inventory.commands.guard_models import PolicyChange, PolicyValue
from inventory.commands.policy import Policy
from inventory.commands.step_up import StepUp, require_person, require_step_up
from inventory.commands.trust import require_no_puppet, require_trusted
from inventory.errors import Conflict, Forbidden, NotFound
from inventory.notices.telling import Notice, tell

MAX_REASON = 1000
LIFETIME = timedelta(hours=72)
"""For which a change waits for its second person."""


def policy_in_force(db: Session) -> Policy:
    """The rules as they are now."""
    rows = db.exec(select(PolicyValue)).all()
    return rules.policy_of({row.name: row.value for row in rows})


def changes(db: Session, actor: Actor, *, limit: int = 50) -> Sequence[PolicyChange]:
    """What was changed and what waits, newest first. Raises `Forbidden`."""
    actor.require_anywhere(Permission.MDM_READ)
    return db.exec(select(PolicyChange).order_by(col(PolicyChange.id).desc()).limit(limit)).all()


def ask_change(
    db: Session, actor: Actor, name: str, value: int, *, reason: str, now: datetime
) -> PolicyChange:
    """Set a rule. Stricter: at once. Weaker: it waits until another person confirms.

    Raises `Forbidden`, `InvalidInput`, and `Conflict` where a change of it waits already.
    """
    actor.require_everywhere(Permission.POLICY_WRITE)
    require_person(actor, "a change of the policy")
    rules.bounded(name, value)
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why")
    before = getattr(policy_in_force(db), name)
    if before == value:
        raise Conflict(f"{name} is {value} already")
    _forget_old(db, now)
    weaker = rules.weakens(name, before, value)
    change = PolicyChange(
        name=name, before=before, after=value, weakens=weaker, reason=cleaned, asked_at=now,
        asked_by=actor.name[:200], asked_by_id=actor.id,
    )  # fmt: skip
    if _waiting(db, name) is not None:
        raise Conflict(f"a change of {name} waits for its second person already")
    if not weaker:
        change.state, change.decided_at = "applied", now
    db.add(change)
    db.flush()
    _record(db, actor, "asked" if weaker else "changed", change, now)
    if weaker:
        text = f"{actor.name} asks to set {name} from {before} to {value}: {cleaned}"
        tell(db, Notice("policy.asked", "A rule of commands is to be weakened", text,
                        Permission.POLICY_WRITE, subject_type="command_policy",
                        subject_id=change.id), now=now)  # fmt: skip
    else:
        _apply(db, actor, change, now)
    return change


def confirm_change(
    db: Session, actor: Actor, change_id: int, *, step_up: StepUp | None, now: datetime
) -> PolicyChange:
    """The second person's yes. Raises `NotFound`, `Forbidden`, `Conflict`."""
    actor.require_everywhere(Permission.POLICY_WRITE)
    change = _open(db, change_id, now)
    policy = policy_in_force(db)
    require_trusted(db, actor, policy=policy, step_up=step_up, now=now)
    require_no_puppet(db, actor, change.asked_by_id)
    require_step_up(step_up, binding_of_change(change), policy, now=now)
    if getattr(policy, change.name) != change.before:
        raise Conflict("the rule was changed meanwhile; ask anew")
    change.state = "applied"
    change.decided_by, change.decided_by_id, change.decided_at = actor.name[:200], actor.id, now
    db.add(change)
    db.flush()
    _record(db, actor, "changed", change, now)
    _apply(db, actor, change, now)
    return change


def refuse_change(db: Session, actor: Actor, change_id: int, *, now: datetime) -> PolicyChange:
    """Let a change that waits fall: anybody who may write the policy, also who asked."""
    actor.require_everywhere(Permission.POLICY_WRITE)
    require_person(actor, "this")
    change = _open(db, change_id, now)
    change.state = "refused"
    change.decided_by, change.decided_by_id, change.decided_at = actor.name[:200], actor.id, now
    db.add(change)
    db.flush()
    _record(db, actor, "refused", change, now)
    return change


def binding_of_change(change: PolicyChange) -> str:
    """What the second person confirms their identity for."""
    return f"policy-change:{change.id}:{change.name}:{change.before}:{change.after}"


def _open(db: Session, change_id: int, now: datetime) -> PolicyChange:
    query = select(PolicyChange).where(PolicyChange.id == change_id).with_for_update()
    change = db.exec(query).first()
    if change is None:
        raise NotFound(f"there is no change {change_id}")
    if change.state != "asked" or change.asked_at < now - LIFETIME:
        raise Conflict("this change does not wait any more")
    return change


def _waiting(db: Session, name: str) -> PolicyChange | None:
    query = select(PolicyChange).where(PolicyChange.name == name, PolicyChange.state == "asked")
    return db.exec(query).first()


def _forget_old(db: Session, now: datetime) -> None:
    query = select(PolicyChange).where(
        PolicyChange.state == "asked", col(PolicyChange.asked_at) < now - LIFETIME
    )
    for change in db.exec(query).all():
        change.state, change.decided_at = "expired", now
        db.add(change)
    db.flush()


def _apply(db: Session, actor: Actor, change: PolicyChange, now: datetime) -> None:
    if change.weakens and change.decided_by_id in {None, change.asked_by_id}:
        raise Forbidden("a rule is weakened by two persons")
    row = db.get(PolicyValue, change.name) or PolicyValue(
        name=change.name, value=change.after, changed_at=now, changed_by=actor.name[:200]
    )
    row.value, row.changed_at, row.changed_by = change.after, now, actor.name[:200]
    db.add(row)
    db.flush()


def _record(db: Session, actor: Actor, what: str, change: PolicyChange, now: datetime) -> None:
    audit.record(
        db, actor, f"command_policy.{what}", now=now, subject_type="command_policy",
        subject_id=change.name, before={change.name: change.before},
        after={change.name: change.after, "change_id": change.id}, reason=change.reason,
    )  # fmt: skip
