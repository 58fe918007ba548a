"""Trying a connection: the first page of its devices is read, and nothing is kept."""

import time
from dataclasses import dataclass

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.words import clean
from inventory.errors import SealBroken
from inventory.fleet import connections, opening
from mdm.connector import Connector
from mdm.errors import MdmError


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it; `error` names vendor and connection, "" where it is good."""

    error: str
    devices: int = 0
    problems: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.error


def prepare(db: Session, actor: Actor, connection_id: int) -> Connector | Trial:
    """What `attempt` needs; a `Trial` where the connection does not even open.

    Raises `NotFound`, `Forbidden`. Close the unit of work before `attempt`: it waits for a vendor.
    """
    row = connections.get(db, actor, connection_id)
    actor.require(Permission.MDM_WRITE, row.site_id)
    try:
        return opening.open_reader(db, row)
    except (SealBroken, MdmError) as closed:
        return Trial(clean(str(closed), 1000))


def attempt(ready: Connector | Trial) -> Trial:
    """Ask the vendor for the first page. A vendor's failure is in the result, never raised."""
    if isinstance(ready, Trial):
        return ready
    began = time.monotonic()
    try:
        page = next(iter(ready.devices()), None)
    except MdmError as refused:
        return Trial(clean(str(refused), 1000), seconds=round(time.monotonic() - began, 2))
    seconds = round(time.monotonic() - began, 2)
    if page is None:
        return Trial("", seconds=seconds)
    return Trial("", len(page.devices), len(page.problems), seconds)
