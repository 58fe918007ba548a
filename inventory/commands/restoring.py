"""After the database was restored from a backup: everything open is held until it is reconciled.

Otherwise what was sent since the backup would be sent again, to a device that somebody else may
have by now. A restore is noticed by the mark outside the database (`anchor`), or said by a person.
"""

import logging
import os
import socket
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import breaker
from inventory.commands.anchor import Anchor, fits, mark_of
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, hold, swap
from inventory.commands.states import TERMINAL, CommandState, Held
from inventory.db import Database
from inventory.engine.models import WorkerHeartbeat
from inventory.errors import Forbidden

log = logging.getLogger(__name__)

MAX_REASON = 1000
ALIVE, AT_WORK = timedelta(minutes=2), timedelta(minutes=10)
"""A worker vouches for the database that was heard of so lately and has worked for so long:
workers that were started after a restore know no more than we do."""
WHY = "the database was restored: it may have been sent already"


def check(database: Database, anchor: Anchor, *, now: datetime) -> bool:
    """Look whether the database went back since this machine last looked; whether it did.

    A missing mark beside open commands counts as a restore too, unless another worker is alive to
    vouch for the database: a machine that was set up anew from a backup looks just like that.
    """
    mark = anchor.read()
    with database.unit(write=False) as db:
        if mark is not None:
            why = None if fits(db, mark) else "its audit log lacks what this machine saw in it"
        else:
            why = _without_mark(db, now)
    if why is not None:
        log.error("safe mode: %s", why)
        with database.unit() as db:
            enter_safe_mode(db, DELIVERY, why, now=now)
    with database.unit(write=False) as db:
        present = mark_of(db)
    if present != mark:
        anchor.write(present, now=now)
    return why is not None


def say_restored(db: Session, actor: Actor, *, reason: str, now: datetime) -> int:
    """A person says that the database was restored; how many commands are held now.

    Anybody who may close the breaker may, and one is enough: it only stops things.
    """
    if actor.kind == "token":
        raise Forbidden("this needs a person")
    actor.require_everywhere(Permission.BREAKER_CLOSE)
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if not why:
        raise wrong("reason", "must say what was restored")
    return enter_safe_mode(db, actor, why, now=now)


def enter_safe_mode(db: Session, actor: Actor, why: str, *, now: datetime) -> int:
    """Hold every open command for reconciling, and open the breaker; how many are held."""
    audit.record(
        db, actor, "commands.safe_mode", now=now, subject_type="breaker", subject_id=1, reason=why
    )
    breaker.open_breaker(db, "restore", why, now=now)
    query = (
        select(DeviceCommand)
        .where(
            col(DeviceCommand.state).not_in(TERMINAL),
            sa.func.coalesce(col(DeviceCommand.held_reason), "") != Held.RESTORE.value,
        )
        .order_by(col(DeviceCommand.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.exec(query).all()
    for command in found:
        _hold(db, command, actor, now)
    return len(found)


def _hold(db: Session, command: DeviceCommand, actor: Actor, now: datetime) -> None:
    if command.state is not CommandState.HELD:
        hold(db, command, Held.RESTORE, WHY, actor=actor, now=now, due_at=now)
        return
    # Held already; since the backup it may have been released and sent.
    before = command.held_reason
    swap(
        db, command,
        {"held_reason": Held.RESTORE, "held_note": WHY, "due_at": now,
         "version": command.version + 1, "changed_at": now},
    )  # fmt: skip
    audit.record(
        db, actor, "command.held", now=now, subject_type="command", subject_id=command.id,
        before={"held": before}, after={"held": Held.RESTORE}, reason=WHY,
    )  # fmt: skip


def _without_mark(db: Session, now: datetime) -> str | None:
    open_one = select(DeviceCommand.id).where(col(DeviceCommand.state).not_in(TERMINAL)).limit(1)
    if db.exec(open_one).first() is None:
        return None
    w = WorkerHeartbeat
    another = sa.or_(col(w.host) != socket.gethostname()[:255], col(w.pid) != os.getpid())
    witness = select(w.id).where(
        another,
        col(w.beat_at) > now - ALIVE,
        col(w.started_at) < now - AT_WORK,
        col(w.stopped_at).is_(None),
    )
    if db.exec(witness.limit(1)).first() is not None:
        return None
    return "this machine has no mark of the database, and nobody else vouches for it"
