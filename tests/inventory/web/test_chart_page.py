"""What a chart looks like on a page: the figure around it, and the colours of charts.css."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from inventory.web.charts import Bar, Cell, Chart, bars
from tests.inventory.web.drawn import CSS, FOREIGN, HOSTILE

TEMPLATES = Path(__file__).parents[3] / "inventory" / "web" / "templates"


def shown(chart: Chart) -> str:
    env = Environment(
        autoescape=True, loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    page = env.from_string('{% from "kit/chart.html" import chart %}{{ chart(c) }}')
    return page.render(c=chart)


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_figure_holds_the_picture_and_the_table() -> None:
    chart = bars("By kind", [Bar("Printers", 12, "/p?a=1&b=2"), Bar("Fax", 1)], summary="Mostly.")
    page = shown(chart)
    tags = Reader(page).tags
    assert [t for t, _ in tags].count("figure") == 1 and str(chart.svg) in page
    for text in ("By kind", "Mostly.", "Show as table", 'href="/p?a=1&amp;b=2"'):
        assert text in page
    assert [a.get("scope") for t, a in tags if t == "th"] == ["col", "col", "row", "row"]
    assert [a.get("class") for t, a in tags if t == "td"] == ["num", "num"]
    (region,) = [a for t, a in tags if a.get("role") == "region"]
    assert (region["tabindex"], region["aria-label"]) == ("0", "By kind as table")


def test_a_chart_without_data_has_no_table() -> None:
    page = shown(bars("By kind", []))
    assert "<details" not in page and "Nothing to show yet" in page


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_cells_are_only_text(text: str) -> None:
    rows = tuple((Cell(text, href), Cell(text)) for href in FOREIGN)
    page = shown(Chart(text, text, Markup("<svg></svg>"), (text, text), rows))
    tags = Reader(page).tags
    assert {t for t, _ in tags} <= {
        "figure", "figcaption", "strong", "span", "svg", "details", "summary", "div", "table",
        "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert "<script" not in page and all("style" not in a and "onerror" not in a for _, a in tags)
    assert str(escape(rows[0][1].text)) in page


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """As WCAG 2.1 defines it (relative luminance)."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def palette(theme: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{theme}"\] {{(.*?)}}', CSS, re.S)
    assert block
    return dict(re.findall(r"--chart-([\w-]+): (#[0-9a-f]{6});", block.group(1)))


THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_data_colours_stand_out_from_their_ground(theme: str) -> None:
    colours = palette(theme)
    data = {k: v for k, v in colours.items() if k.startswith(("data-", "ink-"))}
    assert len(data) == 23
    grounds = [colours["surface"], colours["panel"]]
    for name, colour in {**data, "axis": colours["axis"], "accent": colours["accent"]}.items():
        assert min(contrast(colour, ground) for ground in grounds) >= 3, name
        if name.startswith("data-"):
            assert contrast(colour, colours["track"]) >= 3, name


@pytest.mark.parametrize("theme", THEMES)
def test_letters_are_readable(theme: str) -> None:
    colours = palette(theme)
    for name in ("text", "faint", "accent"):
        for ground in ("surface", "panel"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def test_both_themes_name_the_same_colours_and_each_is_defined() -> None:
    light, dark = map(palette, THEMES)
    assert set(light) == set(dark)
    assert set(re.findall(r"var\(--chart-([\w-]+)\)", CSS)) <= set(light)


def test_contrast_is_computed_as_the_guideline_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
