"""`homeroom people sources` and `people sync`: directories that people come from."""

import time
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import connected, pages, remote_options
from inventory.cli.networks import named
from inventory.cli.rosters import FAILED, PAUSE, people

OPEN = ("queued", "running")


@people.command("sources")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def sources(as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Directories that people come from. They are added in the browser or over the API."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/people/sources"))
    if as_json:
        for source in found:
            output.json_line(source)
        return
    output.table(
        ["number", "name", "kind", "daily at", "applied by themselves"],
        [
            (str(s["id"]), s["source"], s["kind"], s["daily_at"] or "by hand",
             f"up to {s['auto_most']}" if s["auto_most"] else "none")
            for s in found
        ],
    )  # fmt: skip


@people.command("sync")
@click.argument("name")
@click.option("--test", "only_test", is_flag=True, help="Only ask for the first page.")
@click.option("--no-wait", is_flag=True, help="Do not wait until it was read.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def sync(
    name: str, only_test: bool, no_wait: bool, as_json: bool, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """Read the directory NAME, and plan what changes. Nobody is changed yet.

    Exit code 1 where it could not be read.
    """
    with connected(server, token_file) as api:
        found = named(list(pages(api, "/people/sources")), name, key="source")
        place = f"/people/sources/{found['id']}"
        if only_test:
            answer = api.call("POST", f"{place}/test")
            return _told(answer, answer["error"], f"it names {answer['people']} people", as_json)
        read = api.call("POST", f"{place}/sync")
        while read["state"] in OPEN and not no_wait:
            time.sleep(PAUSE)
            known = api.call("GET", f"{place}/syncs")["items"]
            read = next(each for each in known if each["id"] == read["id"])
    plan = f", see import {read['plan_id']}" if read["plan_id"] else ""
    return _told(read, read["error"], f"{read['state']}: {read['people']} people{plan}", as_json)


def _told(answer: dict[str, Any], error: str, text: str, as_json: bool) -> int:
    if as_json:
        output.json_line(answer)
    else:
        output.note(output.safe(error or text))
    return FAILED if error else 0
