"""Break-glass: a one-time code out of a sealed envelope takes the place of approvals and waiting.

For one device, within twice the budget, never against a hold; everybody who closes breakers is told
at once, and somebody must review it within a day. Codes are made at the machine itself only, and
used by a person in their session only, once the codes have rested: who holds the shell alone cannot
make one and use it before everybody was told, and could end it.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts.models import Account
from inventory.assets import reach
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import planning, requesting
from inventory.commands.guard_models import BreakGlassCode
from inventory.commands.models import DeviceCommand
from inventory.commands.planning import Plan
from inventory.commands.policy_values import policy_in_force
from inventory.commands.requesting import CommandDraft
from inventory.commands.step_up import NotTrusted, StepUp, require_person, require_step_up
from inventory.commands.trust import require_trusted
from inventory.errors import Conflict, Forbidden, InvalidInput, NotFound
from inventory.notices.telling import Notice, tell
from mdm.types import Action

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 32, 4
MOST_CODES = 20
MAX_REASON = 1000
REVIEW_WITHIN = timedelta(hours=24)
GOOD_FOR = timedelta(days=400)
"""Codes are printed anew each school year; an envelope that nobody remembers opens nothing."""

BAD_CODE = "is unknown, used or ended"
_UNUSED = (col(BreakGlassCode.used_at).is_(None), col(BreakGlassCode.revoked_at).is_(None))
_LOGIN = re.compile(r"command line \((.+)\)")


class UnknownCode(InvalidInput):
    """No such code, or it was used or ended; which of these is not told."""


def make_codes(db: Session, actor: Actor, count: int, *, now: datetime) -> list[str]:
    """New codes to print and seal, in place of all that are unused; they are shown only now.

    Raises `Forbidden` for anybody but the command line on this machine: who takes over an account
    must not be able to print one.
    """
    if actor.kind != "system":
        raise Forbidden("codes are made on the machine itself")
    if not 1 <= count <= MOST_CODES:
        raise wrong("count", f"must be between 1 and {MOST_CODES}")
    db.execute(sa.update(BreakGlassCode).where(*_UNUSED).values(revoked_at=now))
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
    db: Session,
    actor: Actor,
    code: str,
    draft: CommandDraft,
    *,
    step_up: StepUp | None,
    now: datetime,
) -> DeviceCommand:
    """Use a code for one command, which is ready at once. Edges call `opening_glass.use`, which
    counts wrong codes.

    It takes a person whom an approval would be taken from, signed in, with a second factor, who
    has confirmed who they are for it. Holds, identity, the kill switch and twice the budget still
    stand. Raises as `requesting.request`, `NotTrusted`, and `UnknownCode`: looked at last, so that
    nobody learns anything of a code by a form with a mistake.
    """
    account = require_glass_person(db, actor, step_up, now=now)
    asset = reach.for_change(db, actor, draft.asset_id, Permission.COMMAND_REQUEST)
    plan = glass_plan(db, actor, asset, draft.action, device_id=draft.device_id, now=now)
    target, capability = requesting.required(actor, asset, plan)
    requesting.check_draft(draft, asset, plan, capability)
    require_step_up(step_up, binding_of_glass(plan), policy_in_force(db), now=now)
    row = _usable(db, code, account, now)
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


def glass_plan(
    db: Session,
    actor: Actor,
    asset: Asset,
    action: Action,
    *,
    device_id: int | None = None,
    now: datetime,
) -> Plan:
    """What a code opens: the plan of the action, without approvals, waiting and the breaker."""
    plan = planning.prepare(db, actor, asset, action, device_id=device_id, now=now)
    why_not = tuple(why for why in plan.why_not if why != planning.STOPPED)
    rules = replace(plan.rules, approvals=0, cool_off=timedelta(), step_up=True)
    return replace(plan, why_not=why_not, rules=rules)


def binding_of_glass(plan: Plan) -> str:
    """What a person confirms their identity for: a code, for this action on this very device."""
    return f"break-glass:{plan.purpose}"


def require_glass_person(
    db: Session, actor: Actor, step_up: StepUp | None, *, now: datetime
) -> Account:
    """The account of somebody who may use a code. Raises `Forbidden`, `NotTrusted`."""
    require_person(actor, "a sealed code")
    if actor.session_id is None:
        raise Forbidden("a sealed code needs a person who is signed in")
    if step_up is not None and step_up.method == "password":
        raise NotTrusted("a sealed code needs a second factor, and the password is none")
    return require_trusted(db, actor, policy=policy_in_force(db), step_up=step_up, now=now)


def spent_on(db: Session, actor: Actor, code: str, draft: CommandDraft) -> DeviceCommand | None:
    """The command that the same person has used this code for, where it is what they ask again."""
    query = (
        select(DeviceCommand)
        .join(BreakGlassCode, col(BreakGlassCode.command_id) == col(DeviceCommand.id))
        .where(
            BreakGlassCode.code_hash == _hash(code),
            DeviceCommand.requested_by_id == actor.id,
            DeviceCommand.asset_id == draft.asset_id,
            DeviceCommand.action == draft.action,
        )
    )
    return db.exec(query).first()


def unused(db: Session, actor: Actor, *, now: datetime) -> Sequence[BreakGlassCode]:
    """Codes that could be used, or will be once they have rested. Raises `Forbidden`."""
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    query = select(BreakGlassCode).where(*_UNUSED, col(BreakGlassCode.made_at) > now - GOOD_FOR)
    return db.exec(query.order_by(col(BreakGlassCode.id))).all()


def end_codes(db: Session, actor: Actor, *, reason: str, now: datetime) -> int:
    """End all unused codes: for whoever is told that some were made, and knows of no reason.

    How many. Raises `Forbidden`, `InvalidInput`, and `Conflict` where there are none.
    """
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    require_person(actor, "this")
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why")
    ended = len(unused(db, actor, now=now))
    if not ended:
        raise Conflict("there are no unused codes")
    db.execute(sa.update(BreakGlassCode).where(*_UNUSED).values(revoked_at=now))
    audit.record(
        db, actor, "break_glass.ended", now=now, subject_type="break_glass",
        after={"codes": ended}, reason=cleaned,
    )  # fmt: skip
    _tell_all(db, "Break-glass codes ended", f"{actor.name} ended {ended} codes: {cleaned}", now)
    return ended


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


def _usable(db: Session, code: str, account: Account, now: datetime) -> BreakGlassCode:
    query = select(BreakGlassCode).where(
        BreakGlassCode.code_hash == _hash(code), *_UNUSED,
        col(BreakGlassCode.made_at) > now - GOOD_FOR,
    )  # fmt: skip
    row = db.exec(query.with_for_update()).first()
    if row is None:
        raise UnknownCode("this code is unknown, used or ended", {"code": [BAD_CODE]})
    hours = policy_in_force(db).role_rest_hours
    if row.made_at > now - timedelta(hours=hours):
        raise NotTrusted(
            f"codes rest for {hours} hours after they were made, so that somebody can end them"
        )
    if _login_of(row) == account.user_name.casefold():
        raise NotTrusted("another person than the one who made the codes uses them")
    return row


def plain_code(code: str) -> str:
    """A code as it is compared: no dashes and blanks, capital letters."""
    return "".join(c for c in code.upper()[:200] if c in ALPHABET)


def _login_of(row: BreakGlassCode) -> str:
    """The login on the machine that made a code. A hint only: who holds the machine names it."""
    found = _LOGIN.fullmatch(row.made_by)
    return found[1].casefold() if found else ""


def _hash(code: str) -> str:
    return hashlib.sha256(plain_code(code).encode()).hexdigest()


def _tell_all(db: Session, title: str, text: str, now: datetime) -> None:
    tell(db, Notice("break_glass", title, text, Permission.BREAKER_CLOSE,
                    subject_type="break_glass", urgent=True), now=now)  # fmt: skip
