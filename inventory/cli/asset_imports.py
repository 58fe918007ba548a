"""`homeroom assets import` and `homeroom imports`: files of assets, planned, approved, undone."""

from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, pages, remote_options

PARTIAL, CONFLICT = 3, 5
OPEN = ("rejected", "conflict", "waiting")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help="What a column is.")
@click.option("--sheet", default="", help="Of a workbook; else its first one.")
@click.option("--encoding", default="", type=click.Choice(["", "windows-1252"]))
@click.option("--match", type=click.Choice(["tag", "serial", "id"]), help="What a row is found by.")
@click.option("--dates", type=click.Choice(["mdy", "dmy"]), help="The order in 03/04/25.")
@click.option("--category", help="Of new assets whose row tells none.")
@click.option("--site", type=int, help="Of new assets whose row tells no place.")
@click.option(
    "--create",
    multiple=True,
    type=click.Choice(["manufacturer", "model", "site"]),
    help="Make unknown ones without asking further.",
)
@click.option("--dry-run", is_flag=True, help="Refuse the plan at once, after showing it.")
@click.option("--approve", is_flag=True, help="Apply it. Only by a person, not by a token.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def import_(
    file: Path, pairs: tuple[str, ...], sheet: str, encoding: str, match: str | None,
    dates: str | None, category: str | None, site: int | None, create: tuple[str, ...],
    dry_run: bool, approve: bool, as_json: bool, server: str | None, token_file: Path | None,
) -> int:  # fmt: skip
    """Plan what a CSV or Excel FILE would change. No asset is changed without --approve.

    Exit code 3 where rows cannot be used or wait for a decision, 5 where the guard objects.
    """
    wanted = {"match": match, "dates": dates, "category": category, "site_id": site}
    options: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    options["create"] = list(create)
    with connected(server, token_file) as api, file.open("rb") as stream:
        kept = api.upload("/imports", stream, file.name, {"encoding": encoding, "sheet": sheet})
        if pairs:
            options["mapping"] = _mapped(kept, pairs)
        kept = api.call("POST", f"/imports/{kept['id']}/plan", body={"options": options})
        odd = list(pages(api, f"/imports/{kept['id']}/rows", limit=20, outcome=list(OPEN)))
        if approve and not kept["findings"]:
            kept = api.call("POST", f"/imports/{kept['id']}/approve", body={})
        elif dry_run:
            kept = api.call("POST", f"/imports/{kept['id']}/refuse", body={"reason": "dry run"})
    _tell(kept, odd, as_json)
    if kept["findings"]:
        return CONFLICT if not kept["counts"].get("waiting") else PARTIAL
    return PARTIAL if any(kept["counts"].get(each) for each in OPEN) else 0


@click.group("imports")
def imports() -> None:
    """Imports of assets: what they do, and what becomes of them."""


@imports.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1))
@remote_options
def list_(as_json: bool, limit: int, server: str | None, token_file: Path | None) -> None:
    """Imports, newest first."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/imports", limit=limit))
    if as_json:
        for kept in found:
            output.json_line(kept)
        return
    output.table(
        ["number", "file", "state", "rows", "new", "changed", "uploaded"],
        [
            (k["id"], k["file_name"], k["state"], k["rows"], k["counts"].get("create", 0),
             k["counts"].get("update", 0), k["created_at"])
            for k in found
        ],
    )  # fmt: skip


@imports.command("show")
@click.argument("number", type=int)
@click.option("--outcome", multiple=True)
@remote_options
def show(
    number: int, outcome: tuple[str, ...], server: str | None, token_file: Path | None
) -> None:
    """The rows of import NUMBER, one JSON object a line."""
    with connected(server, token_file) as api:
        for row in pages(api, f"/imports/{number}/rows", outcome=list(outcome)):
            output.json_line(row)


@imports.command("approve")
@click.argument("number", type=int)
@click.option("--accept", type=int, help="Where the guard objects: the number that it names.")
@click.option("--reason", default="", help="Where the guard objects: why it is right.")
@remote_options
def approve(
    number: int, accept: int | None, reason: str, server: str | None, token_file: Path | None
) -> None:
    """Apply import NUMBER, all of it or nothing. Only by a person, not by a token."""
    body: dict[str, object] = {"reason": reason} | ({} if accept is None else {"number": accept})
    _decided(server, token_file, number, "approve", body)


@imports.command("refuse")
@click.argument("number", type=int)
@click.option("--reason", default="")
@remote_options
def refuse(number: int, reason: str, server: str | None, token_file: Path | None) -> None:
    """Say no to import NUMBER."""
    _decided(server, token_file, number, "refuse", {"reason": reason})


@imports.command("undo")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it is taken back.")
@remote_options
def undo(number: int, reason: str, server: str | None, token_file: Path | None) -> None:
    """Put back what import NUMBER changed and nobody changed since."""
    _decided(server, token_file, number, "undo", {"reason": reason})


def _decided(
    server: str | None, token_file: Path | None, number: int, act: str, body: dict[str, object]
) -> None:
    with connected(server, token_file) as api:
        _tell(_posted(api, number, act, body), [], as_json=False)


def _posted(api: Api, number: int, act: str, body: dict[str, object]) -> dict[str, Any]:
    answer: dict[str, Any] = api.call("POST", f"/imports/{number}/{act}", body=body)
    return answer


def _mapped(kept: dict[str, Any], pairs: tuple[str, ...]) -> list[str]:
    """The guessed mapping with what the pairs say of it."""
    mapping: list[str] = list(kept["options"]["mapping"])
    names = [column["name"] for column in kept["columns"]]
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or column not in names:
            raise click.UsageError(f"{pair!r} is not COLUMN=FIELD; columns: {', '.join(names)}")
        mapping = [name if name != field else "" for name in mapping]
        mapping[names.index(column)] = field
    return mapping


def _tell(kept: dict[str, Any], odd: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        output.json_line(kept)
        return
    output.note(output.safe(f"import {kept['id']} of {kept['file_name']}: {kept['state']}"))
    output.table(["what", "rows"], sorted(kept["counts"].items()))
    for finding in kept["findings"]:
        output.note(f"the guard objects: {finding['rule']}, {finding['number']} of {finding['of']}")
    for one in kept["unknown_names"]:
        near = ", ".join(hit["name"] for hit in one["near"])
        told = f"unknown {one['kind']}: {one['text']} ({one['rows']} rows)"
        output.note(output.safe(told + (f"; near: {near}" if near else "")))
    for row in odd:
        output.note(output.safe(f"row {row['number']}: {row['outcome']} {'; '.join(row['notes'])}"))
    for remark in [*kept["remarks"], *filter(None, [kept["error"]])]:
        output.note(output.safe(remark))
