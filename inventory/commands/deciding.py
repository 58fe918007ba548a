"""Deciding about a command: approve, reject, cancel, release what is held, settle what is unclear.

Whoever decides is a person at a browser. Two things follow from nothing here: a refusal never
needs a second person, and no decision sends anything that was sent before.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.assets import holds
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import announcing, breaker
from inventory.commands.models import Approval, DeviceCommand
from inventory.commands.moving import locked, locked_asset, move
from inventory.commands.onward import go_on, queue, set_off
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import SENT, UNSENT, CommandState, Held
from inventory.commands.step_up import NotTrusted, StepUp, require_person, require_step_up
from inventory.commands.trust import require_no_puppet, require_trusted
from inventory.errors import Conflict, NotFound
from inventory.notices.telling import Notice, tell

_S = CommandState
MAX_REASON = 1000
RELEASABLE = frozenset({Held.BREAKER, Held.HOLD, Held.STALE})
"""The other ones mean that it is not the act that was approved: ask anew."""


def approve(
    db: Session,
    actor: Actor,
    command_id: int,
    *,
    step_up: StepUp | None,
    version: int | None = None,
    now: datetime,
) -> DeviceCommand:
    """One person's yes; with the last one needed the command goes on.

    Raises `NotFound`, `Conflict` (not waiting any more, or a hold is in force), and `Forbidden`
    for who may not be the second person: see `trust`.
    """
    asset, command = for_decision(db, actor, command_id, Permission.COMMAND_APPROVE, version)
    require_person(actor, "approving")
    if command.batch_id is not None:
        raise Conflict(f"it belongs to batch {command.batch_id}: the batch is approved as a whole")
    if command.state is not _S.REQUESTED:
        raise Conflict(f"this command is {command.state.value}")
    if command.expires_at is not None and command.expires_at <= now:
        raise Conflict("this request has run out; ask anew")
    require_second_person(
        db, actor, command.requested_by_id, command.requested_session_id, command.binding,
        step_up=step_up, now=now,
    )  # fmt: skip
    if command.effect.destructive:
        holds.require_free(db, asset.id, "erased or retired")
    _give(db, actor, command, step_up, now)
    audit.record(
        db, actor, "command.approval_given", now=now, subject_type="command",
        subject_id=command.id, site_id=asset.site_id, after={"binding": command.binding},
    )  # fmt: skip
    return go_on(db, command, actor=actor, now=now)


def _give(
    db: Session, actor: Actor, command: DeviceCommand, step_up: StepUp | None, now: datetime
) -> None:
    given = select(Approval.id).where(
        Approval.command_id == command.id, Approval.approver_id == actor.id
    )
    if db.exec(given).first() is not None:
        raise Conflict("you have approved it already; another person must")
    assert actor.id is not None
    db.add(
        Approval(
            command_id=command.id, requester_id=command.requested_by_id, approver_id=actor.id,
            approver=actor.name[:200], session_id=actor.session_id, at=now,
            method=step_up.method if step_up else "", binding=command.binding,
        )
    )  # fmt: skip
    db.flush()


def require_second_person(
    db: Session,
    actor: Actor,
    requester_id: int | None,
    requester_session: int | None,
    binding: str,
    *,
    step_up: StepUp | None,
    now: datetime,
) -> None:
    """Raises `Forbidden` unless the actor is somebody else, known long enough, and just now
    confirmed who they are for exactly this."""
    policy = policy_in_force(db)
    require_trusted(db, actor, policy=policy, step_up=step_up, now=now)
    require_no_puppet(db, actor, requester_id)
    if actor.session_id is not None and actor.session_id == requester_session:
        raise NotTrusted("it was asked for in this very session")
    require_step_up(step_up, binding, policy, now=now)


def reject(
    db: Session, actor: Actor, command_id: int, *, reason: str, now: datetime
) -> DeviceCommand:
    """No. One person's no is enough. Raises `NotFound`, `Forbidden`, `Conflict`."""
    _, command = for_decision(db, actor, command_id, Permission.COMMAND_APPROVE, None)
    require_person(actor, "rejecting")
    if command.state not in {_S.REQUESTED, _S.HELD} or was_sent(command):
        raise Conflict(f"this command is {command.state.value}")
    why = _why(reason)
    announcing.rejected(db, command, actor.name, why, now=now)
    return move(
        db, command, _S.REJECTED, actor=actor, now=now, event="rejected", reason=why, note=why[:500]
    )


def cancel(
    db: Session, actor: Actor, command_id: int, *, reason: str = "", now: datetime
) -> DeviceCommand:
    """Call it off: who asked for it, or whoever may approve it.

    What has not left ends at once. What the vendor has is called off there by a job, where the
    vendor can. Raises `NotFound`, `Forbidden`, `Conflict` where it is too late.
    """
    asset, command = for_decision(db, actor, command_id, Permission.MDM_READ, None)
    mine = command.requested_by_id is not None and actor.id == command.requested_by_id
    needed = Permission.COMMAND_REQUEST if mine else Permission.COMMAND_APPROVE
    actor.require(needed, asset.site_id)
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if command.state in UNSENT or (command.state is _S.HELD and not was_sent(command)):
        return move(
            db, command, _S.CANCELLED, actor=actor, now=now, event="cancelled", reason=why,
            note="called off before it was sent",
        )  # fmt: skip
    if command.state in SENT - {_S.CANCEL_PENDING}:
        if not command.cancellable:
            raise Conflict("the vendor has it, and cannot call it off")
        move(
            db, command, _S.CANCEL_PENDING, actor=actor, now=now, event="cancel_asked", reason=why,
            cancel_by=actor.name[:200],
        )  # fmt: skip
        queue(db, command)
        return command
    raise Conflict(f"this command is {command.state.value}")


def release(
    db: Session,
    actor: Actor,
    command_id: int,
    *,
    step_up: StepUp | None,
    reason: str,
    now: datetime,
) -> DeviceCommand:
    """Let a held command go on, by somebody who could have approved it.

    What held it must be over: the breaker closed, the hold released. Of stale data it is the
    confirmation that the device is the right one all the same.
    """
    asset, command = for_decision(db, actor, command_id, Permission.COMMAND_APPROVE, None)
    require_person(actor, "releasing")
    if command.state is not _S.HELD or command.held_reason is None:
        raise Conflict(f"this command is {command.state.value}")
    if command.held_reason not in RELEASABLE:
        raise Conflict(f"it is held ({command.held_reason.value}) for good: cancel it, ask anew")
    if command.expires_at is not None and command.expires_at <= now:
        raise Conflict("this command has run out; ask anew")
    why = _why(reason)
    require_second_person(
        db, actor, command.requested_by_id, command.requested_session_id, command.binding,
        step_up=step_up, now=now,
    )  # fmt: skip
    if command.effect.destructive:
        holds.require_free(db, asset.id, "erased or retired")
        if breaker.is_open(db):
            raise Conflict("destructive commands are stopped in the whole district")
    if command.held_reason is Held.STALE:
        command.warnings = sorted({*command.warnings, *command.held_codes})
        db.add(command)
    audit.record(
        db, actor, "command.released", now=now, subject_type="command", subject_id=command.id,
        site_id=asset.site_id, before={"held": command.held_reason}, reason=why,
    )  # fmt: skip
    return set_off(db, command, actor=actor, now=now)


def settle(
    db: Session, actor: Actor, command_id: int, *, verdict: str, reason: str, now: datetime
) -> DeviceCommand:
    """Say what became of a command that needs a person: "sent", "done" or "not_done".

    Nothing is ever sent because of it; who still wants it asks anew.
    """
    asset, command = for_decision(db, actor, command_id, Permission.COMMAND_APPROVE, None)
    require_person(actor, "settling")
    if command.state is not _S.NEEDS_HUMAN:
        raise Conflict(f"this command is {command.state.value}")
    ends = {"sent": _S.DISPATCHED, "done": _S.VERIFIED, "not_done": _S.FAILED}
    if verdict not in ends:
        raise wrong("verdict", "must be sent, done or not_done")
    why = _why(reason)
    days = policy_in_force(db).sent_days
    move(
        db, command, ends[verdict], actor=actor, now=now, event="settled", reason=why,
        told={"verdict": verdict}, note=f"{actor.name}: {why}"[:500],
        expires_at=now + timedelta(days=days) if verdict == "sent" else None,
    )  # fmt: skip
    if verdict == "not_done" and command.effect.destructive:
        text = f"{actor.name} says that command {command.id} was not carried out: {why}"
        tell(db, Notice("command.settled", "An unclear command was settled", text,
                        Permission.BREAKER_CLOSE, site_id=asset.site_id,
                        subject_id=command.id), now=now)  # fmt: skip
    return command


def was_sent(command: DeviceCommand) -> bool:
    """Whether a held command may have left before it was held (only after a restore)."""
    return command.held_from not in {"", *(state.value for state in UNSENT)}


def for_decision(
    db: Session, actor: Actor, command_id: int, permission: Permission, version: int | None
) -> tuple[Asset, DeviceCommand]:
    """The asset and the command, both locked in this order. Raises `NotFound`, `Forbidden`."""
    known = db.exec(select(DeviceCommand.asset_id).where(DeviceCommand.id == command_id)).first()
    asset = locked_asset(db, known) if known is not None else None
    if asset is None or not actor.may(Permission.MDM_READ, asset.site_id):
        raise NotFound(f"there is no command {command_id}")
    actor.require(permission, asset.site_id)
    command = locked(db, command_id)
    if version is not None and command.version != version:
        raise Conflict("the command was moved since you read it; read it again")
    return asset, command


def _why(reason: str) -> str:
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why")
    return cleaned
