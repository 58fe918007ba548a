"""Large imports: applied by a job, all of it or nothing; and two who approve at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlmodel import func, select

from inventory.asset_import import running
from inventory.asset_import.applying import AT_ONCE, KIND, approve
from inventory.asset_import.models import ImportState
from inventory.asset_import.undoing import undo
from inventory.assets.models import Asset
from inventory.assets.service import by_tag, change
from inventory.db import Database
from inventory.engine import JobContext
from inventory.errors import Conflict
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.asset_import.test_life import asset, planned, told
from tests.inventory.conftest import OPERATOR, District

MANY = AT_ONCE + 1


def worked(database: Database, settings: Settings, import_id: int) -> None:
    job = JobContext(
        database, settings, {"import": import_id}, f"{KIND}:{import_id}", lambda _: False,
        threading.Event(), 0.05,
    )  # fmt: skip
    running.run(job)


def rows(kind: str, more: str = "") -> str:
    return f"tag,category{more and ',name'}\n" + "".join(
        f"A-{n},{kind}{more and ',' + more}\n" for n in range(MANY)
    )


def assets(database: Database, name: str) -> int:
    with database.unit(write=False) as db:
        return db.exec(select(func.count()).select_from(Asset).where(Asset.name == name)).one()


def test_a_job_does_it_whole_or_not_at_all(
    database: Database, district: District, settings: Settings, clock: Clock
) -> None:
    first = planned(database, clock, rows("laptop"), most=MANY)
    with database.unit() as db:
        assert approve(db, OPERATOR, first, now=clock()).state is ImportState.APPLYING
    assert assets(database, "") == 0
    for _ in range(2):
        worked(database, settings, first)
        assert told(database, first).state is ImportState.APPLIED
        assert assets(database, "") == MANY
    second = planned(database, clock, rows("laptop", "new"), most=MANY)
    with database.unit() as db:
        approve(db, OPERATOR, second, number=MANY, reason="all are new", now=clock())
        last = by_tag(db, OPERATOR, f"A-{MANY - 1}")
        change(db, OPERATOR, last.id, {"description": "mine"}, now=clock())
    worked(database, settings, second)
    kept = told(database, second)
    assert kept.state is ImportState.PLANNED and "plan it again" in kept.error
    assert assets(database, "new") == 0
    with database.unit() as db:
        undo(db, OPERATOR, first, reason="all of it", now=clock())
    worked(database, settings, first)
    assert told(database, first).state is ImportState.UNDONE
    assert asset(database, "A-0").status == "retired"
    assert asset(database, f"A-{MANY - 1}").status == "in_stock"
    assert told(database, first).remarks[-1].startswith("1 assets were changed since")


def test_of_two_who_approve_at_once_one_does(
    database: Database, district: District, clock: Clock, events: Callable[[str], list[Any]]
) -> None:
    import_id = planned(database, clock, "tag,category\nA-1,laptop\n")
    together = threading.Barrier(2)

    def approved() -> str:
        together.wait(10)
        try:
            with database.unit() as db:
                return approve(db, OPERATOR, import_id, now=clock()).state.value
        except Conflict as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(future.result() for future in [pool.submit(approved) for _ in range(2)])
    assert said == ["applied", "the import is applied"]
    assert len(events("import.applied")) == len(events("asset.created")) == 1
