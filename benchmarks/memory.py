"""Memory and time of a /16 sweep inside a server: `python -m benchmarks memory`.

A real server (`homeroom run`) in a network namespace of its own sweeps 65,534 addresses of which
2,000 answer; its memory is read all the while, and a lookup is timed during the sweep.
"""

import json
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks import sweep as namespace
from benchmarks.lookup import ACTOR, prepared, rss_of, served
from inventory.access import Permission
from inventory.accounts import service as accounts, tokens
from inventory.db import Database, now
from inventory.discovery import credentials, networks, sweeps
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.settings import Settings
from inventory.vault import open_vault

PORT = 18_433
PATIENCE = 240.0


def with_network(settings: Settings) -> tuple[int, str]:
    """A network of the whole /16, a sweep of it that waits, and a token that may watch."""
    database = Database(settings.database_url, vault=open_vault(settings))
    with database.unit() as db:
        credential = credentials.create(
            db, ACTOR, CredentialDraft("v2c", CredentialKind.V2C, community="public"), now=now()
        )
        draft = NetworkDraft(
            "all", [namespace.LARGE[0]], rate=20_000, max_hosts=65_536, credentials=[credential.id]
        )
        network = networks.create(db, ACTOR, draft, limits=Limits(), now=now())
        watcher = accounts.by_user_name(db, ACTOR, "bench")
        accounts.grant_role(db, ACTOR, watcher.id, "technician", None, now=now())
        _, token = tokens.create_token(
            db, ACTOR, watcher.id, label="watch", now=now(), lifetime=namespace.DAY,
            permissions=[Permission.DISCOVERY_READ, Permission.LOOKUP],
        )  # fmt: skip
        sweep_id = sweeps.request_sweep(db, ACTOR, network.id, now=now()).id
    database.close()
    return sweep_id, token


def ask(path: str, token: str) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        told: dict[str, object] = json.load(answer)
        return told


def watch(pid: int, sweep_id: int, token: str, tag: str) -> None:
    peak, waits, started = 0.0, [], time.perf_counter()
    while time.perf_counter() - started < PATIENCE:
        before = time.perf_counter()
        ask(f"/lookup/{tag}", token)
        waits.append((time.perf_counter() - before) * 1000)
        peak = max(peak, rss_of(pid))
        told = ask(f"/sweeps/{sweep_id}", token)
        if told["state"] not in ("queued", "running"):
            break
        time.sleep(0.2)
    waits.sort()
    print(
        f"{told['state']}: {told['answered']} of {told['total']} answered, "
        f"{told['found_new']} new; {time.perf_counter() - started:.1f} s, all committed\n"
        f"memory at its peak {peak:.0f} MB (supervisor and web process with its worker)\n"
        f"lookups during the sweep: median {statistics.median(waits):.1f} ms, "
        f"p99 {waits[int(len(waits) * 0.99)]:.1f} ms, {len(waits)} of them"
    )


def main(_arguments: list[str]) -> int:
    """Inside the namespace: the responder, the server, the sweep."""
    agent = namespace.with_responder(*namespace.LARGE)
    try:
        with tempfile.TemporaryDirectory() as name:
            settings, _, tags = prepared(Path(name), 10_000)
            sweep_id, token = with_network(settings)
            with served(settings, PORT, worker=True) as (process, _):
                print(f"{rss_of(process.pid):.0f} MB when the first request is answered")
                watch(process.pid, sweep_id, token, tags[0])
    finally:
        agent.terminate()
    return 0


def enter() -> int:
    """Run this module again inside a namespace."""
    return namespace.enter("benchmarks.memory")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if namespace.inside() else enter())
