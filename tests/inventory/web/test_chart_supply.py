"""How full a supply is, as a picture: by height, by pattern and by word, never by colour alone."""

import math
from xml.etree import ElementTree as ET

import pytest

from inventory.web.chart_small import ink_of
from inventory.web.charts import level
from snmp_discovery.types import SupplyState
from tests.inventory.web.drawn import CSS, HOSTILE, all_of, check_names, classes, parsed, texts


def liquid(root: ET.Element) -> list[ET.Element]:
    return [r for r in all_of(root, "rect") if "chart-ink-" in r.get("class", "")]


def name_of(root: ET.Element) -> str:
    return next(all_of(root, "title")).text or ""


def test_a_tank_is_as_full_as_the_supply() -> None:
    tall = {}
    for percent in (25, 50, 100):
        root = parsed(level(percent, SupplyState.OK, "Cyan"))
        (mass,) = liquid(root)
        tall[percent] = float(mass.get("height", ""))
        assert float(mass.get("y", "")) + tall[percent] == 43, "it stands on the bottom"
        assert mass.get("class") == "chart-ink-cyan"
        assert f"{percent}%" in texts(root) and "C" in texts(root)
        assert name_of(root) == f"Cyan: {percent}%"
    assert tall[50] == 2 * tall[25] == tall[100] / 2


def test_a_low_one_is_hatched_and_an_empty_one_is_empty() -> None:
    low = parsed(level(8, SupplyState.LOW, "magenta", name="Toner TN-243M"))
    assert any("url(#" in r.get("fill", "") for r in all_of(low, "rect"))
    assert name_of(low) == "Toner TN-243M: 8%, low"
    assert "chart-is-low" in classes(low)
    assert "chart-is-low" in classes(parsed(level(8, "", "magenta"))), "without a state too"
    assert "chart-is-low" not in classes(parsed(level(8, SupplyState.OK, "magenta")))
    for root in (parsed(level(0, SupplyState.OK, "k")), parsed(level(40, SupplyState.EMPTY, "k")),
                 parsed(level(None, SupplyState.EMPTY, "k"))):  # fmt: skip
        assert "empty" in texts(root) and not liquid(root) and "chart-is-empty" in classes(root)


@pytest.mark.parametrize(
    ("state", "word", "said"),
    [(SupplyState.UNKNOWN, "?", "level unknown"), ("", "?", "level unknown"),
     (SupplyState.SOME_REMAINS, "some", "some remains"), (SupplyState.OK, "ok", "ok"),
     (SupplyState.LOW, "low", "low"), (SupplyState.UNRESTRICTED, "∞", "not limited"),
     ("no such state", "?", "level unknown")],
)  # fmt: skip
def test_a_level_that_is_not_told_is_no_number(state: str, word: str, said: str) -> None:
    root = parsed(level(None, state, "black"))
    assert word in texts(root) and name_of(root) == f"black: {said}"
    assert not any("%" in text for text in texts(root))


@pytest.mark.parametrize(
    ("name", "ink"),
    [("black", "black"), ("Photo Black", "black"), ("Light Cyan", "cyan"), ("YELLOW", "yellow"),
     ("Black Cartridge HP CF410X", "black"), ("cyan magenta yellow", "other"), ("", "other"),
     ("clear coat", "other"), ("grey", "gray"), ("K", "black"), ("blackout", "other")],
)  # fmt: skip
def test_a_colour_is_found_in_a_name(name: str, ink: str) -> None:
    assert ink_of(name) == ink


@pytest.mark.parametrize("percent", [math.nan, math.inf, -5, 1e308, 250, 0.001, None])
@pytest.mark.parametrize("state", [*SupplyState, "x", HOSTILE[0]])
def test_nothing_breaks_it(percent: float | None, state: str) -> None:
    root = parsed(level(percent, state, "black"))
    check_names(root)
    assert {n for n in classes(root) if f".{n}" not in CSS} == set()
    for rect in all_of(root, "rect"):
        assert 0 <= float(rect.get("height", "")) <= 40
    for text in HOSTILE:
        check_names(parsed(level(percent, state, text, name=text, id=text)))
