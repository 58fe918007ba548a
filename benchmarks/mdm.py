"""Syncs of a large MDM tenant on SQLite: `python -m benchmarks mdm [COUNT]`, 100,000 by default.

The vendor is a process of its own that sends pages made beforehand, in the shape of Google's, as
large as Google lets them be. Each sync runs in a process of its own, so that its CPU time and its
largest size are its alone; the connector's own pace is taken off, since it only waits.
"""

import http.server
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from inventory import installation
from inventory.access import Permission, system_actor
from inventory.db import Database, now
from inventory.engine import JobContext
from inventory.fleet import connections, opening, sync_run, syncs
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from inventory.fleet.models import MdmSync
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.vault import open_vault
from mdm.connection import Wiring

ACTOR = system_actor("benchmark", Permission)
ROOT = Path(__file__).parent.parent
LARGEST_PAGE = 300
ROUNDS = ("first sync", "nothing changed", "all checked in", "1 % changed")


class Unpaced:
    def wait(self) -> None:
        """At once."""


def pages_of(count: int, kind: str) -> list[bytes]:
    """The whole list as it is sent, page by page; the same devices for every kind of round."""
    from mdm.vendors._google_devices import FIELDS
    from tests.mdm.fakes.google import _only
    from tests.mdm.fakes.google_devices import chromebook

    rng, rows = random.Random(11), []
    at = datetime(2026, 9, 1, tzinfo=UTC)
    for number in range(count):
        row = chromebook(rng, number, at) | {"annotatedAssetId": ""}
        if kind == "all checked in":
            row["lastSync"] = "2026-09-02T06:00:00.000Z"
        if kind == "1 % changed" and number % 100 == 0:
            row["osVersion"] = "140.0.1.1"
        rows.append(_only(row, FIELDS["chromeos"]))
    made = []
    for start in range(0, count, LARGEST_PAGE):
        body: dict[str, object] = {"chromeosdevices": rows[start : start + LARGEST_PAGE]}
        if start + LARGEST_PAGE < count:
            body["nextPageToken"] = str(start // LARGEST_PAGE + 1)
        made.append(json.dumps(body).encode())
    return made


def serve(count: int) -> None:
    """The vendor: its address on stdout, then a round's name on stdin changes the list."""
    lists = {"": [b"{}"]}

    class Vendor(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            token = {"access_token": "t" * 40, "expires_in": 3599, "token_type": "Bearer"}
            self.answer(json.dumps(token).encode())

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self.answer(lists["now"][int(query.get("pageToken", ["0"])[0])])

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for line in sys.stdin:
        lists["now"] = pages_of(count, line.strip())
        print("ready", flush=True)


def prepare(folder: Path, address: str) -> None:
    from tests.mdm.fakes.google import FakeGoogle

    settings = settings_of(folder)
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    with database.unit() as db:
        sites.ensure_district(db, ACTOR, "Benchmark", now=now())
        draft = ConnectionDraft(
            "google_workspace", "Chromebooks", {**FakeGoogle().config(), "mobile": "no"},
            address=address,
        )  # fmt: skip
        connections.create(db, ACTOR, draft, limits=Limits(simulated=True), now=now())
    database.close()


def settings_of(folder: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/bench.db", data_dir=str(folder))


def sync(folder: Path) -> None:
    """One sync, and what it cost this process, as one line of JSON."""
    settings = settings_of(folder)
    database = Database(settings.database_url, vault=open_vault(settings))
    database.info[opening.WIRING] = Wiring(pace=Unpaced())
    cpu, started = time.process_time(), time.perf_counter()
    with database.unit() as db:
        sync_id = syncs.request_sync(db, ACTOR, 1, now=now()).id
    job = JobContext(
        database, settings, {"sync": sync_id}, f"mdm.sync:{sync_id}", lambda _: False,
        threading.Event(), 1.0,
    )  # fmt: skip
    sync_run.run_sync(job)
    told = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - started,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    with database.unit(write=False) as db:
        row = db.get(MdmSync, sync_id)
        assert row is not None and row.state.value == "finished", row and row.error
        told |= {n: getattr(row, n) for n in ("seen", "new", "changed", "unchanged", "created")}
    print(json.dumps(told), flush=True)


def main(arguments: list[str]) -> int:
    """All rounds, each measured; the counts are checked."""
    count = int(arguments[0]) if arguments else 100_000
    run = [sys.executable, "-m", "benchmarks.mdm"]
    with tempfile.TemporaryDirectory() as name, subprocess.Popen(
        [*run, "serve", str(count)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as vendor:  # fmt: skip
        assert vendor.stdin is not None and vendor.stdout is not None
        prepare(Path(name), f"http://127.0.0.1:{vendor.stdout.readline().strip()}")
        print(f"{count:,} devices in pages of {LARGEST_PAGE}, SQLite, {os.cpu_count()} cores")
        print(f"{'':18} CPU s  wall s  MB    µs/device  created  changed  unchanged")
        for kind in ROUNDS:
            print(kind, file=vendor.stdin, flush=True)
            vendor.stdout.readline()
            done = subprocess.run(
                [*run, "sync", name], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
            )
            told = json.loads(done.stdout)
            assert told["seen"] == count, told
            print(
                f"{kind:18} {told['cpu']:6.1f} {told['wall']:6.1f}  {told['rss']:4.0f} "
                f"{told['cpu'] / count * 1e6:9.0f} {told['created']:9,} {told['changed']:8,} "
                f"{told['unchanged']:10,}",
                flush=True,
            )
        size = Path(name, "bench.db").stat().st_size / 1e6
        print(f"the database has {size:.0f} MB")
        vendor.terminate()
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", number]:
            serve(int(number))
        case ["sync", where]:
            sync(Path(where))
        case rest:
            sys.exit(main(rest))
