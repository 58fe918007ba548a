"""The program ends at every statement of sending, one after the other, and loses nothing."""

from collections import Counter

import pytest

from inventory.commands.states import CommandState as S
from mdm.types import Action, Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.crash import DIED, dies_at, widen

FEWEST = 15


@pytest.mark.timeout(600)
@pytest.mark.parametrize("action", [Action.WIPE, Action.DISABLE])
def test_a_crash_at_any_statement_sends_once(furnish: Furnish, action: Action) -> None:
    world = furnish(160)
    widen(world)
    world.minute()
    ends: Counter[S] = Counter()
    asker, other = world.person("asker"), world.person("other")
    code, points = DIED, 0
    for points, asset in enumerate(world.assets(Platform.CHROMEOS)):
        command = world.wiped(asker, other, asset, action)
        world.clock.forward(minutes=command.cool_off_minutes)
        code = dies_at(world, command.id, points)
        assert code in {0, DIED}
        for _ in range(5):
            world.clock.forward(minutes=3)
            world.drive(command)
        done = world.fake.effects.count((world.device_id(asset), action))
        state = world.read_back(command).state
        ends[state] += 1
        assert done <= 1, f"twice after a crash at statement {points}"
        assert done == 1 or state is S.NEEDS_HUMAN, f"lost at statement {points}: {state}"
        assert state in {S.DISPATCHED, S.ACKNOWLEDGED, S.VERIFIED, S.NEEDS_HUMAN}
        world.clock.forward(hours=5)
        if code == 0:
            break
    print(f"{action}: {points} crash points, ends {dict(ends)}")
    assert code == 0, "more statements than devices"
    assert points >= FEWEST
