"""What surrounds a delivery: database, clock, the way to the vendors. Tests bring their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session

from inventory.commands.anchor import Anchor
from inventory.commands.effects import LISTS_COMMANDS
from inventory.db import Database, now
from inventory.engine import JobContext
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection
from mdm.connector import Connector

LEASE = timedelta(seconds=240)
"""Longer than any call to a vendor may last (`mdm.http.Limits`: 10 s to connect, 180 s in all)."""


class Opener(Protocol):
    """The way to a connector; opening makes no request."""

    def reader(self, db: Session, connection: MdmConnection) -> Connector:
        """With the credential that only reads."""

    def actor(self, db: Session, connection: MdmConnection) -> Connector:
        """With the one that acts: only where this process was given it."""


class FleetOpener:
    """The connections of the fleet. Made only for jobs, so only where this process works."""

    def reader(self, db: Session, connection: MdmConnection) -> Connector:
        return opening.open_reader(db, connection)

    def actor(self, db: Session, connection: MdmConnection) -> Connector:
        db.info[opening.ACTS] = True
        return opening.open_actor(db, connection)


@dataclass(frozen=True)
class Surroundings:
    """enabled  the kill switch of this process: without it nothing destructive leaves here
    lists    vendors whose list of commands is complete at once (`effects.LISTS_COMMANDS`)
    """

    database: Database
    enabled: bool
    anchor: Anchor
    opener: Opener = field(default_factory=FleetOpener)
    clock: Callable[[], datetime] = now
    lists: frozenset[str] = LISTS_COMMANDS
    lease: timedelta = LEASE

    @classmethod
    def of(cls, ctx: JobContext) -> "Surroundings":
        """As the settings of this worker have it."""
        settings = ctx.settings
        return cls(ctx.database, settings.destructive_enabled, Anchor.of(settings))
