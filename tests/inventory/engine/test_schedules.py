"""The clock enqueues, once for all workers, and a slow job is not piled up."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from inventory.db import Database
from inventory.engine import JobContext, Schedule
from inventory.engine.cron import latest, parse
from inventory.engine.ticks import Ticks
from tests.inventory.engine.conftest import (
    Launch,
    engine_on,
    until,
)

BOSTON = ZoneInfo("America/New_York")
NOON = datetime(2026, 9, 1, 16, 0, tzinfo=UTC)


def test_every_so_many_seconds(database: Database, launch: Launch) -> None:
    seen: list[object] = []

    def due(job: JobContext) -> None:
        seen.append(job.payload["what"])

    engine = launch({"due": due}, [Schedule("often", "due", every=1, payload={"what": "sweeps"})])
    until(lambda: len(seen) >= 3)
    engine.stop()
    # Each second has one tick; its name says which.
    ticks = sorted(int(job.id.rpartition(".")[2]) for job in engine.jobs(kind="due"))
    assert len(ticks) == len(set(ticks)) >= 3
    assert set(seen) == {"sweeps"}


def test_two_workers_make_one_tick(database: Database) -> None:
    engine = engine_on(database, {"due": lambda job: None})
    schedules = [Schedule("a", "due", every=60), Schedule("b", "due", cron="*/5 * * * *")]
    ticks = [Ticks(database, schedules, BOSTON) for _ in range(4)]
    both = threading.Barrier(4)

    def tick(mine: Ticks) -> None:
        both.wait()
        mine.enqueue_due(NOON)
        mine.enqueue_due(NOON + timedelta(seconds=30))

    threads = [threading.Thread(target=tick, args=(mine,)) for mine in ticks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job.id for job in engine.jobs()) == [
        f"due:schedule.a.{int(NOON.timestamp())}",
        "due:schedule.b.2026-09-01T12:00",
    ]
    engine.close()


def test_a_tick_is_left_out_while_the_one_before_is_not_done(
    database: Database, launch: Launch
) -> None:
    engine = engine_on(database, {"due": lambda job: None})
    ticks = Ticks(database, [Schedule("a", "due", every=60)], BOSTON)
    assert len(ticks.enqueue_due(NOON)) == 1
    assert ticks.enqueue_due(NOON) == []
    assert ticks.enqueue_due(NOON + timedelta(minutes=1)) == []
    assert len(engine.jobs()) == 1
    launch({"due": lambda job: None})
    until(lambda: engine.jobs()[0].state == "done")
    assert len(ticks.enqueue_due(NOON + timedelta(minutes=2))) == 1
    engine.close()


@pytest.mark.parametrize(
    ("line", "moment", "fires"),
    [
        ("0 2 * * *", "2026-09-01T02:00", True),
        ("0 2 * * *", "2026-09-01T03:00", False),
        ("*/15 8-18/2 * * 1-5", "2026-09-01T10:45", True),
        ("*/15 8-18/2 * * 1-5", "2026-09-01T09:45", False),
        ("0 6 * * 0", "2026-09-06T06:00", True),
        ("0 6 * * 7", "2026-09-06T06:00", True),
        ("0 6 * * 5-7", "2026-09-06T06:00", True),
        ("0 6 1,15 * *", "2026-09-15T06:00", True),
        ("0 6 1 9 *", "2026-10-01T06:00", False),
        # Either day field, when both are restricted.
        ("0 6 13 * 5", "2026-09-04T06:00", True),
        ("0 6 13 * 5", "2026-09-13T06:00", True),
        ("0 6 13 * 5", "2026-09-14T06:00", False),
        ("5/20 * * * *", "2026-09-01T00:45", True),
    ],
)
def test_cron_lines(line: str, moment: str, fires: bool) -> None:
    assert parse(line).matches(datetime.fromisoformat(moment)) is fires


@pytest.mark.parametrize(
    "line",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *",
        "1- * * * *", "* * * * MON", "² * * * *", "1/ * * * *", "*-5 * * * *",
    ],
)  # fmt: skip
def test_bad_cron_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        Schedule("bad", "due", cron=line)


@given(st.text(alphabet="0123456789*/-, ", max_size=30))
def test_any_line_is_parsed_or_refused(line: str) -> None:
    try:
        cron = parse(line)
    except ValueError:
        return
    latest(cron, NOON, BOSTON)


def test_a_missed_cron_tick_is_made_up_within_the_hour_only() -> None:
    cron = parse("0 12 * * *")
    assert latest(cron, NOON, BOSTON) == "2026-09-01T12:00"
    assert latest(cron, NOON + timedelta(minutes=60), BOSTON) == "2026-09-01T12:00"
    assert latest(cron, NOON + timedelta(minutes=61), BOSTON) is None
    assert latest(cron, NOON - timedelta(seconds=1), BOSTON) is None


def test_the_clock_of_spring_and_autumn() -> None:
    # 02:30 does not exist on 8 March 2026, and 01:30 comes twice on 1 November 2026.
    assert day_of("30 2 * * *", datetime(2026, 3, 8, tzinfo=UTC)) == {None}
    autumn = day_of("30 1 * * *", datetime(2026, 11, 1, tzinfo=UTC))
    assert autumn == {None, "2026-11-01T01:30"}


def day_of(line: str, start: datetime) -> set[str | None]:
    """Every tick that a worker would see in a day, looking each half hour."""
    return {
        latest(parse(line), start + timedelta(minutes=m), BOSTON) for m in range(0, 24 * 60, 30)
    }


def test_schedules_that_cannot_work_are_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.db")
    for wrong in ({}, {"every": 5, "cron": "* * * * *"}, {"every": 0}, {"every": 86_400 * 8}):
        with pytest.raises(ValueError, match="schedule"):
            Schedule("x", "due", **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="100"):
        Schedule("x" * 101, "due", every=5)
    with pytest.raises(ValueError, match="ids only"):
        Schedule("x", "due", every=5, payload={"list": [1]})  # type: ignore[dict-item]
    one = Schedule("x", "due", every=5)
    for schedules, handlers in (([one, one], {"due": print}), ([one], {"other": print})):
        with pytest.raises(ValueError, match="distinct names and known kinds"):
            engine_on(database, handlers, schedules)  # type: ignore[arg-type]
