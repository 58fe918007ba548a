"""Doing what a plan says, in one transaction: all of it, or nothing where anything has changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import Cause
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.db import insert_many
from inventory.engine import enqueue
from inventory.errors import Conflict, InvalidInput
from inventory.people import plans, recovery
from inventory.people.models import Person, PersonSite
from inventory.people.roster_models import ChangeKind, PlanState, RosterChange, RosterPlan
from inventory.people.roster_policy import number_to_name
from inventory.people.snapshots import OTHERS, Snapshot, columns_of, differing, told

KIND = "people.apply"
AT_ONCE = 2_000
"""So many changes are made while the person waits; more by a job."""

BATCH = 1_000

ACTIONS = {
    ChangeKind.CREATE: "person.created",
    ChangeKind.DEACTIVATE: "person.deactivated",
    ChangeKind.REACTIVATE: "person.reactivated",
}

_PERSON = cast(sa.Table, sa.inspect(Person).local_table)
_CHANGE = cast(sa.Table, sa.inspect(RosterChange).local_table)


def approve(
    db: Session, actor: Actor, plan_id: int, *, number: int | None = None, reason: str = "",
    now: datetime,
) -> RosterPlan:  # fmt: skip
    """Apply a plan that waits: a small one now, a large one by a job (`state` tells).

    number, reason  where the guard objects: the number of people that it names, and why it is
                    right all the same

    Raises `Forbidden`, `NotFound`, `InvalidInput` where the guard is not answered, and `Conflict`
    for a plan that was decided, or where somebody was changed since it was made: plan anew then.
    """
    plan = plans.get(db, actor, plan_id, lock=True, permission=Permission.PERSON_APPROVE)
    if plan.state is not PlanState.PLANNED:
        raise Conflict(f"the import is {plan.state.value}")
    _answer_guard(plan, number, reason)
    plan.state, plan.decided_at, plan.decided_by = PlanState.APPLYING, now, actor.name[:200]
    plan.reason = reason[:1000]
    db.add(plan)
    if sum(plan.counts.get(kind.value, 0) for kind in ChangeKind) <= AT_ONCE:
        apply(db, plan, actor, now=now)
        return plan
    enqueue(db, KIND, {"plan": plan.id, "by": actor.id or 0}, key=str(plan.id))
    audit.record(
        db, actor, "roster.approved", now=now, subject_type="roster_plan", subject_id=plan.id,
        after={"counts": plan.counts}, reason=reason,
    )  # fmt: skip
    db.flush()
    return plan


def apply(db: Session, plan: RosterPlan, actor: Actor, *, now: datetime) -> None:
    """All of it, in the caller's transaction. Raises `Conflict`."""
    audit.take_turn(db)
    for batch in batches_of(db, plan.id):
        _apply(db, actor, plan, batch, now=now)
    plan.state = PlanState.APPLIED
    db.add(plan)
    audit.record(
        db, actor, "roster.applied", now=now, subject_type="roster_plan", subject_id=plan.id,
        after={"counts": plan.counts, "findings": plan.findings}, reason=plan.reason,
    )  # fmt: skip
    db.flush()


def batches_of(db: Session, plan_id: int, *, back: bool = False) -> Iterator[Sequence[Any]]:
    """The changes of a plan as rows, in lists; `back`: the last first."""
    last = None
    order = _CHANGE.c.id.desc() if back else _CHANGE.c.id
    while True:
        query = sa.select(_CHANGE).where(_CHANGE.c.plan_id == plan_id).order_by(order).limit(BATCH)
        if last is not None:
            query = query.where(_CHANGE.c.id < last if back else _CHANGE.c.id > last)
        rows = db.connection().execute(query).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def require_versions(db: Session, batch: Sequence[Any], why: str) -> None:
    """Lock the people of these changes. Raises `Conflict` where one has another version."""
    expected = {row.person_id: row.person_version for row in batch if row.person_id is not None}
    query = sa.select(_PERSON.c.id, _PERSON.c.version).where(_PERSON.c.id.in_(expected))
    found = {row.id: row.version for row in db.connection().execute(query.with_for_update())}
    changed = [id_ for id_, version in expected.items() if found.get(id_) != version]
    if changed:
        shown = ", ".join(map(str, changed[:5]))
        raise Conflict(f"{why} (people {shown}{', ...' if len(changed) > 5 else ''})")


def write_people(db: Session, people: Sequence[tuple[int, int, Snapshot]]) -> None:
    """Put these values (id, version, snapshot) on people who are there."""
    if not people:
        return
    fields = columns_of(people[0][2])
    statement = (
        sa.update(_PERSON)
        .where(_PERSON.c.id == sa.bindparam("on_id"))
        .values({**{name: sa.bindparam(f"to_{name}") for name in fields},
                 "version": sa.bindparam("to_version")})
    )  # fmt: skip
    db.connection().execute(
        statement,
        [
            {"on_id": id_, "to_version": version,
             **{f"to_{name}": value for name, value in columns_of(snapshot).items()}}
            for id_, version, snapshot in people
        ],
    )  # fmt: skip
    ids = [id_ for id_, _version, _snapshot in people]
    db.execute(sa.delete(PersonSite).where(col(PersonSite.person_id).in_(ids)))
    write_sites(db, [(id_, snapshot) for id_, _version, snapshot in people])


def write_sites(db: Session, people: Sequence[tuple[int, Snapshot]]) -> None:
    """Write down the further schools of people who have none yet."""
    insert_many(
        db, PersonSite,
        [{"person_id": id_, "site_id": site} for id_, shot in people for site in shot[OTHERS]],
    )  # fmt: skip


def _answer_guard(plan: RosterPlan, number: int | None, reason: str) -> None:
    wanted = number_to_name(plan.findings)
    if wanted is None:
        return
    if number != wanted:
        raise InvalidInput(
            "the guard objects: name the number of people that it names",
            {"number": [f"{wanted} is the number to name"]},
        )
    if not reason.strip():
        raise InvalidInput("the guard objects: say why it is right", {"reason": ["is empty"]})


def _apply(
    db: Session, actor: Actor, plan: RosterPlan, batch: Sequence[Any], *, now: datetime
) -> None:
    require_versions(db, batch, "somebody was changed since this was planned; plan it anew")
    new = [row for row in batch if row.person_id is None]
    ids = _create(db, [row.after for row in new]) if new else {}
    here = [row for row in batch if row.person_id is not None]
    write_people(db, [(r.person_id, r.person_version + 1, r.after) for r in here])
    leaving = [row.person_id for row in here if row.kind is ChangeKind.DEACTIVATE]
    ended: list[int] = []
    if leaving:
        recovery.open_tasks(db, actor, leaving, plan_id=plan.id, now=now)
        ended = recovery.end_accounts(db, actor, leaving, now=now)
        ending.end_for_persons(db, actor, leaving, Cause.LEFT, now=now)
    db.connection().execute(
        sa.update(_CHANGE)
        .where(_CHANGE.c.id == sa.bindparam("on_id"))
        .values(person_id=sa.bindparam("to_person"), person_version=sa.bindparam("to_version"),
                account_ended=sa.bindparam("to_ended")),
        [
            {"on_id": row.id, "to_person": row.person_id or ids[row.sourced_id],
             "to_version": row.person_version + 1, "to_ended": row.person_id in ended}
            for row in batch
        ],
    )  # fmt: skip
    _tell(db, actor, batch, ids, now=now)


def _create(db: Session, people: Sequence[Snapshot]) -> dict[str, int]:
    """New people; their ids by their keys."""
    keys = [snapshot["sourced_id"] for snapshot in people]
    known = select(Person.sourced_id).where(col(Person.sourced_id).in_(keys))
    if db.exec(known).first() is not None:
        raise Conflict("somebody was added since this was planned; plan it anew")
    insert_many(db, Person, [{**columns_of(snapshot), "version": 1} for snapshot in people])
    found = db.execute(
        sa.select(_PERSON.c.sourced_id, _PERSON.c.id).where(_PERSON.c.sourced_id.in_(keys))
    )
    ids = {row.sourced_id: row.id for row in found}
    write_sites(db, [(ids[snapshot["sourced_id"]], snapshot) for snapshot in people])
    return ids


def _tell(
    db: Session, actor: Actor, batch: Sequence[Any], ids: dict[str, int], *, now: datetime
) -> None:
    """One event for every person."""
    by_action: dict[str, list[Entry]] = {}
    for row in batch:
        fields = differing(row.before, row.after)
        by_action.setdefault(ACTIONS.get(row.kind, "person.changed"), []).append(
            Entry(
                row.person_id or ids[row.sourced_id], row.after["site_id"],
                told(row.before, fields), told(row.after, fields),
            )
        )  # fmt: skip
    for action, entries in by_action.items():
        audit.record_many(db, actor, action, entries, now=now, subject_type="person")
