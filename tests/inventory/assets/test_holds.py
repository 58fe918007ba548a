"""Holds: one person freezes, two different ones let go; nothing ends a device meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import Actor, Grant, Permission
from inventory.assets import holds, service, status
from inventory.assets.hold_models import Hold, HoldKind
from inventory.assets.kinds import Category, Status
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.conftest import Clock
from tests.inventory.assets.conftest import District
from tests.inventory.conftest import OPERATOR, MakeCaller


def person(number: int, site: int | None = None) -> Actor:
    reach = None if site is None else frozenset({site})
    return Actor("account", number, f"person {number}", (Grant(frozenset(Permission), reach),))


@pytest.fixture
def asset(database: Database, district: District, clock: Clock) -> int:
    with database.unit() as db:
        draft = AssetDraft(category=Category.LAPTOP, site_id=district.lincoln)
        return service.create(db, OPERATOR, draft, now=clock()).id


@pytest.fixture
def hold(database: Database, asset: int, clock: Clock) -> int:
    with database.unit() as db:
        return holds.raise_hold(
            db, person(1), asset, kind=HoldKind.INVESTIGATION, reason="a search",
            case_number="2026-7", now=clock(),
        ).id  # fmt: skip


@pytest.mark.parametrize("ending", [Status.RETIRED, Status.SEIZED])
def test_a_held_device_is_not_retired(
    database: Database, asset: int, hold: int, clock: Clock, ending: Status
) -> None:
    with database.unit() as db:
        if ending is Status.SEIZED:
            assert status.set_status(
                db, OPERATOR, asset, ending, reason="the police took it", now=clock()
            )
            return
        with pytest.raises(Conflict, match="hold"):
            status.retire(db, OPERATOR, asset, now=clock())


def test_two_different_persons_release(
    database: Database, asset: int, hold: int, clock: Clock
) -> None:
    with database.unit() as db:
        with pytest.raises(Conflict, match="ask"):
            holds.release(db, person(2), hold, version=None, now=clock())
        holds.ask_release(db, person(1), hold, reason="closed", version=None, now=clock())
        with pytest.raises(Forbidden, match="another"):
            holds.release(db, person(1), hold, version=None, now=clock())
        assert holds.active_hold(db, asset) is not None
        holds.release(db, person(2), hold, version=None, now=clock())
        assert holds.active_hold(db, asset) is None
        with pytest.raises(Conflict, match="already"):
            holds.ask_release(db, person(1), hold, reason="x", version=None, now=clock())
        status.retire(db, OPERATOR, asset, now=clock())


def test_asking_anew_moves_who_may_confirm(database: Database, hold: int, clock: Clock) -> None:
    with database.unit() as db:
        holds.ask_release(db, person(1), hold, reason="closed", version=None, now=clock())
        holds.ask_release(db, person(2), hold, reason="really", version=None, now=clock())
        with pytest.raises(Forbidden):
            holds.release(db, person(2), hold, version=None, now=clock())
        holds.keep(db, person(3), hold, version=None, now=clock())
        with pytest.raises(Conflict):
            holds.release(db, person(1), hold, version=None, now=clock())


def test_the_database_refuses_one_person_for_both(database: Database, hold: int) -> None:
    with pytest.raises(Conflict), database.unit() as db:
        db.execute(
            sa.update(Hold).values(
                release_asked_by_id=5, released_by_id=5, released_at=sa.func.now()
            )
        )


def test_a_program_and_the_system_cannot(database: Database, asset: int, clock: Clock) -> None:
    token = Actor("token", 1, "t", (Grant(frozenset(Permission), None),), token_id=4)
    for actor in (OPERATOR, token):
        with database.unit() as db, pytest.raises(Forbidden):
            holds.raise_hold(db, actor, asset, kind=HoldKind.LEGAL, reason="x", now=clock())


def test_another_school_sees_and_changes_nothing(
    database: Database, district: District, asset: int, hold: int, clock: Clock
) -> None:
    foreign = person(9, district.adams)
    with database.unit() as db:
        with pytest.raises(NotFound):
            holds.read(db, foreign, asset, now=clock())
        for verb in (holds.release, holds.keep):
            with pytest.raises(NotFound):
                verb(db, foreign, hold, version=None, now=clock())


def test_every_hold_must_go(database: Database, asset: int, hold: int, clock: Clock) -> None:
    with database.unit() as db:
        second = holds.raise_hold(
            db, person(1), asset, kind=HoldKind.LEGAL, reason="another case", now=clock()
        )
        for number in (hold, second.id):
            assert holds.active_hold(db, asset) is not None
            holds.ask_release(db, person(1), number, reason="x", version=None, now=clock())
            holds.release(db, person(2), number, version=None, now=clock())
        assert holds.active_hold(db, asset) is None


def test_looking_is_recorded_and_the_asset_tells_no_case(
    browser: MakeCaller, asset: int, hold: int, events: Callable[..., list[Any]]
) -> None:
    boss = browser("coordinator")
    assert boss.get(f"/api/v1/assets/{asset}/holds").json["items"][0]["case_number"] == "2026-7"
    (viewed,) = events("hold.viewed")
    assert viewed.subject_id == str(hold)
    history = boss.get(f"/api/v1/assets/{asset}/history").text
    assert "2026-7" not in history
    assert "a search" not in history


def test_a_reason_is_needed(database: Database, asset: int, hold: int, clock: Clock) -> None:
    with database.unit() as db:
        for reason in ("", "   ", "x" * 1001):
            with pytest.raises(InvalidInput):
                holds.raise_hold(
                    db, person(1), asset, kind=HoldKind.LEGAL, reason=reason, now=clock()
                )
            with pytest.raises(InvalidInput):
                holds.ask_release(db, person(1), hold, reason=reason, version=None, now=clock())
