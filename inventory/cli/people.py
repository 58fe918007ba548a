"""`homeroom setup` and `homeroom accounts`: who may do what."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from inventory.access import Role
from inventory.cli import output
from inventory.cli.client import connected, pages, remote_options
from inventory.cli.networks import named
from inventory.errors import InvalidInput
from inventory.outbound import Server

ROLES = click.Choice([role.value for role in Role], case_sensitive=False)


@click.command()
@click.argument("link")
@click.option("--user", prompt="User name", help="The first account's name.")
@click.option("--name", default="", help="The name to show.")
def setup(link: str, user: str, name: str) -> None:
    """Make the first account through the one-time LINK that the server printed.

    The account is the coordinator of the whole district. Its password is asked for, or read from
    standard input.
    """
    parts = urlsplit(link)
    if not parts.fragment or not parts.netloc:
        raise InvalidInput("that is not a set-up link: it ends in /setup#...")
    body = {"secret": parts.fragment, "user_name": user, "display_name": name,
            "password": new_password()}  # fmt: skip
    Server(f"{parts.scheme}://{parts.netloc}", "").call("POST", "/setup", body=body)
    output.note(f"{user} may sign in now")


def new_password() -> str:
    """A new password, asked for twice on a terminal, else one line of standard input."""
    if sys.stdin.isatty():
        text: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return text
    return sys.stdin.readline().rstrip("\r\n")


@click.group("accounts")
def accounts() -> None:
    """Who may sign in, and what they may do where."""


@accounts.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Accounts in your reach."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/accounts"))
    if as_json:
        for account in found:
            output.json_line(account)
        return
    output.table(
        ["user name", "name", "state", "last sign-in"],
        [
            (
                account["user_name"],
                account["display_name"],
                "disabled" if account["disabled_at"] else "active",
                account["last_login_at"] or "never",
            )
            for account in found
        ],
    )


@accounts.command()
@click.argument("user")
@click.option("--name", default="", help="The name to show.")
@click.option("--role", type=ROLES, required=True)
@click.option("--site", type=int, help="Where the role holds; without it, the whole district.")
@remote_options
def add(
    user: str, name: str, role: str, site: int | None, server: str | None, token_file: Path | None
) -> None:
    """A new account; prints its one-time password, which must be changed at the first sign-in."""
    with connected(server, token_file) as api:
        made = api.call(
            "POST", "/accounts",
            body={"user_name": user, "display_name": name,
                  "grants": [{"role": role, "site_id": site}]},
        )  # fmt: skip
    click.echo(made["one_time_password"])


@accounts.command()
@click.argument("user")
@click.option("--reason", default="")
@remote_options
def disable(user: str, reason: str, server: str | None, token_file: Path | None) -> None:
    """End an account, its sessions and its tokens at once."""
    with connected(server, token_file) as api:
        found = named(list(pages(api, "/accounts")), user, key="user_name")
        body = {"reason": reason} if reason else {}
        api.call("POST", f"/accounts/{found['id']}/disable", body=body)


@accounts.command("reset-password")
@click.argument("user")
@remote_options
def reset_password(user: str, server: str | None, token_file: Path | None) -> None:
    """A new one-time password; ends the account's sessions and tokens."""
    with connected(server, token_file) as api:
        found = named(list(pages(api, "/accounts")), user, key="user_name")
        made = api.call("POST", f"/accounts/{found['id']}/one-time-password")
    click.echo(next(iter(made.values())))
