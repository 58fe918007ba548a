"""Lookup by tag over HTTP with a token, 100,000 assets on SQLite: `python -m benchmarks lookup`.

The server runs in one process (one core, as Python has it). The client is `wrk` where installed
(Debian: wrk), else threads of our own, which then cost the same machine more. A route that only
answers "ok" is measured in the same run: what HTTP and Flask cost without us.
"""

import http.client
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from inventory import installation
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts, tokens
from inventory.db import Database, now
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.vault import open_vault

ACTOR = system_actor("benchmark", Permission)
SECONDS, CONNECTIONS = 8, 4


def prepared(folder: Path, count: int) -> tuple[Settings, str, list[str]]:
    """A database with `count` assets, and a token that may look them up."""
    from benchmarks.fleet import make_fleet

    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", data_dir=str(folder))
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    with database.unit() as db:
        sites.ensure_district(db, ACTOR, "Benchmark", now=now())
        owner, _ = accounts.create_account(
            db, ACTOR, user_name="bench", grants=[(Role.HELPDESK, None)], now=now()
        )
        _, token = tokens.create_token(
            db, ACTOR, owner.id, label="bench", permissions=[Permission.LOOKUP],
            lifetime=timedelta(days=1), now=now(),
        )  # fmt: skip
    make_fleet(database, count)
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT tag FROM asset ORDER BY random() LIMIT 2000")
        tags = [row[0] for row in found]
    database.close()
    return settings, token, tags


@contextmanager
def served(settings: Settings, port: int, *, worker: bool = False):  # type: ignore[no-untyped-def]
    environment = {
        **os.environ, "HOMEROOM_DATABASE_URL": settings.database_url,
        "HOMEROOM_DATA_DIR": settings.data_dir, "HOMEROOM_PORT": str(port),
        "HOMEROOM_WORKER": str(worker).lower(), "HOMEROOM_LOG_LEVEL": "WARNING",
        "HOMEROOM_TOKEN_REQUESTS_PER_MINUTE": "100000000",
    }  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "inventory.cli", "run"], env=environment)
    try:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/api/v1/health")
                connection.getresponse().read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.02)
        yield process, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def family(pid: int) -> list[int]:
    """The process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children."""
    ticks = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def rss_of(pid: int) -> float:
    """Resident MB of a process and its children."""
    total = 0
    for each in family(pid):
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                total += int(line.split()[1])
    return total / 1024


def load(port: int, token: str, paths: list[str]) -> list[float]:
    """Latencies in ms of keep-alive clients in threads, for SECONDS."""
    latencies: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    until = time.perf_counter() + SECONDS

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        pick = random.Random(number)
        headers = {"Authorization": f"Bearer {token}"}
        while time.perf_counter() < until:
            started = time.perf_counter()
            connection.request("GET", pick.choice(paths), headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            latencies[number].append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(value for one in latencies for value in one)


def wrk(port: int, token: str, paths: list[str], folder: Path) -> tuple[float, float, float]:
    """Requests a second, median and p99 in ms, by wrk over the given paths in turn."""
    listed = ",".join(json.dumps(path) for path in paths)
    script = folder / "paths.lua"
    script.write_text(
        f"local paths = {{{listed}}}\nlocal i = 0\n"
        f'request = function() i = i % #paths + 1 return wrk.format("GET", paths[i], '
        f'{{["Authorization"] = "Bearer {token}"}}) end\n'
        "done = function(summary, latency) io.write(string.format('%f %f %f %d\\n', "
        "summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, "
        "latency:percentile(99) / 1000, summary.errors.status)) end\n"
    )
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script),
         f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rate, median, p99, errors = done.stdout.strip().splitlines()[-1].split()
    assert errors == "0", done.stdout
    return float(rate), float(median), float(p99)


def measured(name: str, port: int, pid: int, token: str, paths: list[str], folder: Path) -> float:
    before = cpu_of(pid)
    started = time.perf_counter()
    if shutil.which("wrk"):
        rate, median, p99 = wrk(port, token, paths, folder)
    else:
        values = load(port, token, paths)
        rate = len(values) / SECONDS
        median, p99 = values[len(values) // 2], values[int(len(values) * 0.99)]
    wall = time.perf_counter() - started
    cpu = cpu_of(pid) - before
    per_core = rate * wall / cpu
    print(
        f"{name:28} {rate:7.0f}/s  {per_core:7.0f} per CPU-second  "
        f"median {median:5.2f} ms  p99 {p99:5.2f} ms"
    )
    return per_core


def main(arguments: list[str]) -> int:
    """`--assets N` (100,000)."""
    count = int(arguments[arguments.index("--assets") + 1]) if "--assets" in arguments else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings, token, tags = prepared(folder, count)
        port = 18_431
        with served(settings, port) as (process, seconds):
            print(
                f"{count} assets; server answers after {seconds:.2f} s, "
                f"{rss_of(process.pid):.0f} MB at rest; client: "
                f"{'wrk' if shutil.which('wrk') else 'threads'}, {CONNECTIONS} connections"
            )
            plain = measured("GET /health", port, process.pid, token, ["/api/v1/health"], folder)
            paths = [f"/api/v1/lookup/{tag}" for tag in tags]
            ours = measured("GET /lookup/{tag}", port, process.pid, token, paths, folder)
            print(f"{'a lookup costs, in /health':28} {plain / ours:7.2f} times")
            print(
                f"{rss_of(process.pid):.0f} MB after it; client peak "
                f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
