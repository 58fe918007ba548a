"""PINs and places that commands bring to light: kept sealed, and every look is recorded."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.reach import get as get_asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands.escrow_models import PinEscrow, PlaceFix
from inventory.commands.models import DeviceCommand
from inventory.commands.policy_values import policy_in_force
from inventory.db import new_uid
from inventory.errors import NotFound
from inventory.notices.telling import Notice, tell
from inventory.vault import binding_of, vault_of
from mdm.types import Place

GENERATED, VENDOR = "generated", "vendor"
MAX_REASON, MAX_PIN = 1000, 200
_WEAK = frozenset({"123456", "654321", "123123"} | {str(n) * 6 for n in range(10)})


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN in the clear, for one answer. `command_id`: the command it belongs to."""

    pin: str
    source: str
    at: datetime
    command_id: int


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a device was, in degrees; `accuracy` in metres; `expires_at`: then it is forgotten."""

    latitude: float
    longitude: float
    accuracy: float | None
    at: datetime | None
    expires_at: datetime


def new_pin() -> str:
    """Six digits that nobody guesses first, no 0 before them: some vendors take a number."""
    while True:
        pin = str(100_000 + secrets.randbelow(900_000))
        if pin not in _WEAK:
            return pin


def keep_pin(db: Session, command: DeviceCommand, pin: str, source: str, *, now: datetime) -> bool:
    """Seal a PIN beside those there are; False where this very one is kept already."""
    pin = pin[:MAX_PIN]
    kept = [row for row in _rows(db, command.asset_id) if row.command_id == command.id]
    if any(each.pin == pin for each in _opened(db, kept)):
        return False
    uid = new_uid()
    seal = vault_of(db).seal(pin.encode(), binding=binding_of("command_pin", uid, "sealed_pin"))
    db.add(
        PinEscrow(
            uid=uid, command_id=command.id, asset_id=command.asset_id,
            device_key=command.device_key, source=source, sealed_pin=seal, at=now,
        )
    )  # fmt: skip
    db.flush()
    return True


def pin_to_send(db: Session, command: DeviceCommand, *, now: datetime) -> str:
    """The PIN that is sent with a command: made and sealed once, the same for every attempt, so
    that the one that the device takes is always known."""
    mine = select(PinEscrow).where(
        PinEscrow.command_id == command.id, PinEscrow.source == GENERATED
    )
    kept = db.exec(mine.order_by(col(PinEscrow.id)).limit(1)).first()
    if kept is not None:
        return _opened(db, [kept])[0].pin
    pin = new_pin()
    keep_pin(db, command, pin, GENERATED, now=now)
    return pin


def reveal_pins(db: Session, actor: Actor, command_id: int, *, now: datetime) -> list[Pin]:
    """Every PIN of the command's asset, newest first: it may still ask for an earlier one.

    Looking is recorded. Raises `NotFound`, `Forbidden`.
    """
    command = _command(db, command_id)
    asset = get_asset(db, actor, command.asset_id)
    actor.require(Permission.PIN_READ, asset.site_id)
    found = _opened(db, _rows(db, command.asset_id))
    audit.record(
        db, actor, "command.pin_viewed", now=now, subject_type="command", subject_id=command.id,
        site_id=asset.site_id, after={"asset_id": asset.id, "pins": len(found)},
    )  # fmt: skip
    return found


def keep_place(db: Session, command: DeviceCommand, place: Place, *, now: datetime) -> None:
    """Seal where the device was, for `place_hours`; the first answer stays."""
    known = select(PlaceFix.id).where(PlaceFix.command_id == command.id)
    if db.exec(known).first() is not None:
        return
    uid = new_uid()
    text = json.dumps(
        {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy,
         "at": place.at.isoformat() if place.at else None}
    )  # fmt: skip
    seal = vault_of(db).seal(
        text.encode(), binding=binding_of("command_place", uid, "sealed_place")
    )
    hours = timedelta(hours=policy_in_force(db).place_hours)
    db.add(
        PlaceFix(
            uid=uid, command_id=command.id, asset_id=command.asset_id, sealed_place=seal, at=now,
            expires_at=now + hours,
        )
    )  # fmt: skip
    db.flush()


def reveal_place(db: Session, actor: Actor, command_id: int, *, reason: str, now: datetime) -> Fix:
    """Where the device was. Needs a reason; it is recorded, and the coordinators are told.

    Raises `NotFound` (also when it was forgotten), `Forbidden`, `InvalidInput`.
    """
    command = _command(db, command_id)
    asset = get_asset(db, actor, command.asset_id)
    actor.require(Permission.PLACE_READ, asset.site_id)
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if not why:
        raise wrong("reason", "must say why you look")
    row = db.exec(select(PlaceFix).where(PlaceFix.command_id == command.id)).first()
    if row is None or row.expires_at <= now:
        raise NotFound("no place is kept for this command")
    audit.record(
        db, actor, "command.place_viewed", now=now, subject_type="command",
        subject_id=command.id, site_id=asset.site_id, after={"asset_id": asset.id}, reason=why,
    )  # fmt: skip
    tell(db, Notice("place.viewed", "Somebody looked where a device is",
                    f"{actor.name} looked where {asset.tag} is: {why}", Permission.PLACE_READ,
                    site_id=asset.site_id, subject_id=command.id), now=now)  # fmt: skip
    binding = binding_of("command_place", row.uid, "sealed_place")
    told = json.loads(vault_of(db).open(row.sealed_place, binding=binding))
    at = datetime.fromisoformat(told["at"]) if told["at"] else None
    return Fix(told["latitude"], told["longitude"], told["accuracy"], at, row.expires_at)


def has(db: Session, command_ids: Sequence[int], *, now: datetime) -> tuple[set[int], set[int]]:
    """Which of these commands have PINs, and which a place, without opening any."""
    pins = select(PinEscrow.command_id).where(col(PinEscrow.command_id).in_(command_ids))
    places = select(PlaceFix.command_id).where(
        col(PlaceFix.command_id).in_(command_ids), col(PlaceFix.expires_at) > now
    )
    return set(db.exec(pins).all()), set(db.exec(places).all())


def forget_places(db: Session, *, now: datetime) -> int:
    """Delete places whose time is over; how many."""
    gone = sa.delete(PlaceFix).where(col(PlaceFix.expires_at) <= now).returning(col(PlaceFix.id))
    return len(db.execute(gone).all())


def _rows(db: Session, asset_id: int) -> Sequence[PinEscrow]:
    query = select(PinEscrow).where(PinEscrow.asset_id == asset_id)
    return db.exec(query.order_by(col(PinEscrow.id).desc()).limit(50)).all()


def _opened(db: Session, rows: Sequence[PinEscrow]) -> list[Pin]:
    vault = vault_of(db)
    found = []
    for row in rows:
        binding = binding_of("command_pin", row.uid, "sealed_pin")
        text = vault.open(row.sealed_pin, binding=binding).decode()
        found.append(Pin(text, row.source, row.at, row.command_id))
    return found


def _command(db: Session, command_id: int) -> DeviceCommand:
    command = db.get(DeviceCommand, command_id)
    if command is None:
        raise NotFound(f"there is no command {command_id}")
    return command
