"""When somebody leaves: a task to get back what they have, and the end of what they could do."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts import service as accounts
from inventory.accounts.models import Account
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.db import insert_many
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.people.models import Person
from inventory.people.roster_models import RecoveryTask

LEFT = "left, by the roster"


def open_tasks(
    db: Session, actor: Actor, person_ids: Sequence[int], *, plan_id: int, now: datetime
) -> None:
    """A task for each of them who has none that is open."""
    query = sa.select(col(RecoveryTask.person_id)).where(
        col(RecoveryTask.person_id).in_(person_ids), col(RecoveryTask.closed_at).is_(None)
    )
    there = set(db.execute(query).scalars())
    wanted = [id_ for id_ in person_ids if id_ not in there]
    insert_many(
        db, RecoveryTask,
        [{"person_id": id_, "plan_id": plan_id, "reason": LEFT, "opened_at": now, "closed_by": "",
          "note": ""} for id_ in wanted],
    )  # fmt: skip
    if wanted:
        audit.record_many(
            db, actor, "recovery.opened", [Entry(id_) for id_ in wanted], now=now,
            subject_type="person",
        )  # fmt: skip


def withdraw_tasks(db: Session, person_ids: Sequence[int], *, plan_id: int) -> None:
    """Take back the tasks that an import opened and that nobody has closed."""
    db.execute(
        sa.delete(RecoveryTask).where(
            col(RecoveryTask.person_id).in_(person_ids), col(RecoveryTask.plan_id) == plan_id,
            col(RecoveryTask.closed_at).is_(None),
        )
    )  # fmt: skip


def end_accounts(
    db: Session, actor: Actor, person_ids: Sequence[int], *, now: datetime
) -> list[int]:
    """Disable the accounts of these people, with their sessions and tokens; whose it were.

    Raises `Conflict` where the district would be left without a coordinator.
    """
    query = (
        sa.select(col(Person.id), col(Account.id))
        .join(Account, col(Account.id) == col(Person.account_id))
        .where(col(Person.id).in_(person_ids), col(Account.disabled_at).is_(None))
    )
    ended = []
    for person_id, account_id in db.execute(query).all():
        accounts.disable(db, actor, account_id, reason=LEFT, now=now)
        ended.append(person_id)
    return ended


def restore_accounts(
    db: Session, actor: Actor, person_ids: Sequence[int], *, now: datetime
) -> None:
    """Let these people sign in again; their sessions and tokens do not come back."""
    query = sa.select(col(Person.account_id)).where(
        col(Person.id).in_(person_ids), col(Person.account_id).is_not(None)
    )
    for account_id in db.execute(query).scalars().all():
        if account_id is not None:
            accounts.enable(db, actor, account_id, now=now)


def listed(
    db: Session, actor: Actor, *, closed: bool = False, site_id: int | None = None,
    after: int | None = None, limit: int,
) -> list[tuple[RecoveryTask, Person]]:  # fmt: skip
    """Tasks of the actor's schools, or of one of them, oldest first."""
    actor.require_anywhere(Permission.PERSON_READ)
    reached = actor.scope(Permission.PERSON_READ)
    ended = col(RecoveryTask.closed_at)
    query = (
        select(RecoveryTask, Person)
        .join(Person, col(Person.id) == col(RecoveryTask.person_id))
        .where(ended.is_not(None) if closed else ended.is_(None))
        .order_by(col(RecoveryTask.id))
        .limit(limit)
    )
    if reached is not None:
        query = query.where(col(Person.site_id).in_(reached))
    if site_id is not None:
        query = query.where(col(Person.site_id) == site_id)
    if after is not None:
        query = query.where(col(RecoveryTask.id) > after)
    return list(db.exec(query).all())


def one(db: Session, actor: Actor, task_id: int) -> tuple[RecoveryTask, Person]:
    """Raises `NotFound` for what is not there or of none of the actor's schools."""
    actor.require_anywhere(Permission.PERSON_READ)
    query = select(RecoveryTask, Person).join(Person, col(Person.id) == RecoveryTask.person_id)
    row = db.exec(query.where(RecoveryTask.id == task_id)).first()
    if row is None or not actor.may(Permission.PERSON_READ, row[1].site_id):
        raise NotFound(f"there is no recovery task {task_id}")
    return row[0], row[1]


def open_task(db: Session, person_id: int) -> RecoveryTask | None:
    """The open task of somebody whom the actor may see."""
    return db.exec(
        select(RecoveryTask).where(
            RecoveryTask.person_id == person_id, col(RecoveryTask.closed_at).is_(None)
        )
    ).first()


def close(db: Session, actor: Actor, task_id: int, *, note: str, now: datetime) -> RecoveryTask:
    """Everything is back, or given up: say which. Raises `NotFound`, `Conflict`, `InvalidInput`."""
    task = db.exec(select(RecoveryTask).where(RecoveryTask.id == task_id).with_for_update()).first()
    person = db.get(Person, task.person_id) if task else None
    if task is None or person is None or not actor.may(Permission.PERSON_READ, person.site_id):
        raise NotFound(f"there is no recovery task {task_id}")
    actor.require(Permission.PERSON_WRITE, person.site_id)
    if task.closed_at is not None:
        raise Conflict("the task is closed")
    if not note.strip():
        raise InvalidInput("say how it ended", {"note": ["is empty"]})
    task.closed_at, task.closed_by, task.note = now, actor.name[:200], note.strip()[:1000]
    db.add(task)
    audit.record(
        db, actor, "recovery.closed", now=now, subject_type="person", subject_id=person.id,
        site_id=person.site_id, reason=note,
    )  # fmt: skip
    return task
