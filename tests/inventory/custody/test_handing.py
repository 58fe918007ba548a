"""Handing out and in: who gets in the way, what is written, what the database refuses."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from inventory.access import Actor, Grant, Permission, Role
from inventory.assets import holds, status
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Status
from inventory.custody import carts, lines, service
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Condition, Custody, CustodyKind, CustodyLine
from inventory.custody.service import Coming
from inventory.errors import Conflict, Duplicate, Forbidden, HomeroomError, InvalidInput, NotFound
from tests.inventory.conftest import OPERATOR
from tests.inventory.custody.conftest import Desk, Events, holding_role

SOMEBODY = Actor("account", 41, "somebody", (Grant(frozenset(Permission), None),))


def test_out_and_in_with_what_went_along(desk: Desk, events: Events) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    made = desk.out(asset, ada, accessories={"Charger": 1, "Case": 2}, condition=Condition.GOOD)
    assert desk.asset(asset).status is Status.DEPLOYED
    desk.clock.forward(days=200)
    desk.back(made.id, returned={"charger": 0, "case": 2, "Mouse": 1}, condition=Condition.WORN)
    assert desk.asset(asset).status is Status.IN_STOCK
    with desk.database.unit(write=False) as db:
        counted = {
            line.name: (line.count_out, line.count_in) for line in lines.of(db, [made.id])[made.id]
        }
        closed = db.get(Custody, made.id)
    assert counted == {"Charger": (1, 0), "Case": (2, 2), "Mouse": (0, 1)}
    assert closed is not None
    assert (closed.returned_at, closed.condition_in) == (desk.clock(), Condition.WORN)
    (given,), (returned,) = events("custody.given"), events("custody.returned")
    told = json.loads(given.after)
    assert told["person_id"] == ada
    assert told["accessories"] == {"Charger": 1, "Case": 2}
    assert json.loads(returned.after)["missing"] == {"Charger": 1}
    for event in (given, returned):
        assert event.subject_id == str(asset)
        assert "Ada" not in f"{event.after} {event.reason}"


def test_what_is_out_is_refused_and_says_who_has_it(desk: Desk) -> None:
    asset, ada, ben = desk.laptop("L-1"), desk.pupil("a"), desk.pupil("b")
    desk.out(asset, ada)
    with pytest.raises(Conflict, match=f"person {ada} has it") as refused:
        desk.out(asset, ben)
    assert "Example" not in str(refused.value)
    with pytest.raises(Conflict, match="out already"):  # a double click
        desk.out(asset, ada)
    second = desk.out(asset, ben, take_over="moved to the other class")
    with desk.database.unit(write=False) as db:
        first, last = db.exec(select(Custody).order_by(sa.text("id"))).all()
    assert first.returned_at is not None
    assert first.note_in == "moved to the other class"
    assert (last.id, last.person_id) == (second.id, ben)


def test_a_hold_keeps_it_where_it_is_but_it_may_come_back(desk: Desk) -> None:
    asset, ada, ben = desk.laptop("L-1"), desk.pupil("a"), desk.pupil("b")
    made = desk.out(asset, ada)
    with desk.database.unit() as db:
        holds.raise_hold(
            db, SOMEBODY, asset, kind=HoldKind.LEGAL, reason="a case", now=desk.clock()
        )
    with pytest.raises(Conflict, match="hold"):
        desk.out(asset, ben, take_over="because")
    desk.back(made.id)
    with pytest.raises(Conflict, match="hold"):
        desk.out(asset, ben)


def test_who_has_left_gets_nothing(desk: Desk) -> None:
    with pytest.raises(Conflict, match="left"):
        desk.out(desk.laptop("L-1"), desk.pupil("gone", active=False))


def test_what_is_lost_or_retired_is_not_handed_out(desk: Desk) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    with desk.database.unit() as db:
        status.retire(db, OPERATOR, asset, now=desk.clock())
    with pytest.raises(Conflict, match="retired"):
        desk.out(asset, ada, override="all the same")


def test_objections_need_a_reason_which_is_kept(desk: Desk, events: Events) -> None:
    late, asset, ada = desk.laptop("L-1"), desk.laptop("L-2"), desk.pupil("a")
    desk.lend(late, ada, hours=1)
    desk.out(desk.laptop("L-3"), ada)  # nothing is due yet
    desk.clock.forward(hours=2)
    with pytest.raises(Conflict, match="brought back 1"):
        desk.out(asset, ada)
    made = desk.out(asset, ada, override="exam today")
    assert made.override == "exam today"
    assert events("custody.given")[-1].reason == "exam today"


def test_an_override_that_was_not_needed_is_not_kept(desk: Desk) -> None:
    assert desk.out(desk.laptop("L-1"), desk.pupil("a"), override="why not").override == ""


def test_into_a_room_or_cart_moves_it_there(desk: Desk) -> None:
    place, asset, other = desk.district, desk.laptop("L-1"), desk.laptop("L-2")
    with desk.database.unit() as db:
        cart = carts.create(db, OPERATOR, name="Cart 4", site_id=place.north_lab, now=desk.clock())
        with pytest.raises(Duplicate):
            carts.create(db, OPERATOR, name="Cart 4", site_id=place.north_lab, now=desk.clock())
    with desk.database.unit() as db:
        into = Holder(cart_id=cart.id)
        service.check_out(db, OPERATOR, asset, into, Terms(), now=desk.clock())
        there = Holder(place_id=place.north_lab)
        made = service.check_out(db, OPERATOR, other, there, Terms(), now=desk.clock())
    assert desk.asset(asset).site_id == desk.asset(other).site_id == place.north_lab
    desk.back(made.id, place_id=place.north_room)
    assert desk.asset(other).site_id == place.north_room


@pytest.mark.parametrize("holder", [Holder(), Holder(person_id=1, place_id=1)])
def test_one_holder_exactly(desk: Desk, holder: Holder) -> None:
    asset = desk.laptop("L-1")
    with desk.database.unit() as db, pytest.raises(InvalidInput):
        service.check_out(db, OPERATOR, asset, holder, Terms(), now=desk.clock())


@pytest.mark.parametrize(
    "accessories",
    [{"": 1}, {"charger": 0}, {"charger": 1001}, {"charger": True}, {"Case": 1, " case ": 1},
     {"x" * 61: 1}, {"a\x00b": 1}, {f"thing {n}": 1 for n in range(21)}],
)  # fmt: skip
def test_accessories_that_make_no_sense(desk: Desk, accessories: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        desk.out(desk.laptop("L-1"), desk.pupil("a"), accessories=accessories)


def test_handed_in_once(desk: Desk) -> None:
    made = desk.out(desk.laptop("L-1"), desk.pupil("a"))
    desk.back(made.id)
    with pytest.raises(Conflict, match="already"):
        desk.back(made.id)
    with pytest.raises(NotFound):
        desk.back(made.id + 1)


def test_a_clock_that_was_turned_back_keeps_nothing_out(desk: Desk) -> None:
    made = desk.out(desk.laptop("L-1"), desk.pupil("a"))
    desk.clock.forward(hours=-1)
    assert desk.back(made.id).returned_at == made.given_at


def test_the_end_is_moved(desk: Desk, events: Events) -> None:
    made = desk.lend(desk.laptop("L-1"), desk.pupil("a"))
    later = desk.clock() + timedelta(days=2)
    with desk.database.unit() as db:
        moved = service.extend(db, OPERATOR, made.id, later, reason="ill", now=desk.clock())
        assert (moved.due_at, moved.renewals) == (later, 1)
        with pytest.raises(InvalidInput):
            service.extend(db, OPERATOR, made.id, desk.clock(), now=desk.clock())
        with pytest.raises(Conflict, match="changed"):
            service.extend(db, OPERATOR, made.id, later, version=1, now=desk.clock())
    (event,) = events("custody.extended")
    assert event.reason == "ill"


def test_only_who_may_and_only_at_their_school(desk: Desk) -> None:
    place = desk.district
    asset, ada, abroad = desk.laptop("L-1"), desk.pupil("a"), desk.pupil("s", place.south)
    north = (place.north, place.north_building, place.north_room, place.north_lab)
    technician, helpdesk = (holding_role(role, *north) for role in (Role.TECHNICIAN, Role.HELPDESK))
    foreign = holding_role(Role.TECHNICIAN, place.south, place.south_room)
    with pytest.raises(Forbidden):
        desk.out(asset, ada, actor=helpdesk)
    with pytest.raises(NotFound):
        desk.out(asset, ada, actor=foreign)
    with pytest.raises(NotFound):
        desk.out(asset, abroad, actor=technician)
    made = desk.out(asset, ada, actor=technician)
    with pytest.raises(NotFound):
        desk.back(made.id, actor=foreign)
    with desk.database.unit() as db, pytest.raises(Forbidden):
        there = Coming(place_id=place.south_room)
        service.check_in(db, technician, made.id, there, now=desk.clock())


def test_the_database_holds_the_wall(desk: Desk) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    made = desk.out(asset, ada, accessories={"charger": 1})

    def refused(statement: sa.Executable) -> None:
        with pytest.raises((DBAPIError, HomeroomError)), desk.database.unit() as db:
            db.execute(statement)

    row = {
        "uid": "u", "asset_id": asset, "person_id": ada, "kind": CustodyKind.ASSIGNMENT,
        "given_at": desk.clock(), "given_by": "x", "renewals": 0, "note_out": "", "override": "",
        "taken_by": "", "note_in": "", "version": 1,
    }  # fmt: skip
    with pytest.raises(Duplicate), desk.database.unit() as db:
        db.execute(sa.insert(Custody).values(**row))
    refused(sa.delete(Custody))
    refused(sa.delete(CustodyLine))
    refused(sa.update(Custody).values(person_id=desk.pupil("b")))
    refused(sa.update(CustodyLine).values(count_out=5))
    desk.back(made.id)
    refused(sa.update(Custody).values(note_in="nobody saw it"))
    refused(sa.update(CustodyLine).values(count_in=1))
    refused(sa.insert(CustodyLine).values(custody_id=made.id, name="x", name_key="x", count_out=1))
