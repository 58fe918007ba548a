"""A hijacked administrator: 500 wipes asked for by one account, and by accounts that it made."""

from collections import Counter
from datetime import timedelta

from inventory.access import Actor, Role
from inventory.commands.breaker import is_open
from inventory.commands.policy import DEFAULTS
from inventory.commands.states import CommandState as S
from inventory.errors import HomeroomError
from mdm.types import Action, Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.world import World


def _attack(world: World, askers: list[Actor], approvers: list[Actor], wipes: int) -> Counter[str]:
    told: Counter[str] = Counter()
    books = world.assets(Platform.CHROMEOS)
    for number in range(wipes):
        try:
            command = world.ask(askers[number % len(askers)], books[number % len(books)])
            told["asked"] += 1
        except HomeroomError as refused:
            told[type(refused).__name__] += 1
            continue
        for approver in approvers:
            try:
                command = world.approve(approver, command)
                told["approved"] += 1
                break
            except HomeroomError:
                told["not approved"] += 1
    for _ in range(3):
        world.minute(minutes=20)
    return told


def test_one_account_and_its_puppets_erase_nothing(furnish: Furnish) -> None:
    world = furnish(200)
    world.minute()
    thief = world.person("thief")
    puppets = [world.person(f"puppet{n}", age=timedelta(), by=thief) for n in range(3)]
    told = _attack(world, [thief], [thief, *puppets], 100)
    told += _attack(world, [thief, *puppets], [thief, *puppets], 400)
    print(dict(told))
    assert told["approved"] == 0
    assert world.fake.effects == []
    assert told["TooManyRequests"] > 0


def test_with_a_willing_second_person_no_more_than_the_budget_leaves(furnish: Furnish) -> None:
    world = furnish(200)
    world.minute()
    thief, dupe = world.person("thief"), world.person("dupe")
    told = _attack(world, [thief], [dupe], 500)
    wiped = [effect for effect in world.fake.effects if effect[1] == Action.WIPE]
    print(dict(told), f"{len(wiped)} wiped")
    assert 0 < len(wiped) <= DEFAULTS.budget_actor_hour
    with world.database.unit(write=False) as db:
        assert is_open(db)
    assert "breaker.opened" in world.events()
    # The others still work: a lock is not destructive.
    free = world.assets(Platform.CHROMEOS)[-1]
    technician = world.person("tech", Role.TECHNICIAN)
    assert world.drive(world.ask(technician, free, Action.DISABLE)).state is S.DISPATCHED
