"""The front-end files that were taken from others: unchanged since, licensed, and whole."""

import importlib.util
import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from inventory.web.static_files import FOLDER

VENDOR = FOLDER / "vendor"
TOOL = Path(__file__).parents[3] / "tools" / "vendor.py"
LOCKED: list[dict[str, Any]] = json.loads((VENDOR / "vendor.lock.json").read_text("utf-8"))[
    "packages"
]
FILES = {name: summed for package in LOCKED for name, summed in package["files"].items()}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """`tools/vendor.py`, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("vendor_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_file_is_what_was_locked(tool: ModuleType) -> None:
    present = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()}
    assert present == {*FILES, tool.LOCK, tool.LICENCES}
    for name, summed in FILES.items():
        assert tool.sri((VENDOR / name).read_bytes(), "sha384") == summed, name


def test_the_lock_holds_what_the_tool_takes(tool: ModuleType) -> None:
    assert [(p["name"], p["version"], {*p["files"]}) for p in LOCKED] == [
        (p.name, p.version, {*p.files}) for p in tool.PACKAGES
    ]
    for package in LOCKED:
        assert re.fullmatch(r"sha512-[\w+/]{86}==", package["integrity"]), package["name"]


def test_every_package_has_a_licence_with_its_text(tool: ModuleType) -> None:
    notices = (VENDOR / tool.LICENCES).read_text("utf-8")
    for package in LOCKED:
        assert package["licence"] in set(tool.SPDX.values())
        title = f"{package['name']} {package['version']} ({package['licence']})"
        _, _, text = notices.partition(title)
        assert "Permission" in text.partition("\n\n\n")[0], title


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".wasm")])
def test_a_file_points_nowhere_and_is_small(name: str) -> None:
    text = (VENDOR / name).read_text("utf-8")
    assert "sourceMappingURL" not in text
    assert len(text.encode()) < 2**20
    loaded = re.findall(
        r"""(?:url\(|@import|\bhref=|\bsrc=)\s*["']?(?!data:|[#"'])([^"')\s]*)""", text
    )
    assert not [each for each in loaded if "//" in each], "a page loads nothing from elsewhere"


def test_the_sprite_holds_every_icon_and_nothing_but_shapes(tool: ModuleType) -> None:
    root = ET.fromstring((VENDOR / "icons.svg").read_text("utf-8"))
    assert [symbol.get("id") for symbol in root] == tool.ICONS
    assert all(symbol.get("viewBox") == "0 0 16 16" for symbol in root)
    assert {element.tag for symbol in root for element in symbol.iter()} - tool.SHAPES == {
        f"{tool.SVG}symbol"
    }


def test_a_tarball_that_was_changed_is_refused(tool: ModuleType) -> None:
    good = tool.sri(b"tarball", "sha512")
    tool.verify(b"tarball", good)
    tool.verify(b"tarball", f"sha512-other {good}")
    for wrong in ("", "sha512-", tool.sri(b"tarball", "sha1"), good.lower()):
        with pytest.raises(tool.Refused, match="sha512"):
            tool.verify(b"tarball", wrong)
    with pytest.raises(tool.Refused):
        tool.verify(b"tarbal1", good)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", '<path d="M0 0" onclick="x()"/>', "<style>*{}</style>",
        '<a href="//x"><path d="M0 0"/></a>', '<g><image href="x.png"/></g>', "<path>text</path>",
        '<path style="fill:red" d="M0 0"/>',
    ],
)  # fmt: skip
def test_an_icon_with_more_than_shapes_is_refused(tool: ModuleType, inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{inside}</svg>'
    with pytest.raises(tool.Refused, match="more than shapes"):
        tool.sprite(tool.PACKAGES[0], {"icons/bad.svg": svg})


def test_htmx_and_extensions_become_one_file(tool: ModuleType) -> None:
    package = tool.Package("htmx.org", "4.0.1", {"htmx.js": ("dist/htmx.min.js", "dist/ext/a.js")})
    parts = {
        "dist/htmx.min.js": b"var htmx={}\n//# sourceMappingURL=htmx.min.js.map",
        "dist/ext/a.js": b"(()=>{})()",
    }
    text = tool.built(package, "htmx.js", parts).decode()
    assert text.splitlines()[1:] == ["var htmx={};", "(()=>{})()"]
    with pytest.raises(tool.Refused, match=r"dist/ext/a\.js"):
        tool.built(package, "htmx.js", {"dist/htmx.min.js": b""})


def test_a_licence_that_nobody_looked_at_is_refused(tool: ModuleType) -> None:
    assert tool.licence_of({"package.json": b'{"license": "BSD-0-Clause"}'}) == "0BSD"
    for said in (b'{"license": "GPL-3.0"}', b"{}"):
        with pytest.raises(tool.Refused, match="licence"):
            tool.licence_of({"package.json": said})
