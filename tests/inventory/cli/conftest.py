"""An installation for the command line: settings in the environment, a migrated database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from inventory.cli import run
from inventory.db import Database
from inventory.vault import Vault, write_keys
from tests.conftest import TEST_VAULT


@dataclass
class Said:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


Homeroom = Callable[..., Said]


@pytest.fixture
def homeroom(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Homeroom:
    """Run a command of the installation; standard input is `given`, and no terminal."""
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", database_url)
    monkeypatch.setenv("HOMEROOM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    write_keys(tmp_path / "master.key", Vault(TEST_VAULT.active, TEST_VAULT.keys))

    def call(*arguments: str, given: str = "") -> Said:
        source = tmp_path / "stdin"
        source.write_text(given)
        capsys.readouterr()
        with source.open() as stream, monkeypatch.context() as patch:
            patch.setattr("sys.stdin", stream)
            code = run(list(arguments))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
