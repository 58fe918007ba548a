"""A wipe approved by a second person who confirms with a security key."""

from datetime import timedelta

import pytest

from inventory.commands.models import CommandState
from mdm.types import Platform
from tests.inventory.commands.world import World
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import ask_act, confirm_act, with_key
from tests.inventory.soft_key import SoftKey


@pytest.fixture
def other(world: World, browser: MakeCaller) -> Caller:
    return browser(account=world.person("other").id)


def approve(world: World, other: Caller, *, age: timedelta) -> tuple[int, CommandState]:
    """The answer to approving a wipe with a key of this age, and where the wipe stands then."""
    key = SoftKey()
    with_key(world.database, other.account_id, key, since=world.clock() - age)
    command = world.ask(world.person("jane"), world.assets(Platform.CHROMEOS)[0])
    where, seen = f"/commands/{command.id}/approve", {"seen": command.version}
    assert other.post(where, data=seen).status_code in {403, 409}, "not confirmed yet"
    another = world.ask(world.person("jane"), world.assets(Platform.CHROMEOS)[1])
    answer = key.sign(ask_act(other, another.binding))
    assert confirm_act(other, answer, another.binding) == 303
    assert other.post(where, data=seen).status_code in {403, 409}, "confirmed for another wipe"
    assert confirm_act(other, key.sign(ask_act(other, command.binding)), command.binding) == 303
    status = other.post(where, data=seen).status_code
    return status, world.read_back(command).state


def test_an_old_key_approves(world: World, other: Caller) -> None:
    assert approve(world, other, age=timedelta(days=30)) == (303, CommandState.COOLING_OFF)


def test_a_young_key_approves_nothing(world: World, other: Caller) -> None:
    assert approve(world, other, age=timedelta(days=6)) == (409, CommandState.REQUESTED)
