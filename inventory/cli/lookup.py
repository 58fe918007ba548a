"""`homeroom lookup TAG`: fast, because it loads no web framework and no object mapper."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from inventory.access import Permission, system_actor
from inventory.cli import output
from inventory.desk.door import Door
from inventory.desk.lookup import lookup as ask
from inventory.errors import Misconfigured, Unavailable
from inventory.settings import Settings, load


@click.command()
@click.argument("tag")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as one JSON object.")
@click.option("--server", envvar="HOMEROOM_SERVER", metavar="URL", help="Ask another server.")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lookup(tag: str, as_json: bool, server: str | None, token_file: Path | None) -> None:
    """What is this tag: identity, status, place, last seen, addresses, supplies, open matters."""
    if server:
        client = import_module("inventory.cli.client")
        with client.connected(server, token_file) as api:
            found = api.call("GET", f"/lookup/{client.part(tag)}")
    else:
        found = _here(tag)
    if as_json:
        output.json_line(found)
    else:
        show(found)


def _here(tag: str) -> dict[str, Any]:
    settings = load()
    actor = system_actor("command line", {Permission.LOOKUP})
    with opened_door(settings) as door:
        return ask(door, actor, tag, near=lambda text: _near(settings, text))


@contextmanager
def opened_door(settings: Settings) -> Iterator[Door]:
    """A cursor of the database's own driver, for reading. Raises `Misconfigured`."""
    if not settings.is_sqlite:
        psycopg = import_module("psycopg")
        url = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        try:
            with psycopg.connect(url) as connection, connection.cursor() as cursor:
                yield Door(cursor, sqlite=False)
        except psycopg.OperationalError as silent:
            raise Unavailable("the database does not answer") from silent
        return
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        raise Misconfigured(f"there is no database at {path}; `homeroom init` makes one")
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection,
        closing(connection.cursor()) as cursor,
    ):
        try:
            yield Door(cursor, sqlite=True)
        except sqlite3.OperationalError as refused:
            raise Misconfigured(f"{path} is not a current Homeroom database") from refused


def _near(settings: Settings, text: str) -> list[str]:
    """Near misses need the object mapper; only a failed lookup pays for loading it."""
    meant = import_module("inventory.cli.meant")
    return cast(list[str], meant.tags_near(settings, text))


def show(found: dict[str, Any]) -> None:
    """The answer as lines that read well aloud on the phone."""
    what = " ".join(p for p in (found["manufacturer"], found["model"]) if p)
    place = ", ".join(step["name"] for step in found["place"][1:] or found["place"])
    lines = [
        (found["tag"], f"{what or 'unknown model'} ({spoken(found['category'])})"),
        ("status", spoken(found["status"])),
        ("place", place or "not known"),
        ("serial", found["serial"]),
        ("name", found["name"]),
        ("address", ", ".join(item["address"] for item in found["addresses"])),
        ("port", _port(found["switch_port"])),
        ("last seen", _seen(found["last_seen"])),
    ]
    if found["former_tag"]:
        lines.insert(1, ("note", f"{found['asked']} is a former tag of this device"))
    lines += [("supply", _supply(item)) for item in found["supplies"]]
    lines += [("open", matter["text"]) for matter in found["open_matters"]]
    for name, text in lines:
        if text:
            click.echo(f"{output.safe(name):<10} {output.safe(text)}")


def spoken(word: str) -> str:
    return word.replace("_", " ")


def _port(port: dict[str, Any] | None) -> str:
    return f"{port['switch']} port {port['port']}" if port else ""


def _seen(seen: dict[str, Any] | None) -> str:
    if seen is None:
        return "never"
    at = str(seen["at"])[:16].replace("T", " ")
    return f"{at} UTC by {spoken(seen['source'] or '')} {seen['address']}".strip()


def _supply(item: dict[str, Any]) -> str:
    level = "" if item["level_percent"] is None else f" {item['level_percent']} %"
    return f"{item['name']}{level} ({spoken(item['state'])})"
