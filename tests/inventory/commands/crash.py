"""A worker process that dies: at a chosen statement, or whenever somebody kills it."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from inventory.commands import delivery, looking, sweeping
from inventory.commands.guard_models import PolicyValue
from mdm.connector import Connector
from mdm.types import Outcome, OutcomeState, Receipt
from tests.inventory.commands.world import World

DIED, BROKE = 9, 3
WIDE = {"budget_actor_hour": 50, "budget_district_hour": 200, "budget_district_day": 1000,
        "budget_fleet_permille_day": 100, "budget_fleet_least": 20}  # fmt: skip


def widen(world: World) -> None:
    """The widest budgets that the program allows: here it is not the budgets that are proved."""
    with world.database.unit() as db:
        for name, value in WIDE.items():
            db.add(PolicyValue(name=name, value=value, changed_at=world.clock(), changed_by="x"))


def in_child(world: World, work: Callable[[], object]) -> int:
    """The process id of a child that does the work with connections of its own, and ends."""
    child = os.fork()
    if child:
        return child
    try:
        world.database.engine.dispose(close=False)
        work()
    except BaseException:
        os._exit(BROKE)
    os._exit(0)


def dies_at(world: World, command_id: int, statement: int) -> int:
    """Drive a command in a process that ends before its nth statement or commit: its exit code."""

    def work() -> None:
        left = statement

        def count(*_: Any) -> None:
            nonlocal left
            if left == 0:
                os._exit(DIED)
            left -= 1

        for event in ("before_cursor_execute", "commit"):
            sa.event.listen(world.database.engine, event, count)
        delivery.drive(world.around, command_id)

    return code_of(in_child(world, work))


def code_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def forget_to_look() -> None:
    """The mistake that the harness must find: nobody looks at the vendor before sending again."""

    def nothing(reader: Connector | None, receipt: Receipt) -> tuple[Outcome, str]:
        return Outcome(OutcomeState.UNKNOWN), ""

    looking.ask = nothing  # type: ignore[assignment]


def killed_worker(world: World, chance: random.Random, *, naive: bool, longest: float) -> bool:
    """A worker that is killed within so many seconds; whether it was still alive."""
    child = _start(world, naive=naive)
    time.sleep(chance.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    code = code_of(child)
    assert code != BROKE
    return code == -signal.SIGKILL


def worker(world: World, *, naive: bool) -> None:
    """A worker that is left alone until nothing is due."""
    assert code_of(_start(world, naive=naive)) == 0


def _start(world: World, *, naive: bool) -> int:
    def work() -> None:
        if naive:
            forget_to_look()
        sweeping.sweep(world.around, world.clocks)
        for command_id in world.due():
            delivery.drive(world.around, command_id)

    return in_child(world, work)
