"""`homeroom mdm`: what the MDM vendors tell, without a server or a database."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from inventory.cli import LazyGroup, output
from mdm import registry
from mdm.connection import ConfigField, VendorInfo
from mdm.errors import Invalid
from mdm.records import device_record
from mdm.types import Device, Problem

Given = ParamSpec("Given")
Made = TypeVar("Made")
EXIT_PARTIAL = 3
PAIR = "NAME=VALUE"


@click.group(
    "mdm",
    cls=LazyGroup,
    lazy={
        "connect": "inventory.cli.fleet:connect",
        "connections": "inventory.cli.fleet:connections",
        "test": "inventory.cli.fleet:test",
        "sync": "inventory.cli.fleet:sync",
        "command": "inventory.cli.commands:command_group",
        "breaker": "inventory.cli.guards:breaker",
        "restored": "inventory.cli.guards:restored",
        "break-glass": "inventory.cli.guards:break_glass_group",
    },
)
def mdm_group() -> None:
    """The vendors that manage phones, tablets, Chromebooks and laptops."""


@mdm_group.command("vendors")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def vendors(as_json: bool) -> None:
    """The vendors there are, with the settings that each one needs."""
    known = registry.vendors().values()
    if as_json:
        for info in known:
            output.json_line(vendor_record(info))
        return
    output.table(
        ["vendor", "name", "settings (* secret)", "can"],
        [
            (
                info.name,
                info.label,
                ", ".join(f"{item.name}{'*' if item.secret else ''}" for item in info.fields),
                ", ".join(dict.fromkeys(row.action.value for row in info.capabilities)),
            )
            for info in known
        ],
    )


def vendor_record(info: VendorInfo) -> dict[str, Any]:
    """A vendor as the JSON object that scripts read."""
    return {
        "vendor": info.name,
        "name": info.label,
        "settings": [
            {
                "name": item.name,
                "label": item.label,
                "secret": item.secret,
                "required": item.required and not item.default,
                "default": item.default,
                "choices": list(item.choices),
                "help": item.help,
            }
            for item in info.fields
        ],
        "rights_to_read": list(info.to_read),
        "rights_to_act": list(info.to_act),
        "capabilities": [
            {
                "action": row.action.value,
                "platforms": sorted(row.platforms),
                "ownership": sorted(row.ownership),
                "effect": row.effect.value,
                "confirmed_by": row.confirmed_by.value,
                "needs": sorted(row.needs),
                "cancellable": row.cancellable,
                "note": row.note,
            }
            for row in info.capabilities
        ],
    }


@mdm_group.command("devices")
@click.option("--vendor", required=True, help="A name from `homeroom mdm vendors`.")
@click.option("--set", "settings", multiple=True, metavar=PAIR, help="A setting that is no secret.")
@click.option("--secret-file", multiple=True, metavar="NAME=PATH", help="A secret from a file.")
@click.option(
    "--secret-env", multiple=True, metavar="NAME=VARIABLE", help="A secret from the environment."
)
@click.option("--secret-stdin", metavar="NAME", help="A secret from standard input, all of it.")
@click.option("--since", type=click.DateTime(), help="Only what was heard of since (UTC).")
@click.option("--resume", help="Go on where an earlier list broke off.")
@click.option("--address", help="A simulated vendor on this machine.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def devices(
    vendor: str, settings: tuple[str, ...], secret_file: tuple[str, ...],
    secret_env: tuple[str, ...], secret_stdin: str | None, since: datetime | None,
    resume: str | None, address: str | None, as_json: bool,
) -> int:  # fmt: skip
    """The devices that a vendor manages; nothing is changed and no database is touched.

    Secrets come from files, the environment or standard input, never as a value on the command
    line; on a terminal they are asked for.
    """
    info = _usable(registry.vendor, vendor)
    config = dict(_pair(text) for text in settings)
    _refuse_secrets(info, config)
    sources: list[tuple[tuple[str, ...], Callable[[str], str]]] = [
        (secret_file, _from_file), (secret_env, _from_environment)
    ]  # fmt: skip
    for given, read in sources:
        config |= {name: read(value) for name, value in map(_pair, given)}
    if secret_stdin:
        config[secret_stdin] = sys.stdin.read()
    config |= _asked(info, config)
    connector = _usable(registry.open_connector, vendor, config, base_url=address)
    shown = _Shown(as_json)
    try:
        for page in connector.devices(since and since.replace(tzinfo=UTC), resume):
            shown.page(page.devices, page.problems, page.resume)
    finally:
        shown.end()
    return shown.exit_code()


class _Shown:
    """Prints devices as they come (JSON) or at the end (table)."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.found: list[Device] = []
        self.problems: list[Problem] = []
        self.resume: str | None = None

    def page(
        self, devices: tuple[Device, ...], problems: tuple[Problem, ...], resume: str | None
    ) -> None:
        for device in devices:
            if self.as_json:
                output.json_line(device_record(device))
        for problem in problems:
            output.note(output.safe(f"{problem.vendor_id or 'a device'}: {problem.reason}"))
        self.found += devices
        self.problems += problems
        self.resume = resume

    def end(self) -> None:
        if not self.as_json:
            output.table(
                ["platform", "serial", "model", "name", "tag", "user", "state", "last check-in"],
                [
                    (d.platform.value, d.serial, d.model, d.name, d.asset_tag, d.assigned_user,
                     d.state, f"{d.last_check_in:%Y-%m-%d %H:%M}" if d.last_check_in else "")
                    for d in self.found
                ],
            )  # fmt: skip
            output.note(f"{len(self.found)} devices, {len(self.problems)} that cannot be read")
        if self.resume is not None:
            output.note(f"the list broke off; go on with --resume '{output.safe(self.resume)}'")

    def exit_code(self) -> int:
        return EXIT_PARTIAL if self.problems else 0


def _usable(call: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """What a library call makes of the options; unusable ones are the caller's mistake."""
    try:
        return call(*given, **named)
    except Invalid as wrong:
        raise click.UsageError(str(wrong)) from wrong


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{name!r}: give it as {PAIR}")
    return name, value


def _refuse_secrets(info: VendorInfo, config: dict[str, str]) -> None:
    for item in info.fields:
        if item.secret and item.name in config:
            raise click.UsageError(
                f"{item.name} is a secret: use --secret-file, --secret-env or --secret-stdin"
            )


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise click.UsageError(f"{path} cannot be read ({type(wrong).__name__})") from wrong


def _from_environment(variable: str) -> str:
    if variable not in os.environ:
        raise click.UsageError(f"the environment has no {variable}")
    return os.environ[variable]


def _asked(info: VendorInfo, config: dict[str, str]) -> dict[str, str]:
    """Secrets that are still missing, from the terminal where there is one."""

    def missing(item: ConfigField) -> bool:
        return item.secret and item.required and not item.default and item.name not in config

    if not sys.stdin.isatty():
        return {}
    return {
        item.name: click.prompt(item.label, hide_input=True, err=True)
        for item in info.fields
        if missing(item)
    }
