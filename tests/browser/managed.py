"""Managed devices, remote commands and holds for the browser to look at, with hostile strings."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory.access import Actor, Grant, Permission
from inventory.assets import holds, service as assets
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Category, Outcome
from inventory.assets.service import AssetDraft
from inventory.audit import service as audit
from inventory.commands import policy_values
from inventory.commands.binding import binding_of
from inventory.commands.effects import EffectClass
from inventory.commands.models import CommandBatch, CommandSend, DeviceCommand
from inventory.commands.states import CommandState, Held
from inventory.db import new_uid
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection, MdmDevice, Mode
from mdm.capabilities import Effect
from mdm.types import Action, Ownership, Platform

SOMEBODY = 900_001
"""The account that asked for everything; it is nobody who looks at it."""


def fill_managed(db: Session, actor: Actor, evil: str, *, now: datetime) -> dict[str, int]:
    """Ids: `managed` (an asset), `held_asset`, `connection`, commands by what is to be decided."""
    connection = MdmConnection(
        vendor="google_workspace", label=evil[:70], mode=Mode.LIVE, read_config="",
        created_at=now, updated_at=now, last_ok_at=now - timedelta(hours=1), last_sync_at=now,
        last_error=evil, devices=2,
    )  # fmt: skip
    connection.read_config = opening.seal(db, connection.uid, "read_config", {})
    db.add(connection)
    db.flush()
    made = {"connection": connection.id}
    first = _device(db, actor, connection, evil, 1, now)
    second = _device(db, actor, connection, "Cart 7", 2, now)
    made["managed"], made["held_asset"] = first.asset_id or 0, second.asset_id or 0
    made["command_asked"] = _command(db, actor, first, CommandState.REQUESTED, evil, now)
    made["command_held"] = _command(
        db, actor, second, CommandState.HELD, evil, now, held_reason=Held.STALE,
        held_from="ready", held_note=evil[:200], held_codes=["stale"],
    )  # fmt: skip
    third = _device(db, actor, connection, "Cart 8", 3, now)
    made["command_unclear"] = _command(
        db, actor, third, CommandState.NEEDS_HUMAN, evil, now, sent_at=now, attempt=1
    )
    made["batch"] = _batch(db, actor, connection, evil, now)
    made |= _waiting(db, connection, first.asset_id or 0, evil, now)
    _hold(db, made["held_asset"], evil, now)
    _weaker_rule(db, evil, now)
    return made


def _device(
    db: Session, actor: Actor, connection: MdmConnection, name: str, number: int, now: datetime
) -> MdmDevice:
    draft = AssetDraft(category=Category.CHROMEBOOK, serial=f"CB{number:06}", name=name[:100])
    asset = assets.create(db, actor, draft, now=now)
    device = MdmDevice(
        connection_id=connection.id, vendor_id=f"device-{number}", asset_id=asset.id,
        platform=Platform.CHROMEOS, ownership=Ownership.COMPANY, serial=f"CB{number:06}",
        state="ACTIVE", encrypted=True, passcode_set=False, manufacturer="Acer", model="C871",
        os="ChromeOS", os_version="141.0", name=name[:200], assigned_user=name[:200],
        asset_tag="other", last_check_in=now - timedelta(days=number), enrolled_at=now,
        fingerprint="x", outcome=Outcome.MATCHED, first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    db.add(device)
    db.flush()
    return device


def _waiting(
    db: Session, connection: MdmConnection, asset_id: int, evil: str, now: datetime
) -> dict[str, int]:
    """Devices that no rule could settle: a new one, one in conflict, one that is left out."""
    outcomes = {
        "device_new": Outcome.NEW, "device_torn": Outcome.CONFLICT, "device_left": Outcome.IGNORED,
    }  # fmt: skip
    made = {}
    for number, (name, outcome) in enumerate(outcomes.items(), 101):
        device = MdmDevice(
            connection_id=connection.id, vendor_id=f"device-{number}-of-the-vendor",
            platform=Platform.IPADOS, ownership=Ownership.COMPANY, serial=f"DMPX{number}F4",
            udid=f"00008120-0014{number:012X}", state="ENROLLED", manufacturer="Apple",
            model="iPad (A16)", os="iPadOS", os_version="19.1", asset_tag=evil[:60],
            name=evil[:200] if number == 101 else f"Cart 9 iPad {number}",
            assigned_user=evil[:200], last_check_in=now - timedelta(hours=number), enrolled_at=now,
            facts={"imeis": ["356938035643809"], "macs": ["3c:2a:f4:00:00:65"]},
            fingerprint="x", outcome=outcome, reasons=[evil[:300]],
            candidates=[asset_id] if outcome is Outcome.CONFLICT else [],
            decided_by=evil[:100] if outcome is Outcome.IGNORED else "",
            decided_at=now if outcome is Outcome.IGNORED else None,
            first_seen_at=now, last_seen_at=now,
        )  # fmt: skip
        db.add(device)
        db.flush()
        made[name] = device.id
    return made


def _command(
    db: Session, actor: Actor, device: MdmDevice, state: CommandState, evil: str, now: datetime,
    **more: Any,
) -> int:  # fmt: skip
    command = DeviceCommand(
        asset_id=device.asset_id, device_id=device.id, connection_id=device.connection_id,
        connection_uid=new_uid(), device_key=new_uid(), vendor="google_workspace",
        vendor_id=device.vendor_id, platform="chromeos", ownership="company",
        serial=device.serial, action=Action.WIPE, effect=Effect.ERASES_EVERYTHING,
        effect_class=EffectClass.DESTROY, confirmed_by="command_id", reason=evil, backup="made",
        warnings=["stale"], approvals_needed=1, cool_off_minutes=15, requested_by=evil[:150],
        requested_by_id=SOMEBODY, requested_kind="account", requested_at=now, changed_at=now,
        binding="", expires_at=now + timedelta(hours=20), state=state, **more,
    )  # fmt: skip
    command.binding = binding_of(command)
    db.add(command)
    db.flush()
    audit.record(
        db, actor, "command.requested", now=now, subject_type="command", subject_id=command.id,
        after={"action": "wipe"}, reason=evil,
    )  # fmt: skip
    if command.sent_at is not None:
        db.add(
            CommandSend(
                command_id=command.id, attempt=1, at=now, requester="a", action=Action.WIPE,
                device_key=command.device_key, destructive=True, lease_token=new_uid(),
                answer="lost", answered_at=now, note=evil[:200],
            )
        )  # fmt: skip
    db.flush()
    return command.id


def _batch(
    db: Session, actor: Actor, connection: MdmConnection, evil: str, now: datetime
) -> int:  # fmt: skip
    batch = CommandBatch(
        action=Action.WIPE, gravest=Effect.ERASES_EVERYTHING, reason=evil, count=2,
        digest="0" * 64, approvals_needed=2, cool_off_minutes=60, requested_by=evil[:100],
        requested_by_id=SOMEBODY, requested_kind="account", requested_at=now,
        expires_at=now + timedelta(hours=20),
    )  # fmt: skip
    db.add(batch)
    db.flush()
    for number in (11, 12):
        device = _device(db, actor, connection, f"Cart {number}", number, now)
        _command(db, actor, device, CommandState.REQUESTED, evil, now, batch_id=batch.id)
    return batch.id


def _person(number: int) -> Actor:
    return Actor("account", number, "somebody else", (Grant(frozenset(Permission), None),))


def _hold(db: Session, asset_id: int, evil: str, now: datetime) -> None:
    """In force, and its release asked for."""
    hold = holds.raise_hold(
        db, _person(SOMEBODY), asset_id, kind=HoldKind.LEGAL, reason=evil, case_number="24-7",
        now=now,
    )  # fmt: skip
    holds.ask_release(db, _person(SOMEBODY), hold.id, reason=evil, version=None, now=now)


def _weaker_rule(db: Session, evil: str, now: datetime) -> None:
    policy_values.ask_change(db, _person(SOMEBODY), "stale_days", 30, reason=evil, now=now)
