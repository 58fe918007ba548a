"""docs/connectors.md is what the connectors declare."""

from pathlib import Path

from mdm import registry, tables

PAGE = Path(__file__).parents[2] / "docs/connectors.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == tables.page(), (
        "run: python -m mdm.tables > docs/connectors.md"
    )


def test_every_capability_stands_there_for_every_platform() -> None:
    for info in registry.vendors().values():
        _, _, rest = tables.page().partition(f"\n## {info.label} (`{info.name}`)\n")
        lines = rest.partition("\n## ")[0].splitlines()
        assert lines
        told = [(p.value, row.action) for row in info.capabilities for p in row.platforms]
        for platform, action in told:
            start = f"| {platform} | {action.value.replace('_', ' ')} "
            found = sum(line.startswith(start) for line in lines)
            assert found == told.count((platform, action))
