"""Webhooks of vendors: a call is believed only with the right signature, and only once.

A connection that is not there, one whose vendor tells nothing and a wrong signature are answered
alike: a stranger learns nothing of what connections there are.
"""

import hmac
import logging
from collections.abc import Mapping

from sqlmodel import Session, select

from inventory.errors import NotFound
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection
from inventory.fleet.remembering import within
from mdm.connector import ReceivesEvents
from mdm.errors import MdmError
from mdm.types import Event

log = logging.getLogger(__name__)

NOTHING = "there is nothing here"


def hear(db: Session, uid: str, headers: Mapping[str, str], body: bytes) -> tuple[Event, ...]:
    """Keep what one call tells; nothing where it is a repetition. Does not commit.

    An answer counts only for a command that was sent to the very device that gave it; every other
    answer is remembered as heard, and changes no command. Raises `NotFound` for whatever is not
    believed.
    """
    query = select(MdmConnection).where(MdmConnection.uid == uid).with_for_update()
    row = db.exec(query).first()
    if row is None:
        hmac.digest(b"nobody", body, "sha256")
        raise NotFound(NOTHING)
    try:
        connector = opening.open_reader(db, row, unit=within(db))
        if not isinstance(connector, ReceivesEvents):
            raise NotFound(NOTHING)
        events = connector.receive(headers, body)
    except MdmError as refused:
        log.warning("a webhook call for %s was refused: %s", row.label, refused)
        raise NotFound(NOTHING) from refused
    for event in events:
        if event.command_id is None:
            log.info("%s: device %s told something", row.label, event.vendor_id)
    return events
