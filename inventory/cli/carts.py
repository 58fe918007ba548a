"""`homeroom custody cart`: carts as one act."""

from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, pages, part, remote_options
from inventory.custody.models import Condition
from inventory.errors import Conflict

CONDITIONS = click.Choice([condition.value for condition in Condition])
COLUMNS = ["slot", "tag", "category", "status", "where"]


@click.group("cart")
def cart() -> None:
    """Carts that devices are kept in: what is in one, given and taken back as a whole."""


@cart.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Carts within your reach."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/carts"))
    if as_json:
        for item in found:
            output.json_line(item)
        return
    output.table(["number", "name", "place"], [(c["id"], c["name"], c["site_id"]) for c in found])


@cart.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def show(number: int, as_json: bool, server: str | None, token_file: Path | None) -> None:
    """What is kept in the cart of this NUMBER, and what of it is out."""
    with connected(server, token_file) as api:
        found = api.call("GET", f"/carts/{number}/devices")["items"]
    if as_json:
        for item in found:
            output.json_line(item)
        return
    rows = [(e["number"] or "", e["tag"], e["category"], e["status"], e["where"]) for e in found]
    output.table(COLUMNS, rows)


@cart.command("put")
@click.argument("number", type=int)
@click.argument("tags", nargs=-1, required=True)
@remote_options
def put(number: int, tags: tuple[str, ...], server: str | None, token_file: Path | None) -> None:
    """Put the devices with these TAGS into a cart, one after another."""
    with connected(server, token_file) as api:
        for tag in tags:
            api.call("POST", f"/carts/{number}/devices", body={"asset_id": _asset(api, tag)})
            output.note(output.safe(f"{tag} is in the cart"))


@cart.command("give")
@click.argument("number", type=int)
@click.option("--person", type=int, help="To this person (the number that `people` shows).")
@click.option("--place", type=int, help="To this room or other place (its number).")
@click.option("--only", "tags", multiple=True, help="Only the device with this tag; repeatable.")
@click.option("--override", default="", help="Why, where something speaks against it.")
@click.option("--dry-run", is_flag=True, help="Only tell what could not go.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def give(
    number: int, as_json: bool, server: str | None, token_file: Path | None, **given: Any
) -> None:
    """Hand out all that is kept in a cart, or what is named: all or none (exit code 5)."""
    with connected(server, token_file) as api:
        body = {
            "person_id": given["person"], "place_id": given["place"],
            "override": given["override"], "dry_run": given["dry_run"],
            "asset_ids": _ids(api, given["tags"]),
        }  # fmt: skip
        _act(api, f"/carts/{number}/give", body, as_json)


@cart.command("back")
@click.argument("number", type=int)
@click.option("--only", "tags", multiple=True, help="Only the device with this tag; repeatable.")
@click.option("--condition", type=CONDITIONS)
@click.option("--dry-run", is_flag=True, help="Only tell what could not come back.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def back(
    number: int, as_json: bool, server: str | None, token_file: Path | None, **given: Any
) -> None:
    """Take back all of a cart that is out, or what is named."""
    with connected(server, token_file) as api:
        body = {
            "condition": given["condition"], "dry_run": given["dry_run"],
            "asset_ids": _ids(api, given["tags"]),
        }  # fmt: skip
        _act(api, f"/carts/{number}/return", body, as_json)


def _ids(api: Api, tags: tuple[str, ...]) -> list[int] | None:
    return [_asset(api, tag) for tag in tags] or None


def _asset(api: Api, tag: str) -> int:
    return int(api.call("GET", f"/assets/by-tag/{part(tag)}")["id"])


def _act(api: Api, path: str, body: dict[str, Any], as_json: bool) -> None:
    """Ask first, so that every device that cannot go is told. Raises `Conflict` where one is."""
    outcome = api.call("POST", path, body={**body, "dry_run": True})
    refused = [row for row in outcome["rows"] if row["became"] == "refused"]
    if not refused and not body["dry_run"]:
        outcome = api.call("POST", path, body=body)
    if as_json:
        output.json_line(outcome)
    else:
        rows = [(row["tag"], row["became"], row["problem"]) for row in outcome["rows"]]
        output.table(["tag", "became", "problem"], rows)
    if refused:
        raise Conflict(f"{len(refused)} of {len(outcome['rows'])} devices cannot; choose the rest")
