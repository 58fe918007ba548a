"""People: stored from a roster, and read within a school's reach."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.errors import Duplicate, Forbidden, InvalidInput, NotFound
from inventory.people.models import Person, PersonRole
from inventory.sites.models import Site

Name = tuple[str, str, int]
"""Family name, given name, id: the order of the list."""


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody as the roster tells; `site_id` is their school."""

    sourced_id: str
    role: PersonRole
    given_name: str
    family_name: str
    site_id: int | None = None
    grade: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """None and "" leave a filter out. `q` is the beginning of the family name."""

    q: str = ""
    role: PersonRole | None = None
    site_id: int | None = None
    active: bool | None = None


def create(db: Session, actor: Actor, draft: PersonDraft, *, now: datetime) -> Person:
    """Store somebody new. Raises `Forbidden`, `InvalidInput`, `Duplicate` (sourced_id).

    People come from the roster, so that this is for system actors only. The audit event holds the
    roster's key, never the name.
    """
    actor.require_everywhere(Permission.PERSON_READ)
    if actor.kind != "system":
        raise Forbidden("people come from the roster")
    person = Person(
        sourced_id=_line(draft.sourced_id, "sourced_id", 200),
        role=draft.role,
        given_name=_line(draft.given_name, "given_name", 120),
        family_name=_line(draft.family_name, "family_name", 120),
        site_id=draft.site_id,
        grade=_line(draft.grade, "grade", 20, empty=True),
        active=draft.active,
    )
    if draft.site_id is not None and db.get(Site, draft.site_id) is None:
        raise InvalidInput("no such site", {"site_id": [f"{draft.site_id} is no site"]})
    taken = select(Person.id).where(Person.sourced_id == person.sourced_id)
    if db.exec(taken).first() is not None:
        raise Duplicate("there is somebody with that sourced_id")
    db.add(person)
    db.flush()
    audit.record(
        db, actor, "person.created", now=now, subject_type="person", subject_id=person.id,
        site_id=person.site_id, after={"sourced_id": person.sourced_id, "role": person.role},
    )  # fmt: skip
    return person


def get(db: Session, actor: Actor, person_id: int) -> Person:
    """Raises `NotFound` for somebody who is not there or outside the actor's schools."""
    person = db.get(Person, person_id)
    if person is None or not actor.may(Permission.PERSON_READ, person.site_id):
        raise NotFound(f"there is no person {person_id}")
    return person


def search(
    db: Session, actor: Actor, wanted: PersonFilter, *, after: Name | None, limit: int
) -> list[Person]:
    """People of the actor's schools by family name, given name and id, from the one after."""
    actor.require_anywhere(Permission.PERSON_READ)
    reached = actor.scope(Permission.PERSON_READ)
    order = (col(Person.family_name), col(Person.given_name), col(Person.id))
    query = select(Person).order_by(*order).limit(limit)
    if reached is not None:
        query = query.where(col(Person.site_id).in_(reached))
    for column, value in (
        (Person.role, wanted.role),
        (Person.site_id, wanted.site_id),
        (Person.active, wanted.active),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.q:
        name = sa.func.lower(col(Person.family_name))
        query = query.where(name.startswith(wanted.q.lower(), autoescape=True))
    if after is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after)))
    return list(db.exec(query).all())


def _line(text: str, field: str, most: int, *, empty: bool = False) -> str:
    cleaned = " ".join(text.split())
    if len(cleaned) > most or not cleaned.isprintable() or not (cleaned or empty):
        raise InvalidInput(f"{field} cannot be accepted", {field: [f"1 to {most} characters"]})
    return cleaned
