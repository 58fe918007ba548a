"""Everything that may keep a command from leaving, looked at inside the transaction of sending."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from inventory.access import Permission
from inventory.assets import holds
from inventory.commands import breaker, budgets, effects, planning
from inventory.commands.binding import binding_of, ref_of
from inventory.commands.devices import (
    Target,
    meant_and_found,
    shares_serial,
    target_named,
    targets_of,
)
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, hold, move
from inventory.commands.onward import agreed, approvers_of
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState, Held
from inventory.commands.trust import still_acting
from inventory.fleet.models import MdmConnection, Mode
from inventory.notices.telling import Notice, tell
from mdm.types import Device


@dataclass(frozen=True, slots=True)
class Found:
    """What the vendor said of the device just now: `asked` and no device, it does not know it."""

    asked: bool
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a command is held; `codes` are warnings that a person may confirm."""

    why: Held
    text: str
    codes: tuple[str, ...] = ()


def is_live(connection: MdmConnection) -> bool:
    """Whether commands over this connection are truly sent."""
    return connection.mode is Mode.LIVE


def target_of(db: Session, command: DeviceCommand) -> Target | None:
    """The command's device as the last synchronisation left it."""
    return target_named(db, command.connection_uid, command.vendor_id)


def may_leave(
    db: Session, command: DeviceCommand, found: Found, *, dry: bool, now: datetime
) -> bool:
    """Whether a command may be sent now; what forbids it moves it. The asset is locked."""
    if command.expires_at is not None and command.expires_at <= now:
        move(
            db, command, CommandState.EXPIRED, actor=DELIVERY, now=now, event="expired",
            note="it was not sent in time",
        )  # fmt: skip
        return False
    objection = (
        _persons(db, command)
        or _identity(db, command, found)
        or (_freeze(db, command, found, now) if command.effect.destructive else None)
    )
    if objection is None and command.effect.destructive and not dry:
        objection = _budget(db, command, now)
    if objection is None:
        return True
    if command.state is CommandState.HELD:  # with all the others, when the breaker opened
        return False
    hold(db, command, objection.why, objection.text, now=now, held_codes=list(objection.codes))
    if command.effect.destructive:
        text = f"Command {command.id} ({command.action.value}) was held: {objection.text}"
        tell(db, Notice("command.held", "A command was held", text, Permission.COMMAND_APPROVE,
                        subject_id=command.id), now=now)  # fmt: skip
    return False


def _persons(db: Session, command: DeviceCommand) -> Objection | None:
    """The act that was approved, by persons who may still act."""
    if binding_of(command) != command.binding:
        return Objection(Held.IDENTITY, "it is not what was asked for any more")
    approvals = approvers_of(db, command)
    if not agreed(db, command):
        return Objection(Held.PERSON, "it lacks an approval")
    if command.batch_id is None and any(a.binding != command.binding for a in approvals):
        return Objection(Held.PERSON, "something else was approved")
    people = {a.approver_id for a in approvals}
    if command.requested_by_id is not None:
        people.add(command.requested_by_id)
    if not still_acting(db, people):
        return Objection(Held.PERSON, "somebody who asked for it or approved it was disabled")
    return None


def _identity(db: Session, command: DeviceCommand, found: Found) -> Objection | None:
    """The very device and enrolment that were meant, and the very effect."""
    target = target_of(db, command)
    if found.asked and found.device is None:
        return Objection(Held.IDENTITY, "the vendor does not know the device any more")
    seen = found.device.ref if found.device else (target.ref if target else None)
    if target is None or seen is None or target.gone_at is not None:
        return Objection(Held.IDENTITY, "the device has left the vendor")
    if target.asset_id != command.asset_id:
        return Objection(Held.IDENTITY, "the device stands for another asset now")
    meant = ref_of(command)
    different = (*meant_and_found(meant, seen), *meant_and_found(meant, target.ref))
    if different:
        return Objection(Held.IDENTITY, f"not the device that was meant: {different[0]}")
    now_known = replace(target, ref=seen)
    capability = planning.capability_of(now_known, command.action)
    if capability is None or capability.effect is not command.effect:
        return Objection(Held.IDENTITY, "it would not do now what was asked for")
    barred = effects.forbidden_on(command.effect, seen.ownership)
    return Objection(Held.IDENTITY, barred) if barred else None


def _freeze(db: Session, command: DeviceCommand, found: Found, now: datetime) -> Objection | None:
    """A hold on the device, data that nobody should erase by, or an open breaker."""
    if holds.active_hold(db, command.asset_id) is not None:
        return Objection(Held.HOLD, "a hold is in force on this device")
    if breaker.breaker(db, lock=True).open and not command.break_glass:
        return Objection(Held.BREAKER, "destructive commands are stopped")
    unseen = _unseen(db, command, found, now)
    if unseen:
        text = " ".join(caution.text for caution in unseen)
        return Objection(Held.STALE, text, tuple(caution.code for caution in unseen))
    return None


def _unseen(
    db: Session, command: DeviceCommand, found: Found, now: datetime
) -> list[planning.Caution]:
    """Warnings that neither requester nor approvers had before them."""
    target = target_of(db, command)
    assert target is not None
    if found.device is not None and found.device.last_check_in is not None:
        target = replace(target, last_check_in=found.device.last_check_in)
    capability = planning.capability_of(target, command.action)
    assert capability is not None
    known = targets_of(db, command.asset_id)
    policy = policy_in_force(db)
    cautions = [
        caution
        for caution in planning.warnings_of(
            target, known, capability, policy, shared=shares_serial(db, target), now=now
        )
        if caution.confirm
    ]
    user = found.device.assigned_user if found.device else target.assigned_user
    if user and command.assigned_user and user != command.assigned_user:
        text = "The device was given to somebody else since it was asked for."
        cautions.append(planning.Caution(planning.USER, text, True))
    return [caution for caution in cautions if caution.code not in command.warnings]


def _budget(db: Session, command: DeviceCommand, now: datetime) -> Objection | None:
    """One more within the budget; else the breaker opens in this same transaction."""
    over = budgets.excess(db, command, policy_in_force(db), now=now)
    if over is None:
        return None
    breaker.open_breaker(db, "budget", over, tripped_by=command.requested_by_id, now=now)
    return Objection(Held.BREAKER, over)
