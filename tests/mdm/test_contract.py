"""Every connector runs the whole contract, but for what its checklist exempts with a reason."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mdm.registry import vendor_names
from tests.mdm.contract import CASES, commands, hostile, reading
from tests.mdm.contract.world import World

FOLDER = Path(__file__).parent
CHECKLIST = tomllib.loads((FOLDER / "checklist.toml").read_text("utf-8"))
SUITE = (reading, commands, hostile)
OTHER_ITEMS = {"spec"}  # tests/mdm/test_prism.py
CONNECTOR_LINES = 250


def exempt(vendor: str, item: str) -> bool:
    """Without a section nothing is exempt, and the checklist's own test fails."""
    return str(CHECKLIST.get(vendor, {}).get(item)).startswith("exempt: ")


RUNS = [
    pytest.param(vendor, name, id=f"{vendor}-{name}")
    for vendor in vendor_names()
    for name in CASES
    if not exempt(vendor, name)
]


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(request.param)
    yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


@pytest.mark.parametrize(("world", "name"), RUNS, indirect=["world"])
def test_contract(world: World, name: str) -> None:
    CASES[name](world)


@pytest.mark.parametrize("vendor", vendor_names())
def test_the_checklist_is_complete(vendor: str) -> None:
    items = CHECKLIST.get(vendor, {})
    assert set(items) == set(CASES) | OTHER_ITEMS
    for item, state in items.items():
        assert state == "done" or (state.startswith("exempt: ") and len(state) > 24), item


def test_the_checklist_names_only_connectors() -> None:
    assert set(CHECKLIST) == set(vendor_names())


@pytest.mark.parametrize(
    "path", sorted((FOLDER.parents[1] / "mdm/vendors").glob("*.py")), ids=lambda p: p.name
)
def test_a_connector_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= CONNECTOR_LINES
