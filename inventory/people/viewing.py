"""Who looked at whose record: pupils' data is only for those who need it, and that is written down
(FERPA, 34 CFR 99.32 asks for a record of disclosures)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.audit import service as audit


def record_views(
    db: Session,
    actor: Actor,
    person_ids: Sequence[int],
    *,
    now: datetime,
    plan_id: int | None = None,
    site_id: int | None = None,
) -> None:
    """One event for all that were shown at once; none for an empty list. `plan_id`: they were shown
    as part of an import. The words of a search are not kept: they may be a name."""
    if not person_ids:
        return
    if len(person_ids) == 1 and plan_id is None:
        audit.record(
            db, actor, "person.viewed", now=now, subject_type="person", subject_id=person_ids[0],
            site_id=site_id,
        )  # fmt: skip
        return
    after: dict[str, object] = {"people": list(person_ids)}
    if plan_id is not None:
        after["roster_plan"] = plan_id
    audit.record(db, actor, "person.viewed", now=now, subject_type="person", after=after)
