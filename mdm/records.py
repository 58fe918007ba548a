"""JSON forms of what travels: devices for scripts, receipts for keeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime

from mdm.types import Action, Device, DeviceRef, Ownership, Platform, Receipt


def device_record(device: Device) -> dict[str, object]:
    """A device as a JSON object: every field by its name, times in ISO 8601, unknown as null."""
    found = _plain(device)
    assert isinstance(found, dict)
    return found


def receipt_to_json(receipt: Receipt) -> str:
    """One line of JSON that `receipt_from_json` reads back to an equal receipt."""
    return json.dumps(_plain(receipt), ensure_ascii=False, separators=(",", ":"))


def receipt_from_json(text: str) -> Receipt:
    """The receipt that was kept. Raises ValueError for anything else."""
    try:
        kept = json.loads(text)
        device = kept["device"]
        receipt = Receipt(
            vendor=_text(kept["vendor"]),
            device=DeviceRef(
                vendor_id=_text(device["vendor_id"]),
                platform=Platform(device["platform"]),
                ownership=Ownership(device["ownership"]),
                serial=_optional(device["serial"]),
                udid=_optional(device["udid"]),
                enrolment=_optional(device["enrolment"]),
                supervised=_flag(device["supervised"]),
            ),
            action=Action(kept["action"]),
            sent_at=datetime.fromisoformat(kept["sent_at"]),
            command_id=_optional(kept["command_id"]),
            details={_text(key): _text(value) for key, value in kept["details"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise ValueError("this is not a receipt") from wrong
    if receipt.sent_at.tzinfo is None:
        raise ValueError("this is not a receipt: its time has no zone")
    return receipt


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError("not a flag")
    return value


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
