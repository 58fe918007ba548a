"""The broken one in, the spare one out: both or neither; and of two at once exactly one."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from inventory.assets.kinds import Status
from inventory.custody import service, swapping
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Condition, Custody, CustodyKind, LoanReason
from inventory.custody.service import Coming
from inventory.db import Database
from inventory.errors import Conflict, HomeroomError, InvalidInput
from tests.inventory.conftest import OPERATOR
from tests.inventory.custody.conftest import Desk

PLAIN = Terms()


def test_a_swap(desk: Desk) -> None:
    broken, spare, ada = desk.laptop("L-1"), desk.laptop("S-1"), desk.pupil("a")
    made = desk.out(broken, ada, accessories={"charger": 1})
    terms = Terms(CustodyKind.LOAN, LoanReason.REPAIR, desk.clock() + timedelta(days=7))
    with desk.database.unit() as db:
        ended, began = swapping.swap(
            db, OPERATOR, made.id, spare, Coming(condition=Condition.BROKEN, note="screen"), terms,
            now=desk.clock(),
        )  # fmt: skip
    assert desk.asset(broken).status is Status.IN_REPAIR
    assert desk.asset(spare).status is Status.DEPLOYED
    assert (ended.id, ended.returned_at) == (made.id, desk.clock())
    assert (began.asset_id, began.person_id, began.instead_of_id) == (spare, ada, made.id)


def test_where_the_spare_cannot_go_nothing_happens(desk: Desk) -> None:
    broken, spare = desk.laptop("L-1"), desk.laptop("S-1")
    made = desk.out(broken, desk.pupil("a"))
    desk.out(spare, desk.pupil("b"))
    with pytest.raises(Conflict, match="out already"), desk.database.unit() as db:
        swapping.swap(db, OPERATOR, made.id, spare, Coming(), PLAIN, now=desk.clock())
    with pytest.raises(InvalidInput), desk.database.unit() as db:
        loan = Terms(CustodyKind.LOAN, LoanReason.REPAIR, None)
        other = desk.laptop("S-2")
        swapping.swap(db, OPERATOR, made.id, other, Coming(), loan, now=desk.clock())
    with pytest.raises(InvalidInput), desk.database.unit() as db:
        swapping.swap(db, OPERATOR, made.id, broken, Coming(), PLAIN, now=desk.clock())
    assert desk.asset(broken).status is Status.DEPLOYED
    with desk.database.unit(write=False) as db:
        assert service.open_custody(db, broken) is not None


def at_once(*acts: Callable[[], object]) -> list[HomeroomError | None]:
    """Run them at the same moment, each on a connection of its own; what each came to."""
    ready = threading.Barrier(len(acts))
    ended: list[HomeroomError | None] = []

    def run(act: Callable[[], object]) -> None:
        ready.wait(5)
        try:
            act()
            ended.append(None)
        except HomeroomError as refused:
            ended.append(refused)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def test_of_many_who_hand_it_out_at_once_one_does(desk: Desk) -> None:
    asset = desk.laptop("L-1")
    pupils = [desk.pupil(f"p{n}") for n in range(5)]
    ended = at_once(*(lambda who=who: desk.out(asset, who) for who in pupils))
    assert sum(e is None for e in ended) == 1
    assert all(e is None or isinstance(e, Conflict) for e in ended)
    with desk.database.unit(write=False) as db:
        assert len(db.exec(select(Custody)).all()) == 1


def test_a_double_submission_hands_out_once(desk: Desk) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    ended = at_once(lambda: desk.out(asset, ada), lambda: desk.out(asset, ada))
    assert sorted(e is None for e in ended) == [False, True]


def test_of_two_swaps_for_one_spare_one_is_done(desk: Desk) -> None:
    first, second, spare = desk.laptop("L-1"), desk.laptop("L-2"), desk.laptop("S-1")
    ones = [desk.out(first, desk.pupil("a")), desk.out(second, desk.pupil("b"))]

    def act(database: Database, custody: int) -> None:
        with database.unit() as db:
            swapping.swap(db, OPERATOR, custody, spare, Coming(), PLAIN, now=desk.clock())

    ended = at_once(*(lambda one=one: act(desk.database, one.id) for one in ones))
    assert sorted(e is None for e in ended) == [False, True]
    with desk.database.unit(write=False) as db:
        still_open = db.exec(select(Custody).where(Custody.returned_at == None)).all()  # noqa: E711
    assert sorted(c.asset_id for c in still_open if c.asset_id == spare) == [spare]
    assert len(still_open) == 2


def test_the_index_is_the_wall_behind_the_lock(desk: Desk) -> None:
    """Were the device not locked, the database would still let only one of them be open."""
    asset, ada = desk.laptop("L-1"), desk.pupil("a")

    def blind() -> None:
        with desk.database.unit() as db:
            db.add(
                Custody(
                    asset_id=asset, person_id=ada, kind=CustodyKind.ASSIGNMENT,
                    given_at=desk.clock(), given_by="x",
                )
            )  # fmt: skip

    ended = at_once(blind, blind, blind)
    assert sum(e is None for e in ended) == 1
    assert Holder(person_id=ada).told() == {"person_id": ada}
