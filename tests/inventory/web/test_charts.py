"""Charts: proportions, links, breaks, and that nothing thrown at them breaks the picture."""

import math
from collections.abc import Callable

import pytest
from markupsafe import Markup

from inventory.web.chart_model import MISSING
from inventory.web.chart_svg import fitted, local, visible, width_of
from inventory.web.charts import Bar, Chart, bars, columns, stacked
from tests.inventory.web.drawn import (
    CSS,
    FOREIGN,
    HOSTILE,
    all_of,
    check_names,
    classes,
    parsed,
    texts,
)

Maker = Callable[..., Chart]
MAKERS: list[Maker] = [bars, columns, stacked]
DATA = [Bar("Printers", 300, "/assets?category=printer"), Bar("Tablets", 150, "/t"), Bar("Fax", 50)]


def widths(chart: Chart) -> list[float]:
    found = all_of(parsed(chart.svg), "rect", "chart-mark")
    return [float(rect.get("width", "").rstrip("%")) for rect in found]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(make: Maker, text: str) -> None:
    data = [Bar(text, 3, "/a?x=" + "y" * 50), Bar(text, 1, text, tone=text), Bar(text, 0)]
    chart = make(text, data, unit=text, summary=text, id=text)
    root = parsed(chart.svg)
    check_names(root)
    assert len(chart.svg) < 40_000
    for shown in (chart.svg, chart.title, chart.summary, *(c.text for r in chart.rows for c in r)):
        assert "\u202e" not in shown and "\x1b" not in shown and "\ud800" not in shown
    assert "<script" not in chart.svg and "onerror='" not in chart.svg
    assert isinstance(chart.svg, Markup)


@pytest.mark.parametrize("make", MAKERS)
def test_no_data_says_so(make: Maker) -> None:
    chart = make("Assets by kind", [])
    assert texts(parsed(chart.svg)) == ["Nothing to show yet"]
    assert (chart.title, chart.rows) == ("Assets by kind", ())


ODD = [math.nan, math.inf, -math.inf, -5, -0.0, 0, 1e308, 10**400, 10**5000, 5e-324, 0.1 + 0.2]


@pytest.mark.parametrize("make", MAKERS)
def test_odd_numbers_do_not_break_it(make: Maker) -> None:
    for value in ODD:
        parsed(make("One", [Bar("only", value)]).svg)
    chart = make("Odd", [Bar(f"{place}", value, "/x") for place, value in enumerate(ODD)])
    assert max(widths(chart)) <= 100.01 and min(widths(chart)) >= 0
    told = [row[1].text for row in chart.rows]
    assert told[0] == MISSING and told[3] == "-5" and told[7] == "> 10²¹" and told[10] == "0.3"


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_data_draw_the_same_picture(make: Maker) -> None:
    assert make("T", DATA) == make("T", DATA)
    assert 'id="mine-t"' in make("T", DATA, id="mine").svg
    ids = {make(title, DATA).svg.split('id="')[1] for title in ("T", "U")}
    assert len(ids) == 2, "an id follows from the title"


@pytest.mark.parametrize("make", MAKERS)
def test_links_lead_to_lists_of_this_site_only(make: Maker) -> None:
    root = parsed(make("T", DATA).svg)
    assert root.get("role") == "group", "what is inside of an image is hidden"
    assert {a.get("href") for a in all_of(root, "a")} == {"/assets?category=printer", "/t"}
    assert any(a.get("aria-label") == "Printers: 300" for a in all_of(root, "a")) or make is stacked
    chart = make("T", [Bar("a", 1, href) for href in FOREIGN])
    assert not list(all_of(parsed(chart.svg), "a"))
    assert not any(row[0].href for row in chart.rows)
    assert parsed(chart.svg).get("role") == "img"


def test_links_are_judged() -> None:
    assert [local(href) for href in FOREIGN] == [""] * len(FOREIGN)
    assert [local(h) for h in ("/a?b=c&d", "?q=1", "#x", "/")] == ["/a?b=c&d", "?q=1", "#x", "/"]


def test_bars_are_proportional_and_keep_their_order() -> None:
    chart = bars("Assets by kind", DATA, unit="devices")
    assert widths(chart) == [100.0, 50.0, 16.67]
    assert [t for t in texts(parsed(chart.svg)) if "devices" not in t] == [
        "Printers", "Tablets", "Fax",
    ]  # fmt: skip
    assert [c.text for c in chart.rows[0]] == ["Printers", "300 devices"]
    assert chart.rows[0][0].href == "/assets?category=printer"
    assert chart.head == ("Name", "Value")


def test_a_bar_too_small_to_see_is_seen_and_none_is_not() -> None:
    assert widths(bars("T", [Bar("a", 10**6), Bar("b", 1), Bar("c", 0)])) == [100.0, 0.3, 0.0]


def test_too_many_bars_become_one_line() -> None:
    chart = bars("T", [Bar(f"b{n}", 2) for n in range(50)], limit=10)
    assert len(widths(chart)) == 10
    assert texts(parsed(chart.svg))[-2:] == ["40 more", "80"]
    assert len(chart.rows) == 50


def test_long_names_are_cut_for_the_width_and_told_in_full() -> None:
    name = (
        "Printers of the administration building, first floor, beside the great hall and the stairs"
    )
    root = parsed(bars("T", [Bar(name, 412, "/x")]).svg)
    cut = {t.get("class", "").split("-only-")[-1]: t.text or "" for t in all_of(root, "text")
           if "chart-label" in t.get("class", "")}  # fmt: skip
    assert set(cut) == {"s", "m", "l"}
    assert len(cut["s"]) < len(cut["m"]) < len(cut["l"])
    assert all(width_of(text, 12.5) <= room for text, room in zip(
        (cut["s"], cut["m"], cut["l"]), (256, 340, 620), strict=True))  # fmt: skip
    assert f"{name}: 412" in [t.text for t in all_of(root, "title")]


def test_fitted_text_fits() -> None:
    for text in ("MMMMMMMMMMMM", "iiiiiiiiiiiiiiiiiii", "プリンター" * 4, "Room 204"):
        assert width_of(fitted(text, 60, 12), 12) <= 60
    assert fitted("Room 204", 600, 12) == "Room 204"
    assert fitted("anything", 0, 12) == "a…"
    assert visible("a\u202eb\x00c\nd") == "a\ufffdb\ufffdc d"


def test_columns_stand_on_one_line_with_their_numbers_on_top() -> None:
    chart = columns(
        "Bought", [Bar(str(2020 + n), v) for n, v in enumerate((10, 40, 20))], height=100
    )
    root = parsed(chart.svg)
    marks = list(all_of(root, "rect", "chart-mark"))
    assert [float(m.get("height", "")) for m in marks] == [25, 100, 50]
    assert {float(m.get("height", "")) + float(m.get("y", "")) for m in marks} == {118}
    assert texts(root) == ["10", "40", "20", "2020", "2021", "2022"]


def test_many_columns_have_levels_and_a_few_names() -> None:
    chart = columns("Months", [Bar(f"M {n}", n, "/m") for n in range(90)])
    root = parsed(chart.svg)
    assert [t.text for t in all_of(root, "text") if t.get("x") == "-8"] == ["0", "50", "100"]
    names = [t for t in all_of(root, "text") if (t.text or "").startswith("M ")]
    always = [t for t in names if "chart-from" not in t.get("class", "")]
    assert 3 <= len(always) <= 8 and len(names) <= 24
    assert len(list(all_of(root, "a"))) == 90


def test_more_columns_than_can_be_drawn_are_counted() -> None:
    chart = columns("Days", [Bar(str(n), 1) for n in range(400)], summary="Steady.")
    assert chart.summary == "Steady. The picture shows 120 of 400."
    assert len(widths(chart)) == 120 and len(chart.rows) == 400


def test_parts_fill_the_whole_without_a_gap() -> None:
    chart = stacked("Status", DATA)
    root = parsed(chart.svg)
    parts = list(all_of(root, "rect", "chart-part"))
    start = 0.0
    for part, share in zip(parts, (60, 30, 10), strict=True):
        assert float(part.get("x", "").rstrip("%")) == pytest.approx(start)
        assert float(part.get("width", "").rstrip("%")) == share
        start += share
    assert [c.text for c in chart.rows[0]] == ["Printers", "300", "60%"]
    assert len(list(all_of(root, "rect", "chart-pattern"))) == 2, "every second part is hatched"
    quiet = [a for a in all_of(root, "a") if a.get("tabindex") == "-1"]
    assert len(quiet) == 2, "the keyboard meets each list once"


def test_many_parts_are_drawn_together_and_shares_do_not_lie() -> None:
    chart = stacked("T", [Bar("big", 99_999), *(Bar(f"p{n}", 1) for n in range(20))])
    assert "13 more" in texts(parsed(chart.svg))
    assert [row[2].text for row in chart.rows][:2] == ["99%", "< 1%"]
    assert [row[2].text for row in stacked("T", [Bar("all", 5), Bar("none", 0)]).rows] == [
        "100%",
        "0%",
    ]
    assert stacked("T", [Bar("none", 0)]).rows == ()


def test_numbers_are_told_as_the_page_wishes() -> None:
    chart = bars("T", [Bar("a", 1234567)], number=lambda n: f"{n:,}".replace(",", "."))
    assert chart.rows[0][1].text == "1.234.567"


@pytest.mark.parametrize("make", MAKERS)
def test_every_class_has_its_look(make: Maker) -> None:
    tones = ["", "success", "danger", "warning", "info", "secondary", "dark", "primary"]
    names = classes(
        parsed(make("T", [Bar("a" * 90, 1, "/x", tone=tone) for tone in tones * 5]).svg)
    )
    plain = {"chart-row", "chart-pattern", "chart-label"}
    assert {name for name in names - plain if f".{name}" not in CSS} == set()
