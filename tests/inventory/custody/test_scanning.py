"""Scans: what a code means, what each mode does, what is undone, and of two at once exactly one."""

import threading

import pytest
from sqlmodel import select

from inventory.access import Actor, Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Status
from inventory.custody import cart_acts, carts, scanning, service, slots, undoing
from inventory.custody.cart_acts import Became
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Condition, Custody
from inventory.custody.scan_code import read_code
from inventory.custody.scanning import Mode, Scan, Scanned, Station
from inventory.custody.service import Coming
from inventory.errors import Conflict, HomeroomError, InvalidInput, NotFound
from tests.inventory.conftest import OPERATOR
from tests.inventory.custody.conftest import Desk, holding_role
from tests.inventory.custody.test_handing import SOMEBODY


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("00123", "00123"),
        ("\x0200123\x03\r\n", "00123"),
        ("]C1WPS-00012\t", "WPS-00012"),
        ("]Q3https://h.example/a/WPS%2F1%20b", "WPS/1 b"),
        ("HTTPS://H.EXAMPLE/A/WPS-1", "WPS-1"),
        ("https://h.example/other", "https://h.example/other"),
        ("http://[/a/x", "http://[/a/x"),
        (" \t\r\n", ""),
        ("]C1", "]C1"),
    ],
)
def test_what_a_scanner_typed(typed: str, meant: str) -> None:
    assert read_code(typed) == meant


def scan(desk: Desk, station: Station, code: str, actor: Actor = OPERATOR) -> Scan:
    desk.clock.forward(seconds=1)
    with desk.database.unit() as db:
        return scanning.scan(db, actor, station, code, now=desk.clock())


def undo(
    desk: Desk, custody: int, *, actor: Actor = OPERATOR, was_at: int | None = None
) -> Custody:
    desk.clock.forward(seconds=1)
    with desk.database.unit() as db:
        return undoing.undo(db, actor, custody, was_at=was_at, now=desk.clock())


def cart(desk: Desk, name: str = "Cart 4") -> int:
    with desk.database.unit() as db:
        site = desk.district.north_lab
        return carts.create(db, OPERATOR, name=name, site_id=site, now=desk.clock()).id


def opened(desk: Desk, asset: int) -> Custody | None:
    with desk.database.unit(write=False) as db:
        return service.open_custody(db, asset)


def ids(scanned: Scan) -> tuple[int, int]:
    assert scanned.custody is not None
    assert scanned.asset is not None
    return scanned.custody.id, scanned.asset.id


def test_the_person_then_the_things(desk: Desk) -> None:
    ada, ben = desk.pupil("10001"), desk.pupil("10002")
    first, second = desk.laptop("L-1"), desk.laptop("L-2")
    station = Station(Mode.OUT, badges=True)
    with pytest.raises(NotFound, match="person first"):
        scan(desk, station, "L-1")
    for badge, person, tag, asset in (("10001", ada, "l-1", first), ("10002", ben, "L-2", second)):
        who = scan(desk, station, badge)
        assert (who.outcome, who.person and who.person.id) == (Scanned.PERSON, person)
        station = Station(Mode.OUT, Holder(person_id=person), badges=True)
        assert scan(desk, station, tag).outcome is Scanned.OUT
        held = opened(desk, asset)
        assert held is not None
        assert held.person_id == person
    desk.laptop("10001")
    with pytest.raises(Conflict, match="a person and a device"):
        scan(desk, station, "10001")
    foreign = holding_role(Role.TECHNICIAN, desk.district.south)
    with desk.database.unit() as db:
        assert not scanning.is_badge(db, foreign, station, "10001")


def test_out_in_and_find(desk: Desk) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    out = Station(Mode.OUT, Holder(person_id=ada))
    with pytest.raises(InvalidInput):
        scan(desk, out, "\r\n")
    with pytest.raises(NotFound):
        scan(desk, out, "L-99")
    scan(desk, out, "L-1")
    with pytest.raises(Conflict, match="out already"):
        scan(desk, out, "L-1")
    found = scan(desk, Station(Mode.FIND), "L-1")
    assert found.custody is not None
    assert found.custody.person_id == ada
    broken = Station(Mode.IN, coming=Coming(condition=Condition.BROKEN))
    assert scan(desk, broken, "L-1").outcome is Scanned.IN
    assert desk.asset(asset).status is Status.IN_REPAIR
    with pytest.raises(Conflict, match="not out"):
        scan(desk, broken, "L-1")


def test_a_hand_out_is_undone(desk: Desk) -> None:
    asset, place = desk.laptop("L-1"), Holder(place_id=desk.district.north_lab)
    made = scan(desk, Station(Mode.OUT, place), "L-1")
    assert desk.asset(asset).site_id == desk.district.north_lab
    ended = undo(desk, ids(made)[0], was_at=made.was_at)
    assert ended.note_in == undoing.UNDONE
    assert opened(desk, asset) is None
    assert desk.asset(asset).site_id == desk.district.north_room


def test_a_hand_in_is_undone_also_of_what_was_overdue(desk: Desk) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    lent = desk.lend(asset, ada, hours=1, accessories={"charger": 1})
    desk.clock.forward(hours=5)
    made = scan(desk, Station(Mode.IN), "L-1")
    undo(desk, ids(made)[0])
    again = opened(desk, asset)
    assert again is not None
    assert (again.person_id, again.due_at) == (ada, lent.due_at)
    with pytest.raises(Conflict, match="since"):
        undo(desk, lent.id)


def test_what_went_out_of_its_cart_goes_back_into_it(desk: Desk) -> None:
    asset, number, ada = desk.laptop("L-1"), cart(desk), desk.pupil("a")
    into = Station(Mode.CART, Holder(cart_id=number))
    scan(desk, into, "L-1")
    with pytest.raises(Conflict, match="already"):
        scan(desk, into, "L-1")
    made = scan(desk, Station(Mode.OUT, Holder(person_id=ada)), "L-1")
    undo(desk, ids(made)[0])
    held = opened(desk, asset)
    assert held is not None
    assert held.cart_id == number


def test_only_who_did_it_undoes_it_and_not_next_week(desk: Desk) -> None:
    desk.laptop("L-1")
    made = scan(desk, Station(Mode.OUT, Holder(person_id=desk.pupil("a"))), "L-1")
    with pytest.raises(Conflict, match="only who did it"):
        undo(desk, ids(made)[0], actor=SOMEBODY)
    desk.clock.forward(days=2)
    with pytest.raises(Conflict, match="too long"):
        undo(desk, ids(made)[0])


def test_into_a_cart_that_it_is_not_kept_in(desk: Desk) -> None:
    asset, first, second = desk.laptop("L-1"), cart(desk, "A"), cart(desk, "B")
    desk.out(asset, desk.pupil("a"))
    with pytest.raises(Conflict, match="out already"):
        scan(desk, Station(Mode.CART, Holder(cart_id=first)), "L-1")
    scan(desk, Station(Mode.IN), "L-1")
    made = scan(desk, Station(Mode.CART, Holder(cart_id=first)), "L-1")
    scan(desk, Station(Mode.CART, Holder(cart_id=second)), "L-1")
    with desk.database.unit() as db:
        (kept,) = slots.kept(db, OPERATOR, second)
        assert (kept.number, kept.asset.id) == (1, asset)
        assert slots.kept(db, OPERATOR, first) == []
        cart_acts.take_out(db, OPERATOR, second, asset, now=desk.clock())
        assert slots.kept(db, OPERATOR, second) == []
    assert opened(desk, asset) is None
    assert made.was_at == desk.district.north_room


def test_who_cannot_go_is_told_before_and_the_chosen_ones_go(desk: Desk) -> None:
    number, ada = cart(desk), desk.pupil("a")
    first, held, lent = (desk.laptop(tag) for tag in ("L-1", "L-2", "L-3"))
    with desk.database.unit() as db:
        for asset in (first, held, lent):
            cart_acts.put_in(db, OPERATOR, number, asset, now=desk.clock())
        holds.raise_hold(db, SOMEBODY, held, kind=HoldKind.LEGAL, reason="a case", now=desk.clock())
    scan(desk, Station(Mode.OUT, Holder(person_id=desk.pupil("b"))), "L-3")
    teacher = Holder(person_id=ada)

    def give(*chosen: int, dry_run: bool = False) -> cart_acts.CartOutcome:
        with desk.database.unit() as db:
            return cart_acts.give(
                db, OPERATOR, number, teacher, Terms(), asset_ids=chosen or None, dry_run=dry_run,
                now=desk.clock(),
            )  # fmt: skip

    told = give(dry_run=True)
    assert [row.became for row in told.rows] == [Became.GIVEN, Became.REFUSED, Became.REFUSED]
    assert "hold" in told.rows[1].problem
    assert not give().applied
    held_by = opened(desk, first)
    assert held_by is not None
    assert held_by.cart_id == number, "all or none"
    assert give(first).applied
    with pytest.raises(InvalidInput):
        give(desk.laptop("L-9"))

    with desk.database.unit() as db:
        coming = Coming(condition=Condition.BROKEN)
        back = cart_acts.take_back(
            db, OPERATOR, number, coming, asset_ids=[first], now=desk.clock()
        )
        assert [row.became for row in back.rows] == [Became.REPAIR]
        rest = cart_acts.take_back(db, OPERATOR, number, Coming(), now=desk.clock())
        assert [row.tag for row in rest.rows] == ["L-3"]
    assert desk.asset(first).status is Status.IN_REPAIR
    foreign = holding_role(Role.TECHNICIAN, desk.district.south)
    with pytest.raises(NotFound), desk.database.unit() as db:
        cart_acts.give(db, foreign, number, teacher, Terms(), now=desk.clock())


def test_two_who_put_things_into_one_cart_at_once(desk: Desk) -> None:
    number = cart(desk)
    assets = [desk.laptop(f"L-{n}") for n in range(4)]
    ready = threading.Barrier(len(assets) + 1)
    ended: list[HomeroomError | None] = []

    def put(asset: int) -> None:
        ready.wait()
        try:
            with desk.database.unit() as db:
                cart_acts.put_in(db, OPERATOR, number, asset, now=desk.clock())
            ended.append(None)
        except HomeroomError as refused:
            ended.append(refused)

    threads = [threading.Thread(target=put, args=(asset,)) for asset in [*assets, assets[0]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [each for each in ended if each is not None]
    assert [str(each) for each in refused] == ["it is in this cart already"]
    with desk.database.unit(write=False) as db:
        assert sorted(each.number or 0 for each in slots.kept(db, OPERATOR, number)) == [1, 2, 3, 4]
        query = select(Custody).where(Custody.asset_id == assets[0])
        assert len(db.exec(query).all()) == 1
