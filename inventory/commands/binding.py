"""What approvals and confirmations of identity are bound to: hashes of exactly one act."""

import hashlib
import json
from collections.abc import Iterable

from inventory.commands.models import DeviceCommand
from mdm.capabilities import Effect
from mdm.types import Action, DeviceRef, Ownership, Platform


def ref_of(command: DeviceCommand) -> DeviceRef:
    """The device that a command was meant for."""
    return DeviceRef(
        vendor_id=command.vendor_id,
        platform=Platform(command.platform),
        ownership=Ownership(command.ownership),
        serial=command.serial,
        udid=command.udid,
        enrolment=command.enrolment,
        supervised=command.supervised,
    )


def purpose_of(asset_id: int, device_key: str, ref: DeviceRef, act: Action, does: Effect) -> str:
    """64 hex digits for asking: this action with this effect on this device of this asset."""
    return _hash(
        "ask", asset_id, device_key, ref.platform, ref.ownership, ref.serial, ref.udid,
        ref.enrolment, act, does,
    )  # fmt: skip


def binding_of(command: DeviceCommand) -> str:
    """64 hex digits for a command as it was asked for; computed anew before it is sent."""
    ref = ref_of(command)
    return _hash(
        command.uid, command.asset_id, command.device_key, command.connection_uid, command.vendor,
        ref.vendor_id, ref.platform, ref.ownership, ref.serial, ref.udid, ref.enrolment,
        command.action, command.effect, command.message, command.phone, command.keep_data_plan,
        command.reason, command.requested_by_id, command.requested_at.isoformat(),
    )  # fmt: skip


def digest_of(action: Action, reason: str, purposes: Iterable[str]) -> str:
    """64 hex digits for a batch: its action, its reason and every device in it."""
    return _hash("batch", action, reason, *sorted(purposes))


def _hash(*parts: object) -> str:
    text = json.dumps([None if p is None else str(p) for p in parts], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
