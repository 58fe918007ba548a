"""The life of an import: plan, look, approve, undo."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Actor, Grant, Permission
from inventory.db import Database
from inventory.errors import Conflict, Forbidden, InvalidInput
from inventory.people import plans, service
from inventory.people.applying import approve
from inventory.people.models import Person, PersonRole
from inventory.people.roster_models import ChangeKind, PlanState, RecoveryTask
from inventory.people.service import PersonDraft
from inventory.people.snapshots import known_people
from inventory.people.undoing import undo
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.people.packages import package_11, planned, user_11

PUPILS = [user_11(f"s{n}", f"Given{n}", f"Family{n}") for n in range(1, 41)]


def applied(database: Database, raw: bytes, clock: Clock, **guard: Any) -> int:
    plan = planned(database, raw, clock())
    with database.unit() as db:
        return approve(db, OPERATOR, plan.id, now=clock(), **guard).id


def everybody(database: Database) -> dict[str, dict[str, Any]]:
    with database.unit(write=False) as db:
        return {known.snapshot["sourced_id"]: known.snapshot for known in known_people(db)}


def kinds(database: Database, plan_id: int, clock: Clock) -> dict[str, ChangeKind]:
    with database.unit() as db:
        rows = plans.changes(db, OPERATOR, plan_id, limit=500, now=clock())
        return {row.sourced_id: row.kind for row in rows}


def test_a_plan_changes_nobody(database: Database, district: District, clock: Clock) -> None:
    plan = planned(database, package_11(*PUPILS), clock())
    assert plan.state is PlanState.PLANNED
    assert plan.counts == {"create": 40}
    assert plan.findings == []
    assert everybody(database) == {}


def test_what_is_approved_is_done(database: Database, district: District, clock: Clock) -> None:
    applied(database, package_11(*PUPILS[:2]), clock)
    assert everybody(database)["s1"] == {
        "sourced_id": "s1", "role": "student", "given_name": "Given1", "family_name": "Family1",
        "site_id": district.north, "grade": "05", "homeroom": "", "active": True,
        "temporary": False, "source_id": 1, "other_site_ids": [],
    }  # fmt: skip
    again = planned(database, package_11(*PUPILS[:2]), clock())
    assert again.counts == {"unchanged": 2}


def test_every_kind_of_change_and_back(
    database: Database, district: District, clock: Clock, events: Callable[[str], list[Any]]
) -> None:
    applied(database, package_11(*PUPILS), clock)
    before = everybody(database)
    second = package_11(
        user_11("s1", "Given1", "Changed", grade="06"),
        user_11("s2", "Given2", "Family2", role="aide"),
        user_11("s3", "Given3", "Family3", orgs="o-s,o-n"),
        user_11("s4", "Given4", "Family4", enabled="false"),
        *PUPILS[5:],
        user_11("n1", "New", "Pupil"),
    )
    plan_id = applied(database, second, clock)
    assert kinds(database, plan_id, clock) == {
        "s1": ChangeKind.UPDATE, "s2": ChangeKind.ROLE, "s3": ChangeKind.SITE,
        "s4": ChangeKind.DEACTIVATE, "s5": ChangeKind.DEACTIVATE, "n1": ChangeKind.CREATE,
    }  # fmt: skip
    after = everybody(database)
    assert after["s1"]["family_name"] == "Changed"
    assert after["s2"]["role"] == "staff"
    assert (after["s3"]["site_id"], after["s3"]["other_site_ids"]) == (
        district.south, [district.north],
    )  # fmt: skip
    assert not after["s4"]["active"]
    assert not after["s5"]["active"]
    told = "".join(e.before + e.after for name in ("person.changed", "person.created")
                   for e in events(name))  # fmt: skip
    assert "Changed" not in told
    assert "***" in told

    with database.unit() as db:
        assert undo(db, OPERATOR, plan_id, reason="wrong file", now=clock()).undone_at == clock()
    assert everybody(database) == before
    with database.unit(write=False) as db:
        assert db.exec(select(RecoveryTask)).all() == []
    assert len(events("person.restored")) == 6


def test_who_returns_is_the_same_person(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, package_11(*PUPILS), clock)
    applied(database, package_11(*PUPILS[1:]), clock)
    assert not everybody(database)["s1"]["active"]
    plan_id = applied(database, package_11(*PUPILS), clock)
    assert kinds(database, plan_id, clock) == {"s1": ChangeKind.REACTIVATE}
    assert everybody(database)["s1"]["active"]


def test_the_guard_wants_the_number_and_a_reason(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, package_11(*PUPILS), clock)
    plan = planned(database, package_11(*PUPILS[10:]), clock())
    assert plan.findings == [
        {"rule": "leaving", "number": 10, "of": 40}, {"rule": "few_known", "number": 10, "of": 40},
    ]  # fmt: skip
    for given in ({}, {"number": 9, "reason": "x"}, {"number": 10}, {"number": 10, "reason": " "}):
        with pytest.raises(InvalidInput), database.unit() as db:
            approve(db, OPERATOR, plan.id, now=clock(), **given)
    assert everybody(database)["s1"]["active"]
    with database.unit() as db:
        approve(db, OPERATOR, plan.id, number=10, reason="the school closed", now=clock())
    assert not everybody(database)["s1"]["active"]


def test_swapped_names_wake_the_guard(database: Database, district: District, clock: Clock) -> None:
    applied(database, package_11(*PUPILS), clock)
    swapped = [user_11(f"s{n}", f"Family{n}", f"Given{n}") for n in range(1, 41)]
    assert planned(database, package_11(*swapped), clock()).findings == [
        {"rule": "renamed", "number": 40, "of": 40}
    ]


def test_a_stale_plan_is_refused_whole(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, package_11(*PUPILS), clock)
    plan = planned(database, package_11(*PUPILS[1:], user_11("n", "New", "Pupil")), clock())
    with database.unit() as db:
        person = db.exec(select(Person).where(Person.sourced_id == "s1")).one()
        person.version += 1
        db.add(person)
    with pytest.raises(Conflict, match="plan it anew"), database.unit() as db:
        approve(db, OPERATOR, plan.id, now=clock())
    assert "n" not in everybody(database)
    assert everybody(database)["s1"]["active"]


def test_a_newcomer_whom_somebody_else_entered_makes_it_stale(
    database: Database, district: District, clock: Clock
) -> None:
    plan = planned(database, package_11(*PUPILS[:2]), clock())
    with database.unit() as db:
        draft = PersonDraft("s2", PersonRole.STUDENT, "A", "B", district.north)
        service.create(db, OPERATOR, draft, now=clock())
    with pytest.raises(Conflict, match="plan it anew"), database.unit() as db:
        approve(db, OPERATOR, plan.id, now=clock())
    assert set(everybody(database)) == {"s2"}


def test_undoing_is_refused_once_somebody_was_touched(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, package_11(*PUPILS), clock)
    first = applied(database, package_11(*PUPILS[1:]), clock)
    applied(database, package_11(*PUPILS), clock)
    with pytest.raises(Conflict, match="no longer be undone"), database.unit() as db:
        undo(db, OPERATOR, first, reason="x", now=clock())
    assert everybody(database)["s1"]["active"]


def test_a_plan_is_decided_once(database: Database, district: District, clock: Clock) -> None:
    plan_id = applied(database, package_11(*PUPILS), clock)
    for act in (approve, plans.refuse):
        with pytest.raises(Conflict), database.unit() as db:
            act(db, OPERATOR, plan_id, now=clock())
    with database.unit() as db:
        undo(db, OPERATOR, plan_id, reason="x", now=clock())
    assert everybody(database) == {}
    with pytest.raises(Conflict), database.unit() as db:
        undo(db, OPERATOR, plan_id, reason="x", now=clock())


def test_a_newer_file_sets_the_older_plan_aside(
    database: Database, district: District, clock: Clock
) -> None:
    older = planned(database, package_11(*PUPILS), clock())
    other = planned(database, package_11(*PUPILS), clock(), source="Other")
    planned(database, package_11(*PUPILS), clock())
    with database.unit(write=False) as db:
        assert plans.get(db, OPERATOR, older.id).state is PlanState.REFUSED
        assert plans.get(db, OPERATOR, other.id).state is PlanState.PLANNED


def test_a_person_by_hand_is_recognised_once(
    database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        early = service.add_temporary(
            db, OPERATOR, PersonRole.STUDENT, "given1", "FAMILY1", district.north, now=clock()
        ).id
        twin = [
            service.add_temporary(
                db, OPERATOR, PersonRole.STUDENT, "Given2", "Family2", district.north, now=clock()
            ).id
            for _ in range(2)
        ]
    plan_id = applied(database, package_11(*PUPILS[:3]), clock)
    assert kinds(database, plan_id, clock) == {
        "s1": ChangeKind.ADOPT, "s2": ChangeKind.CREATE, "s3": ChangeKind.CREATE,
    }  # fmt: skip
    with database.unit(write=False) as db:
        person = db.get(Person, early)
        assert person is not None
        assert (person.sourced_id, person.temporary, person.given_name) == ("s1", False, "Given1")
        assert all(db.get(Person, each).temporary for each in twin)
    with database.unit() as db:
        undo(db, OPERATOR, plan_id, reason="x", now=clock())
    with database.unit(write=False) as db:
        person = db.get(Person, early)
        assert person is not None
        assert person.temporary
        assert person.sourced_id.startswith("by-hand-")


def test_two_sources_do_not_take_each_others_people(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, package_11(*PUPILS), clock)
    plan = planned(database, package_11(*PUPILS[:1], user_11("x", "X", "Y")), clock(), source="Two")
    assert plan.counts == {"create": 1, "conflict": 1}


def test_who_may(database: Database, district: District, clock: Clock) -> None:
    everything = frozenset(Permission)
    local = Actor("account", 1, "x", (Grant(everything, frozenset({district.north})),))
    whole = Actor("account", 1, "x", (Grant(everything - {Permission.PERSON_APPROVE}, None),))
    with pytest.raises(Forbidden):
        planned(database, package_11(*PUPILS), clock(), actor=local)
    plan = planned(database, package_11(*PUPILS), clock(), actor=whole)
    for act in (lambda db, a: approve(db, a, plan.id, now=clock()),
                lambda db, a: undo(db, a, plan.id, reason="x", now=clock())):  # fmt: skip
        for actor in (local, whole):
            with pytest.raises(Forbidden), database.unit() as db:
                act(db, actor)
