"""A real server process for the browser: `homeroom run` on a free port over a folder of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory.db import Database
from inventory.settings import Settings, load
from inventory.vault import open_vault

START_SECONDS = 60


@dataclass
class Installation:
    """A folder with settings, database and key; `link` is the set-up link, once served empty."""

    settings: Settings
    database: Database
    environment: dict[str, str]
    link: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def install(folder: Path, *, worker: bool = False, **more: str) -> Installation:
    """Settings, key and an empty database file's place; nothing is migrated yet."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("HOMEROOM_")}
    environment |= {
        "HOMEROOM_DATABASE_URL": f"sqlite:///{folder}/homeroom.db",
        "HOMEROOM_DATA_DIR": str(folder),
        "HOMEROOM_PORT": str(free_port()),
        "HOMEROOM_WORKER": str(worker).lower(),
        "HOMEROOM_DISTRICT": "Maple Valley Public Schools",
        "HOMEROOM_LOG_LEVEL": "WARNING",
        **more,
    }
    settings = load(environment)
    vault = open_vault(settings, create=True)
    return Installation(settings, Database(settings.database_url, vault=vault), environment)


@contextmanager
def running(made: Installation, *, empty: bool = False) -> Iterator[Installation]:
    """Serve it until the block ends; of an `empty` one, read the set-up link that is printed.

    Raises AssertionError where the server does not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "inventory.cli", "run"], env=made.environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        _wait(made, process)
        while empty and not made.link:
            assert process.stdout is not None
            made.link = link_in(process.stdout.readline())
        yield made
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
        made.database.close()


def _wait(made: Installation, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(f"{made.url}/api/v1/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not answer in time")


def link_in(line: str) -> str:
    """The set-up link in a line that the server printed, else ""."""
    return next((word for word in line.split() if "/setup#" in word), "")
