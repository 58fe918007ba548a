"""Review campaigns: what is in force at a place is kept for a while longer, or it ends.

Keeping is authorising anew: by somebody else than the one who asked and the one who has it, and
confirmed. What nobody decided ends when the review is closed, by a person or when it is due. The
review is locked before its grants, so that decisions and the closing come one after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import (
    AdminGrant,
    AdminReview,
    AdminReviewItem,
    Cause,
    GrantState,
)
from inventory.admin_rights import policy, service
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Forbidden, NotFound
from inventory.people.models import Person
from inventory.sites import service as sites
from inventory.sites.models import Site

READ, AUTHORISE = Permission.ADMIN_RIGHT_READ, Permission.ADMIN_RIGHT_AUTHORISE
CLOCK = system_actor("reviews of admin rights that are due", ())
LONGEST = timedelta(days=92)
"""So far ahead a review may be due: later, its list would be history."""
NOT_DECIDED = "Nobody decided in the review"


@dataclass(frozen=True, slots=True)
class Progress:
    """A review and its counts. `kept` and `ended` are decided; `items` are all."""

    review: AdminReview
    items: int
    kept: int
    ended: int


def open_review(
    db: Session, actor: Actor, *, name: str, site_id: int | None, due_at: datetime, now: datetime
) -> AdminReview:
    """Take every grant that is in force at the place and below; None: everywhere.

    Raises `Forbidden`, `InvalidInput`, and `Conflict` where one is open there or nothing is in
    force.
    """
    if site_id is not None and db.get(Site, site_id) is None:
        raise wrong("site_id", f"{site_id} is no place")
    actor.require(AUTHORISE, site_id)
    title = entered(name, "name", 80)
    if not title:
        raise wrong("name", "must not be empty")
    if not now < due_at <= now + LONGEST:
        raise wrong("due_at", f"must be within the next {LONGEST.days} days")
    _lock_place(db, site_id)
    same = select(AdminReview).where(
        AdminReview.site_id == site_id, col(AdminReview.closed_at).is_(None)
    )
    present = db.exec(same).first()
    if present is not None:
        raise Conflict(f"a review of this place is open already (review {present.id})")
    grants = _in_force(db, site_id, now)
    if not grants:
        raise Conflict("no admin rights are in force there: nothing is to be reviewed")
    review = AdminReview(
        name=title, site_id=site_id, opened_at=now, opened_by=actor.name[:200], due_at=due_at
    )
    db.add(review)
    db.flush()
    db.add_all(
        AdminReviewItem(review_id=review.id, grant_id=grant.id, end_before=grant.ends_at)
        for grant in grants
    )
    db.flush()
    told = {"name": title, "due_at": due_at, "items": len(grants)}
    _record(db, actor, "opened", review, told, now)
    return review


def decide(
    db: Session, actor: Actor, review_id: int, item_id: int, *, keep: bool,
    until: datetime | None, note: str, confirmed_at: datetime | None, now: datetime,
) -> AdminReviewItem:  # fmt: skip
    """Keep it until then, at most a year from now (what is temporary: 72 hours from its
    beginning), or end it. Only keeping must be confirmed, and must not be by who asked for it.

    Raises `NotFound`, `Forbidden` (also for a token and for the holder), `InvalidInput`, and
    `Conflict` where it is decided, closed, or the grant is over.
    """
    review = _locked(db, actor, review_id)
    _require_open(review)
    item = db.exec(
        select(AdminReviewItem)
        .where(AdminReviewItem.id == item_id, AdminReviewItem.review_id == review_id)
        .execution_options(populate_existing=True)
    ).first()
    if item is None:
        raise NotFound(f"there is no item {item_id} in this review")
    grant = service.for_act(db, actor, item.grant_id, AUTHORISE)
    holder = db.get_one(Person, grant.person_id).account_id
    if actor.kind != "account" or actor.id is None:
        raise Forbidden("a review is decided by a person who is signed in")
    if actor.id == holder:
        raise Forbidden("somebody else must decide about your own admin rights")
    if item.kept is not None:
        raise Conflict("it is decided already")
    if not service.effective(grant, now):
        raise Conflict("these admin rights are over")
    item.note = entered(note, "note", 1000, lines=True)
    if keep:
        policy.require_other(actor.id, grant.requested_by_id, holder, confirmed_at, now)
        _keep(db, actor, grant, until, item.note, now)
    else:
        ending.close(db, actor, [grant], Cause.REVIEW, now=now, note=policy.said(note, "note"))
    item.kept, item.decided_at, item.decided_by = keep, now, actor.name[:200]
    db.add(item)
    db.flush()
    return item


def close(db: Session, actor: Actor, review_id: int, *, now: datetime) -> AdminReview:
    """End what nobody decided. Raises `NotFound`, `Forbidden`, `Conflict`."""
    review = _locked(db, actor, review_id)
    actor.require(AUTHORISE, review.site_id)
    _require_open(review)
    _close(db, actor, review, now)
    return review


def close_one_due(db: Session, *, now: datetime) -> bool:
    """Close a review whose day has come; whether there was one. For the job."""
    query = (
        select(AdminReview)
        .where(col(AdminReview.closed_at).is_(None), col(AdminReview.due_at) <= now)
        .order_by(col(AdminReview.id))
        .limit(1)
        .with_for_update()
    )
    review = db.exec(query.execution_options(populate_existing=True)).first()
    if review is None:
        return False
    _close(db, CLOCK, review, now)
    return True


def listed(db: Session, actor: Actor, *, limit: int) -> list[Progress]:
    """The reviews within reach with their counts, newest first; one statement."""
    actor.require_anywhere(READ)
    i = AdminReviewItem
    query: Any = (
        sa.select(
            AdminReview,
            sa.func.count(col(i.id)),
            sa.func.count(sa.case((col(i.kept).is_(True), 1))),
            sa.func.count(sa.case((col(i.kept).is_(False), 1))),
        )
        .join(i, col(i.review_id) == col(AdminReview.id))
        .group_by(col(AdminReview.id))
        .order_by(col(AdminReview.id).desc())
        .limit(limit)
    )
    scope = actor.scope(READ)
    if scope is not None:
        query = query.where(col(AdminReview.site_id).in_(scope))
    return [Progress(*row) for row in db.execute(query)]


def _lock_place(db: Session, site_id: int | None) -> None:
    """Two that open a review of one place come one after another."""
    if site_id is None:
        sites.root(db, lock=True)
    else:
        db.exec(select(Site.id).where(Site.id == site_id).with_for_update()).one()


def _in_force(db: Session, site_id: int | None, now: datetime) -> Sequence[AdminGrant]:
    query = (
        select(AdminGrant)
        .outerjoin(Asset, col(Asset.id) == col(AdminGrant.asset_id))
        .where(
            AdminGrant.state == GrantState.ACTIVE,
            col(AdminGrant.starts_at) <= now,
            col(AdminGrant.ends_at) > now,
        )
        .order_by(col(AdminGrant.id))
    )
    if site_id is not None:
        place = sa.func.coalesce(col(AdminGrant.site_id), col(Asset.site_id))
        query = query.where(place.in_(sites.subtree(db, site_id)))
    return db.exec(query).all()


def _locked(db: Session, actor: Actor, review_id: int) -> AdminReview:
    query = select(AdminReview).where(AdminReview.id == review_id).with_for_update()
    review = db.exec(query.execution_options(populate_existing=True)).first()
    if review is None or not actor.may(READ, review.site_id):
        raise NotFound(f"there is no review {review_id}")
    return review


def _require_open(review: AdminReview) -> None:
    if review.closed_at is not None:
        raise Conflict("the review is closed")


def _keep(
    db: Session, actor: Actor, grant: AdminGrant, until: datetime | None, note: str, now: datetime
) -> None:
    if until is None:
        raise wrong("until", "must say until when")
    starts = grant.starts_at if grant.temporary else now
    policy.require_length(starts, until, temporary=grant.temporary, now=now)
    before, grant.ends_at = grant.ends_at, until
    grant.version += 1
    db.add(grant)
    audit.record(
        db, actor, "admin_grant.kept", now=now, subject_type="admin_grant", subject_id=grant.id,
        site_id=service.site_of(db, grant), before={"ends_at": before}, after={"ends_at": until},
        reason=note,
    )  # fmt: skip


def _close(db: Session, actor: Actor, review: AdminReview, now: datetime) -> None:
    """What is over already keeps the end that it has; its item stays undecided."""
    i, g = AdminReviewItem, AdminGrant
    query = (
        select(i, g)
        .join(g, col(g.id) == col(i.grant_id))
        .where(i.review_id == review.id, col(i.kept).is_(None), g.state == GrantState.ACTIVE)
        .order_by(col(g.id))
        .with_for_update()
    )
    found = db.exec(query.execution_options(populate_existing=True)).all()
    late = [grant for _item, grant in found]
    if late:
        ending.close(db, actor, late, Cause.REVIEW, now=now, note=NOT_DECIDED)
    for item, _grant in found:
        item.kept, item.decided_at, item.decided_by = False, now, actor.name[:200]
        db.add(item)
    review.closed_at, review.closed_by = now, actor.name[:200]
    db.add(review)
    db.flush()
    _record(db, actor, "closed", review, {"not_decided": len(late)}, now)


def _record(
    db: Session, actor: Actor, what: str, review: AdminReview, told: dict[str, object],
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        db, actor, f"admin_review.{what}", now=now, subject_type="admin_review",
        subject_id=review.id, site_id=review.site_id, after=told,
    )  # fmt: skip
