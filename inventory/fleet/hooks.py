"""Webhooks of vendors: a call is believed only with the right signature, and counts only once.

A connection that is not there, one whose vendor tells nothing and a wrong signature are answered
alike: a stranger learns nothing of what connections there are, and opens no unit that writes.
"""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from inventory.access import system_actor
from inventory.audit import service as audit
from inventory.errors import NotFound
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection
from inventory.fleet.remembering import Unit, within
from inventory.settings import Settings, base_url
from mdm import registry
from mdm.connector import ReceivesEvents
from mdm.errors import Invalid, MdmError
from mdm.types import Event

log = logging.getLogger(__name__)

NOTHING = "there is nothing here"
VENDOR = system_actor("webhook of an MDM vendor", ())


def address_of(settings: Settings, row: MdmConnection) -> str:
    """Where the connection's vendor must call; "" for one that tells nothing."""
    try:
        tells = registry.vendor(row.vendor).tells
    except Invalid:  # this version has no connector for it
        return ""
    return f"{base_url(settings)}/api/v1/mdm/hooks/{row.uid}" if tells else ""


def believe(db: Session, uid: str, headers: Mapping[str, str], body: bytes) -> None:
    """Look at the signature; reads only. Raises `NotFound` for whatever is not believed."""
    row = db.exec(select(MdmConnection).where(MdmConnection.uid == uid)).first()
    if row is None:
        hmac.digest(b"nobody", body, "sha256")
        raise NotFound(NOTHING)
    try:
        _receiver(db, row).verify(headers, body)
    except MdmError as refused:
        raise _unheard(row, refused) from refused


def hear(
    db: Session, uid: str, headers: Mapping[str, str], body: bytes, *, origin: str, now: datetime
) -> tuple[Event, ...]:
    """Keep what one believed call tells; nothing where it is a repetition. Does not commit.

    An answer counts only for a command that was sent to the very device that gave it. One to the
    command of another device is refused as a whole, and audited without what it says; one to a
    command of another tool is remembered as heard, and changes no command. Raises `NotFound` for
    whatever is not believed.
    """
    query = select(MdmConnection).where(MdmConnection.uid == uid).with_for_update()
    row = db.exec(query).first()
    if row is None:
        raise NotFound(NOTHING)
    try:
        events = _receiver(db, row, within(db)).receive(headers, body)
    except MdmError as refused:
        raise _unheard(row, refused) from refused
    for event in events:
        if event.refused:
            audit.record(
                db, replace(VENDOR, origin=origin), "mdm_hook.refused", now=now,
                subject_type="mdm_connection", subject_id=row.id, site_id=row.site_id,
                after={"connection": row.label, "event": event.id[:100], "why": event.refused},
            )  # fmt: skip
        elif event.command_id is None:
            log.info("%s: device %s told something", row.label, event.vendor_id)
    return events


def _receiver(db: Session, row: MdmConnection, unit: Unit | None = None) -> ReceivesEvents:
    connector = opening.open_reader(db, row, unit=unit)
    if not isinstance(connector, ReceivesEvents):
        raise NotFound(NOTHING)
    return connector


def _unheard(row: MdmConnection, refused: MdmError) -> NotFound:
    log.warning("a webhook call for %s was refused: %s", row.label, refused)
    return NotFound(NOTHING)
