"""Refusals in the audit log, without letting whoever is refused fill the disk."""

import logging
from collections.abc import Mapping
from datetime import datetime

from inventory.access import Actor
from inventory.accounts.remembered import Remembered
from inventory.accounts.throttle import MOST_KEYS, neighbourhood
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import HomeroomError

log = logging.getLogger(__name__)


def write_denial(
    database: Database,
    memory: Remembered,
    actor: Actor,
    asked: Mapping[str, object],
    *,
    action: str = "access.denied",
    now: datetime,
) -> None:
    """Record a refusal in a unit of work of its own: the refused one's is rolled back.

    At most one event a second and address, and ten a second altogether; the next one that is
    written says how many were left out (`suppressed`). The caller is refused in any case: a
    database that cannot take the event costs a line in the server's log.
    """
    place = neighbourhood(actor.origin)
    if memory.denial_rate.take(place, now) or memory.denials_all.take("", now):
        if len(memory.suppressed) < MOST_KEYS:
            memory.suppressed[place] = memory.suppressed.get(place, 0) + 1
        return
    left_out = memory.suppressed.pop(place, 0)
    told = {**asked, **({"suppressed": left_out} if left_out else {})}
    try:
        with database.unit() as db:
            audit.record(db, actor, action, now=now, after=told)
    except HomeroomError as busy:
        log.warning("a refusal was not recorded (%s): %s %s", busy, actor.name, told)
