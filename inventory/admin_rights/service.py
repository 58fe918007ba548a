"""Admin rights: asked for, authorised or refused, revoked, and ended by time.

Authorised by the Coordinator alone, who is never the one that asked nor the one that gets them. A
person is locked before the grant is read for good, as is the device (`assets.reach`).
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.accounts.models import RoleGrant
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import AdminGrant, Cause, GrantState
from inventory.admin_rights import announcing, policy
from inventory.admin_rights.policy import Wish
from inventory.assets import holds, policy as asset_policy
from inventory.assets.models import Asset
from inventory.assets.reach import for_change
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.custody.service import open_custody
from inventory.errors import Conflict, Forbidden, NotFound, VersionMismatch
from inventory.people.models import Person
from inventory.sites.models import Site

READ, REQUEST = Permission.ADMIN_RIGHT_READ, Permission.ADMIN_RIGHT_REQUEST
AUTHORISE = Permission.ADMIN_RIGHT_AUTHORISE
CLOCK = system_actor("admin rights that end", ())


@dataclass(frozen=True, slots=True)
class Yes:
    """What the one who authorises has seen and done.

    confirmed_at  when they confirmed who they are, for this grant as it is; None: they did not
    """

    confirmed_at: datetime | None
    version: int | None = None
    note: str = ""


def request(db: Session, actor: Actor, wish: Wish, *, now: datetime) -> AdminGrant:
    """Ask for somebody. Raises `Forbidden`, `NotFound`, `InvalidInput`, and `Conflict` where it is
    asked for or granted already, needless, or the device is on hold or gone."""
    site_id = _reach(db, actor, wish, REQUEST)
    person = db.get(Person, wish.person_id)
    if person is None or not actor.may(Permission.PERSON_READ, person.site_id):
        raise NotFound(f"there is no person {wish.person_id}")
    return _ask(db, actor, person, wish, site_id, now)


def ask(db: Session, actor: Actor, wish: Wish, *, now: datetime) -> AdminGrant:
    """Ask for oneself, on a device that one has. Raises as `request`."""
    actor.require_anywhere(Permission.SELF)
    person = db.exec(select(Person).where(Person.account_id == actor.id)).first()
    if actor.kind != "account" or person is None or person.id != wish.person_id:
        raise Forbidden("one asks for oneself only")
    custody = open_custody(db, wish.asset_id) if wish.asset_id is not None else None
    if custody is None or custody.person_id != person.id:
        raise NotFound("you have no such device")
    asset = db.exec(select(Asset).where(Asset.id == wish.asset_id).with_for_update()).one()
    policy.require_reach(wish)
    _require_asset(db, asset)
    return _ask(db, actor, person, wish, asset.site_id, now)


def authorise(db: Session, actor: Actor, grant_id: int, yes: Yes, *, now: datetime) -> AdminGrant:
    """Grant what was asked for. A temporary one begins now and lasts as long as was asked.

    Raises `NotFound`, `Forbidden` (also for a token, the one who asked, and the one who gets it),
    `Conflict`, `VersionMismatch`.
    """
    _lock_around(db, grant_id)
    grant = for_act(db, actor, grant_id, AUTHORISE)
    if actor.kind != "account" or actor.id is None:
        raise Forbidden("admin rights are authorised by a person who is signed in")
    person = db.get_one(Person, grant.person_id)
    policy.require_other(actor.id, grant.requested_by_id, person.account_id, yes.confirmed_at, now)
    _require_waiting(grant, yes.version)
    if not person.active:
        raise Conflict("this person has left")
    if grant.asset_id is not None:
        _require_asset(db, db.get_one(Asset, grant.asset_id))
    if grant.temporary:
        grant.starts_at, grant.ends_at = now, now + (grant.ends_at - grant.starts_at)
    if grant.ends_at <= now:
        raise Conflict("the time that was asked for is over; it must be asked for again")
    _decide(db, actor, grant, GrantState.ACTIVE, entered(yes.note, "note", 1000, lines=True), now)
    announcing.authorised(db, grant, now=now)
    return grant


def refuse(
    db: Session, actor: Actor, grant_id: int, *, reason: str, version: int | None = None,
    now: datetime,
) -> AdminGrant:  # fmt: skip
    """Say no, and why. Raises `NotFound`, `Forbidden`, `Conflict`, `InvalidInput`."""
    grant = for_act(db, actor, grant_id, AUTHORISE)
    if actor.kind != "account" or actor.id is None or actor.id == grant.requested_by_id:
        raise Forbidden("somebody else must decide; what you asked for you can withdraw")
    _require_waiting(grant, version)
    why = policy.said(reason)
    grant.ended_at, grant.ended_by, grant.cause = now, actor.name[:200], Cause.PERSON
    grant.end_note = why
    _decide(db, actor, grant, GrantState.REFUSED, why, now)
    return grant


def revoke(db: Session, actor: Actor, grant_id: int, *, reason: str, now: datetime) -> AdminGrant:
    """End an open grant: who authorises may end any, who asked may withdraw the request, and the
    holder may give the rights back. Raises `NotFound`, `Forbidden`, `Conflict`, `InvalidInput`."""
    grant = locked(db, grant_id)
    site = site_of(db, grant)
    person = db.get_one(Person, grant.person_id)
    own = actor.kind == "account" and actor.id is not None and actor.id in (
        grant.requested_by_id if grant.state is GrantState.REQUESTED else None, person.account_id,
    )  # fmt: skip
    if not own:
        if not actor.may(READ, site):
            raise NotFound(f"there is no grant {grant_id}")
        # To take rights away needs less than to give them.
        if not actor.may(AUTHORISE, site):
            actor.require(REQUEST, site)
    if grant.state not in (GrantState.REQUESTED, GrantState.ACTIVE):
        raise Conflict(f"it is {grant.state.value}")
    ending.close(db, actor, [grant], Cause.PERSON, now=now, note=policy.said(reason))
    return grant


def expire(db: Session, *, now: datetime, most: int = 500) -> int:
    """Write down what the clock has ended; how many."""
    query = (
        select(AdminGrant)
        .where(
            col(AdminGrant.state).in_((GrantState.REQUESTED, GrantState.ACTIVE)),
            col(AdminGrant.ends_at) <= now,
        )
        .order_by(col(AdminGrant.ends_at))
        .limit(most)
        .with_for_update()
    )
    over = db.exec(query.execution_options(populate_existing=True)).all()
    if over:
        ending.close(db, CLOCK, over, Cause.TIME, now=now)
    return len(over)


def effective(grant: AdminGrant, now: datetime) -> bool:
    """Whether it holds at this moment, whatever the job has written down yet."""
    return grant.state is GrantState.ACTIVE and grant.starts_at <= now < grant.ends_at


def locked(db: Session, grant_id: int) -> AdminGrant:
    """Raises `NotFound`."""
    query = select(AdminGrant).where(AdminGrant.id == grant_id).with_for_update()
    grant = db.exec(query.execution_options(populate_existing=True)).first()
    if grant is None:
        raise NotFound(f"there is no grant {grant_id}")
    return grant


def _lock_around(db: Session, grant_id: int) -> None:
    """Lock the device, then the person, as whoever changes them does before the grants: what ends
    a grant is then either seen here, or waits and ends it."""
    query = select(AdminGrant.asset_id, AdminGrant.person_id).where(AdminGrant.id == grant_id)
    found = db.exec(query).first()
    if found is None:
        raise NotFound(f"there is no grant {grant_id}")
    for model, row_id in ((Asset, found[0]), (Person, found[1])):
        locking = sa.select(model).where(col(model.id) == row_id).with_for_update()
        db.execute(locking.execution_options(populate_existing=True)).first()


def for_act(db: Session, actor: Actor, grant_id: int, permission: Permission) -> AdminGrant:
    """The grant, locked. Raises `NotFound` where it is not visible, `Forbidden`."""
    grant = locked(db, grant_id)
    site = site_of(db, grant)
    if not actor.may(READ, site):
        raise NotFound(f"there is no grant {grant_id}")
    actor.require(permission, site)
    return grant


def site_of(db: Session, grant: AdminGrant) -> int | None:
    """Where it reaches: the device's place as it is now, or the group's."""
    if grant.asset_id is None:
        return grant.site_id
    return db.exec(select(Asset.site_id).where(Asset.id == grant.asset_id)).first()


def _reach(db: Session, actor: Actor, wish: Wish, permission: Permission) -> int | None:
    policy.require_reach(wish)
    if wish.asset_id is not None:
        asset = for_change(db, actor, wish.asset_id, Permission.ASSET_READ)
        actor.require(permission, asset.site_id)
        _require_asset(db, asset)
        return asset.site_id
    if db.get(Site, wish.site_id) is None:
        raise wrong("site_id", f"{wish.site_id} is no place")
    actor.require(permission, wish.site_id)
    return wish.site_id


def _require_asset(db: Session, asset: Asset) -> None:
    policy.require_computer(asset.category, "asset_id")
    holds.require_free(db, asset.id, "opened to an administrator")
    if asset.status in asset_policy.GONE:
        raise Conflict(f"it is {asset.status.value}: nobody becomes its administrator")


def _ask(
    db: Session, actor: Actor, person: Person, wish: Wish, site_id: int | None, now: datetime
) -> AdminGrant:
    if not person.active:
        raise Conflict("this person has left")
    roles = select(RoleGrant.role).where(RoleGrant.account_id == person.account_id)
    policy.require_needed(db.exec(roles).all() if person.account_id is not None else ())
    starts, ends = policy.term(wish, now)
    reason = policy.said(wish.reason)
    expire_for(db, person.id, now=now)
    same = select(AdminGrant).where(
        AdminGrant.person_id == person.id, AdminGrant.asset_id == wish.asset_id,
        AdminGrant.site_id == wish.site_id, AdminGrant.category == wish.category,
        col(AdminGrant.state).in_((GrantState.REQUESTED, GrantState.ACTIVE)),
    )  # fmt: skip
    present = db.exec(same).first()
    if present is not None:
        raise Conflict(f"it is {present.state.value} already (grant {present.id})")
    grant = AdminGrant(
        person_id=person.id, asset_id=wish.asset_id, site_id=wish.site_id, category=wish.category,
        level=wish.level, temporary=wish.temporary, reason=reason,
        ticket=entered(wish.ticket, "ticket", 80), starts_at=starts, ends_at=ends,
        requested_at=now, requested_by=actor.name[:200], requested_by_id=actor.id,
    )  # fmt: skip
    db.add(grant)
    db.flush()
    told = {
        "person_id": person.id, "asset_id": grant.asset_id, "site_id": grant.site_id,
        "category": grant.category, "level": grant.level, "temporary": grant.temporary,
        "starts_at": starts, "ends_at": ends,
    }  # fmt: skip
    audit.record(
        db, actor, "admin_grant.requested", now=now, subject_type="admin_grant",
        subject_id=grant.id, site_id=site_id, after=told, reason=reason,
    )  # fmt: skip
    announcing.asked(db, grant, site_id, now=now)
    return grant


def expire_for(db: Session, person_id: int, *, now: datetime) -> None:
    """What is over by the clock makes room for what is asked for now."""
    query = select(AdminGrant).where(
        AdminGrant.person_id == person_id, col(AdminGrant.ends_at) <= now,
        col(AdminGrant.state).in_((GrantState.REQUESTED, GrantState.ACTIVE)),
    )  # fmt: skip
    over = db.exec(query.with_for_update().execution_options(populate_existing=True)).all()
    if over:
        ending.close(db, CLOCK, over, Cause.TIME, now=now)


def _require_waiting(grant: AdminGrant, version: int | None) -> None:
    if grant.state is not GrantState.REQUESTED:
        raise Conflict(f"it is {grant.state.value}")
    if version is not None and grant.version != version:
        raise VersionMismatch("it was changed since you read it; read it again")


def _decide(
    db: Session, actor: Actor, grant: AdminGrant, state: GrantState, note: str, now: datetime
) -> None:
    grant.state = state
    grant.decided_at, grant.decided_by, grant.decided_by_id = now, actor.name[:200], actor.id
    grant.version += 1
    db.add(grant)
    db.flush()
    told = {"state": state, "starts_at": grant.starts_at, "ends_at": grant.ends_at}
    audit.record(
        db, actor, f"admin_grant.{'authorised' if state is GrantState.ACTIVE else state.value}",
        now=now, subject_type="admin_grant", subject_id=grant.id, site_id=site_of(db, grant),
        before={"state": GrantState.REQUESTED}, after=told, reason=note,
    )  # fmt: skip
