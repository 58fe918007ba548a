"""Lines over time: breaks, resets, round ticks, and the calendar."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.web.chart_scale import Grain, calendar, dates_in, roomy, ticks
from inventory.web.chart_series import MOST_DOTS, dots_of
from inventory.web.charts import Point, line, sparkline
from tests.inventory.web.drawn import CSS, HOSTILE, all_of, check_names, classes, parsed, texts

START = datetime(2026, 1, 5, 6, tzinfo=UTC)


def daily(*values: float | None) -> list[Point]:
    return [Point(START + timedelta(days=day), value) for day, value in enumerate(values)]


def way(points: list[Point], **more: object) -> str:
    found = all_of(parsed(line("T", points, **more).svg), "path", "chart-line")  # type: ignore[arg-type]
    return next(found).get("d", "")


def test_a_line_lies_where_its_values_are() -> None:
    chart = line("Pages", daily(0, 50, 100), unit="pages", height=100)
    root = parsed(chart.svg)
    assert way(daily(0, 50, 100), height=100) == "M0,100 500,50 1000,0"
    assert [t.text for t in all_of(root, "text") if t.get("x") == "-8"] == ["0", "50", "100"]
    assert "Jan 7, 2026 · 100 pages" in texts(root)
    assert [[c.text for c in row] for row in chart.rows][1] == ["Jan 6, 2026", "50 pages", ""]
    assert root.get("role") == "img"
    check_names(root)
    assert {n for n in classes(root) if f".{n}" not in CSS} == set()


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert way(daily(1, 2, None, 3, 4)).count("M") == 2
    assert way(daily(1, 2, math.nan, 3, 4)).count("M") == 2
    late = [
        *daily(1, 2),
        Point(START + timedelta(days=30), 3),
        Point(START + timedelta(days=31), 4),
    ]
    assert way(late).count("M") == 1
    assert way(late, gap=timedelta(days=7)).count("M") == 2


def test_a_reset_breaks_the_line_and_is_marked() -> None:
    points = daily(900, 950, 10, 30)
    points[2] = points[2]._replace(reset=True)
    chart = line("T", points)
    root = parsed(chart.svg)
    assert way(points).count("M") == 2
    assert len(list(all_of(root, "line", "chart-reset"))) == 1
    assert "counter began anew" in [t.text for t in all_of(root, "title")]
    assert chart.rows[2][2].text == "counter began anew"


def test_a_lone_reading_is_a_dot() -> None:
    root = parsed(line("T", daily(5)).svg)
    assert next(all_of(root, "circle")).get("cx") == "50%"
    assert line("T", daily(None, math.nan)).rows == ()
    assert texts(parsed(line("T", []).svg)) == ["Nothing to show yet"]


def test_a_running_counter_has_no_area_and_does_not_begin_at_zero() -> None:
    points = daily(1_204_000, 1_206_000)
    root = parsed(line("T", points, from_zero=False).svg)
    assert not list(all_of(root, "path", "chart-area"))
    assert "0" not in texts(root)
    assert list(all_of(parsed(line("T", points).svg), "path", "chart-area"))


def test_many_readings_are_thinned_but_keep_their_extremes_and_breaks() -> None:
    source = random.Random(1)
    points = daily(*(source.randint(100, 200) for _ in range(5_000)))
    points[2_345] = points[2_345]._replace(value=999)
    points[777] = points[777]._replace(reset=True)
    dots = dots_of(points)
    assert len(dots) <= MOST_DOTS
    assert (dots[0].at, dots[-1].at) == (points[0].at, points[-1].at)
    assert max(dot.value for dot in dots) == 999
    assert [dot.reset for dot in dots].count(True) == 1
    chart = line("T", points)
    assert len(chart.rows) == len(dots) and len(chart.svg) < 120_000


ODD = [math.inf, -math.inf, -3, 1e308, -1e308, 10**400, -(10**400), 10**5000, 5e-324, 0, 2]


@pytest.mark.parametrize("from_zero", [True, False])
def test_odd_values_and_moments_do_not_break_it(from_zero: bool) -> None:
    for value in ODD:
        parsed(line("T", daily(value, 1), from_zero=from_zero).svg)
    parsed(line("T", daily(*ODD), from_zero=from_zero).svg)
    edges = [datetime.min, datetime.max.replace(tzinfo=UTC), START, START.replace(tzinfo=None)]
    for zone in (UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")):
        chart = line("T", [Point(at, 1) for at in edges], zone=zone)
        parsed(chart.svg)
        assert len(chart.rows) == 4


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(text: str) -> None:
    chart = line(text, daily(1, 2), unit=text, summary=text, id=text)
    check_names(parsed(chart.svg))
    check_names(parsed(sparkline([1, 2], name=text + "x", id=text)))
    assert "<script" not in chart.svg


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 100, [0, 50, 100]), (0, 7, [0, 2, 4, 6, 8]), (0, 1, [0, 1]),
     (1_204_000, 1_214_443, [1_200_000, 1_205_000, 1_210_000, 1_215_000]),
     (-30, 60, [-50, 0, 50, 100]), (5, 5, [5, 6])],
)  # fmt: skip
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, whole=True) == expected


def test_ticks_of_any_span_hold_it() -> None:
    source = random.Random(2)
    for _ in range(500):
        low, high = sorted(source.uniform(-1, 1) * 10 ** source.uniform(-6, 14) for _ in range(2))
        found = ticks(low, high)
        slack = (found[-1] - found[0]) * 1e-6
        assert found[0] <= low + slack and found[-1] >= high - slack
        assert 2 <= len(found) <= 7 and found == sorted(set(found))


def test_a_calendar_ticks_where_its_units_begin() -> None:
    months, grain = calendar(START, START + timedelta(days=150))
    assert (grain, [m.day for m in months]) == (Grain.MONTH, [1] * len(months))
    mondays, grain = calendar(START, START + timedelta(days=35))
    assert (grain, {m.weekday() for m in mondays}) == (Grain.DAY, {0})
    hours, grain = calendar(START, START + timedelta(hours=20))
    assert (grain, [h.hour for h in hours]) == (Grain.HOUR, [6, 12, 18, 0])
    years, grain = calendar(START, START + timedelta(days=366 * 40))
    assert (grain, years[0].year) == (Grain.YEAR, 2030)
    chicago = ZoneInfo("America/Chicago")
    local, _ = calendar(START, START + timedelta(days=5), chicago)
    assert {moment.astimezone(chicago).hour for moment in local} == {0}
    assert calendar(datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def test_dates_are_told_in_the_language_of_the_page() -> None:
    assert dates_in("en")(START, Grain.DAY) == "Jan 5"
    assert dates_in("es")(START, Grain.DAY) == "5 ene"
    assert dates_in("xx")(START, Grain.FULL) == "Jan 5, 2026"


@pytest.mark.parametrize("count", [1, 2, 5, 12, 31, 120])
def test_labels_have_room_and_those_of_narrow_pictures_stay(count: int) -> None:
    shown = roomy(count, 40)
    for width, hidden in ((256, {None, " chart-from-m", " chart-from-l"}),
                          (340, {None, " chart-from-l"}), (620, {None})):  # fmt: skip
        seen = [place for place, name in enumerate(shown) if name not in hidden]
        assert seen[0] == 0
        if len(seen) > 1:
            assert (seen[1] - seen[0]) * width / count >= 40


def test_a_sparkline_is_small_and_knows_when_to_be_silent() -> None:
    named = parsed(sparkline([1, 5, None, 3, 9], name="Pages of printer 4"))
    assert named.get("role") == "img"
    assert next(all_of(named, "path")).get("d", "").count("M") == 2
    assert parsed(sparkline([1, 2])).get("aria-hidden") == "true"
    for values in ([], [None], [math.nan], [math.inf, 10**400, -1e308], [7, 7, 7], [0.0] * 5_000):
        assert len(sparkline(values)) < 6_000
        parsed(sparkline(values))
