"""`python -m tests.demo`: make the demo district, sweep and sync it, serve it until Ctrl-C."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlmodel import col, select

from inventory import installation
from inventory.assets.models import Asset
from inventory.cli.serve import serve
from inventory.db import Database, now
from inventory.discovery import sweeps
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import OPEN_STATES, Sweep
from inventory.discovery.network_rules import Limits
from inventory.fleet.connection_rules import Limits as FleetLimits
from inventory.fleet.models import MdmDevice
from inventory.server import make_engine
from inventory.settings import Settings, base_url, load
from inventory.vault import open_vault
from tests.demo.paperwork import agree, move, teach
from tests.demo.seed import ACTOR, Seeded, seed
from tests.demo.stories import buy, enrol_some, hand_out, import_people
from tests.demo.vendors import Vendors, await_syncs, connect, distribute, simulated_vendors
from tests.simnet.district import load_district

FOLDER = Path(os.environ.get("DEMO_FOLDER", "var/demo"))
SNMP_PORT = int(os.environ.get("DEMO_SNMP_PORT", "16161"))
PATIENCE = 180.0
"""Seconds that the first sweeps may take before the demo goes on without them."""

say = Console(stderr=True, highlight=False)


def main() -> int:
    """0 after Ctrl-C; 1 where the demo cannot start."""
    port = int(os.environ.get("HOMEROOM_PORT", "8000"))
    if in_use(port):
        say.print(f"Port {port} is in use: stop what runs there, or set HOMEROOM_PORT.")
        return 1
    settings = fresh_settings(port)
    with ExitStack() as stack:
        stack.enter_context(simulated_network())
        vendors = stack.enter_context(simulated_vendors())
        database = Database(settings.database_url, vault=open_vault(settings, create=True))
        stack.callback(database.close)
        say.print("Making the database and the demo district ...")
        installation.prepare(database)
        district = load_district()
        with database.unit() as db:
            told = seed(db, district, district.devices(), SNMP_PORT, Limits.of(settings), now=now())
        told.people = import_people(database, now=now())
        connect_all(settings, database, vendors, told)
        with make_engine(settings, database).running():
            sweep_all(database, told)
            sync_all(settings, database, told)
        tell(settings, database, told)
        serve(settings)
    return 0


def in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def fresh_settings(port: int) -> Settings:
    """A new, empty folder with the demo's own settings; an earlier demo is thrown away."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    config = FOLDER / "homeroom.toml"
    config.write_text(
        f'database_url = "sqlite:///{FOLDER}/homeroom.db"\n'
        f'data_dir = "{FOLDER}"\ndistrict = "Demo School District"\nport = {port}\n'
        "mdm_simulated = true\ndestructive_enabled = true\n",
        "utf-8",
    )
    for name in [name for name in os.environ if name.startswith("HOMEROOM_")]:
        del os.environ[name]
    os.environ["HOMEROOM_CONFIG"] = str(config)
    return load()


@contextmanager
def simulated_network() -> Iterator[None]:
    """The agents in a process of their own. Raises SystemExit with their message."""
    agents = subprocess.Popen(
        [sys.executable, "-m", "tests.simnet", "--port", str(SNMP_PORT)],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert agents.stdout is not None
        ready = agents.stdout.readline().strip()
        if not ready:
            raise SystemExit(agents.wait() or 1)
        say.print(f"Simulated network: {ready} (127.30.1-3.0/24, UDP).")
        yield
    finally:
        agents.terminate()
        agents.wait()


def sweep_all(database: Database, told: Seeded) -> None:
    """Ask for a sweep of every network and show how they go on."""
    with database.unit() as db:
        for network_id, _ in told.networks:
            sweeps.request_sweep(db, ACTOR, network_id, now=now())
    names = dict(told.networks)
    until = time.monotonic() + PATIENCE
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.fields[found]}"),
    )
    with Progress(*columns, console=say, disable=not say.is_terminal) as bars:
        tasks = {number: bars.add_task(name, total=100, found="") for number, name in names.items()}
        while time.monotonic() < until:
            with database.unit(write=False) as db:
                rows = db.exec(select(Sweep)).all()
            for row in rows:
                found = f"{row.found_new + row.found_matched + row.found_conflict} devices"
                share = sweeps.pace(row, now=now()).percent
                bars.update(tasks[row.network_id], completed=share, found=found)
            if all(row.state not in OPEN_STATES for row in rows):
                break
            time.sleep(0.3)
    for row in rows:
        done = f"{row.found_new} new ({row.accepted} accepted), {row.found_conflict} in conflict"
        say.print(f"  {names[row.network_id]:<28} {row.state.value}: {done}")


def connect_all(settings: Settings, database: Database, vendors: Vendors, told: Seeded) -> None:
    """Connect the vendors; their first sync waits for the engine."""
    with database.unit() as db:
        connect(db, vendors, told.schools, limits=FleetLimits.of(settings), now=now())


def sync_all(settings: Settings, database: Database, told: Seeded) -> None:
    """Wait for the vendors' devices, which came while the networks were swept."""
    for label, sync in await_syncs(database, patience=PATIENCE):
        came = f"{sync.seen} devices ({sync.created} became assets), {sync.waiting} waiting"
        say.print(f"  {label:<28} {sync.state.value}: {came}")
    with database.unit() as db:
        distribute(db, told.schools, now=now())
    with database.unit() as db:
        buy(db, now=now())
        hand_out(db, told.schools, now=now())
        enrol_some(db, told.schools[0], now=now())
    with database.unit() as db:
        agree(db, settings, now=now())
        move(db, told.schools, now=now())
        teach(db, told, told.schools[0], now=now())


def tell(settings: Settings, database: Database, told: Seeded) -> None:
    """What there is now, and what to try."""
    with database.unit(write=False) as db:
        tags = db.exec(
            select(Asset.tag)
            .where(col(Asset.last_seen_at).is_not(None), Asset.category == "printer")
            .order_by(col(Asset.tag_key))
        ).all()
        waiting = len(
            db.exec(
                select(DiscoveryFinding.id).where(
                    col(DiscoveryFinding.decision).is_(None),
                    col(DiscoveryFinding.outcome).in_(("new", "conflict")),
                )
            ).all()
        )
        count = len(db.exec(select(Asset.id)).all())
        managed = len(db.exec(select(MdmDevice.id)).all())
    tag = tags[0] if tags else "WPS-00001"
    url, run = base_url(settings), f"{Path(sys.executable).parent.name}/homeroom"
    run = f".venv/{run}" if Path(".venv").exists() else "homeroom"
    say.print(
        f"\n[bold]{settings.district}[/bold]: {told.sites} places, {told.people} people, "
        f"{count} assets, {waiting} discoveries waiting for review, {managed} managed devices."
    )
    say.print("Accounts, with their passwords (shown this once):")
    for name, password, display in told.passwords:
        say.print(f"  {name:<20} {password:<28} {display}", markup=False)
    say.print("One wipe needs two people with an authenticator app. The key of each, for your app:")
    for name, key in told.apps:
        say.print(f"  {name:<20} {key}", markup=False)
    say.print("Without an app at hand, the code of now:")
    code = "import pyotp, sys; print(pyotp.TOTP(sys.argv[1]).now())"
    say.print(f"  {sys.executable} -c '{code}' KEY", markup=False, soft_wrap=True)
    say.print(f"\nOpen {url} in a browser and sign in as one of them.", markup=False)
    say.print("It is served until Ctrl-C. In a second terminal:\n", markup=False)
    lines = [
        f"export HOMEROOM_CONFIG={FOLDER}/homeroom.toml TOKEN={told.token}",
        f"{run} lookup {tag}",
        f"{run} assets list --category printer",
        f"{run} discover 127.30.1.0/24 --port {SNMP_PORT}",
        f"{run} discoveries list",
        f"{run} mdm connections",
        f"{run} audit verify",
        f'curl -H "Authorization: Bearer $TOKEN" {url}/api/v1/lookup/{tag}',
        f"curl {url}/api/v1/openapi.json",
    ]
    for line in lines:
        say.print(f"  {line}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
