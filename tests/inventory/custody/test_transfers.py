"""Transfers: each side does its own part; what may not go is told; a race has one winner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from inventory.access import Role
from inventory.assets import holds, status
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Status
from inventory.custody import carts, service, shipping, transfers, transit
from inventory.custody.holders import Holder, Terms
from inventory.custody.transfer_models import ItemState, TransferState
from inventory.custody.transfers import TransferDraft
from inventory.errors import Conflict, Forbidden, HomeroomError, InvalidInput, NotFound
from tests.inventory.conftest import OPERATOR
from tests.inventory.custody.conftest import Desk, Events, holding_role
from tests.inventory.custody.moving import Move
from tests.inventory.custody.test_handing import SOMEBODY


@pytest.fixture
def move(desk: Desk) -> Move:
    return Move(desk)


def test_from_school_to_school(move: Move, desk: Desk, events: Events) -> None:
    good, bad, gone = (desk.laptop(f"L-{n}") for n in (1, 2, 3))
    number = move.approved()
    desk.clock.forward(hours=1)
    assert move.ship(number, "L-1", "l-2", "L-3").state is TransferState.IN_TRANSIT
    assert desk.asset(good).site_id == desk.district.north_room
    with pytest.raises(Conflict, match="in transit to South School"):
        desk.out(good, desk.pupil("a"))
    with desk.database.unit(write=False) as db:
        assert transit.way_of(db, good) == (number, "South School")

    assert move.receive(number, received=[good]).state is TransferState.IN_TRANSIT
    desk.clock.forward(hours=1)
    closed = move.receive(number, damaged=[bad], missing=[gone])
    assert (closed.state, closed.closed_at) == (TransferState.CLOSED, desk.clock())
    seen = {
        n: (desk.asset(id_).site_id, desk.asset(id_).status)
        for n, id_ in enumerate((good, bad, gone))
    }
    assert seen == {
        0: (desk.district.south, Status.IN_STOCK),
        1: (desk.district.south, Status.IN_REPAIR),
        2: (desk.district.north_room, Status.LOST),
    }
    assert len(events("custody.sent")) == len(events("custody.arrived")) == 3
    assert len(events("asset.changed")) == 2
    desk.out(good, desk.pupil("b", desk.district.south))


def test_each_side_does_its_own_part(move: Move, desk: Desk) -> None:
    desk.laptop("L-1")
    with pytest.raises(Forbidden):
        move.ask(move.giver)
    number = move.ask()
    with pytest.raises(Forbidden):
        move.approve(number, move.taker)
    stranger = holding_role(Role.TECHNICIAN, desk.district.district + 900)
    with pytest.raises(NotFound):
        move.approve(number, stranger)
    reader = holding_role(Role.HELPDESK, desk.district.north)
    with pytest.raises(Forbidden):
        move.approve(number, reader)
    move.approve(number)
    with pytest.raises(Forbidden):
        move.ship(number, "L-1", actor=move.taker)
    move.ship(number, "L-1")
    with pytest.raises(Forbidden):
        move.receive(number, move.giver, received=[1])


def test_asking_and_allowing_are_two_acts_of_whoever_may_do_both(move: Move) -> None:
    number = move.ask(OPERATOR)
    with pytest.raises(Conflict, match="requested"):
        move.ship(number, "L-1", actor=OPERATOR)
    assert move.approve(number, OPERATOR).state is TransferState.APPROVED
    with pytest.raises(Conflict, match="approved"):
        move.approve(number, OPERATOR)


def test_what_may_not_go_is_told_device_by_device(move: Move, desk: Desk) -> None:
    ids = {tag: desk.laptop(tag) for tag in ("OUT", "LOST", "HELD", "RETIRED", "BUSY", "FREE")}
    desk.out(ids["OUT"], desk.pupil("a"))
    with desk.database.unit() as db:
        now = desk.clock()
        status.set_status(db, OPERATOR, ids["LOST"], Status.LOST, reason="bus", now=now)
        status.retire(db, OPERATOR, ids["RETIRED"], now=now)
        holds.raise_hold(db, SOMEBODY, ids["HELD"], kind=HoldKind.LEGAL, reason="a case", now=now)
    first = move.approved()
    move.choose(first, "BUSY")
    number = move.approved()
    with pytest.raises(Conflict) as refused:
        move.choose(number, *ids)
    assert str(refused.value) == (
        f"these cannot go: BUSY is in transfer {first}; HELD is on hold; LOST is recorded as lost; "
        "OUT is out to a person; RETIRED is recorded as retired"
    )
    with desk.database.unit(write=False) as db:
        assert transfers.items_of(db, number) == []
    desk.laptop("SOUTH", desk.district.south_room)
    with pytest.raises(InvalidInput) as strange:
        move.choose(number, "FREE", "SOUTH", "NOWHERE")
    assert strange.value.fields["tags"] == [
        "SOUTH: is no device of this school", "NOWHERE: is no device of this school",
    ]  # fmt: skip


def test_a_hold_that_came_later_stops_the_shipment(move: Move, desk: Desk) -> None:
    asset = desk.laptop("L-1")
    number = move.approved()
    move.choose(number, "L-1")
    with desk.database.unit() as db:
        holds.raise_hold(
            db, SOMEBODY, asset, kind=HoldKind.LEGAL, reason="a case", now=desk.clock()
        )
    with pytest.raises(Conflict, match="L-1 is on hold"):
        move.ship(number)


def test_what_a_cart_has_is_handed_in_from_there(move: Move, desk: Desk) -> None:
    asset = desk.laptop("L-1")
    with desk.database.unit() as db:
        now = desk.clock()
        cart = carts.create(db, OPERATOR, name="C", site_id=desk.district.north_room, now=now)
        held = service.check_out(db, OPERATOR, asset, Holder(cart_id=cart.id), Terms(), now=now)
    number = move.approved()
    move.ship(number, "L-1")
    with desk.database.unit(write=False) as db:
        assert service.open_custody(db, asset) is None
    assert held.id


def test_cancelled_and_refused_let_devices_go(move: Move, desk: Desk) -> None:
    desk.laptop("L-1")
    number = move.approved()
    move.choose(number, "L-1")
    with desk.database.unit() as db, pytest.raises(InvalidInput):
        transfers.cancel(db, move.taker, number, reason=" ", now=desk.clock())
    with desk.database.unit() as db:
        done = transfers.cancel(db, move.taker, number, reason="no room", now=desk.clock())
        assert (done.state, done.reason) == (TransferState.CANCELLED, "no room")
        assert [i.state for i in transfers.items_of(db, number)] == [ItemState.LEFT_OUT]
    second = move.approved()
    move.ship(second, "L-1")
    with desk.database.unit() as db, pytest.raises(Conflict, match="in_transit"):
        transfers.cancel(db, move.taker, second, reason="late", now=desk.clock())
    third = move.ask()
    with desk.database.unit() as db:
        transfers.refuse(db, move.giver, third, reason="none left", now=desk.clock())
    with pytest.raises(Conflict, match="refused"):
        move.approve(third)


def test_taken_off_the_list_and_put_on_it_again(move: Move, desk: Desk) -> None:
    asset = desk.laptop("L-1")
    number = move.approved()
    move.choose(number, "L-1", "L-1")
    with desk.database.unit() as db:
        shipping.leave_out(db, move.giver, number, asset, now=desk.clock())
    with pytest.raises(Conflict, match="no device"):
        move.ship(number)
    move.choose(number, "L-1")
    assert move.ship(number).state is TransferState.IN_TRANSIT


@pytest.mark.parametrize(
    "more",
    [{"what": " "}, {"wanted": 0}, {"wanted": 2000}, {"what": "x" * 201}, {"what": "a\x00b"}],
)
def test_requests_that_make_no_sense(move: Move, more: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        move.ask(**more)


def test_a_place_within_the_school_is_no_other_school(move: Move, desk: Desk) -> None:
    d = desk.district
    with desk.database.unit() as db, pytest.raises(InvalidInput, match="another school"):
        draft = TransferDraft(d.north_building, d.north, "Laptops")
        transfers.request(db, OPERATOR, draft, now=desk.clock())


def test_arrivals_that_contradict_themselves(move: Move, desk: Desk) -> None:
    asset, other = desk.laptop("L-1"), desk.laptop("L-2")
    number = move.approved()
    move.ship(number, "L-1")
    with pytest.raises(InvalidInput):
        move.receive(number)
    with pytest.raises(InvalidInput):
        move.receive(number, received=[asset], missing=[asset])
    with pytest.raises(Conflict, match="not on their way"):
        move.receive(number, received=[other])


def test_two_at_once_have_one_winner(move: Move, desk: Desk) -> None:
    asset = desk.laptop("L-1")
    first, second = move.approved(), move.approved()
    assert _race(lambda: move.ship(first, "L-1"), lambda: move.ship(second, "L-1")) == 1
    with desk.database.unit(write=False) as db:
        number = transit.open_in(db, [asset])[asset]
    assert _race(*[lambda: move.receive(number, received=[asset])] * 2) == 1
    third = move.ask()
    assert _race(*[lambda: move.approve(third)] * 2) == 1


def _race(*acts: Callable[[], object]) -> int:
    """How many succeed; the others must be told of a conflict."""

    def attempt(act: Callable[[], object]) -> bool:
        try:
            act()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(attempt, acts))


def test_the_database_keeps_a_device_in_one_open_transfer(move: Move, desk: Desk) -> None:
    desk.laptop("L-1")
    first, second = move.approved(), move.approved()
    move.choose(first, "L-1")
    copy = sa.text(
        "INSERT INTO transfer_item (transfer_id, asset_id, state, settled_by)"
        " SELECT :second, asset_id, 'chosen', '' FROM transfer_item WHERE transfer_id = :first"
    )
    with pytest.raises((DBAPIError, HomeroomError)), desk.database.unit() as db:
        db.execute(copy, {"first": first, "second": second})
