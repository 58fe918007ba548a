"""`homeroom people`: rosters are planned, looked at, approved and undone."""

import time
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import connected, pages, remote_options

FAILED, PARTIAL, CONFLICT = 1, 3, 5
PAUSE = 1.0
"""Seconds between two looks at an import that a job applies."""

KINDS = ("create", "adopt", "update", "site", "role", "reactivate", "deactivate")


@click.group("people")
def people() -> None:
    """Pupils and staff, from the roster."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The system it comes from; always the same name.")
@click.option("--partial", is_flag=True, help="A CSV of some people: nobody else has left.")
@click.option("--dry-run", is_flag=True, help="Say what the plan would be; keep nothing.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def import_(
    file: Path, source: str, partial: bool, dry_run: bool, as_json: bool, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """Plan what a OneRoster package (zip) or a CSV FILE would change. Nobody is changed yet.

    Exit code 3 where rows of the file could not be used, 5 where the guard objects.
    """
    fields = {"source": source, "whole": str(not partial).lower(), "dry_run": str(dry_run).lower()}
    with connected(server, token_file) as api, file.open("rb") as stream:
        plan = api.upload("/people/imports", stream, file.name, fields)
        found = (
            [] if dry_run else list(pages(api, f"/people/imports/{plan['id']}/problems", limit=20))
        )
    if as_json:
        output.json_line(plan)
    else:
        _show(plan)
        for each in found:
            where = f"{each['file']}:{each['line']}" + (
                f" {each['column']}" if each["column"] else ""
            )
            output.note(output.safe(f"{where}: {each['sourced_id']} {each['reason']}"))
    if plan["findings"]:
        return CONFLICT
    counts = plan["counts"]
    return PARTIAL if any(counts.get(k) for k in ("invalid", "orphan", "conflict")) else 0


@people.command("plans")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1))
@remote_options
def plans(as_json: bool, limit: int, server: str | None, token_file: Path | None) -> None:
    """Imports, newest first."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/people/imports", limit=limit))
    if as_json:
        for plan in found:
            output.json_line(plan)
        return
    output.table(
        ["number", "source", "file", "planned", "state", "changes"],
        [
            (p["id"], p["source"], p["file_name"], p["planned_at"], p["state"],
             sum(p["counts"].get(kind, 0) for kind in KINDS))
            for p in found
        ],
    )  # fmt: skip


@people.command("changes")
@click.argument("number", type=int)
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def changes(
    number: int, kind: str | None, as_json: bool, server: str | None, token_file: Path | None
) -> None:
    """What import NUMBER does to whom. Who looks is written into the audit log."""
    with connected(server, token_file) as api:
        found = list(pages(api, f"/people/imports/{number}/changes", kind=kind))
    if as_json:
        for change in found:
            output.json_line(change)
        return
    output.table(
        ["key", "name", "what", "fields"],
        [
            (c["sourced_id"], f"{c['after']['given_name']} {c['after']['family_name']}", c["kind"],
             _differences(c))
            for c in found
        ],
    )  # fmt: skip


@people.command("approve")
@click.argument("number", type=int)
@click.option("--accept", type=int, help="Where the guard objects: the number that it names.")
@click.option("--reason", default="", help="Where the guard objects: why it is right.")
@click.option("--no-wait", is_flag=True, help="Do not wait for a job that applies it.")
@remote_options
def approve(
    number: int, accept: int | None, reason: str, no_wait: bool, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """Apply import NUMBER, all of it or nothing. Only by a person, not by a token."""
    body: dict[str, object] = {"reason": reason}
    if accept is not None:
        body["number"] = accept
    with connected(server, token_file) as api:
        plan = api.call("POST", f"/people/imports/{number}/approve", body=body)
        while plan["state"] == "applying" and not no_wait:
            time.sleep(PAUSE)
            plan = api.call("GET", f"/people/imports/{number}")
    _show(plan)
    if plan["error"]:
        output.note(output.safe(plan["error"]))
    return FAILED if plan["state"] == "failed" else 0


@people.command("refuse")
@click.argument("number", type=int)
@click.option("--reason", default="")
@remote_options
def refuse(number: int, reason: str, server: str | None, token_file: Path | None) -> None:
    """Say no to import NUMBER."""
    with connected(server, token_file) as api:
        _show(api.call("POST", f"/people/imports/{number}/refuse", body={"reason": reason}))


@people.command("undo")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it is taken back.")
@remote_options
def undo(number: int, reason: str, server: str | None, token_file: Path | None) -> None:
    """Put everybody back as before import NUMBER. Only by a person, not by a token."""
    with connected(server, token_file) as api:
        _show(api.call("POST", f"/people/imports/{number}/undo", body={"reason": reason}))


def _show(plan: dict[str, Any]) -> None:
    name = "dry run" if plan["id"] is None else f"import {plan['id']}"
    output.note(output.safe(f"{name} of {plan['source']}: {plan['state']}"))
    output.table(["what", "people"], sorted(plan["counts"].items()))
    for finding in plan["findings"]:
        output.note(f"the guard objects: {finding['rule']}, {finding['number']} of {finding['of']}")
    if plan["state"] == "planned" and plan["number_to_name"] is not None:
        output.note(f"to approve it all the same: --accept {plan['number_to_name']} --reason WHY")
    for remark in plan["remarks"]:
        output.note(output.safe(remark))


def _differences(change: dict[str, Any]) -> str:
    before, after = change["before"] or {}, change["after"]
    return ", ".join(f"{k}={after[k]}" for k in after if before and before.get(k) != after[k])
