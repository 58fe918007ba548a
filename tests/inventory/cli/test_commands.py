"""`homeroom mdm command`: what a command line can ask for, and that it decides nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.assets.models import Asset
from inventory.db import Database, now as present
from inventory.errors import InvalidInput
from inventory.outbound import error_of
from mdm.types import Platform
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.commands.world import World
from tests.mdm.fakes import fake_of


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path: Path) -> Iterator[World]:
    clock.forward(seconds=(present() - clock()).total_seconds())  # the command line's own clock
    with fake_of("google_workspace")(now=clock) as fake:
        world = World(database, clock, fake, tmp_path)
        world.furnish(10)
        yield world


@pytest.fixture
def tag(world: World) -> str:
    with world.database.unit(write=False) as db:
        asset = db.get(Asset, world.assets(Platform.CHROMEOS)[0])
        assert asset is not None
        return asset.tag


def test_a_wipe_is_asked_for_and_sends_nothing(world: World, homeroom: Homeroom, tag: str) -> None:
    wipe = ["mdm", "command", "wipe", "--tag", tag, "--reason", "lost"]
    plan = homeroom(*wipe, "--dry-run", "--json")
    assert plan.code == 0, plan.err
    assert json.loads(plan.out)["approvals"] == 1
    short = homeroom(*wipe)
    assert (short.code, short.out) == (1, "")
    assert short.err.startswith(
        f"homeroom: nothing was asked for; say also --typed-tag {tag} (the tag once more, since "
        "everything on the device is erased), and --backup made or --backup waived (whether"
    ), short.err
    other = homeroom(*wipe, "--typed-tag", "OTHER", "--backup", "waived")
    assert other.err == ("homeroom: typed_tag must be the tag of the device that is to be erased\n")
    whole = [*wipe, "--typed-tag", tag, "--backup", "waived", "--json"]
    asked = homeroom(*whole)
    assert asked.code == 0, asked.err
    told = json.loads(asked.out)
    assert (told["state"], told["approvals_needed"]) == ("requested", 1)
    assert homeroom(*whole).code == 5, "one is open already"
    shown = homeroom("mdm", "command", "show", str(told["id"]))
    assert "lost" in shown.out
    gone = homeroom("mdm", "command", "cancel", str(told["id"]), "--reason", "found")
    assert gone.code == 0, gone.err
    assert "cancelled" in homeroom("mdm", "command", "show", str(told["id"])).out
    assert world.fake.effects == []


def test_there_is_no_way_to_approve(homeroom: Homeroom) -> None:
    said = homeroom("mdm", "command", "--help")
    assert said.code == 0
    assert "approve" not in said.out.split("Commands:")[1]


def test_an_unknown_tag(homeroom: Homeroom) -> None:
    said = homeroom("mdm", "command", "wipe", "--tag", "NOPE", "--reason", "x")
    assert (said.code, said.out) == (1, ""), said.err
    assert "NOPE" in said.err


@pytest.mark.parametrize(
    ("detail", "fields", "said"),
    [
        ("backup must be said", {"backup": ["must be said"]}, "backup must be said"),
        ("Refused.", {"json": {"reason": ["Missing."]}}, "Refused (reason: Missing)"),
        (
            "Refused",
            {"items": {"0": {"tag": ["a", "b"]}}},
            "Refused (items.0.tag: a; items.0.tag: b)",
        ),
        ("Refused", "odd", "Refused (odd)"),
        ("Refused", {}, "Refused"),
        ("", {"tag": ["is odd"]}, "tag: is odd"),
    ],
)
def test_what_a_server_finds_wrong_is_said_in_words(detail: str, fields: object, said: str) -> None:
    found = error_of(422, {"detail": detail, "errors": fields}, {})
    assert (type(found), str(found)) == (InvalidInput, said)
