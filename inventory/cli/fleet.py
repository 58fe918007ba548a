"""`homeroom mdm connect`, `connections`, `test` and `sync`: vendors' tenants over the API."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, pages, remote_options
from inventory.errors import NotFound, Unavailable

OPEN = {"queued", "running"}


@click.command("connect")
@click.argument("vendor")
@click.argument("label")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="No secret.")
@click.option("--secret-file", multiple=True, metavar="NAME=PATH", help="A secret from a file.")
@click.option("--secret-stdin", metavar="NAME", help="A secret from standard input, all of it.")
@click.option("--site", type=int, help="The site where its devices stand.")
@click.option("--every", type=click.IntRange(5, 10_080), default=30, show_default=True)
@click.option("--full-at", default="01:30", show_default=True, help="HH:MM, local time.")
@click.option("--address", default="", help="A simulated vendor on this machine.")
@remote_options
def connect(
    vendor: str, label: str, settings: tuple[str, ...], secret_file: tuple[str, ...],
    secret_stdin: str | None, site: int | None, every: int, full_at: str, address: str,
    server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """A new connection for reading; commands over it are a dry run until a person goes live."""
    config = dict(_pair(text) for text in settings)
    config |= {name: _read(path) for name, path in map(_pair, secret_file)}
    if secret_stdin:
        config[secret_stdin] = sys.stdin.read()
    body: dict[str, object] = {
        "vendor": vendor, "label": label, "config": config, "site_id": site,
        "every_minutes": every, "full_at": full_at, "address": address,
    }  # fmt: skip
    with connected(server, token_file) as api:
        made = api.call("POST", "/mdm-connections", body=body)
    click.echo(made["id"])
    if made["hook_url"]:
        output.note(f"the vendor's server must call {made['hook_url']}")


@click.command("connections")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def connections(as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Connections in your reach, and how they are."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/mdm-connections"))
    if as_json:
        for row in found:
            output.json_line(row)
        return
    output.table(
        ["label", "vendor", "mode", "devices", "last good list", "matters"],
        [
            (
                row["label"], row["vendor"], row["mode"], row["devices"],
                row["last_ok_at"] or "never",
                "; ".join(alarm["text"] for alarm in row["health"]["alarms"]) or row["last_error"],
            )
            for row in found
        ],
    )  # fmt: skip


@click.command("test")
@click.argument("label")
@remote_options
def test(label: str, server: str | None, token_file: Path | None) -> int:
    """Ask a connection's vendor for one page of devices; nothing is kept."""
    with connected(server, token_file) as api:
        row = connection_named(api, label)
        tried = api.call("POST", f"/mdm-connections/{row['id']}/test")
    if not tried["ok"]:
        click.echo(tried["error"], err=True)
        return 1
    click.echo(f"{label} answers: {tried['devices']} devices on its first page")
    return 0


@click.command("sync")
@click.argument("label")
@click.option("--incremental", is_flag=True, help="Only what has changed since the last one.")
@click.option("--accept-fewer", is_flag=True, help="It is right that there are far fewer devices.")
@click.option("--wait", type=click.IntRange(1), help="Seconds to wait for its end.")
@remote_options
def sync(
    label: str, incremental: bool, accept_fewer: bool, wait: int | None, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """Ask for a sync of a connection; the worker runs it."""
    body = {"scope": "incremental" if incremental else "full", "accept_fewer": accept_fewer}
    with connected(server, token_file) as api:
        row = connection_named(api, label)
        asked = api.call("POST", f"/mdm-connections/{row['id']}/syncs", body=body)
        if wait is None:
            click.echo(f"sync {asked['id']} is {asked['state']}")
            return 0
        done = _awaited(api, row["id"], wait)
    output.json_line(done)
    return 0 if done["state"] == "finished" else 1


def connection_named(api: Api, label: str) -> dict[str, Any]:
    """Raises `NotFound` with the labels there are."""
    found: list[dict[str, Any]] = list(pages(api, "/mdm-connections"))
    for row in found:
        if row["label"] == label:
            return row
    raise NotFound(f"there is no connection {label!r}", sorted(row["label"] for row in found))


def _awaited(api: Api, connection_id: int, seconds: int) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while True:
        row = api.call("GET", f"/mdm-connections/{connection_id}")
        last: dict[str, Any] = row["health"]["last_sync"]
        if last["state"] not in OPEN:
            return last
        if time.monotonic() > until:
            raise Unavailable(f"sync {last['id']} is still {last['state']}")
        time.sleep(0.5)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{name!r}: give it as NAME=VALUE")
    return name, value


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise click.UsageError(f"{path} cannot be read ({type(wrong).__name__})") from wrong
