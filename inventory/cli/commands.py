"""`homeroom mdm command`: plan and ask for remote commands, watch them, call them off.

A command line can ask, as a token can; it never approves. That takes a person at a browser.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, pages, part, remote_options
from inventory.errors import Conflict, InvalidInput

ACTIONS = (
    "lock", "unlock", "lost-mode-on", "lost-mode-off", "locate", "restart", "clear-passcode",
    "clear-users", "retire", "wipe", "disable", "enable", "sync",
)  # fmt: skip
COLUMNS = ["id", "tag", "action", "state", "effect", "asked by", "asked at", "note"]


@click.group("command")
def command_group() -> None:
    """Lock, wipe and the rest. Asking here sends nothing that needs an approval."""


OPTIONS = (
    click.option("--tag", required=True, help="The asset's tag, or a former one."),
    click.option("--reason", required=True, help="Why; kept for ever."),
    click.option("--device", type=int, help="Which device, where the asset stands for several."),
    click.option(
        "--backup",
        type=click.Choice(["made", "waived"]),
        help="Whether the user's data was saved, before it is erased.",
    ),
    click.option("--typed-tag", help="The tag once more, before everything is erased."),
    click.option("--acknowledge", multiple=True, metavar="CODE", help="A warning of the plan."),
    click.option("--message", default="", help="Shown on the device."),
    click.option("--phone", default="", help="Shown on the device."),
    click.option("--stolen", is_flag=True, help="No waiting: the asset is recorded as stolen."),
    click.option("--dry-run", is_flag=True, help="Only tell what would happen."),
    click.option("--json", "as_json", is_flag=True, help="One JSON object."),
)


def _asking(word: str) -> None:
    """Make the command that asks for one action."""

    def ask(server: str | None, token_file: Path | None, **given: Any) -> int:
        with connected(server, token_file) as api:
            return _ask(api, word.replace("-", "_"), given)

    command: Callable[..., int] = remote_options(ask)
    for option in reversed(OPTIONS):
        command = option(command)
    command_group.command(word, help=f"Ask for {word} on a device.")(command)


def _ask(api: Api, action: str, given: dict[str, Any]) -> int:
    body: dict[str, Any] = {
        "action": action, "reason": given["reason"], "device_id": given["device"],
        "backup": given["backup"] or "", "typed_tag": given["typed_tag"] or "",
        "message": given["message"], "phone": given["phone"],
        "acknowledged": list(given["acknowledge"]), "skip_cool_off": given["stolen"],
    }  # fmt: skip
    asset = api.call("GET", f"/assets/by-tag/{part(given['tag'])}")
    plan = planned(api, asset["id"], body)
    if given["dry_run"]:
        tell_plan(plan, given["as_json"])
        return 0 if plan["possible"] else 5
    if not plan["possible"]:
        raise Conflict("; ".join(plan["why_not"]))
    _confirm(plan, body, asset["tag"])
    asked = api.call("POST", f"/assets/{asset['id']}/commands", body=body)
    if given["as_json"]:
        output.json_line(asked)
    else:
        click.echo(asked["id"])
        output.note(what_now(asked))
    return 0


for _word in ACTIONS:
    _asking(_word)


def planned(api: Api, asset_id: int, body: dict[str, Any]) -> dict[str, Any]:
    """The plan of what is about to be asked for."""
    query = {"action": body["action"], "device_id": body["device_id"]}
    if body["skip_cool_off"]:
        query["skip_cool_off"] = "true"
    found: dict[str, Any] = api.call("GET", f"/assets/{asset_id}/commands/plan", query=query)
    return found


def what_now(asked: dict[str, Any]) -> str:
    """One line on what has to happen next."""
    if asked["state"] == "requested":
        return f"{asked['approvals_needed']} approval(s) by other persons are needed"
    if asked["state"] == "cooling_off":
        return f"it is sent after {asked['ready_at']}"
    return f"it is {asked['state']}"


def tell_plan(plan: dict[str, Any], as_json: bool) -> None:
    """A plan for a person or a script."""
    if as_json:
        output.json_line(plan)
        return
    target = plan["target"] or {}
    rows = [
        ("possible", "yes" if plan["possible"] else "no: " + "; ".join(plan["why_not"])),
        ("device", " ".join(str(target.get(k) or "") for k in ("connection", "platform", "name",
                                                               "serial"))),
        ("effect", plan["effect_words"]),
        ("confirmed", plan["confirmation_words"]),
        ("approvals", plan["approvals"]),
        ("waits", f"{plan['cool_off_minutes']} minutes"),
        ("warnings", " ".join(f"[{w['code']}] {w['text']}" for w in plan["warnings"])),
        ("possible instead", ", ".join(plan["alternatives"])),
    ]  # fmt: skip
    output.table(["what", ""], rows)


def _confirm(plan: dict[str, Any], body: dict[str, Any], tag: str) -> None:
    """What a person at a terminal must still say; a script gives it as options.

    Raises `InvalidInput` with every option that a script has left out.
    """
    if not sys.stdin.isatty():
        missing = list(_left_out(plan, body, tag))
        if missing:
            raise InvalidInput(f"nothing was asked for; say also {', and '.join(missing)}")
        return
    tell_plan(plan, False)
    if plan["retype_tag"] and not body["typed_tag"]:
        body["typed_tag"] = click.prompt(f"Type the tag {tag} to erase this device", err=True)
    if plan["backup"] and not body["backup"]:
        body["backup"] = click.prompt(
            "The user's data was saved", type=click.Choice(["made", "waived"]), err=True
        )
    for warning in plan["warnings"]:
        if warning["confirm"] and warning["code"] not in body["acknowledged"]:
            click.confirm(f"{warning['text']} Go on?", abort=True, err=True)
            body["acknowledged"].append(warning["code"])


def _left_out(plan: dict[str, Any], body: dict[str, Any], tag: str) -> Iterator[str]:
    if plan["retype_tag"] and not body["typed_tag"]:
        yield f"--typed-tag {tag} (the tag once more, since everything on the device is erased)"
    if plan["backup"] and not body["backup"]:
        yield "--backup made or --backup waived (whether the user's data was saved)"
    for warning in plan["warnings"]:
        if warning["confirm"] and warning["code"] not in body["acknowledged"]:
            yield f"--acknowledge {warning['code']} ({warning['text']})"


@command_group.command("plan")
@click.argument("action", type=click.Choice(ACTIONS))
@click.option("--tag", required=True)
@click.option("--device", type=int)
@click.option("--json", "as_json", is_flag=True)
@remote_options
def plan(
    action: str, tag: str, device: int | None, as_json: bool, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """What an action would do to a device, and what it takes; exit code 5 where it cannot be."""
    body = {"action": action.replace("-", "_"), "device_id": device, "skip_cool_off": False}
    with connected(server, token_file) as api:
        asset = api.call("GET", f"/assets/by-tag/{part(tag)}")
        found = planned(api, asset["id"], body)
    tell_plan(found, as_json)
    return 0 if found["possible"] else 5


@command_group.command("list")
@click.option("--tag", help="Of one asset.")
@click.option("--waiting", is_flag=True, help="Only what waits for a person.")
@click.option("--all", "everything", is_flag=True, help="Also what has ended.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def list_(
    tag: str | None, waiting: bool, everything: bool, limit: int, as_json: bool,
    server: str | None, token_file: Path | None,
) -> None:  # fmt: skip
    """Commands in your reach, newest first."""
    with connected(server, token_file) as api:
        query: dict[str, Any] = {"waiting": "true"} if waiting else {}
        if not everything:
            query["open"] = "true"
        if tag is not None:
            query["asset_id"] = api.call("GET", f"/assets/by-tag/{part(tag)}")["id"]
        found = list(pages(api, "/commands", limit=limit, **query))
    if as_json:
        for item in found:
            output.json_line(item)
        return
    output.table(
        COLUMNS,
        [
            (c["id"], c["asset_tag"], c["action"], c["held_reason"] or c["state"], c["effect"],
             c["requested_by"], c["requested_at"], c["held_note"] or c["note"])
            for c in found
        ],
    )  # fmt: skip


@command_group.command("show")
@click.argument("command_id", type=int)
@click.option("--json", "as_json", is_flag=True)
@remote_options
def show(command_id: int, as_json: bool, server: str | None, token_file: Path | None) -> None:
    """The story of one command."""
    with connected(server, token_file) as api:
        command = api.call("GET", f"/commands/{command_id}")
        story = api.call("GET", f"/commands/{command_id}/timeline")
    if as_json:
        output.json_line({**command, **story})
        return
    output.note(f"{command['action']} of {command['asset_tag']}: {command['effect_words']}")
    output.table(
        ["at", "what", "who", "why"],
        [(step["at"], step["action"], step["actor"], step["reason"]) for step in story["steps"]],
    )


@command_group.command("cancel")
@click.argument("command_id", type=int)
@click.option("--reason", default="")
@remote_options
def cancel(command_id: int, reason: str, server: str | None, token_file: Path | None) -> None:
    """Call a command off, at the vendor too where the vendor can."""
    with connected(server, token_file) as api:
        left = api.call("POST", f"/commands/{command_id}/cancel", body={"reason": reason})
    output.note(f"it is {left['state']}")


@command_group.command("pin")
@click.argument("command_id", type=int)
@remote_options
def pin(command_id: int, server: str | None, token_file: Path | None) -> None:
    """The PINs of a command's device, newest first. That you looked is recorded."""
    with connected(server, token_file) as api:
        found = api.call("GET", f"/commands/{command_id}/pin")["items"]
    output.table(
        ["pin", "source", "at", "command"],
        [(p["pin"], p["source"], p["at"], p["command_id"]) for p in found],
    )
