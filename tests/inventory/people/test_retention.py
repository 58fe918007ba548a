"""What imports changed is forgotten with the time in which they can be undone."""

import pytest
import sqlalchemy as sa

from inventory.db import Database
from inventory.errors import Conflict
from inventory.people import plans, roster_retention
from inventory.people.applying import approve
from inventory.people.roster_models import PlanState, RosterChange, RosterProblem
from inventory.people.undoing import UNDO_DAYS, undo
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.people.packages import package_11, planned, user_11


def rows(database: Database) -> tuple[int, int]:
    """So many changes and problems."""
    with database.unit(write=False) as db:
        found = [
            db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (RosterChange, RosterProblem)
        ]
    return found[0], found[1]


def test_old_imports_are_forgotten(
    database: Database, district: District, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_retention, "BATCH", 2)
    users = [user_11(f"s{n}", "Ada", f"Osei{n}") for n in range(5)]
    plan = planned(database, package_11(*users, user_11("x", "", "B")), clock())
    with database.unit() as db:
        approve(db, OPERATOR, plan.id, now=clock())
    clock.forward(days=UNDO_DAYS)
    assert roster_retention.purge(database, now=clock()) == 0
    assert rows(database) == (5, 1)
    clock.forward(seconds=1)
    with pytest.raises(Conflict, match="last 180 days"), database.unit() as db:
        undo(db, OPERATOR, plan.id, reason="x", now=clock())
    assert roster_retention.purge(database, now=clock()) == 6
    assert rows(database) == (0, 0)
    with database.unit(write=False) as db:
        assert plans.get(db, OPERATOR, plan.id).counts == {"create": 5, "invalid": 1}


def test_a_plan_that_nobody_decides_on_is_refused(
    database: Database, district: District, clock: Clock
) -> None:
    plan = planned(database, package_11(user_11("s1", "Ada", "Osei")), clock())
    for days, state in ((30, PlanState.PLANNED), (1, PlanState.REFUSED)):
        clock.forward(days=days)
        roster_retention.purge(database, now=clock())
        with database.unit(write=False) as db:
            assert plans.get(db, OPERATOR, plan.id).state is state
    assert rows(database) == (1, 0)
