"""What a command truly does decides its rules, never the button's name: pure tables.

The same button erases one device and only unenrols another, so everything here hangs on
`mdm.capabilities.Effect`.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from mdm.capabilities import Confirmation, Effect
from mdm.types import Ownership


class EffectClass(StrEnum):
    """Commands of one class get in each other's way: one of them may be open on a device."""

    REPORT = "report"
    RESTORE = "restore"
    INTERRUPT = "interrupt"
    PLACE = "place"
    LOCK = "lock"
    PASSCODE = "passcode"
    DESTROY = "destroy"


class AfterLoss(StrEnum):
    """What follows when the vendor's answer was lost, and the command is not found there."""

    RESEND = "resend"  # once: twice does no more than once
    GIVE_UP = "give_up"  # it may have happened, and a person who wants it can ask again
    HUMAN = "human"  # twice would do harm


CLASS_OF: Mapping[Effect, EffectClass] = {
    Effect.ASKS_REPORT: EffectClass.REPORT,
    Effect.RESTORES: EffectClass.RESTORE,
    Effect.INTERRUPTS: EffectClass.INTERRUPT,
    Effect.REVEALS_PLACE: EffectClass.PLACE,
    Effect.LOCKS: EffectClass.LOCK,
    Effect.REMOVES_PASSCODE: EffectClass.PASSCODE,
    Effect.REMOVES_MANAGEMENT_DATA: EffectClass.DESTROY,
    Effect.ERASES_USER_DATA: EffectClass.DESTROY,
    Effect.ERASES_EVERYTHING: EffectClass.DESTROY,
}

SHUT_OUT_BY_DESTROY = frozenset(EffectClass) - {EffectClass.REPORT}
"""Classes that cannot be asked for while something destructive is open on the device. The reverse
is allowed: a stolen device that waits to be locked may be wiped."""

AFTER_LOSS: Mapping[Effect, AfterLoss] = {
    Effect.ASKS_REPORT: AfterLoss.RESEND,
    Effect.RESTORES: AfterLoss.RESEND,
    Effect.INTERRUPTS: AfterLoss.GIVE_UP,
    Effect.REVEALS_PLACE: AfterLoss.RESEND,
    Effect.LOCKS: AfterLoss.RESEND,
    Effect.REMOVES_PASSCODE: AfterLoss.HUMAN,
    Effect.REMOVES_MANAGEMENT_DATA: AfterLoss.RESEND,
    Effect.ERASES_USER_DATA: AfterLoss.HUMAN,
    Effect.ERASES_EVERYTHING: AfterLoss.HUMAN,
}

LISTS_COMMANDS: frozenset[str] = frozenset()
"""Vendors whose list of a device's commands is complete the moment a command is accepted: only
there may a wipe that is not found be sent once more. None has shown it (Jamf's cluster and
Intune's results lag behind), so a lost wipe waits for a person."""

WORDS: Mapping[Effect, str] = {
    Effect.ASKS_REPORT: "Asks the device to report. Nothing on it changes.",
    Effect.RESTORES: "Lets people use the device again.",
    Effect.INTERRUPTS: "Interrupts whoever works on the device; unsaved work may be lost.",
    Effect.REVEALS_PLACE: "Shows where the device is, and so where its user is.",
    Effect.LOCKS: "Nobody can use the device until it is unlocked.",
    Effect.REMOVES_PASSCODE: "Removes or replaces the passcode: whoever holds the device gets in.",
    Effect.REMOVES_MANAGEMENT_DATA: "Removes the district's data and management from the device; "
    "what belongs to its user stays.",
    Effect.ERASES_USER_DATA: "Erases what its users keep on the device; it stays enrolled.",
    Effect.ERASES_EVERYTHING: "Erases everything on the device. It cannot be undone.",
}

CONFIRMED: Mapping[Confirmation, str] = {
    Confirmation.COMMAND_ID: "The vendor follows this command to its end.",
    Confirmation.STATE: "The device's record at the vendor will show it.",
    Confirmation.REAPPEARS: "Can only be inferred: the device leaves the vendor or enrols anew.",
    Confirmation.NEVER: "Cannot be confirmed: that the vendor took it is all that can be known.",
}

DEADLINE: Mapping[EffectClass, timedelta] = {
    EffectClass.REPORT: timedelta(hours=24),
    EffectClass.INTERRUPT: timedelta(hours=24),
    EffectClass.PLACE: timedelta(hours=24),
}
"""How long a command waits for the device where the policy's `sent_days` is too long: it would
only bar the way for the next one."""

NEVER_CONFIRMED = timedelta(minutes=10)
"""After so long a harmless command that cannot be confirmed is closed."""

_PERSONAL_ONLY_RETIRE = frozenset({
    Effect.ERASES_EVERYTHING, Effect.ERASES_USER_DATA, Effect.REVEALS_PLACE,
})  # fmt: skip


def forbidden_on(effect: Effect, ownership: Ownership) -> str | None:
    """Why this effect is never asked for on a device of that owner, None where it may be."""
    if ownership is Ownership.PERSONAL and effect in _PERSONAL_ONLY_RETIRE:
        if effect is Effect.REVEALS_PLACE:
            return "the device belongs to a person: it is not located"
        return "the device belongs to a person: it may only be retired"
    return None


def deadline_of(effect_class: EffectClass, confirmed_by: Confirmation, sent_days: int) -> timedelta:
    """How long after sending somebody, or the program, must look at what has become of it."""
    if confirmed_by is Confirmation.NEVER and effect_class is not EffectClass.DESTROY:
        return NEVER_CONFIRMED
    return min(DEADLINE.get(effect_class, timedelta(days=sent_days)), timedelta(days=sent_days))
