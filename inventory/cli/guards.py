"""`homeroom mdm breaker | restored | break-glass`: what keeps commands from running away."""

from pathlib import Path

import click

from inventory import db
from inventory.cli import output
from inventory.cli.client import connected, remote_options
from inventory.cli.local import opened, operator
from inventory.commands import break_glass


@click.command("breaker")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def breaker(as_json: bool, server: str | None, token_file: Path | None) -> int:
    """Whether destructive commands are stopped in the district; exit code 5 where they are."""
    with connected(server, token_file) as api:
        found = api.call("GET", "/breaker")
        history = api.call("GET", "/breaker/history")["items"]
    if as_json:
        output.json_line({**found, "history": history})
    else:
        output.note(f"OPEN: {found['detail']}" if found["open"] else "closed")
        output.table(
            ["at", "what", "cause", "detail", "by"],
            [(e["at"], e["what"], e["cause"], e["detail"], e["by"]) for e in history],
        )
    return 5 if found["open"] else 0


@click.command("restored")
@click.option("--reason", required=True, help="What was restored, and from when.")
@remote_options
def restored(reason: str, server: str | None, token_file: Path | None) -> None:
    """Say that the database was restored from a backup, before the worker is started.

    Every open command is held until somebody reconciles it with its vendor.
    """
    with connected(server, token_file) as api:
        found = api.call("POST", "/breaker/restored", body={"reason": reason})
    output.note(f"{found['held']} commands are held until they are reconciled")


@click.group("break-glass")
def break_glass_group() -> None:
    """Sealed one-time codes for the night when nobody can approve."""


@break_glass_group.command("make")
@click.option("--count", default=4, show_default=True, type=click.IntRange(1, 20))
def make(count: int) -> None:
    """New codes, in place of all unused ones. Print and seal them: they are shown only now.

    Only on the machine itself: whoever takes over an account must not be able to make one.
    """
    with opened() as (_, database), database.unit() as session:
        codes = break_glass.make_codes(session, operator(), count, now=db.now())
    for code in codes:
        click.echo(code)
    output.note("seal them; from tomorrow each opens one command on one device, at /break-glass")
