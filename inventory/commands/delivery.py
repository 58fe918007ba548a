"""The job that drives one command on, from whatever state it is in; running it twice is harmless.

The engine's own retries play no part: whether anything is sent again is for our rows to say.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import select

from inventory.commands import answering, dispatching, following, looking, reconciling
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, Moved, locked
from inventory.commands.onward import KIND as KIND, set_off
from inventory.commands.states import CommandState, Held
from inventory.commands.surroundings import Surroundings
from inventory.engine import JobContext

log = logging.getLogger(__name__)

_S = CommandState
MOST_STEPS = 4
"""Moves in one run: out of the cool-off, sent, and looked at once."""


def deliver(ctx: JobContext) -> None:
    """The handler of jobs of the kind "command.deliver"; the payload is {"command": id}."""
    drive(Surroundings.of(ctx), int(ctx.payload["command"]))


def drive(around: Surroundings, command_id: int) -> None:
    """Do what is due for a command, until nothing is."""
    for _ in range(MOST_STEPS):
        with around.database.unit(write=False) as db:
            command = db.get(DeviceCommand, command_id)
        if command is None or command.due_at is None or command.due_at > around.clock():
            return
        step, version = STEPS.get(command.state), command.version
        if command.held_reason is Held.RESTORE:
            step = reconciling.look
        if step is None:
            return
        try:
            step(around, command_id)
        except Moved as moved:
            log.info("%s", moved)
            return
        if not _moved(around, command_id, version):
            return


def _moved(around: Surroundings, command_id: int, version: int) -> bool:
    with around.database.unit(write=False) as db:
        query = select(DeviceCommand.version).where(DeviceCommand.id == command_id)
        return db.exec(query).first() != version


def end_cool_off(around: Surroundings, command_id: int) -> None:
    """The wait is over: ready, unless it ran out meanwhile, which sending looks at."""
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state is _S.COOLING_OFF and _over(command.ready_at, now):
            set_off(db, command, actor=DELIVERY, now=now)


def _over(moment: datetime | None, now: datetime) -> bool:
    return moment is None or moment <= now


STEPS: Mapping[CommandState, Callable[[Surroundings, int], None]] = {
    _S.COOLING_OFF: end_cool_off,
    _S.READY: dispatching.dispatch,
    _S.DISPATCHING: answering.lease_over,
    _S.UNCERTAIN: looking.look,
    _S.DISPATCHED: following.follow,
    _S.ACKNOWLEDGED: following.follow,
    _S.CANCEL_PENDING: following.call_off,
}
