"""How long a supply lasts: told only where the readings allow it."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.desk.supply_forecast import Level, WhyNot, forecast, since_refill

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def levels(*percents: int | None, every: float = 1.0) -> list[Level]:
    last = len(percents) - 1
    return [
        Level(NOW - timedelta(days=(last - n) * every), percent)
        for n, percent in enumerate(percents)
    ]


def test_a_steady_fall_is_told_forward() -> None:
    told = forecast(levels(*range(80, 39, -2)), seen_at=NOW, now=NOW)
    assert told.days_left == 20
    assert told.per_day == pytest.approx(2.0)
    assert (told.since, told.readings) == (NOW - timedelta(days=20), 21)


def test_days_without_a_change_count_too() -> None:
    """A row is kept only when the level changes: the time since then was used as well."""
    falling = [Level(one.at - timedelta(days=10), one.percent) for one in levels(90, 80, 70, 60)]
    early = forecast(falling, seen_at=NOW - timedelta(days=6), now=NOW)
    late = forecast(falling, seen_at=NOW, now=NOW)
    assert early.days_left is not None
    assert late.days_left is not None
    assert early.days_left < late.days_left == round(60 / (30 / 13))


def test_only_the_time_since_the_refill_counts() -> None:
    told = forecast(levels(20, 15, 10, 5, *range(100, 79, -1)), seen_at=NOW, now=NOW)
    assert told.per_day == pytest.approx(1.0)
    assert told.readings == 21


def test_a_level_told_better_is_no_refill() -> None:
    assert len(since_refill(levels(50, 40, 45, 30))) == 4
    assert len(since_refill(levels(50, 40, 55, 30))) == 2
    assert len(since_refill(levels(50, None, 45, 30))) == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([], WhyNot.NOT_TOLD),
        (levels(50, 40, None), WhyNot.NOT_TOLD),
        (levels(30, 20, 10, 0, every=5), WhyNot.EMPTY),
        (levels(50, 40, 30, every=5), WhyNot.FEW_READINGS),
        (levels(90, 10, 100, 95, every=5), WhyNot.FEW_READINGS),
        (levels(50, 40, 30, 20), WhyNot.SHORT),
        (levels(50, 49, 48, 47, 46, every=5), WhyNot.HARDLY_USED),
    ],
)
def test_otherwise_it_says_why_not(told: list[Level], why: WhyNot) -> None:
    found = forecast(told, seen_at=NOW, now=NOW)
    assert (found.days_left, found.why_not) == (None, why)


def test_nothing_is_told_of_a_silent_device() -> None:
    steady = levels(*range(80, 39, -2))
    for seen in (None, NOW - timedelta(days=8)):
        assert forecast(steady, seen_at=seen, now=NOW).why_not is WhyNot.NOT_SEEN
