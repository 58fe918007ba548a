"""Once a week: technicians are told how many signatures are missing at their school, and people
with an account that they have something to sign there. No secret goes by mail: they sign in."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Permission, system_actor
from inventory.accounts.models import Account
from inventory.agreements import due
from inventory.agreements.due import Due, DueFilter
from inventory.db import now
from inventory.engine import JobContext
from inventory.notices.telling import Notice, tell
from inventory.notices.writing import write_to
from inventory.people.models import Person
from inventory.settings import Settings, base_url
from inventory.sites.models import Site

KIND = "agreements.remind"
NOTICE = "agreement.missing"
ROWS = 500
ACTOR = system_actor("agreements that are not signed", {Permission.CUSTODY_READ})


def remind(ctx: JobContext) -> None:
    """The job: every school, and every lot of people, in a unit of work of its own."""
    with ctx.database.unit() as db:
        tell_schools(db, now=now())
    ctx.heartbeat()
    after: due.After | None = None
    told: set[int] = set()
    while True:
        with ctx.database.unit() as db:
            found = due.missing(db, ACTOR, DueFilter(), after=after, limit=ROWS, now=now())
            fresh = [one for one in found if one.person.id not in told]
            tell_people(db, ctx.settings, fresh, now=now())
        told |= {one.person.id for one in found}
        ctx.heartbeat()
        if len(found) < ROWS:
            return
        after = found[-1].key


def tell_schools(db: Session, *, now: datetime) -> int:
    """A notice for each school where something is missing, without names; how many."""
    counts = {id_: n for id_, n in due.counted(db, ACTOR, now=now).items() if id_ is not None}
    names = dict(iter(db.execute(sa.select(col(Site.id), col(Site.name)))))
    for school, count in counts.items():
        notice = Notice(
            NOTICE, f"{count} signatures are missing at {names[school]}",
            f"People have devices and have not signed for them. See /agreements?school={school}",
            Permission.CUSTODY_WRITE, site_id=school, subject_type="site", subject_id=school,
        )  # fmt: skip
        tell(db, notice, now=now)
    return len(counts)


def tell_people(db: Session, settings: Settings, found: list[Due], *, now: datetime) -> int:
    """A mail to each of these people whose account has an address; how many."""
    if not settings.smtp_host:
        return 0
    ids = {one.person.id for one in found}
    query = (
        select(Person.id, Account.email)
        .join(Account, col(Account.id) == col(Person.account_id))
        .where(
            col(Person.id).in_(ids), col(Person.active), col(Account.disabled_at).is_(None),
            col(Account.email).is_not(None),
        )
    )  # fmt: skip
    mails = db.exec(query).all()
    for person_id, email in mails:
        notice = Notice(
            NOTICE, "Please sign for your devices",
            f"Something is to be signed for what you were given: {base_url(settings)}/mine",
            Permission.SELF, subject_type="person", subject_id=person_id,
        )  # fmt: skip
        write_to(db, notice, [str(email)], [], now=now)
    return len(mails)
