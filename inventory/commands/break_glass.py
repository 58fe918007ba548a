"""Break-glass: a one-time code out of a sealed envelope takes the place of approvals and waiting.

For one device, within twice the budget, never against a hold; everybody who could have approved is
told at once, and somebody must review it within a day. Codes are made at the machine itself only.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import planning, requesting
from inventory.commands.guard_models import BreakGlassCode
from inventory.commands.models import DeviceCommand
from inventory.commands.requesting import CommandDraft
from inventory.commands.step_up import NotTrusted, require_person
from inventory.errors import Conflict, Forbidden, NotFound
from inventory.notices.telling import Notice, tell

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 32, 4
MOST_CODES = 20
MAX_REASON = 1000
REVIEW_WITHIN = timedelta(hours=24)


def make_codes(db: Session, actor: Actor, count: int, *, now: datetime) -> list[str]:
    """New codes to print and seal, in place of all that are unused; they are shown only now.

    Raises `Forbidden` for anybody but the command line on this machine: who takes over an account
    must not be able to print one.
    """
    if actor.kind != "system":
        raise Forbidden("codes are made on the machine itself")
    if not 1 <= count <= MOST_CODES:
        raise wrong("count", f"must be between 1 and {MOST_CODES}")
    unused = (col(BreakGlassCode.used_at).is_(None), col(BreakGlassCode.revoked_at).is_(None))
    db.execute(sa.update(BreakGlassCode).where(*unused).values(revoked_at=now))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(count)]
    for code in codes:
        db.add(BreakGlassCode(code_hash=_hash(code), made_at=now, made_by=actor.name[:200]))
    db.flush()
    audit.record(
        db, actor, "break_glass.made", now=now, subject_type="break_glass", after={"codes": count}
    )
    _tell_all(db, "New break-glass codes", f"{actor.name} made {count} codes; old ones ended", now)
    return ["-".join(c[i : i + GROUP] for i in range(0, LENGTH, GROUP)) for c in codes]


def break_glass(
    db: Session, actor: Actor, code: str, draft: CommandDraft, *, now: datetime
) -> DeviceCommand:
    """Use a code for one command, which is ready at once.

    Holds, identity, the kill switch and twice the budget still stand. Raises as
    `requesting.request`, and `Forbidden` for a code that is unknown, used or ended.
    """
    if actor.kind == "token":
        raise Forbidden("this needs a person")
    asset = reach.for_change(db, actor, draft.asset_id, Permission.COMMAND_REQUEST)
    row = _usable(db, code)
    plan = planning.prepare(db, actor, asset, draft.action, device_id=draft.device_id, now=now)
    why_not = tuple(why for why in plan.why_not if why != planning.STOPPED)
    plan = replace(
        plan, why_not=why_not, rules=replace(plan.rules, approvals=0, cool_off=timedelta())
    )
    target, capability = requesting.required(actor, asset, plan)
    requesting.check_draft(draft, asset, plan, capability)
    command = requesting.build(actor, draft, plan, target, capability, now=now)
    command.break_glass = True
    requesting.require_way_free(db, command)
    requesting.enter(db, actor, command, now=now)
    row.used_at, row.used_by, row.command_id = now, actor.name[:200], command.id
    row.review_due_at = now + REVIEW_WITHIN
    db.add(row)
    audit.record(
        db, actor, "break_glass.used", now=now, subject_type="command", subject_id=command.id,
        site_id=asset.site_id, after={"code": row.id}, reason=draft.reason,
    )  # fmt: skip
    text = f"{actor.name} used a sealed code to {draft.action.value} {asset.tag}: {draft.reason}"
    _tell_all(db, "Break-glass was used", text[:1000], now)
    return command


def to_review(db: Session, actor: Actor) -> Sequence[BreakGlassCode]:
    """Uses that nobody has reviewed, the oldest first. Raises `Forbidden`."""
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    query = select(BreakGlassCode).where(
        col(BreakGlassCode.used_at).is_not(None), col(BreakGlassCode.reviewed_at).is_(None)
    )
    return db.exec(query.order_by(col(BreakGlassCode.used_at))).all()


def review(db: Session, actor: Actor, code_id: int, *, text: str, now: datetime) -> BreakGlassCode:
    """Write down what the use was about; by another person than the one who used it."""
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    require_person(actor, "a review")
    cleaned = entered(text, "text", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("text", "must say what was found")
    row = db.exec(
        select(BreakGlassCode).where(BreakGlassCode.id == code_id).with_for_update()
    ).first()
    if row is None or row.used_at is None:
        raise NotFound(f"there is no used code {code_id}")
    if row.reviewed_at is not None:
        raise Conflict("it was reviewed already")
    command = db.get(DeviceCommand, row.command_id) if row.command_id else None
    if command is not None and command.requested_by_id == actor.id:
        raise NotTrusted("another person than the one who used it reviews it")
    row.reviewed_at, row.reviewed_by, row.reviewed_by_id = now, actor.name[:200], actor.id
    row.review = cleaned
    db.add(row)
    audit.record(
        db, actor, "break_glass.reviewed", now=now, subject_type="command",
        subject_id=row.command_id or "", after={"code": row.id}, reason=cleaned,
    )  # fmt: skip
    return row


def _usable(db: Session, code: str) -> BreakGlassCode:
    query = select(BreakGlassCode).where(
        BreakGlassCode.code_hash == _hash(code),
        col(BreakGlassCode.used_at).is_(None),
        col(BreakGlassCode.revoked_at).is_(None),
    )
    row = db.exec(query.with_for_update()).first()
    if row is None:
        raise NotTrusted("this code is unknown, used or ended")
    return row


def _hash(code: str) -> str:
    plain = "".join(c for c in code.upper()[:200] if c in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()


def _tell_all(db: Session, title: str, text: str, now: datetime) -> None:
    tell(db, Notice("break_glass", title, text, Permission.BREAKER_CLOSE,
                    subject_type="break_glass", urgent=True), now=now)  # fmt: skip
