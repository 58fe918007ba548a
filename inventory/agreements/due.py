"""Who has a device and has not signed for it: one question in SQL, for lists, counts and persons.

A device that was signed for stays so. What is signed once a year is signed again in the next one,
and at the first hand-out after a new text came into force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.agreements.models import (
    Acceptance,
    Agreement,
    AgreementKind,
    AgreementVersion,
    Audience,
    Per,
    SignOutcome,
)
from inventory.agreements.rules import school_year
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.custody.models import Custody, CustodyKind
from inventory.people.models import Person, PersonRole

After = tuple[int, int]
"""The ids of the custody and the agreement: the order of the list."""


@dataclass(frozen=True, slots=True)
class Due:
    """A signature that is asked for. `declined_at`: when the person last said no to it."""

    custody: Custody
    asset: Asset
    person: Person
    agreement: Agreement
    version: AgreementVersion
    declined_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.person.given_name} {self.person.family_name}"

    @property
    def key(self) -> After:
        return self.custody.id, self.agreement.id


@dataclass(frozen=True, slots=True)
class DueFilter:
    """None: all. `sites`: where the device is. `school`: the person's own."""

    sites: frozenset[int] | None = None
    school: int | None = None
    agreement_id: int | None = None


def missing(
    db: Session, actor: Actor, wanted: DueFilter, *, after: After | None = None, limit: int,
    now: datetime,
) -> list[Due]:  # fmt: skip
    """What is not signed within the actor's reach, longest out first. Raises `Forbidden`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    order = (col(Custody.id), col(Agreement.id))
    query = _rows(now).where(*_clauses(actor, wanted)).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after)))
    return _due(db, query)


def counted(db: Session, actor: Actor, *, now: datetime) -> Mapping[int | None, int]:
    """How many signatures are missing, by the person's school; within the actor's reach."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    inner = _rows(now).where(*_clauses(actor, DueFilter()))
    inner = inner.with_only_columns(col(Person.site_id).label("school")).subquery()
    query = sa.select(inner.c.school, sa.func.count()).group_by(inner.c.school)
    return {row[0]: row[1] for row in db.execute(query).all()}


def of_person(db: Session, person_id: int, *, now: datetime) -> list[Due]:
    """What one person has to sign. For that person: it checks nobody's permission."""
    return _due(db, _rows(now).where(col(Person.id) == person_id).order_by(col(Custody.id)))


def of_custodies(db: Session, custody_ids: Sequence[int], *, now: datetime) -> list[Due]:
    """What is missing of these. For whoever may read them: it checks nobody's permission."""
    query = _rows(now).where(col(Custody.id).in_(custody_ids))
    return _due(db, query.order_by(col(Custody.id), col(Agreement.id))) if custody_ids else []


def one(db: Session, custody_id: int, agreement_id: int, *, now: datetime) -> Due | None:
    """As `of_custodies`; None where nothing is asked for, or it is signed."""
    query = _rows(now).where(col(Custody.id) == custody_id, col(Agreement.id) == agreement_id)
    found = _due(db, query)
    return found[0] if found else None


def _clauses(actor: Actor, wanted: DueFilter) -> list[Any]:
    where = within(actor, Permission.CUSTODY_READ)
    if wanted.sites is not None:
        where.append(col(Asset.site_id).in_(wanted.sites))
    if wanted.school is not None:
        where.append(col(Person.site_id) == wanted.school)
    if wanted.agreement_id is not None:
        where.append(col(Agreement.id) == wanted.agreement_id)
    return where


def _rows(now: datetime) -> Any:
    a = aliased(Acceptance)
    accepted = sa.and_(col(a.agreement_id) == col(Agreement.id),
                       col(a.outcome) == SignOutcome.ACCEPTED)  # fmt: skip
    by_device = sa.and_(col(Agreement.per) == Per.DEVICE, col(a.custody_id) == col(Custody.id))
    by_year = sa.and_(
        col(Agreement.per) == Per.YEAR,
        col(a.person_id) == col(Custody.person_id),
        col(a.school_year) == school_year(now),
        sa.or_(
            col(a.version_id) == col(AgreementVersion.id),
            col(Custody.given_at) < col(AgreementVersion.published_at),
        ),
    )
    student = col(Person.role) == PersonRole.STUDENT
    return (
        sa.select(Custody, Asset, Person, Agreement, AgreementVersion)
        .join(Asset, col(Asset.id) == col(Custody.asset_id))
        .join(Person, col(Person.id) == col(Custody.person_id))
        .join(AgreementKind, col(AgreementKind.category) == col(Asset.category))
        .join(Agreement, col(Agreement.id) == col(AgreementKind.agreement_id))
        .join(AgreementVersion, col(AgreementVersion.agreement_id) == col(Agreement.id))
        .where(
            col(AgreementVersion.withdrawn_at).is_(None),
            col(Custody.returned_at).is_(None),
            sa.or_(col(Agreement.loans), col(Custody.kind) == CustodyKind.ASSIGNMENT),
            sa.or_(
                col(Agreement.audience) == Audience.EVERYONE,
                sa.and_(col(Agreement.audience) == Audience.STUDENTS, student),
                sa.and_(col(Agreement.audience) == Audience.STAFF, sa.not_(student)),
            ),
            ~sa.exists().where(accepted, sa.or_(by_device, by_year)),
        )
    )


def _due(db: Session, query: Any) -> list[Due]:
    rows = db.execute(query).all()
    said_no = _declined(db, [row[0].id for row in rows]) if rows else {}
    return [
        Due(custody, asset, person, agreement, version, said_no.get((person.id, agreement.id)))
        for custody, asset, person, agreement, version in rows
    ]


def _declined(db: Session, custody_ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """When the people of these last declined, by person and agreement."""
    people = sa.select(col(Custody.person_id)).where(col(Custody.id).in_(custody_ids))
    query = (
        sa.select(
            col(Acceptance.person_id), col(Acceptance.agreement_id),
            sa.func.max(col(Acceptance.signed_at)),
        )
        .where(
            col(Acceptance.outcome) == SignOutcome.DECLINED, col(Acceptance.person_id).in_(people)
        )
        .group_by(col(Acceptance.person_id), col(Acceptance.agreement_id))
    )  # fmt: skip
    return {(person, agreement): at for person, agreement, at in db.execute(query).all()}
