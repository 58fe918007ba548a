"""Hundreds of wipes through workers that are killed and a vendor that loses its answers.

The vendor lists what it was told to do, so that a lost wipe can be found there, and may be sent
again where it is not. The same harness finds devices erased twice when nobody looks first.

On SQLite 208 wipes; on PostgreSQL fewer, for the sake of time, and by hand as many as one likes:
HOMEROOM_KILL_WAVES=8 pytest test_kill.py --db postgresql --timeout=600
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from inventory.commands.models import DeviceCommand
from inventory.commands.states import CommandState as S
from mdm.types import Action, Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.crash import killed_worker, widen, worker
from tests.inventory.commands.world import World
from tests.mdm.fakes.http import Call, Fault

WAVE, KILLS = 26, 6
WAVES = {"sqlite": 8, "postgresql": 3}
FAULTS = (Fault.ERROR, Fault.ERROR_AFTER, Fault.DROP, Fault.DROP_AFTER, Fault.SLOW_AFTER)
DONE = {S.DISPATCHED, S.ACKNOWLEDGED, S.VERIFIED}
ON_THE_WAY = {S.COOLING_OFF, S.READY, S.DISPATCHING, S.UNCERTAIN}


@dataclass
class Tally:
    """What became of the wipes; `twice`: the devices that were erased more than once."""

    wipes: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    asking: int = 0


def _run(world: World, *, waves: int, naive: bool) -> Tally:
    chance, tally = random.Random(11), Tally()
    world.fake.slowness = 0.4
    widen(world)
    world.minute()
    asker, other = world.person("asker"), world.person("other")
    assets = world.assets(Platform.WINDOWS)[: waves * WAVE]
    assert len(assets) == waves * WAVE

    def acting(call: Call) -> bool:
        return world.fake.is_acting(call) and chance.random() < 0.5

    for start in range(0, len(assets), WAVE):
        wave = [world.wiped(asker, other, asset) for asset in assets[start : start + WAVE]]
        for fault in FAULTS:
            world.fake.fail(fault, 2, on=acting)
        world.clock.forward(minutes=15)
        for _ in range(KILLS):
            tally.kills += killed_worker(world, chance, naive=naive, longest=0.5)
            world.clock.forward(minutes=5)
        world.fake.heal()
        _finish(world, wave, naive=naive)
        world.clock.forward(hours=25)
        _count(world, wave, tally)
        if naive and tally.twice:
            break
    return tally


def _finish(world: World, wave: list[DeviceCommand], *, naive: bool) -> None:
    for _ in range(8):
        if not ON_THE_WAY & {world.read_back(command).state for command in wave}:
            return
        worker(world, naive=naive)
        world.clock.forward(minutes=5)


def _count(world: World, commands: list[DeviceCommand], tally: Tally) -> None:
    done = Counter(id for id, action in world.fake.effects if action == Action.WIPE)
    for command in commands:
        tally.wipes += 1
        state = world.read_back(command).state
        tally.asking += state is S.NEEDS_HUMAN
        if done[command.vendor_id] > 1:
            tally.twice.append(command.vendor_id)
        if done[command.vendor_id] == 0 and state is not S.NEEDS_HUMAN:
            tally.lost.append(f"{command.vendor_id}: {state}")
        if done[command.vendor_id] and state not in DONE | {S.NEEDS_HUMAN}:
            tally.lost.append(f"{command.vendor_id}: erased, and {state}")


@pytest.mark.timeout(600)
def test_no_wipe_is_lost_and_none_is_sent_twice(furnish: Furnish, backend: str) -> None:
    waves = int(os.environ.get("HOMEROOM_KILL_WAVES", WAVES[backend]))
    world = furnish(max(400, 100 * waves), "intune", read=0.2, lists=frozenset({"intune"}))
    tally = _run(world, waves=waves, naive=False)
    print(tally)
    assert tally.wipes == WAVE * waves
    assert tally.kills >= 3 * waves
    assert tally.asking <= tally.wipes // 20, "a proof of little: most of them wait for a person"
    assert (tally.lost, tally.twice) == ([], [])


@pytest.mark.timeout(600)
def test_the_harness_finds_double_wipes_when_nobody_looks(furnish: Furnish) -> None:
    """Mostly in the first wave; which answers are lost depends on the moment of the kill."""
    world = furnish(400, "intune", read=0.2, lists=frozenset({"intune"}))
    tally = _run(world, waves=4, naive=True)
    print(tally)
    assert tally.twice
