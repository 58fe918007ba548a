"""docs/connectors.md is what the connectors declare."""

from pathlib import Path

from mdm import registry, tables

PAGE = Path(__file__).parents[2] / "docs/connectors.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == tables.page(), (
        "run: python -m mdm.tables > docs/connectors.md"
    )


def test_every_capability_stands_there_for_every_platform() -> None:
    lines = tables.page().splitlines()
    for info in registry.vendors().values():
        assert f"## {info.label} (`{info.name}`)" in lines
        told = [(p.value, row.action) for row in info.capabilities for p in row.platforms]
        for platform, action in told:
            start = f"| {platform} | {action.value.replace('_', ' ')} "
            found = sum(line.startswith(start) for line in lines)
            assert found == told.count((platform, action))
