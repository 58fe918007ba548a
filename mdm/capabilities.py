"""What a connector can do: which action, for which devices, with what effect, confirmed how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mdm.errors import Invalid, Unsupported, Where
from mdm.types import Action, Command, DeviceRef, Ownership, Platform


class Effect(StrEnum):
    """What truly happens to the device, from the mildest to the gravest."""

    ASKS_REPORT = "asks_report"
    RESTORES = "restores"
    INTERRUPTS = "interrupts"
    REVEALS_PLACE = "reveals_place"
    LOCKS = "locks"
    REMOVES_PASSCODE = "removes_passcode"
    REMOVES_MANAGEMENT_DATA = "removes_management_data"
    ERASES_USER_DATA = "erases_user_data"
    ERASES_EVERYTHING = "erases_everything"

    @property
    def destructive(self) -> bool:
        """Whether data is lost for good."""
        return self in {
            Effect.REMOVES_MANAGEMENT_DATA, Effect.ERASES_USER_DATA, Effect.ERASES_EVERYTHING
        }  # fmt: skip


class Need(StrEnum):
    """What a command must carry, or a device must be, before it is sent."""

    SUPERVISED = "supervised"
    PIN = "pin"  # six digits
    MESSAGE = "message"
    MESSAGE_OR_PHONE = "message_or_phone"


class Confirmation(StrEnum):
    """How it is known that a command was carried out."""

    COMMAND_ID = "command_id"  # the vendor follows each command by its id
    STATE = "state"  # the device's record shows it
    REAPPEARS = "reappears"  # inferred: the device leaves, or enrols anew
    NEVER = "never"


ANY_OWNERSHIP = frozenset(Ownership)


@dataclass(frozen=True, slots=True)
class Capability:
    """One action a connector can send, for which devices, and what it does to them.

    ownership    the ownerships it is declared for. Where the effect depends on it, one row each,
                 and `unknown` stands with the graver effect
    cancellable  can be called off until the device has carried it out (`Cancels`)
    note         one sentence for the person who decides
    """

    action: Action
    platforms: frozenset[Platform]
    effect: Effect
    confirmed_by: Confirmation
    ownership: frozenset[Ownership] = ANY_OWNERSHIP
    needs: frozenset[Need] = frozenset()
    cancellable: bool = False
    note: str = ""


def capability_for(
    capabilities: Iterable[Capability], action: Action, platform: Platform, ownership: Ownership
) -> Capability | None:
    """The row that speaks of such a device, None where the connector cannot do it."""
    for row in capabilities:
        if row.action is action and platform in row.platforms and ownership in row.ownership:
            return row
    return None


def permitted(capabilities: Iterable[Capability], command: Command, where: Where) -> Capability:
    """The declared capability of a command (see `Connection.permit`).

    Raises `Unsupported` for what is not declared, or not for such a device, and `Invalid` for a
    command that lacks what it needs. Both before any request. What is not told fails closed: a
    device that may or may not be supervised is not.
    """
    device = command.device
    row = capability_for(capabilities, command.action, device.platform, device.ownership)
    if row is None:
        raise Unsupported(
            where, f"{command.action} is not possible on {_described(device)}; nothing was sent"
        )
    if Need.SUPERVISED in row.needs and device.supervised is not True:
        raise Unsupported(where, f"{command.action} needs a supervised device; nothing was sent")
    if not device.vendor_id:
        raise Invalid(where, "the command names no device; nothing was sent")
    if Need.PIN in row.needs and not _is_pin(command.pin):
        raise Invalid(where, f"{command.action} needs a PIN of six digits; nothing was sent")
    missing = (Need.MESSAGE in row.needs and not command.message) or (
        Need.MESSAGE_OR_PHONE in row.needs and not (command.message or command.phone)
    )
    if missing:
        raise Invalid(where, f"{command.action} needs a message to show; nothing was sent")
    return row


def _is_pin(pin: str | None) -> bool:
    return pin is not None and len(pin) == 6 and pin.isascii() and pin.isdigit()


def _described(device: DeviceRef) -> str:
    owned = {
        Ownership.COMPANY: "company-owned ", Ownership.PERSONAL: "personally owned "
    }.get(device.ownership, "")  # fmt: skip
    return f"a device of this kind ({owned}{device.platform})"
