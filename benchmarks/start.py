"""How long the command line takes to answer: `python -m benchmarks start`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.lookup import prepared, rss_of, served

RUNS = 7


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Median wall time of a command."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main(_arguments: list[str]) -> int:
    """Medians of several runs on a database of 10,000 assets."""
    with tempfile.TemporaryDirectory() as name:
        settings, _, tags = prepared(Path(name), 10_000)
        environment = {
            **os.environ, "HOMEROOM_DATABASE_URL": settings.database_url,
            "HOMEROOM_DATA_DIR": settings.data_dir,
        }  # fmt: skip
        bare = seconds([sys.executable, "-c", "pass"], environment)
        homeroom = [sys.executable, "-m", "inventory.cli"]
        rows = [
            ("python -c pass", bare),
            ("homeroom --version", seconds([*homeroom, "--version"], environment)),
            ("homeroom lookup TAG", seconds([*homeroom, "lookup", tags[0]], environment)),
            ("homeroom assets list", seconds([*homeroom, "assets", "list", "--limit", "1"],
                                             environment)),
        ]  # fmt: skip
        for label, taken in rows:
            print(f"{label:24} {taken:6.2f} s  {taken / bare:6.1f} times a bare Python")
        with served(settings, 18_432) as (process, taken):
            print(f"{'server answers after':24} {taken:6.2f} s, {rss_of(process.pid):.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
