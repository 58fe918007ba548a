"""What a later synchronisation shows of a command: the second witness beside the vendor's word."""

from sqlmodel import Session

from inventory.commands.devices import Target, target_named
from inventory.commands.models import DeviceCommand
from mdm.capabilities import Confirmation, Effect
from mdm.types import Action


def of(db: Session, command: DeviceCommand) -> str | None:
    """Words for what shows that it was carried out, None where nothing does (yet)."""
    target = target_named(db, command.connection_uid, command.vendor_id)
    return None if target is None else shown(command, target)


def shown(command: DeviceCommand, target: Target) -> str | None:
    """What the record of the device, as last synchronised, shows of a command that was sent."""
    if command.sent_at is None:
        return None
    if command.effect in {Effect.ERASES_EVERYTHING, Effect.REMOVES_MANAGEMENT_DATA}:
        return _ended(command, target)
    # A record may change the moment the vendor takes a command: the device must have spoken since.
    if target.last_check_in is None or target.last_check_in <= command.sent_at:
        return None
    if command.effect is Effect.LOCKS and (target.locked or target.lost_mode):
        return "the device is shown as locked"
    if command.effect is Effect.RESTORES and _free(command, target):
        return "the device is shown as free"
    unconfirmed = command.confirmed_by in {Confirmation.NEVER.value, Confirmation.REAPPEARS.value}
    if unconfirmed and command.effect in {Effect.ASKS_REPORT, Effect.INTERRUPTS}:
        return "the device was heard of since"
    return None


def _ended(command: DeviceCommand, target: Target) -> str | None:
    """Erased or retired: it left the vendor, or enrolled anew."""
    assert command.sent_at is not None
    if target.gone_at is not None and target.gone_at > command.sent_at:
        return "the device has left the vendor"
    anew = target.enrolled_at is not None and target.enrolled_at > command.sent_at
    other = command.enrolment is not None and target.ref.enrolment not in {None, command.enrolment}
    if anew or other:
        return "the device has enrolled anew"
    return None


def _free(command: DeviceCommand, target: Target) -> bool:
    """What is not told is not free; but lost mode is over where the vendor says just that."""
    if command.action is Action.LOST_MODE_OFF:
        return target.lost_mode is False and target.locked is not True
    return target.locked is False and target.lost_mode is not True
