"""A device of another school that is in somebody's hands."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session

from inventory.access import Permission
from inventory.custody import receiving
from inventory.custody.transfer_models import TransferState
from inventory.errors import Conflict, Forbidden, NotFound
from inventory.notices.telling import Notice
from tests.inventory.custody.conftest import Desk, Events
from tests.inventory.custody.moving import Move


@pytest.fixture
def move(desk: Desk) -> Move:
    return Move(desk)


def test_a_device_that_is_here_already(move: Move, desk: Desk, events: Events) -> None:
    asset = desk.laptop("L-1")
    with desk.database.unit(write=False) as db:
        found = receiving.whose(db, move.taker, "l-1", desk.district.south)
    assert found.home == "North School \u203a Main Building \u203a Room 12"
    done = move.in_hand("L-1")
    assert (done.state, done.in_hand) == (TransferState.CLOSED, True)
    assert desk.asset(asset).site_id == desk.district.south
    (event,) = events("transfer.taken_in_hand")
    assert event.site_id == desk.district.south
    with pytest.raises(Conflict, match="belongs here"):
        move.in_hand("L-1")
    with pytest.raises(Forbidden):
        move.in_hand("L-1", move.giver)
    with pytest.raises(NotFound):
        move.in_hand("NOT-THERE")
    theirs = desk.laptop("L-2")
    desk.out(theirs, desk.pupil("a"))
    with pytest.raises(Conflict, match="out to a person"):
        move.in_hand("L-2")


def test_what_is_on_its_way_here_is_received_when_it_is_scanned(move: Move, desk: Desk) -> None:
    desk.laptop("L-1")
    number = move.approved()
    move.ship(number, "L-1")
    done = move.in_hand("L-1")
    assert (done.id, done.state) == (number, TransferState.CLOSED)


def test_each_side_is_told_when_it_is_its_turn(desk: Desk) -> None:
    told: list[Notice] = []

    def notify(db: Session, notice: Notice, at: datetime) -> None:
        told.append(notice)

    desk.laptop("L-1")
    move = Move(replace(desk, database=desk.database.knowing(notify=notify)))
    move.ship(move.approved(), "L-1")
    assert [(one.kind, one.site_id) for one in told] == [
        ("transfer.requested", desk.district.north), ("transfer.shipped", desk.district.south),
    ]  # fmt: skip
    assert {one.audience for one in told} == {Permission.CUSTODY_WRITE}
