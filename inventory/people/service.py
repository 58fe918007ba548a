"""People: stored from a roster or by hand, and read within a school's reach.

Whoever reads them is written down by the edge that shows them (`viewing.record_views`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts import reach
from inventory.audit import service as audit
from inventory.db import new_uid
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound
from inventory.people.models import Person, PersonRole, PersonSite
from inventory.sites.models import Site, SiteKind

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
    homeroom: str = ""


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
    return _store(db, actor, draft, temporary=False, now=now)


def add_temporary(
    db: Session, actor: Actor, role: PersonRole, given_name: str, family_name: str, site_id: int,
    *, grade: str = "", now: datetime,
) -> Person:  # fmt: skip
    """Somebody whom the roster does not know yet: it often is a day or two late.

    The next import that brings the only one of that name and role at the school makes this person
    theirs (`ChangeKind.ADOPT`). Raises `Forbidden`, `InvalidInput`.
    """
    actor.require(Permission.PERSON_WRITE, site_id)
    site = db.get(Site, site_id)
    if site is None or site.kind not in {SiteKind.SCHOOL, SiteKind.DISTRICT}:
        raise InvalidInput("no such school", {"site_id": [f"{site_id} is no school"]})
    draft = PersonDraft(f"by-hand-{new_uid()}", role, given_name, family_name, site_id, grade=grade)
    return _store(db, actor, draft, temporary=True, now=now)


def _store(
    db: Session, actor: Actor, draft: PersonDraft, *, temporary: bool, now: datetime
) -> Person:
    person = Person(
        sourced_id=_line(draft.sourced_id, "sourced_id", 200),
        role=draft.role,
        given_name=_line(draft.given_name, "given_name", 120),
        family_name=_line(draft.family_name, "family_name", 120),
        site_id=draft.site_id,
        grade=_line(draft.grade, "grade", 20, empty=True),
        homeroom=_line(draft.homeroom, "homeroom", 80, empty=True),
        active=draft.active,
        temporary=temporary,
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


def link_account(
    db: Session, actor: Actor, person_id: int, account_id: int | None, *, now: datetime
) -> Person:
    """Say with which account somebody signs in here, or (None) that there is none: an account ends
    when its person leaves. Raises `NotFound`, `Forbidden`, `Duplicate`, `Conflict`.
    """
    person = get(db, actor, person_id)
    actor.require_everywhere(Permission.PERSON_APPROVE)
    if account_id is not None:
        if not person.active:
            raise Conflict("the person has left")
        account_id = reach.get(db, actor, account_id).id
        taken = select(Person.id).where(Person.account_id == account_id, Person.id != person_id)
        if db.exec(taken).first() is not None:
            raise Duplicate("that account belongs to somebody else")
    before, person.account_id = person.account_id, account_id
    if before != account_id:
        person.version += 1
        db.add(person)
        db.flush()
        audit.record(
            db, actor, "person.changed", now=now, subject_type="person", subject_id=person.id,
            site_id=person.site_id, before={"account_id": before},
            after={"account_id": account_id},
        )  # fmt: skip
    return person


def get(db: Session, actor: Actor, person_id: int) -> Person:
    """Raises `NotFound` for somebody who is not there or at none of the actor's schools."""
    actor.require_anywhere(Permission.PERSON_READ)
    person = db.get(Person, person_id)
    if person is None or not _within(db, actor, person):
        raise NotFound(f"there is no person {person_id}")
    return person


def _within(db: Session, actor: Actor, person: Person) -> bool:
    if actor.may(Permission.PERSON_READ, person.site_id):
        return True
    return any(actor.may(Permission.PERSON_READ, site) for site in other_sites(db, person.id))


def other_sites(db: Session, person_id: int) -> list[int]:
    """Ids of the schools that somebody is at beside the first."""
    query = select(PersonSite.site_id).where(PersonSite.person_id == person_id)
    return sorted(db.exec(query).all())


def search(
    db: Session, actor: Actor, wanted: PersonFilter, *, after: Name | None, limit: int
) -> list[Person]:
    """People of the actor's schools by family name, given name and id, from the one after."""
    actor.require_anywhere(Permission.PERSON_READ)
    reached = actor.scope(Permission.PERSON_READ)
    order = (col(Person.family_name), col(Person.given_name), col(Person.id))
    query = select(Person).order_by(*order).limit(limit)
    for sites in (reached, None if wanted.site_id is None else {wanted.site_id}):
        if sites is not None:
            query = query.where(_at(sites))
    for column, value in ((Person.role, wanted.role), (Person.active, wanted.active)):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.q:
        name = sa.func.lower(col(Person.family_name))
        query = query.where(name.startswith(wanted.q.lower(), autoescape=True))
    if after is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after)))
    return list(db.exec(query).all())


def _at(sites: Collection[int]) -> sa.ColumnElement[bool]:
    also = sa.exists().where(
        col(PersonSite.person_id) == col(Person.id), col(PersonSite.site_id).in_(sites)
    )
    return sa.or_(col(Person.site_id).in_(sites), also)


def _line(text: str, field: str, most: int, *, empty: bool = False) -> str:
    cleaned = " ".join(text.split())
    if len(cleaned) > most or not cleaned.isprintable() or not (cleaned or empty):
        raise InvalidInput(f"{field} cannot be accepted", {field: [f"1 to {most} characters"]})
    return cleaned
