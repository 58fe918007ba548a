"""Who looked at who has a device: pupils' data is only for those who need it, and that is written
down (FERPA, 34 CFR 99.32 asks for a record of disclosures)."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.audit import service as audit
from inventory.custody.listing import Held, people_in


def record_views(db: Session, actor: Actor, shown: Iterable[Held], *, now: datetime) -> None:
    """One event for all persons who were shown at once; none where nobody was."""
    record_person_views(db, actor, people_in(shown), now=now)


def record_person_views(
    db: Session, actor: Actor, person_ids: Iterable[int], *, now: datetime
) -> None:
    """As `record_views`, by the ids of the persons."""
    found = sorted(set(person_ids))
    if found:
        subject = found[0] if len(found) == 1 else ""
        after = None if len(found) == 1 else {"people": found}
        audit.record(
            db, actor, "custody.viewed", now=now, subject_type="person", subject_id=subject,
            after=after,
        )  # fmt: skip
