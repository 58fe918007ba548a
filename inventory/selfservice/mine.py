"""What the actor has: only their own, and nothing where no person is linked with the account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.agreements import due
from inventory.agreements.due import Due
from inventory.assets.models import Asset
from inventory.custody import lines
from inventory.custody.models import Custody, CustodyLine
from inventory.errors import NotFound
from inventory.people.models import Person
from inventory.selfservice.models import DeviceReport, HoldingAnswer, HoldingCheck

MOST = 200


@dataclass(frozen=True, slots=True)
class Mine:
    """A device that the actor has. `to_sign`: agreements that wait. `answer`: the newest. `asked`:
    whether somebody wants to know since then if they still have it."""

    custody: Custody
    asset: Asset
    lines: Sequence[CustodyLine]
    to_sign: Sequence[Due]
    answer: HoldingAnswer | None
    report: DeviceReport | None
    asked: bool


def person_of(db: Session, actor: Actor) -> Person | None:
    """Who the actor is; None for an account that nobody has linked with a person, for a token, and
    for who has left."""
    actor.require_anywhere(Permission.SELF)
    if actor.id is None or actor.kind != "account":
        return None
    person = db.exec(select(Person).where(Person.account_id == actor.id)).first()
    return person if person is not None and person.active else None


def held(db: Session, person: Person, *, now: datetime) -> list[Mine]:
    """What a person has, for that person."""
    query = (
        select(Custody, Asset)
        .join(Asset, col(Asset.id) == col(Custody.asset_id))
        .where(Custody.person_id == person.id, col(Custody.returned_at).is_(None))
        .order_by(col(Custody.id))
        .limit(MOST)
    )
    rows = db.exec(query).all()
    ids = [custody.id for custody, _asset in rows]
    went = lines.of(db, ids)
    unsigned: dict[int, list[Due]] = {}
    for one in due.of_person(db, person.id, now=now):
        unsigned.setdefault(one.custody.id, []).append(one)
    told = newest(db, ids)
    of = select(DeviceReport).where(
        col(DeviceReport.custody_id).in_(ids), col(DeviceReport.closed_at).is_(None)
    )
    reports = {report.custody_id: report for report in db.exec(of).all()}
    asked = last_asked(db, person.site_id)
    return [
        Mine(
            custody, asset, went.get(custody.id, []), unsigned.get(custody.id, []),
            told.get(custody.id), reports.get(custody.id),
            asked is not None and custody.given_at <= asked
            and (custody.id not in told or told[custody.id].at < asked),
        )
        for custody, asset in rows
    ]  # fmt: skip


def own(db: Session, actor: Actor, custody_id: int) -> tuple[Custody, Asset, Person]:
    """One open custody of the actor's, with the custody's row locked. Raises `NotFound` for
    anything else, also for what was handed in."""
    person = person_of(db, actor)
    custody = db.exec(
        select(Custody)
        .where(Custody.id == custody_id, col(Custody.returned_at).is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if person is None or custody is None or custody.person_id != person.id:
        raise NotFound("you have no such device")
    return custody, db.get_one(Asset, custody.asset_id), person


def newest(db: Session, custody_ids: Sequence[int]) -> dict[int, HoldingAnswer]:
    """The newest answer for each of these."""
    a = HoldingAnswer
    last = sa.select(sa.func.max(col(a.id))).where(col(a.custody_id).in_(custody_ids))
    query = select(a).where(col(a.id).in_(last.group_by(col(a.custody_id))))
    return {answer.custody_id: answer for answer in db.exec(query).all()}


def last_asked(db: Session, site_id: int | None) -> datetime | None:
    """When the people of a school were last asked."""
    query = select(sa.func.max(HoldingCheck.asked_at)).where(HoldingCheck.site_id == site_id)
    return db.exec(query).one() if site_id is not None else None
