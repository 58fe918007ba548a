"""The import rules of the house, by import-linter; a folder without a row fails (exhaustive)."""

from importlinter.cli import lint_imports


def test_import_contracts_hold() -> None:
    assert lint_imports(no_cache=True) == 0
