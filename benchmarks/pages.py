"""Server time of the web UI's pages, 100,000 assets on SQLite: `python -m benchmarks pages`.

Every page is asked over HTTP from a real server process, signed in, one request at a time; the
first three answers of each are not counted. The promise: 50 ms at the median for every list page.
A ratio tells what a page costs beside the lightest page of the same run (/me/password: the frame,
the session, and nothing else).
"""

import http.client
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from benchmarks.fleet import make_fleet
from benchmarks.lookup import rss_of, served
from inventory import installation
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts, sessions
from inventory.accounts.sessions import Origin
from inventory.assets.models import Asset
from inventory.db import Database, now
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.vault import open_vault

ACTOR = system_actor("benchmark", Permission)
PROMISE_MS = 50.0
PORT = 18_433
BASE = "/me/password"
LISTS = (
    "/", "/assets", "/assets?category=printer&sort=-updated_at", "/assets?q=laserjet",
    "/assets?q=lincoln+chromebook", "/assets?status=in_stock&federal_funds=false",
    "/assets?sort=-last_seen_at", "/discoveries", "/networks", "/sweeps", "/accounts", "/sites",
    "/audit", "/jobs", "/map",
)  # fmt: skip
OTHERS = ("/assets/{asset}", "/assets/{asset}/network", "/assets/{asset}/history", "/palette?q=004",
          "/find?q=chromebook")  # fmt: skip


@dataclass
class Browser:
    """One signed-in connection."""

    connection: http.client.HTTPConnection
    cookie: str

    def ask(self, path: str) -> tuple[int, float, int]:
        """Status, milliseconds, bytes on the wire."""
        headers = {"Cookie": f"homeroom={self.cookie}", "Accept-Encoding": "gzip"}
        started = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, (time.perf_counter() - started) * 1000, len(body)


def prepared(folder: Path, count: int) -> tuple[Settings, str, int]:
    """A database with `count` assets; a session's secret; an asset's id."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/bench.db", data_dir=str(folder), session_idle_minutes=600
    )
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    with database.unit() as db:
        sites.ensure_district(db, ACTOR, "Benchmark", now=now())
        owner, _ = accounts.create_account(
            db, ACTOR, user_name="bench", grants=[(Role.COORDINATOR, None)], now=now()
        )
        _, secret = sessions.start(db, owner.id, Origin("127.0.0.1"), settings, now=now())
    make_fleet(database, count)
    with database.unit(write=False) as db:
        asset = db.exec(select(Asset.id).limit(1)).one()
    database.close()
    return settings, secret, asset


def measured(browser: Browser, path: str, times: int) -> tuple[float, float, int]:
    """Median and 95th percentile in ms, and bytes. Raises AssertionError for a wrong answer."""
    found = []
    for _ in range(times + 3):
        status, spent, size = browser.ask(path)
        assert status in {200, 303}, (path, status)
        found.append(spent)
    values = sorted(found[3:])
    return statistics.median(values), values[int(len(values) * 0.95)], size


def main(arguments: list[str]) -> int:
    """`--assets N` (100,000), `--times N` (30)."""

    def option(name: str, usual: int) -> int:
        return int(arguments[arguments.index(name) + 1]) if name in arguments else usual

    count, times = option("--assets", 100_000), option("--times", 30)
    over = []
    with tempfile.TemporaryDirectory() as name:
        settings, secret, asset = prepared(Path(name), count)
        with served(settings, PORT) as (process, seconds):
            browser = Browser(http.client.HTTPConnection("127.0.0.1", PORT), secret)
            print(f"{count} assets; server answers after {seconds:.2f} s; {times} requests each")
            base, _, _ = measured(browser, BASE, times)
            print(f"{BASE:46} median {base:6.1f} ms  (the frame alone)")
            for path in (*LISTS, *OTHERS):
                path = path.format(asset=asset)
                median, p95, size = measured(browser, path, times)
                print(f"{path:46} median {median:6.1f} ms  p95 {p95:6.1f}  {size / 1000:5.1f} KB  "
                      f"{median / base:5.1f} x the frame")  # fmt: skip
                if path in LISTS and median > PROMISE_MS:
                    over.append(path)
            print(f"{rss_of(process.pid):.0f} MB after it")
    print(f"over {PROMISE_MS:.0f} ms: {', '.join(over) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
