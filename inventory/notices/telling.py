"""Telling persons of what cannot wait. Rows first: whoever sends them is handed in by the edge.

An edge opens its database with `Database(url, notify=...)`; where it does not, the audit log is the
only one who is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Permission


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, for everybody who holds `audience` at the site (None: for the district).

    kind   a short name, e.g. "breaker.opened"
    title, text  plain sentences without secrets; of persons only staff who acted
    """

    kind: str
    title: str
    text: str
    audience: Permission
    site_id: int | None = None
    subject_type: str = "command"
    subject_id: object = ""
    urgent: bool = False


Notify = Callable[[Session, Notice, datetime], None]
"""Writes what is to be sent into the caller's unit of work; nothing leaves before it commits."""


def tell(db: Session, notice: Notice, *, now: datetime) -> None:
    """Hand a notice to whoever this session was given for it."""
    notify: Notify | None = db.info.get("notify")
    if notify is not None:
        notify(db, notice, now)
