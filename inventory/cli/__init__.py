"""The command `homeroom`: data on stdout, progress and messages on stderr.

Exit codes: 0 ok, 1 failed, 2 usage, 3 partly done, 4 not signed in or not allowed, 5 conflict,
130 interrupted. Commands are imported when they are called, so that `homeroom lookup` starts fast.
"""

import importlib
import os
import sys
from collections.abc import Mapping
from typing import cast

import click

from inventory import __version__
from inventory.errors import Conflict, Forbidden, HomeroomError, NotFound, Unauthenticated
from mdm.errors import CredentialError, MdmError
from snmp_discovery.errors import DiscoveryError

OK, FAILED, USAGE, PARTIAL, AUTH, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


class LazyGroup(click.Group):
    """A group whose commands are named as `module:attribute` and imported on first use."""

    def __init__(self, lazy: Mapping[str, str], **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.lazy])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.lazy:
            return super().get_command(ctx, name)
        module, attribute = self.lazy[name].split(":")
        return cast(click.Command, getattr(importlib.import_module(module), attribute))


cli = LazyGroup(
    lazy={
        "accounts": "inventory.cli.people:accounts",
        "assets": "inventory.cli.assets:assets",
        "audit": "inventory.cli.admin:audit_group",
        "credentials": "inventory.cli.networks:credentials",
        "custody": "inventory.cli.custody:custody",
        "drift": "inventory.cli.drift:drift",
        "discover": "inventory.cli.discover:discover",
        "discoveries": "inventory.cli.sweep:discoveries",
        "enroll": "inventory.cli.enroll:enroll",
        "imports": "inventory.cli.asset_imports:imports",
        "init": "inventory.cli.admin:init",
        "keys": "inventory.cli.admin:keys_group",
        "lookup": "inventory.cli.lookup:lookup",
        "mdm": "inventory.cli.mdm:mdm_group",
        "migrate": "inventory.cli.admin:migrate",
        "networks": "inventory.cli.networks:networks",
        "people": "inventory.cli.sources:people",
        "run": "inventory.cli.serve:run",
        "settings": "inventory.cli.admin:show_settings",
        "setup": "inventory.cli.people:setup",
        "sweep": "inventory.cli.sweep:sweep",
        "tokens": "inventory.cli.tokens:tokens",
        "worker": "inventory.cli.work:worker",
    },
    name="homeroom",
    help="Homeroom: the one place where a school district knows its devices.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, prog_name="homeroom")(cli)


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are one plain line on stderr."""
    try:
        result = cli.main(arguments, prog_name="homeroom", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        return _say("interrupted", INTERRUPTED)
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except BrokenPipeError:
        # The reader went away (`| head`); without this Python complains once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except (HomeroomError, DiscoveryError, MdmError) as error:
        return _say(describe(error), exit_code_of(error))


def describe(error: Exception) -> str:
    """The message, with what the caller may have meant."""
    text = str(error)
    if isinstance(error, NotFound) and error.near:
        text += "\nDid you mean: " + ", ".join(map(str, error.near))
    return text


def exit_code_of(error: Exception) -> int:
    if isinstance(error, (Unauthenticated, Forbidden, CredentialError)):
        return AUTH
    return CONFLICT if isinstance(error, Conflict) else FAILED


def _say(message: str, code: int) -> int:
    click.echo(f"homeroom: {message}", err=True)
    return code
