"""Reviews of admin rights: kept by somebody else and for a year at most, or ended."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Actor, Role
from inventory.admin_ledger.models import AdminReviewItem, Cause, GrantState
from inventory.admin_rights import closing, reviews
from inventory.engine import JobContext
from inventory.errors import Conflict, Forbidden, HomeroomError, InvalidInput, NotFound
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office


class Board:
    """An office with grants in force, and who reviews them."""

    def __init__(self, office: Office, grants: int = 1) -> None:
        self.office, self.clock = office, office.clock
        self.technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
        self.coordinator = office.person_at_desk("cory", Role.COORDINATOR)
        self.grants = [self.granted(f"t{number}") for number in range(grants)]

    def granted(self, key: str, holder: Actor | None = None) -> int:
        teacher = self.office.teacher(key, holder)
        grant = self.office.request(self.technician, teacher, self.office.laptop(f"L-{key}"))
        self.office.authorise(self.coordinator, grant)
        return grant

    def open(self, site: int | None, actor: Actor | None = None, days: int = 14) -> int:
        with self.office.database.unit() as db:
            due = self.clock() + timedelta(days=days)
            return reviews.open_review(
                db, actor or self.coordinator, name="Autumn", site_id=site, due_at=due,
                now=self.clock(),
            ).id  # fmt: skip

    def items(self, review: int) -> dict[int, int]:
        """Grants to their items."""
        with self.office.database.unit(write=False) as db:
            query = select(AdminReviewItem).where(AdminReviewItem.review_id == review)
            return {item.grant_id: item.id for item in db.exec(query)}

    def decide(self, review: int, item: int, actor: Actor | None = None, **more: Any) -> None:
        now = self.clock()
        given = {
            "keep": True, "until": now + timedelta(days=366), "note": "Needed", "confirmed_at": now
        }  # fmt: skip
        with self.office.database.unit() as db:
            reviews.decide(
                db, actor or self.coordinator, review, item, **{**given, **more}, now=now
            )


def test_what_nobody_decided_ends_when_it_is_closed(office: Office, events: Any) -> None:
    board = Board(office, 3)
    kept, ended, late = board.grants
    review = board.open(office.district.north)
    items = board.items(review)
    board.decide(review, items[kept])
    board.decide(review, items[ended], keep=False, note="Not needed")
    with office.database.unit() as db:
        reviews.close(db, board.coordinator, review, now=board.clock())
    assert office.grant(kept).state is GrantState.ACTIVE
    assert office.grant(kept).ends_at == board.clock() + timedelta(days=366)
    for grant in (ended, late):
        row = office.grant(grant)
        assert (row.state, row.cause) == (GrantState.REVOKED, Cause.REVIEW)
    told = [
        len(events(name))
        for name in (
            "admin_review.opened", "admin_grant.kept", "admin_grant.revoked", "admin_review.closed"
        )
    ]  # fmt: skip
    assert told == [1, 1, 2, 1]
    with office.database.unit(write=False) as db:
        (row_,) = reviews.listed(db, board.coordinator, limit=5)
    assert (row_.items, row_.kept, row_.ended) == (3, 1, 2)
    with pytest.raises(Conflict, match="closed"):
        board.decide(review, items[late])


def test_one_that_is_due_is_closed_by_the_job(
    office: Office, settings: Settings, clock: Clock, events: Any
) -> None:
    board = Board(office)
    board.open(office.district.north)
    job = JobContext(
        office.database, settings, {}, f"{closing.KIND}:1", lambda _: False, threading.Event(), 0.05
    )
    for days, cause in ((13, None), (1, Cause.REVIEW)):
        clock.forward(days=days)
        closing.close_due(job, clock=clock)
        assert office.grant(board.grants[0]).cause is cause
    closing.close_due(job, clock=clock)
    assert len(events("admin_review.closed")) == 1


def test_nobody_decides_about_the_own_rights(office: Office) -> None:
    board = Board(office, 0)
    holder = office.person_at_desk("hana", Role.STAFF)
    grant = board.granted("t9", holder)
    # Made a coordinator after the grant.
    raised = Actor("account", holder.id, "hana", board.coordinator.grants)
    review = board.open(None)
    item = board.items(review)[grant]
    for keep in (True, False):
        with pytest.raises(Forbidden, match="your own"):
            board.decide(review, item, raised, keep=keep)
    with pytest.raises(Forbidden):
        board.decide(review, item, confirmed_at=None)
    assert office.grant(grant).ends_at == board.clock() + timedelta(days=30)


def test_it_is_kept_for_a_year_at_most(office: Office, clock: Clock) -> None:
    board = Board(office)
    review = board.open(None)
    (item,) = board.items(review).values()
    for until in (None, clock(), clock() + timedelta(days=366, seconds=1)):
        with pytest.raises(InvalidInput):
            board.decide(review, item, until=until)
    board.decide(review, item)


def test_a_review_is_of_one_place_and_not_empty(office: Office) -> None:
    board = Board(office)
    with pytest.raises(Conflict, match="nothing"):
        board.open(office.district.south)
    with pytest.raises(InvalidInput):
        board.open(office.district.north, days=93)
    with pytest.raises(Forbidden):
        board.open(office.district.north, board.technician)
    review = board.open(office.district.north)
    with pytest.raises(Conflict, match="open already"):
        board.open(office.district.north)
    (item,) = board.items(review).values()
    elsewhere = office.person_at_desk("sam", Role.COORDINATOR, office.district.south)
    with pytest.raises(NotFound):
        board.decide(review, item, elsewhere)
    with pytest.raises(Forbidden):
        board.decide(review, item, board.technician)
    with office.database.unit() as db:
        assert reviews.listed(db, elsewhere, limit=5) == []
        with pytest.raises(NotFound):
            reviews.close(db, elsewhere, review, now=board.clock())


def test_of_two_who_decide_at_once_one_counts(office: Office, events: Any) -> None:
    board = Board(office)
    review = board.open(None)
    (item,) = board.items(review).values()
    start = threading.Barrier(2)

    def decide(keep: bool) -> str:
        start.wait()
        try:
            board.decide(review, item, keep=keep)
        except HomeroomError as error:
            return type(error).__name__
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, (True, False))) == ["Conflict", "decided"]
    assert len(events("admin_grant.kept")) + len(events("admin_grant.revoked")) == 1
