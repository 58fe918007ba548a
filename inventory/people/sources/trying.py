"""Trying a directory: its first page is read, and nothing is kept."""

import time

from sqlmodel import Session

from inventory.access import Actor
from inventory.errors import SealBroken
from inventory.people.sources import opening, service
from inventory.people.sources.opening import Trial
from mdm.directories.types import Directory
from mdm.errors import MdmError


def prepare(db: Session, actor: Actor, directory_id: int) -> Directory | Trial:
    """What `attempt` needs. Raises `NotFound`, `Forbidden`. Close the unit of work before
    `attempt`: it waits for a directory."""
    row = service.get(db, actor, directory_id)
    try:
        return opening.open_source(db, row, service.names(db, [row])[row.id], patient=False)
    except (SealBroken, MdmError) as closed:
        return Trial(str(closed)[:1000])


def attempt(ready: Directory | Trial) -> Trial:
    """Ask for the first page. A failure is in the result, never raised."""
    if isinstance(ready, Trial):
        return ready
    began = time.monotonic()
    try:
        page = next(iter(ready.people()), None)
    except MdmError as refused:
        return Trial(str(refused)[:1000], seconds=round(time.monotonic() - began, 2))
    return Trial("", len(page.entries) if page else 0, round(time.monotonic() - began, 2))
