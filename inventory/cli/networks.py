"""`homeroom networks` and `homeroom credentials`: what is swept, and how devices are asked."""

import sys
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, pages, remote_options
from inventory.errors import InvalidInput, NotFound


@click.group("networks")
def networks() -> None:
    """The parts of the network that are swept."""


@networks.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(as_json: bool, server: str | None, token_file: Path | None) -> None:
    """Networks in your reach, each with its last sweep."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/networks"))
    if as_json:
        for network in found:
            output.json_line(network)
        return
    output.table(
        ["name", "targets", "schedule", "last sweep", "state", "devices"],
        [
            (
                network["name"],
                ", ".join(network["targets"]),
                schedule_of(network),
                (last := network["last_sweep"] or {}).get("finished_at") or "",
                last.get("state", "never swept"),
                last.get("answered", ""),
            )
            for network in found
        ],
    )


def schedule_of(network: dict[str, Any]) -> str:
    if not network["enabled"]:
        return "off"
    if network["every_minutes"]:
        return f"every {network['every_minutes']} min"
    return f"daily at {network['daily_at']}" if network["daily_at"] else "on demand"


@networks.command("add")
@click.argument("name")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--credential", multiple=True, help="A credential's label, in the order to try.")
@click.option("--site", type=int, help="The site where its devices stand.")
@click.option("--exclude", multiple=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=161, show_default=True)
@click.option("--max-hosts", type=click.IntRange(1), help="Largest number of addresses. [4096]")
@click.option("--every", type=click.IntRange(5), help="Sweep every so many minutes.")
@click.option("--daily-at", help="Sweep every day at HH:MM, local time.")
@click.option("--accept", multiple=True, help="A kind that becomes an asset without review.")
@remote_options
def add(
    name: str, targets: tuple[str, ...], credential: tuple[str, ...], site: int | None,
    exclude: tuple[str, ...], port: int, max_hosts: int | None, every: int | None,
    daily_at: str | None, accept: tuple[str, ...], server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """A new network of addresses, ranges (10.1.0.5-40), CIDRs or host names."""
    with connected(server, token_file) as api:
        known = {item["label"]: item["id"] for item in pages(api, "/credentials")}
        unknown = [label for label in credential if label not in known]
        if unknown:
            raise NotFound(f"there is no credential {unknown[0]!r}", sorted(known))
        body: dict[str, object] = {
            "name": name, "targets": list(targets), "exclusions": list(exclude), "site_id": site,
            "port": port, "every_minutes": every, "daily_at": daily_at,
            "auto_accept": list(accept), "credentials": [known[label] for label in credential],
        }  # fmt: skip
        if max_hosts is not None:
            body["max_hosts"] = max_hosts
        made = api.call("POST", "/networks", body=body)
    click.echo(made["id"])


@networks.command("remove")
@click.argument("name")
@remote_options
def remove(name: str, server: str | None, token_file: Path | None) -> None:
    """Forget a network and its sweeps; its assets stay."""
    with connected(server, token_file) as api:
        found = network_named(api, name)
        api.call("DELETE", f"/networks/{found['id']}", headers={"If-Match": "*"})


@click.group("credentials")
def credentials() -> None:
    """How devices are asked. Secrets go in and never come out."""


@credentials.command("list")
@remote_options
def list_credentials(server: str | None, token_file: Path | None) -> None:
    """Credentials, without their secrets."""
    with connected(server, token_file) as api:
        found = list(pages(api, "/credentials"))
    output.table(
        ["label", "kind", "user", "secrets", "remark"],
        [
            (
                item["label"], item["kind"], item["username"], ", ".join(item["has"]),
                "default community: change it" if item["default_community"] else "",
            )
            for item in found
        ],
    )  # fmt: skip


@credentials.command("add")
@click.argument("label")
@click.option("--kind", type=click.Choice(["v1", "v2c", "v3"]), default="v2c", show_default=True)
@click.option("--user", default="", help="v3 user.")
@click.option("--auth", help="MD5, SHA1, SHA224, SHA256, SHA384 or SHA512.")
@click.option("--priv", help="DES, AES128, AES192 or AES256.")
@click.option("--context", default="")
@remote_options
def add_credential(
    label: str, kind: str, user: str, auth: str | None, priv: str | None, context: str,
    server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """A new credential. Its secrets are asked for, or read from standard input, a line each.

    In the order community (v1, v2c), or authentication key and privacy key (v3).
    """
    body: dict[str, object] = {"label": label, "kind": kind}
    if kind == "v3":
        body |= {"username": user, "context": context}
        if auth:
            body |= {"auth_protocol": auth.upper(), "auth_key": secret("Authentication key")}
        if priv:
            body |= {"priv_protocol": priv.upper(), "priv_key": secret("Privacy key")}
    else:
        body["community"] = secret("Community")
    with connected(server, token_file) as api:
        api.call("POST", "/credentials", body=body)


@credentials.command("remove")
@click.argument("label")
@remote_options
def remove_credential(label: str, server: str | None, token_file: Path | None) -> None:
    """Forget a credential that no network uses."""
    with connected(server, token_file) as api:
        found = named(list(pages(api, "/credentials")), label, key="label")
        api.call("DELETE", f"/credentials/{found['id']}", headers={"If-Match": "*"})


def secret(what: str) -> str:
    """A secret from the terminal, unseen, or the next line of standard input."""
    if sys.stdin.isatty():
        text: str = click.prompt(what, hide_input=True, err=True)
        return text
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidInput(f"{what}: nothing on standard input")
    return line


def network_named(api: Api, name: str) -> dict[str, Any]:
    return named(list(pages(api, "/networks")), name, key="name")


def named(items: list[dict[str, Any]], name: str, *, key: str) -> dict[str, Any]:
    """The item with this name, whatever the case. Raises `NotFound` with the names there are."""
    for item in items:
        if item[key].casefold() == name.casefold() or str(item["id"]) == name:
            return item
    raise NotFound(f"there is no {name!r}", [item[key] for item in items][:20])
