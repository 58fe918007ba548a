"""What a later synchronisation shows of a command, and what it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.commands import evidence
from inventory.commands.devices import Target
from inventory.commands.models import DeviceCommand
from mdm.capabilities import Confirmation, Effect
from mdm.types import Action, DeviceRef, Ownership, Platform

SENT = datetime(2026, 9, 1, 12, tzinfo=UTC)
BEFORE, AFTER = SENT - timedelta(minutes=5), SENT + timedelta(minutes=5)
REF = DeviceRef("v-1", Platform.IPADOS, Ownership.COMPANY, serial="DMPX101", enrolment="e-1")
HEARD = Target(
    device_id=1, asset_id=1, connection_id=1, connection_uid="c", vendor="jamf_pro", label="Jamf",
    enabled=True, live=True, ref=REF, name="iPad", state="", assigned_user=None, locked=None,
    lost_mode=None, last_check_in=AFTER, enrolled_at=BEFORE, first_seen_at=BEFORE,
    last_seen_at=AFTER, gone_at=None,
)  # fmt: skip


def command(action: Action, effect: Effect, confirmed: str = "state") -> DeviceCommand:
    return DeviceCommand(
        action=action, effect=effect, sent_at=SENT, confirmed_by=confirmed, enrolment="e-1"
    )


LOCK = command(Action.LOCK, Effect.LOCKS)
UNLOCK = command(Action.UNLOCK, Effect.RESTORES)
FOUND = command(Action.LOST_MODE_OFF, Effect.RESTORES)
WIPE = command(Action.WIPE, Effect.ERASES_EVERYTHING)
NEVER = Confirmation.NEVER.value


@pytest.mark.parametrize(
    ("told", "state", "words"),
    [
        (LOCK, {"locked": True}, "the device is shown as locked"),
        (LOCK, {"lost_mode": True}, "the device is shown as locked"),
        (LOCK, {"locked": False}, None),
        (LOCK, {"locked": True, "last_check_in": BEFORE}, None),
        (LOCK, {"locked": True, "last_check_in": None}, None),
        (UNLOCK, {"locked": False}, "the device is shown as free"),
        (UNLOCK, {"locked": None}, None),
        (UNLOCK, {"locked": False, "lost_mode": True}, None),
        (FOUND, {"lost_mode": False}, "the device is shown as free"),
        (FOUND, {"lost_mode": False, "locked": True}, None),
        (FOUND, {"lost_mode": None, "locked": False}, None),
        (WIPE, {"gone_at": AFTER}, "the device has left the vendor"),
        (WIPE, {"gone_at": BEFORE}, None),
        (WIPE, {"enrolled_at": AFTER}, "the device has enrolled anew"),
        (WIPE, {"ref": replace(REF, enrolment="e-2")}, "the device has enrolled anew"),
        (WIPE, {}, None),
        (command(Action.SYNC, Effect.ASKS_REPORT, NEVER), {}, "the device was heard of since"),
        (command(Action.SYNC, Effect.ASKS_REPORT), {}, None),
        (command(Action.RESTART, Effect.INTERRUPTS, NEVER), {"last_check_in": BEFORE}, None),
    ],
)
def test_what_a_record_shows(told: DeviceCommand, state: dict[str, Any], words: str | None) -> None:
    assert evidence.shown(told, replace(HEARD, **state)) == words


def test_what_was_not_sent_shows_nothing() -> None:
    unsent = command(Action.LOCK, Effect.LOCKS)
    unsent.sent_at = None
    assert evidence.shown(unsent, replace(HEARD, locked=True)) is None
