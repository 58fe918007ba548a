"""`homeroom discover`: sweep, interrogate and identify, without a server or a database."""

import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from inventory.cli import output
from snmp_discovery import discover as library
from snmp_discovery.types import (
    AuthProtocol,
    CommunityCredential,
    Credential,
    Finding,
    PrivProtocol,
    Progress as Numbers,
    Refusal,
    SweepOptions,
    UsmCredential,
    Version,
)

AUTH_KEY, PRIV_KEY = "HOMEROOM_V3_AUTH_KEY", "HOMEROOM_V3_PRIV_KEY"


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--exclude", multiple=True, help="Leave out an address, range or CIDR.")
@click.option(
    "--community", "-c", multiple=True, help="v1/v2c community; may be given again. [public]"
)
@click.option("--v1", is_flag=True, help="Also ask with SNMP version 1.")
@click.option("--v3-user", help="SNMPv3 user.")
@click.option("--v3-auth", type=click.Choice([a.value for a in AuthProtocol], False))
@click.option("--v3-priv", type=click.Choice([p.value for p in PrivProtocol], False))
@click.option("--v3-auth-key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--v3-priv-key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--v3-context", default="", help="SNMPv3 context, e.g. Jetdirect.")
@click.option("--port", default=161, type=click.IntRange(1, 65535), show_default=True)
@click.option("--rate", type=click.IntRange(1, 1_000_000), help="Probes per second.")
@click.option(
    "--timeout", default=1.0, type=click.FloatRange(0.05, 60), show_default=True, help="Seconds."
)
@click.option("--retries", default=1, type=click.IntRange(0, 10), show_default=True)
@click.option("--max-hosts", default=65_536, type=click.IntRange(1), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--save", is_flag=True, help="Keep the findings in this installation for review.")
def discover(targets: tuple[str, ...], as_json: bool, save: bool, **given: Any) -> int:
    """Find devices at TARGET: addresses, ranges (10.0.0.5-40), CIDRs or host names.

    The keys of a v3 user are read from --v3-auth-key-file / --v3-priv-key-file, or from the
    environment variables HOMEROOM_V3_AUTH_KEY and HOMEROOM_V3_PRIV_KEY, or are asked for.
    Without --save no database is touched.
    """
    asked = credentials(given)
    options = SweepOptions(
        port=given["port"],
        rate=given["rate"],
        timeout=given["timeout"],
        retries=given["retries"],
        max_hosts=given["max_hosts"],
    )
    plan = library.plan(targets, exclude=given["exclude"], options=options)
    for remark in plan.notes:
        output.note(remark)
    shown = _Shown(as_json)
    with _progress() as bar:
        task = bar.add_task("probing", total=len(plan.addresses))
        library.run(
            plan,
            asked,
            on_finding=shown.finding,
            on_refusal=shown.refusal,
            on_progress=lambda numbers: _advance(bar, task, numbers),
        )
    shown.end()
    if save:
        # Databases take half a second to load, and most runs do not need them.
        import_module("inventory.cli.keep").keep(shown.found)
    return shown.exit_code()


def credentials(given: dict[str, Any]) -> list[Credential]:
    """The credentials in the order to try: communities as given, then the v3 user."""
    names = given["community"] or (() if given["v3_user"] else ("public",))
    versions = [Version.V2C, Version.V1] if given["v1"] else [Version.V2C]
    found: list[Credential] = [
        CommunityCredential(name.encode(), version, label=f"community {number + 1}")
        for version in versions
        for number, name in enumerate(names)
    ]
    if given["v3_user"]:
        found.append(_usm(given))
    return found


def _usm(given: dict[str, Any]) -> UsmCredential:
    auth, priv = given["v3_auth"], given["v3_priv"]
    if priv and not auth:
        raise click.UsageError("--v3-priv needs --v3-auth (RFC 3414 has no privacy alone)")
    return UsmCredential(
        user=given["v3_user"],
        auth_protocol=AuthProtocol(auth.upper()) if auth else None,
        auth_key=_key(given["v3_auth_key_file"], AUTH_KEY, "authentication") if auth else None,
        priv_protocol=PrivProtocol(priv.upper()) if priv else None,
        priv_key=_key(given["v3_priv_key_file"], PRIV_KEY, "privacy") if priv else None,
        context=given["v3_context"],
        label=f"v3 user {given['v3_user']}",
    )


def _key(file: Path | None, variable: str, what: str) -> str:
    if file is not None:
        return file.read_text("utf-8").strip()
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise click.UsageError(f"no {what} key: give a key file or set {variable}")
    key: str = click.prompt(f"{what} key", hide_input=True, err=True)
    return key


def as_record(found: Finding) -> dict[str, Any]:
    """A finding as the JSON object that scripts read."""
    who = found.identity
    return {
        "address": found.address,
        "port": found.port,
        "version": found.version.value,
        "kind": who.kind.value,
        "vendor": who.vendor,
        "model": who.model,
        "serial": who.serial,
        "firmware": who.firmware,
        "name": found.name,
        "location": found.location,
        "contact": found.contact,
        "mac": list(found.macs),
        "page_count": found.page_count,
        "supplies": [
            {
                "name": supply.name,
                "type": supply.type,
                "color": supply.color,
                "level_percent": supply.level_percent,
                "state": supply.state.value,
            }
            for supply in found.supplies
        ],
        "sys_object_id": found.sys_object_id,
        "sys_descr": found.sys_descr,
        "evidence": [asdict(item) for item in who.evidence],
        "warnings": list(found.warnings),
    }


class _Shown:
    """Prints findings as they come (JSON) or at the end (table)."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.found: list[Finding] = []
        self.refused: list[Refusal] = []

    def finding(self, found: Finding) -> None:
        if self.as_json:
            output.json_line(as_record(found))
        self.found.append(found)

    def refusal(self, refused: Refusal) -> None:
        self.refused.append(refused)

    def end(self) -> None:
        for refused in self.refused:
            output.note(f"{refused.address}: speaks SNMPv3, but {output.safe(refused.reason)}")
        if not self.as_json:
            output.table(
                ["address", "kind", "vendor", "model", "serial", "name", "location"],
                [
                    (f.address, f.identity.kind.value, f.identity.vendor, f.identity.model,
                     f.identity.serial, f.name, f.location)
                    for f in sorted(self.found, key=lambda f: _sort_key(f.address))
                ],
            )  # fmt: skip
            output.note(f"{len(self.found)} devices found, {len(self.refused)} refused us")

    def exit_code(self) -> int:
        return 3 if self.refused else 0


def _sort_key(address: str) -> tuple[int, ...]:
    if ":" in address:
        return (6, *address.encode())
    return (4, *map(int, address.split(".")))


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}  {task.fields[extra]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _advance(bar: Progress, task: Any, numbers: Numbers) -> None:
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(numbers.by_kind.items())[:6])
    done, total = numbers.probed, numbers.total
    if numbers.phase != "probing":
        done, total = numbers.interrogated, numbers.answered
    bar.update(task, description=numbers.phase, completed=done, total=total, extra=kinds)
