"""Receiving a roster: read outside of any transaction, as a large one takes seconds; then planned.

The file itself is not kept: only what it changes, and its fingerprint.
"""

import hashlib
from datetime import date, datetime
from typing import Any, BinaryIO

from inventory.access import Actor, Permission
from inventory.db import Database
from inventory.people import planning
from inventory.people.planning import Upload
from inventory.people.roster_models import RosterPlan
from inventory.people.rosters.reading import read_roster

_CHUNK = 1 << 20


def receive_roster(
    database: Database,
    actor: Actor,
    stream: BinaryIO,
    *,
    name: str,
    source: str,
    partial: bool = False,
    dry_run: bool = False,
    today: date,
    now: datetime,
) -> dict[str, Any]:
    """The plan's columns; `id` is None after a dry run, of which nothing is kept.

    Opens its own unit of work; call it outside of a writing one. Raises `Forbidden`, and what
    `read_roster` and `planning.plan` raise.
    """
    actor.require_everywhere(Permission.PERSON_IMPORT)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    roster = read_roster(stream, today=today, partial=partial)
    with database.unit() as db:
        upload = Upload(name, digest.hexdigest())
        plan: RosterPlan = planning.plan(db, actor, source, roster, upload, now=now)
        told = plan.model_dump()
        if dry_run:
            db.rollback()
            told["id"] = None
    return told
