"""Admin rights from the request to their end: who may decide, for how long, and what ends them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from inventory.access import Role
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import AdminGrant, Cause, GrantState, Level
from inventory.admin_rights import policy, service
from inventory.admin_rights.policy import Wish
from inventory.assets import holds, status
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Category, Status
from inventory.custody import service as custody
from inventory.custody.holders import Holder, Terms
from inventory.custody.service import Coming
from inventory.db import Database
from inventory.errors import Conflict, Forbidden, HomeroomError, InvalidInput, NotFound
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office
from tests.inventory.conftest import OPERATOR


def test_from_the_request_to_the_end_of_its_time(office: Office, clock: Clock, events: Any) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    coordinator = office.person_at_desk("cory", Role.COORDINATOR)
    grant = office.request(technician, office.teacher("t1"), office.laptop("L-1"))
    assert office.grant(grant).state is GrantState.REQUESTED
    active = office.authorise(coordinator, grant)
    assert (active.state, active.decided_by_id) == (GrantState.ACTIVE, coordinator.id)
    assert service.effective(active, clock())
    clock.forward(days=30)
    assert not service.effective(office.grant(grant), clock()), "also before the job has run"
    with office.database.unit() as db:
        assert service.expire(db, now=clock()) == 1
        assert service.expire(db, now=clock()) == 0
    over = office.grant(grant)
    assert (over.state, over.cause, over.ended_at) == (GrantState.EXPIRED, Cause.TIME, clock())
    told = [len(events(f"admin_grant.{what}")) for what in ("requested", "authorised", "expired")]
    assert told == [1, 1, 1]


def test_nobody_decides_about_what_is_their_own(office: Office) -> None:
    first = office.person_at_desk("cory", Role.COORDINATOR)
    second = office.person_at_desk("dana", Role.COORDINATOR)
    laptop = office.laptop("L-1")
    asked = office.request(first, office.teacher("t1"), laptop)
    with pytest.raises(Forbidden, match="somebody else"):
        office.authorise(first, asked)
    # Dana lost her role in the technology department, and keeps the session of a minute ago.
    plain = office.person_at_desk("dan", Role.STAFF)
    own = office.request(first, office.teacher("t2", plain), laptop)
    with pytest.raises(Forbidden, match="your own"):
        office.authorise(replace(second, id=plain.id), own)
    assert office.authorise(second, asked).state is GrantState.ACTIVE


def test_the_database_itself_wants_two_people(office: Office, database: Database) -> None:
    coordinator = office.person_at_desk("cory", Role.COORDINATOR)
    grant = office.request(coordinator, office.teacher("t1"), office.laptop("L-1"))
    for values in ({"decided_by_id": coordinator.id}, {"state": "active"}):
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            table = AdminGrant.__table__  # type: ignore[attr-defined]
            connection.execute(table.update().where(table.c.id == grant).values(**values))


def test_only_the_coordinator_in_person_and_confirmed(office: Office, clock: Clock) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    other = office.person_at_desk("theo", Role.TECHNICIAN, office.district.north)
    coordinator = office.person_at_desk("cory", Role.COORDINATOR)
    grant = office.request(technician, office.teacher("t1"), office.laptop("L-1"))
    token = replace(coordinator, kind="token", token_id=1)
    for actor, yes in (
        (other, {}), (token, {}), (OPERATOR, {}), (coordinator, {"confirmed_at": None}),
        (coordinator, {"confirmed_at": clock() - timedelta(minutes=11)}),
        (coordinator, {"confirmed_at": clock() + timedelta(minutes=1)}),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            office.authorise(actor, grant, **yes)
    assert office.grant(grant).state is GrantState.REQUESTED


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"ends_at": None}, "ends_at"),
        ({"ends_at": timedelta(days=367)}, "ends_at"),
        ({"ends_at": timedelta(days=-1)}, "ends_at"),
        ({"starts_at": timedelta(days=-1)}, "starts_at"),
        ({"temporary": True, "ends_at": timedelta(hours=73)}, "ends_at"),
        ({"reason": " \n "}, "reason"),
        ({"category": Category.LAPTOP}, "asset_id"),
    ],
)
def test_what_is_no_request(office: Office, clock: Clock, wish: Any, field: str) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    moved = {k: clock() + v if isinstance(v, timedelta) else v for k, v in wish.items()}
    with pytest.raises(InvalidInput) as refused:
        office.request(technician, office.teacher("t1"), office.laptop("L-1"), **moved)
    assert field in refused.value.fields


def test_a_temporary_one_begins_with_the_yes(office: Office, clock: Clock) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    coordinator = office.person_at_desk("cory", Role.COORDINATOR)
    grant = office.request(
        technician, office.teacher("t1"), office.laptop("L-1"), temporary=True, ends_at=None,
        level=Level.ELEVATE,
    )  # fmt: skip
    clock.forward(hours=5)
    active = office.authorise(coordinator, grant)
    assert (active.starts_at, active.ends_at) == (clock(), clock() + policy.TEMPORARY)


def test_who_and_what_is_out_of_question(office: Office, clock: Clock) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    teacher, laptop = office.teacher("t1"), office.laptop("L-1")
    with pytest.raises(Conflict, match="by its role"):
        office.request(technician, office.teacher("t2", technician), laptop)
    with pytest.raises(InvalidInput, match="no local administrators"):
        office.request(technician, teacher, office.laptop("C-1", Category.CHROMEBOOK))
    elsewhere = office.person_at_desk("sam", Role.TECHNICIAN, office.district.south)
    with pytest.raises(NotFound):
        office.request(elsewhere, teacher, laptop)
    office.request(technician, teacher, laptop)
    with pytest.raises(Conflict, match="already"):
        office.request(technician, teacher, laptop)
    held = office.laptop("L-2")
    with office.database.unit() as db:
        boss = replace(OPERATOR, kind="account", id=technician.id)
        holds.raise_hold(db, boss, held, kind=HoldKind.LEGAL, reason="A case", now=clock())
    with pytest.raises(Conflict, match="hold"):
        office.request(technician, teacher, held)


def test_a_group_of_devices(office: Office) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    coordinator = office.person_at_desk("cory", Role.COORDINATOR)
    lab = {"site_id": office.district.north_lab, "category": Category.WORKSTATION}
    grant = office.request(technician, office.teacher("t1"), None, **lab)
    assert office.authorise(coordinator, grant).state is GrantState.ACTIVE
    with pytest.raises(Forbidden):
        office.request(
            technician, office.teacher("t2"), None, **{**lab, "site_id": office.district.south}
        )


def active(office: Office, tag: str = "L-1", person: int | None = None) -> tuple[int, int, int]:
    """(grant, laptop, person) of rights that hold."""
    suffix = tag.lower()
    technician = office.person_at_desk(f"tess-{suffix}", Role.TECHNICIAN, office.district.north)
    coordinator = office.person_at_desk(f"cory-{suffix}", Role.COORDINATOR)
    teacher, laptop = person or office.teacher(f"t-{suffix}"), office.laptop(tag)
    grant = office.request(technician, teacher, laptop)
    office.authorise(coordinator, grant)
    return grant, laptop, teacher


def test_handing_in_ends_them_in_the_same_transaction(office: Office, clock: Clock) -> None:
    grant, laptop, teacher = active(office)
    with office.database.unit() as db:
        out = custody.check_out(
            db, OPERATOR, laptop, Holder(person_id=teacher), Terms(), now=clock()
        )
    assert office.grant(grant).state is GrantState.ACTIVE, "it is theirs"
    with pytest.raises(ZeroDivisionError), office.database.unit() as db:
        custody.check_in(db, OPERATOR, out.id, Coming(), now=clock())
        _ = 1 / 0
    assert office.grant(grant).state is GrantState.ACTIVE
    with office.database.unit() as db:
        custody.check_in(db, OPERATOR, out.id, Coming(), now=clock())
    over = office.grant(grant)
    assert (over.state, over.cause) == (GrantState.REVOKED, Cause.RETURNED)


def test_who_gets_the_device_ends_those_of_others(office: Office, clock: Clock) -> None:
    grant, laptop, _ = active(office)
    with office.database.unit() as db:
        other = Holder(person_id=office.teacher("t9"))
        custody.check_out(db, OPERATOR, laptop, other, Terms(), now=clock())
    assert office.grant(grant).state is GrantState.REVOKED


@pytest.mark.parametrize("gone", [Status.LOST, Status.RETIRED])
def test_what_is_gone_has_no_administrators(office: Office, clock: Clock, gone: Status) -> None:
    grant, laptop, _ = active(office)
    with office.database.unit() as db:
        status.set_status(db, OPERATOR, laptop, gone, reason="Not found", now=clock())
    over = office.grant(grant)
    assert (over.state, over.cause) == (GrantState.REVOKED, Cause.STATUS)


def test_many_people_leave_at_once(office: Office, clock: Clock) -> None:
    grant, _, teacher = active(office)
    kept, _, _ = active(office, "L-2")
    with office.database.unit() as db:
        leaving = [teacher, *range(900_000, 901_500)]
        assert ending.end_for_persons(db, OPERATOR, leaving, Cause.LEFT, now=clock()) == 1
    assert office.grant(grant).cause is Cause.LEFT
    assert office.grant(kept).state is GrantState.ACTIVE


def test_who_may_end_them(office: Office, clock: Clock) -> None:
    holder = office.person_at_desk("rosa", Role.STAFF)
    elsewhere = office.person_at_desk("sam", Role.TECHNICIAN, office.district.south)
    grant, _, _ = active(office, person=office.teacher("t5", holder))
    with office.database.unit() as db, pytest.raises(NotFound):
        service.revoke(db, elsewhere, grant, reason="No", now=clock())
    with office.database.unit() as db, pytest.raises(InvalidInput):
        service.revoke(db, holder, grant, reason="", now=clock())
    with office.database.unit() as db:
        service.revoke(db, holder, grant, reason="I need them no more.", now=clock())
    assert office.grant(grant).cause is Cause.PERSON
    with office.database.unit() as db, pytest.raises(Conflict):
        service.revoke(db, holder, grant, reason="Again", now=clock())


def test_one_asks_for_oneself_on_what_one_has(office: Office, clock: Clock) -> None:
    rosa = office.person_at_desk("rosa", Role.STAFF)
    teacher, laptop = office.teacher("t1", rosa), office.laptop("L-1")
    wish = Wish(teacher, "Printer at home", laptop, ends_at=clock() + timedelta(days=7))

    def ask(**other: Any) -> AdminGrant:
        with office.database.unit() as db:
            return service.ask(db, rosa, replace(wish, **other), now=clock())

    with pytest.raises(NotFound):
        ask()
    with office.database.unit() as db:
        custody.check_out(db, OPERATOR, laptop, Holder(person_id=teacher), Terms(), now=clock())
    with pytest.raises(Forbidden):
        ask(person_id=office.teacher("t2"))
    with pytest.raises(HomeroomError):
        ask(site_id=office.district.north, category=Category.LAPTOP)
    assert ask().requested_by_id == rosa.id


def test_of_two_decisions_at_once_one_counts(office: Office) -> None:
    technician = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    two = [office.person_at_desk(name, Role.COORDINATOR) for name in ("cory", "dana")]
    grant = office.request(technician, office.teacher("t1"), office.laptop("L-1"))
    together = threading.Barrier(2)

    def decide(actor: Any) -> str:
        together.wait(5)
        try:
            return office.authorise(actor, grant).state.value
        except Conflict as late:
            return str(late)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(decide, two))
    assert said == ["active", "it is active"]
