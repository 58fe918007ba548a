"""Asking a directory: by hand or by the clock, in a job, and always into a plan.

No transaction is open while the directory is asked. Whatever goes wrong on the way means that
there is no plan: half a list must not retire anybody.
"""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.audit import service as audit
from inventory.db import Database, now as present
from inventory.engine import JobContext, enqueue
from inventory.errors import Conflict, HomeroomError, InvalidInput, SealBroken, TooLarge
from inventory.people import applying, planning
from inventory.people.models import RosterSource
from inventory.people.planning import Upload
from inventory.people.roster_models import ChangeKind, RosterPlan
from inventory.people.rosters.types import MOST_MEMBERS
from inventory.people.sources import config as rules, opening, service
from inventory.people.sources.models import (
    OPEN_READS,
    ReadState,
    RosterDirectory,
    RosterRead,
)
from inventory.people.sources.rostering import Told, roster_of
from inventory.settings import Settings
from mdm.directories.types import Directory, Entry
from mdm.errors import MdmError

log = logging.getLogger(__name__)

KIND, DUE = "people.read", "people.due"
MOST_ATTEMPTS = 3
SILENT = timedelta(hours=1)
"""A read that was begun so long ago and has not ended has lost its worker."""

CLOCK = system_actor("people schedule", Permission)
"""Whoever leaves loses their account, and only who holds as much as it can end it."""


def request(db: Session, actor: Actor, directory_id: int, *, now: datetime) -> RosterRead:
    """Ask for a read; its job is queued in the same transaction. Raises `Conflict` while one is
    under way, `Forbidden`, `NotFound`."""
    row = service.get(db, actor, directory_id, lock=True)
    busy = select(RosterRead).where(
        RosterRead.directory_id == row.id, col(RosterRead.state).in_(OPEN_READS)
    )
    if db.exec(busy).first() is not None:
        raise Conflict("it is being asked already")
    read = RosterRead(directory_id=row.id, requested_by=actor.name[:200], requested_at=now)
    db.add(read)
    db.flush()
    enqueue(db, KIND, {"read": read.id}, key=f"{read.id}.1")
    if actor.kind != "system":
        audit.record(
            db, actor, "roster_directory.read", now=now, subject_type="roster_directory",
            subject_id=row.id,
        )  # fmt: skip
    return read


def recent(db: Session, actor: Actor, directory_id: int, *, limit: int = 10) -> list[RosterRead]:
    """The last times that it was asked, newest first."""
    row = service.get(db, actor, directory_id)
    query = select(RosterRead).where(RosterRead.directory_id == row.id)
    return list(db.exec(query.order_by(sa.desc(col(RosterRead.id))).limit(limit)).all())


def due(ctx: JobContext) -> None:
    """Every few minutes: ask what the clock says, and look after reads without a worker."""
    request_due(ctx.database, ctx.settings, now=present())
    redrive(ctx.database, now=present())


def request_due(database: Database, settings: Settings, *, now: datetime) -> list[int]:
    """Request the reads that are due; their ids. Each in a unit of its own."""
    with database.unit(write=False) as db:
        query = select(RosterDirectory.id).where(col(RosterDirectory.next_at) <= now)
        wanted = list(db.exec(query).all())
    requested = []
    for directory_id in wanted:
        with database.unit() as db:
            row = service.get(db, CLOCK, directory_id, lock=True)
            row.next_at = rules.next_at(row.daily_at, after=now, zone=settings.zone)
            db.add(row)
            try:
                requested.append(request(db, CLOCK, directory_id, now=now).id)
            except Conflict:
                continue
    return requested


def redrive(database: Database, *, now: datetime) -> None:
    """Put reads back to work whose worker was lost; give up after `MOST_ATTEMPTS`."""
    heard = sa.func.coalesce(col(RosterRead.heard_at), col(RosterRead.requested_at))
    stuck = select(RosterRead).where(col(RosterRead.state).in_(OPEN_READS), heard < now - SILENT)
    with database.unit() as db:
        for read in db.exec(stuck.with_for_update()):
            if read.attempts >= MOST_ATTEMPTS:
                _fail(read, f"its worker was lost {read.attempts} times", now)
            else:
                read.heard_at = now
                key = f"{read.id}.{read.attempts + 1}.{int(now.timestamp())}"
                enqueue(db, KIND, {"read": read.id}, key=key)
            db.add(read)


def run(ctx: JobContext) -> None:
    """The handler of jobs of the kind "people.read"; the payload is {"read": id}."""
    database, read_id = ctx.database, int(ctx.payload["read"])
    directory = _begin(database, read_id)
    if directory is None:
        return
    try:
        told = _everybody(ctx, directory)
        with database.unit() as db:
            _plan(db, read_id, told, now=present())
    except (MdmError, HomeroomError) as failed:
        log.info("read %d: %s", read_id, failed)
        with database.unit() as db:
            _fail(db.get_one(RosterRead, read_id), str(failed), present())


def _begin(database: Database, read_id: int) -> Directory | None:
    with database.unit() as db:
        query = select(RosterRead).where(RosterRead.id == read_id).with_for_update()
        read = db.exec(query).first()
        if read is None or read.state not in OPEN_READS:
            return None
        read.state, read.heard_at, read.attempts = ReadState.RUNNING, present(), read.attempts + 1
        db.add(read)
        row = db.get_one(RosterDirectory, read.directory_id)
        try:
            return opening.open_source(db, row, db.get_one(RosterSource, row.source_id).name)
        except (SealBroken, MdmError) as closed:
            _fail(read, str(closed), present())
            return None


def _everybody(ctx: JobContext, directory: Directory) -> Told:
    found: list[Entry] = []
    unreadable = guests = 0
    for page in directory.people():
        ctx.heartbeat()
        found += page.entries
        unreadable += page.unreadable
        guests += page.guests
        if len(found) > MOST_MEMBERS:
            raise TooLarge(f"the directory names more than {MOST_MEMBERS:,} people")
    if not found:
        raise InvalidInput("the directory names nobody; nobody is taken to have left")
    return Told(found, unreadable, guests)


def _plan(db: Session, read_id: int, told: Told, *, now: datetime) -> None:
    read = db.exec(select(RosterRead).where(RosterRead.id == read_id).with_for_update()).one()
    if read.state is not ReadState.RUNNING:
        return
    row = db.get_one(RosterDirectory, read.directory_id)
    source = db.get_one(RosterSource, row.source_id)
    roster = roster_of(db, row, told, now=now)
    plan = planning.plan(db, CLOCK, source.name, roster, Upload(row.kind.value, ""), now=now)
    read.state, read.finished_at, read.people = ReadState.DONE, now, len(told.entries)
    read.plan_id = plan.id
    db.add(read)
    if _by_itself(row, plan):
        why = f"at most {row.auto_most} changes, and the guard does not object"
        applying.approve(db, CLOCK, plan.id, reason=why, now=now)


def _by_itself(row: RosterDirectory, plan: RosterPlan) -> bool:
    changes = sum(plan.counts.get(kind.value, 0) for kind in ChangeKind)
    return row.auto_most is not None and 0 < changes <= row.auto_most and not plan.findings


def _fail(read: RosterRead, error: str, now: datetime) -> None:
    read.state, read.error, read.finished_at = ReadState.FAILED, error[:1000], now
