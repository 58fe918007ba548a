"""`homeroom assets ...`: the inventory, here or on another server."""

from pathlib import Path
from typing import Any

import click

from inventory.assets.kinds import Category, Status
from inventory.cli import asset_imports, output
from inventory.cli.client import Api, connected, pages, part, remote_options
from inventory.http.etag import etag_of

CATEGORIES = click.Choice([category.value for category in Category], case_sensitive=False)
STATUSES = click.Choice([status.value for status in Status], case_sensitive=False)


@click.group("assets")
def assets() -> None:
    """What the district owns."""


assets.add_command(asset_imports.import_)


@assets.command("list")
@click.argument("words", nargs=-1)
@click.option("--category", multiple=True, type=CATEGORIES)
@click.option("--status", multiple=True, type=STATUSES)
@click.option("--site", type=int, help="A site's id, with all within it.")
@click.option("--sort", default="tag", show_default=True)
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(
    words: tuple[str, ...], category: tuple[str, ...], status: tuple[str, ...], site: int | None,
    sort: str, limit: int, as_json: bool, server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """Assets that hold all WORDS: any part of a tag, serial, MAC, name, model or place."""
    with connected(server, token_file) as api:
        found = pages(
            api, "/assets", limit=limit, q=" ".join(words) or None, category=list(category),
            status=list(status), site_id=site, sort=sort,
        )  # fmt: skip
        if as_json:
            for item in found:
                output.json_line(item)
            return
        rows = [
            (
                item["tag"], item["category"], item["status"], item["manufacturer"],
                item["model"], item["serial"], item["name"], item["last_seen_at"] or "",
            )
            for item in found
        ]  # fmt: skip
    output.table(
        ["tag", "category", "status", "manufacturer", "model", "serial", "name", "last seen"], rows
    )
    output.note(f"{len(rows)} assets" + (" (there may be more)" if len(rows) == limit else ""))


@assets.command()
@click.argument("tag")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def show(tag: str, as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Everything recorded of one asset."""
    with connected(server, token_file) as api:
        found = by_tag(api, tag)
    if as_json:
        output.json_line(found)
        return
    for name, value in found.items():
        if value not in (None, "", [], {}):
            click.echo(f"{name:<20} {output.safe(value)}")


@assets.command()
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def create(
    pairs: tuple[str, ...], as_json: bool, server: str | None, token_file: Path | None
) -> None:
    """A new asset, e.g. category=printer manufacturer=HP model="LaserJet 4" serial=CN123.

    Without tag=... it bears the next tag of the default counter.
    """
    with connected(server, token_file) as api:
        made = api.call("POST", "/assets", body=fields_of(pairs))
    if as_json:
        output.json_line(made)
    else:
        click.echo(made["tag"])


@assets.command("set")
@click.argument("tag")
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE...")
@remote_options
def set_(tag: str, pairs: tuple[str, ...], server: str | None, token_file: Path | None) -> None:
    """Change fields of an asset; refused where somebody changed it in between."""
    with connected(server, token_file) as api:
        found = by_tag(api, tag)
        api.call(
            "PATCH", f"/assets/{found['id']}", body=fields_of(pairs),
            headers={"If-Match": etag_of("asset", found["id"], found["version"])},
        )  # fmt: skip


@assets.command()
@click.argument("tag")
@click.argument("status", type=STATUSES)
@click.option("--reason", default="", help="Needed for lost, stolen, seized and disposed.")
@remote_options
def status(tag: str, status: str, reason: str, server: str | None, token_file: Path | None) -> None:
    """Move an asset to another state."""
    with connected(server, token_file) as api:
        found = by_tag(api, tag)
        body = {"status": status} | ({"reason": reason} if reason else {})
        api.call("POST", f"/assets/{found['id']}/status", body=body)


@assets.command()
@click.argument("tag")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def history(
    tag: str, limit: int, as_json: bool, server: str | None, token_file: Path | None
) -> None:
    """What was done to an asset, seen of it and written about it, newest first."""
    with connected(server, token_file) as api:
        entries = pages(api, f"/assets/{by_tag(api, tag)['id']}/history", limit=limit)
        for entry in entries:
            if as_json:
                output.json_line(entry)
            else:
                click.echo("  ".join(output.safe(value) for value in entry.values() if value))


def by_tag(api: Api, tag: str) -> dict[str, Any]:
    found: dict[str, Any] = api.call("GET", f"/assets/by-tag/{part(tag)}")
    return found


def fields_of(pairs: tuple[str, ...]) -> dict[str, Any]:
    """FIELD=VALUE texts as a JSON body; true, false and null mean themselves, and a field whose
    name ends in `_id`, `_cents` is a number."""
    fixed = {"true": True, "false": False, "null": None}
    body: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{pair!r} is not FIELD=VALUE")
        number = name.endswith(("_id", "_cents")) and value.lstrip("-").isdigit()
        body[name] = int(value) if number else fixed.get(value, value)
    return body
