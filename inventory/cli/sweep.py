"""`homeroom sweep` and `homeroom discoveries`: run a sweep, and settle what it found."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from inventory import jobs
from inventory.cli import output
from inventory.cli.client import Api, connected, pages, part, remote_options
from inventory.cli.local import opened
from inventory.cli.networks import network_named
from inventory.engine import Engine, Timing, WorkerRunning

POLL_SECONDS = 0.4
OPEN = {"queued", "running"}


@click.command()
@click.argument("network")
@click.option("--no-wait", is_flag=True, help="Only ask for it.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def sweep(
    network: str, no_wait: bool, as_json: bool, server: str | None, token_file: Path | None
) -> int:
    """Sweep NETWORK now, watch it, and say what it found. Ctrl-C cancels the sweep.

    Exit code 3 where some devices refused every credential or could not be read to the end.
    """
    with connected(server, token_file) as api:
        found = network_named(api, network)
        asked = api.call("POST", f"/networks/{found['id']}/sweeps")
        if no_wait:
            click.echo(asked["id"])
            return 0
        with worker_here(remote=bool(server)):
            done = watch(api, asked["id"])
    if as_json:
        output.json_line(done)
    else:
        tell(done)
    if done["state"] != "finished":
        return 1
    return 3 if done["refused"] or done["failed"] else 0


@contextmanager
def worker_here(*, remote: bool) -> Iterator[None]:
    """Where no server or worker of this installation runs, this process does the work."""
    if remote:
        yield
        return
    with opened() as (settings, database):
        engine = Engine(
            settings, database, jobs.HANDLERS, policies=jobs.POLICIES, timing=Timing(poll=0.1)
        )
        try:
            engine.launch()
        except WorkerRunning:
            yield
            return
        try:
            yield
        finally:
            engine.stop()


def watch(api: Api, sweep_id: int) -> dict[str, Any]:
    """Poll until the sweep has ended; the bar is drawn on a terminal only."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[extra]}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("queued", total=100, extra="")
        try:
            return _until_ended(api, sweep_id, lambda now: _draw(bar, task, now))
        except KeyboardInterrupt:
            output.note("cancelling ...")
            api.call("POST", f"/sweeps/{sweep_id}/cancel")
            return _until_ended(api, sweep_id, lambda now: _draw(bar, task, now))


def _until_ended(api: Api, sweep_id: int, show: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    while True:
        now: dict[str, Any] = api.call("GET", f"/sweeps/{sweep_id}")
        show(now)
        if now["state"] not in OPEN:
            return now
        time.sleep(POLL_SECONDS)


def _draw(bar: Progress, task: TaskID, now: dict[str, Any]) -> None:
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(now["by_kind"].items())[:6])
    rate = f"{now['rate']:.0f}/s " if now.get("rate") else ""
    bar.update(
        task, description=now["phase"] or now["state"], completed=now["percent"],
        extra=f"{rate}{now['answered']} answered  {kinds}",
    )  # fmt: skip


def tell(done: dict[str, Any]) -> None:
    """The outcome in a few lines."""
    click.echo(
        f"sweep {done['id']} of {done['network']}: {done['state']}; {done['answered']} of "
        f"{done['total']} addresses answered"
    )
    click.echo(
        f"{done['found_new']} new ({done['accepted']} accepted by rule), "
        f"{done['found_matched']} known, {done['found_conflict']} in conflict, "
        f"{done['refused']} refused every credential"
    )
    for kind, count in sorted(done["by_kind"].items()):
        click.echo(f"  {count:>5}  {kind}")
    for remark in (*done["notes"], *([done["error"]] if done["error"] else [])):
        output.note(output.safe(remark))


@click.group("discoveries")
def discoveries() -> None:
    """What sweeps found and a person should look at."""


@discoveries.command("list")
@click.option("--outcome", type=click.Choice(["new", "conflict", "matched", "ignored"]))
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(
    outcome: str | None, limit: int, as_json: bool, server: str | None, token_file: Path | None
) -> None:
    """The review queue, newest first."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/discoveries", limit=limit, outcome=outcome))
    if as_json:
        for item in found:
            output.json_line(item)
        return
    output.table(
        ["id", "outcome", "address", "kind", "vendor", "model", "serial", "name", "location"],
        [
            (
                item["id"], item["outcome"], item["address"], item["kind"], item["vendor"],
                item["model"], item["serial"], item["name"], item["location"],
            )
            for item in found
        ],
    )  # fmt: skip


@discoveries.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@click.option("--dry-run", is_flag=True, help="Say what would happen.")
@remote_options
def accept(
    ids: tuple[int, ...], dry_run: bool, server: str | None, token_file: Path | None
) -> None:
    """Make these findings assets: all of them, or none where one is refused."""
    decide("accept", ids, dry_run, server, token_file)


@discoveries.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@click.option("--dry-run", is_flag=True, help="Say what would happen.")
@remote_options
def ignore(
    ids: tuple[int, ...], dry_run: bool, server: str | None, token_file: Path | None
) -> None:
    """Leave these findings out, also when they are seen again unchanged."""
    decide("ignore", ids, dry_run, server, token_file)


@discoveries.command()
@click.argument("finding", type=int)
@click.argument("decision", type=click.Choice(["same", "replaced"]))
@click.argument("tag")
@click.option("--replace-hardware", is_flag=True, help="same: its identifiers are now these.")
@click.option("--reason", default="")
@remote_options
def resolve(
    finding: int, decision: str, tag: str, replace_hardware: bool, reason: str,
    server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """Settle a conflict: FINDING is the SAME device as the asset TAG after all, or has REPLACED it.

    A replaced asset is retired, and the finding becomes a new one.
    """
    body: dict[str, object] = {"decision": decision, "reason": reason}
    if replace_hardware:
        body["replace_hardware"] = True
    with connected(server, token_file) as api:
        body["asset_id"] = api.call("GET", f"/assets/by-tag/{part(tag)}")["id"]
        done = api.call(
            "POST", f"/discoveries/{finding}/resolve", body=body, headers={"If-Match": "*"}
        )
    click.echo(f"{finding}: {done['decision']}")


def decide(
    action: str, ids: tuple[int, ...], dry_run: bool, server: str | None, token_file: Path | None
) -> None:
    rows = [{"id": number, "action": action} for number in ids]
    with connected(server, token_file) as api:
        done = api.call("POST", "/discoveries/bulk", body={"rows": rows, "dry_run": dry_run})
    for result in done["results"]:
        output.json_line(result)
