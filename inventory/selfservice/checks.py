""" "I still have it": said by the holder, and asked of the people of a school."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.custody.models import Custody
from inventory.errors import InvalidInput
from inventory.people.models import Person
from inventory.selfservice import mine
from inventory.selfservice.models import TITLE_LENGTH, HoldingAnswer, HoldingCheck
from inventory.sites.models import Site, SiteKind

MOST = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the devices that a school's people had when they were asked and still have on record."""

    check: HoldingCheck
    school: str
    asked: int
    confirmed: int
    denied: int

    @property
    def silent(self) -> int:
        return self.asked - self.confirmed - self.denied


def answer(
    db: Session, actor: Actor, custody_id: int, *, has_it: bool, now: datetime
) -> HoldingAnswer:
    """Keep what the holder says. Raises `NotFound` for what the actor does not have."""
    custody, asset, person = mine.own(db, actor, custody_id)
    made = HoldingAnswer(custody_id=custody.id, person_id=person.id, has_it=has_it, at=now)
    db.add(made)
    db.flush()
    audit.record(
        db, actor, "holding.answered", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, after={"custody_id": custody.id, "has_it": has_it},
    )  # fmt: skip
    return made


def ask(db: Session, actor: Actor, site_id: int, title: str, *, now: datetime) -> HoldingCheck:
    """Ask the people of a school. Raises `Forbidden`, `InvalidInput`."""
    actor.require(Permission.CUSTODY_WRITE, site_id)
    site = db.get(Site, site_id)
    if site is None or site.kind is not SiteKind.SCHOOL:
        raise InvalidInput("no such school", {"site_id": [f"{site_id} is no school"]})
    said = entered(title, "title", TITLE_LENGTH)
    if not said:
        raise wrong("title", "is empty")
    made = HoldingCheck(
        site_id=site_id, title=said, asked_at=now, asked_by=actor.name[:200], asked_by_id=actor.id
    )
    db.add(made)
    db.flush()
    audit.record(
        db, actor, "holding.asked", now=now, subject_type="site", subject_id=site_id,
        site_id=site_id, after={"check_id": made.id},
    )  # fmt: skip
    return made


def listed(db: Session, actor: Actor) -> list[Progress]:
    """What was asked within the actor's places, newest first, and what came of it."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    reached = actor.scope(Permission.CUSTODY_READ)
    query = (
        select(HoldingCheck, Site.name)
        .join(Site, col(Site.id) == col(HoldingCheck.site_id))
        .order_by(col(HoldingCheck.id).desc())
        .limit(MOST)
    )
    if reached is not None:
        query = query.where(col(HoldingCheck.site_id).in_(reached))
    return [_progress(db, check, school) for check, school in db.exec(query).all()]


def _progress(db: Session, check: HoldingCheck, school: str) -> Progress:
    a = HoldingAnswer
    newest = (
        sa.select(col(a.has_it))
        .where(col(a.custody_id) == col(Custody.id), col(a.at) >= check.asked_at)
        .order_by(col(a.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = (
        sa.select(newest.label("has_it"))
        .select_from(Custody)
        .join(Person, col(Person.id) == col(Custody.person_id))
        .where(
            col(Person.site_id) == check.site_id, col(Custody.given_at) <= check.asked_at,
            col(Custody.returned_at).is_(None),
        )
        .subquery()
    )  # fmt: skip
    counts = dict.fromkeys((True, False, None), 0)
    for has_it, number in db.execute(
        sa.select(rows.c.has_it, sa.func.count()).group_by(rows.c.has_it)
    ).all():
        counts[has_it if has_it is None else bool(has_it)] = number
    return Progress(check, school, sum(counts.values()), counts[True], counts[False])
