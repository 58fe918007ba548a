"""Reads what was drawn, for the tests of charts and of the map; and what is thrown at them."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from inventory.web.chart_svg import NAMESPACE

STATIC = Path(__file__).parents[3] / "inventory" / "web" / "static"
CSS = (STATIC / "charts.css").read_text("utf-8")

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    '</svg></title><a href="javascript:alert(1)">x',
    "a\x00b\x07c\x1b[31m\x7f\ud800\ufffe",
    "\u202egnp.exe\u202c \u200f\u2066x",
    "&lt;&amp;&#0;&nosuch;]]>",
    "x" * 10_000,
    "%s %(count)s {0} {label.__class__} %",
    " \n\t ",
    "",
    "名前の長いプリンター" * 40,
    "e\u0301\u0301" * 300,
)
FOREIGN = (
    "javascript:alert(1)", " javascript:alert(1)", "//evil.example/x", "/\\evil.example",
    "https://evil.example", "/\t/evil.example", "data:text/html,x", "assets", "/a\x00b",
)  # fmt: skip


def parsed(markup: str) -> ET.Element:
    """The picture as XML; and it holds nothing that the pages' policy forbids."""
    root = ET.fromstring(markup)
    for element in root.iter():
        assert element.tag.split("}")[-1] not in {"script", "style", "foreignObject", "image"}
        for name, value in element.attrib.items():
            assert name != "style" and not name.startswith("on"), (element.tag, name)
            assert not re.search(r"\b(nan|inf|None)\b", value) or name[:4] in {"aria", "href"}, (
                element.tag, name, value,
            )  # fmt: skip
            assert not value.strip().lower().startswith(("javascript", "data:"))
    return root


def all_of(root: ET.Element, name: str, class_: str = "") -> Iterator[ET.Element]:
    for element in root.iter(f"{{{NAMESPACE}}}{name}"):
        if not class_ or class_ in element.get("class", "").split():
            yield element


def texts(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in all_of(root, "text")]


def classes(root: ET.Element) -> set[str]:
    return {name for element in root.iter() for name in element.get("class", "").split()}


def check_names(root: ET.Element) -> None:
    """Every id is there once, every reference leads to one, every link and picture has a name."""
    ids = [element.get("id", "") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    told = [e for e in root.iter() if e.get("aria-labelledby")]
    for element in told:
        assert set(element.get("aria-labelledby", "").split()) <= set(ids)
    for reference in re.findall(
        r"url\(#([^)]*)\)|href=\"#([^\"]*)\"", ET.tostring(root, "unicode")
    ):
        assert (reference[0] or reference[1]) in ids
    for link in all_of(root, "a"):
        assert (link.get("aria-label") or "").strip()
        assert link.get("href")
