"""`homeroom drift`: administrators of computers who should not be, and how the computers stand."""

from pathlib import Path

import click

from inventory.admin_rights.drift_models import DriftKind
from inventory.cli import output
from inventory.cli.client import connected, pages, remote_options

COLUMNS = ["tag", "account", "kind", "state", "told by", "since"]
KINDS = click.Choice([kind.value for kind in DriftKind])


@click.group("drift")
def drift() -> None:
    """Administrators of computers who should not be."""


@drift.command("list")
@click.option("--kind", type=KINDS)
@click.option("--site", type=int, help="A site's number, with all within it.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def listed(
    kind: str | None, site: int | None, limit: int, as_json: bool, server: str | None,
    token_file: Path | None,
) -> None:  # fmt: skip
    """What somebody should look at, what is there longest first."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/admin-rights/drift", limit=limit, kind=kind, site_id=site))
    if as_json:
        for item in found:
            output.json_line(item)
        return
    rows = [
        (d["tag"], d["account"], d["kind"], d["state"], d["sources"], d["first_at"]) for d in found
    ]
    output.table(COLUMNS, rows)


@drift.command("summary")
@click.option("--site", type=int, help="A site's number, with all within it.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def summary(site: int | None, as_json: bool, server: str | None, token_file: Path | None) -> None:
    """How many computers stand how. Unknown is not clean."""
    with connected(server, token_file) as api:
        found = api.call("GET", "/admin-rights/drift/summary", query={"site_id": site})
    if as_json:
        output.json_line(found)
        return
    output.table(["computers", "number"], list(found.items()))
