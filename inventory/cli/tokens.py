"""`homeroom tokens`: keys for scripts."""

from datetime import timedelta
from pathlib import Path

import click

from inventory.access import Permission
from inventory.cli import output
from inventory.cli.client import Api, connected, pages, remote_options
from inventory.cli.networks import named
from inventory.db import now

PERMISSIONS = click.Choice([permission.value for permission in Permission])


@click.group("tokens")
def tokens() -> None:
    """Keys for scripts: never more than their owner may, for a year at most."""


@tokens.command()
@click.argument("user")
@click.option("--label", required=True, help="What it is for.")
@click.option("--permission", "-p", multiple=True, required=True, type=PERMISSIONS)
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True)
@click.option("--site", type=int, help="Only for this site and all within it.")
@click.option("--uses", type=int, help="Enrols so many devices, and does nothing else.")
@click.option("--network", multiple=True, help="Only from this CIDR.")
@remote_options
def create(
    user: str, label: str, permission: tuple[str, ...], days: int, site: int | None,
    uses: int | None, network: tuple[str, ...], server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """A new token of USER; printed this once and stored nowhere."""
    body = {
        "label": label, "permissions": list(permission), "site_id": site,
        "networks": list(network), "expires_at": (now() + timedelta(days=days)).isoformat(),
        "uses": uses,
    }  # fmt: skip
    with connected(server, token_file) as api:
        made = api.call("POST", f"/accounts/{account_id(api, user)}/tokens", body=body)
    click.echo(made["token"])


@tokens.command("list")
@click.argument("user")
@remote_options
def list_(user: str, server: str | None, token_file: Path | None) -> None:
    """The tokens of USER, without their secrets."""
    with connected(server, token_file) as api:
        found = api.call("GET", f"/accounts/{account_id(api, user)}/tokens")["items"]
    output.table(
        ["id", "prefix", "label", "expires", "last used", "revoked", "uses left"],
        [
            (t["id"], t["prefix"], t["label"], t["expires_at"], t["last_used_at"] or "never",
             t["revoked_at"] or "", "" if t["uses_left"] is None else t["uses_left"])
            for t in found
        ],
    )  # fmt: skip


@tokens.command()
@click.argument("user")
@click.argument("token", type=int, metavar="ID")
@remote_options
def revoke(user: str, token: int, server: str | None, token_file: Path | None) -> None:
    """End a token at once."""
    with connected(server, token_file) as api:
        api.call("DELETE", f"/accounts/{account_id(api, user)}/tokens/{token}")


def account_id(api: Api, user: str) -> int:
    return int(named(list(pages(api, "/accounts")), user, key="user_name")["id"])
