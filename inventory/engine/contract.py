"""What a job is: the shapes that handlers, services and the engine agree on.

A job carries ids only; the rows that they name are the truth. It runs at least once: after a
crash it runs again from its beginning, so a handler must be harmless when run twice.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inventory.db import Database
from inventory.engine.cron import parse
from inventory.errors import Conflict, TooManyRequests, Unavailable
from inventory.settings import Settings

Payload = Mapping[str, int | str]

RETRYABLE = (Unavailable, TooManyRequests)
"""What a handler raises to be run again after a pause; any other error ends the job."""

_KIND = re.compile(r"[a-z][a-z0-9_.]{0,39}")
_DAY = 86_400


class JobInterrupted(BaseException):
    """The job was cancelled, handed to another worker, or its worker is stopping.

    Not an `Exception`, so that no broad `except` in a handler swallows it.
    """


class WorkerRunning(Conflict):
    """Another live worker already holds this database or this worker's name."""


class JobContext:
    """What a handler is given: `database`, `settings`, `payload`, `job_id`, `kind`, `attempt`."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        payload: Payload,
        job_id: str,
        lost: Callable[[str], bool],
        stopping: threading.Event,
        probe_seconds: float,
    ) -> None:
        self.database = database
        self.settings = settings
        self.payload = dict(payload)
        self.job_id = job_id
        self.kind = job_id.partition(":")[0]
        self.attempt = 1
        self.told = False
        self._lost = lost
        self._stopping = stopping
        self._probe_seconds = probe_seconds
        self._next_probe = 0.0

    def cancelled(self) -> bool:
        """True when the handler should return now; asks the database at most once a second.

        A handler that returns after hearing True has not finished: the engine runs the job
        again later unless somebody cancelled it.
        """
        if not self.told and self._stopping.is_set():
            self.told = True
        if not self.told and time.monotonic() >= self._next_probe:
            self._next_probe = time.monotonic() + self._probe_seconds
            with contextlib.suppress(Unavailable):  # a busy database is no reason to stop
                self.told = self._lost(self.job_id)
        return self.told

    def heartbeat(self) -> None:
        """Call it between pieces of long work. Raises `JobInterrupted` when told to end."""
        if self.cancelled():
            raise JobInterrupted(self.job_id)


Handler = Callable[[JobContext], None]


@dataclass(frozen=True)
class JobPolicy:
    """How jobs of one kind are run. Waits are seconds and double from `first_wait`.

    `concurrency`: jobs of the kind at once in one worker; None is `settings.worker_concurrency`.
    `poll`: how often a worker looks for jobs of the kind, and so at most `concurrency` of them
    start in that time; None is `Timing.poll`. Looking costs 2 to 4 ms of CPU for each kind, so a
    kind that nobody waits for may look every 10 s.
    """

    concurrency: int | None = None
    poll: float | None = None
    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0


@dataclass(frozen=True)
class Schedule:
    """A job that is enqueued by the clock: `every` so many seconds, or by a five-field `cron`.

    The cron line is read in the district's time zone; a time that the clock skips in spring is
    skipped, one that comes twice in autumn fires once. A cron tick missed while no worker ran is
    made up within the hour. A tick is left out while the one before it still waits or runs.
    """

    name: str
    kind: str
    every: int | None = None
    cron: str | None = None
    payload: Payload = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_kind(self.kind)
        check_payload(self.payload)
        if len(check_key(self.name)) > 100:
            raise ValueError("a schedule's name has at most 100 characters")
        if (self.every is None) == (self.cron is None):
            raise ValueError(f"schedule {self.name}: either every or cron")
        # A tick's memory is its finished job, which is forgotten after `Timing.keep_days`.
        if self.every is not None and not 1 <= self.every <= 7 * _DAY:
            raise ValueError(f"schedule {self.name}: every is 1 second to 7 days")
        if self.cron is not None:
            parse(self.cron)


@dataclass(frozen=True)
class Timing:
    """The engine's intervals, in seconds; tests shorten them."""

    beat: float = 10.0
    silent: float = 60.0
    sweep: float = 15.0
    poll: float = 1.0
    probe: float = 1.0
    tick: float = 1.0
    prune: float = 3600.0
    grace: float = 10.0
    keep_days: int = 30
    deaths: int = 5

    def __post_init__(self) -> None:
        if self.keep_days < 8:
            raise ValueError("keep_days is at least 8: schedules remember their ticks by it")
        if self.silent < 3 * self.beat:
            raise ValueError("silent is at least three beats")


@dataclass(frozen=True)
class Job:
    """A job as people see it. `state`: queued, running, done, failed or cancelled."""

    id: str
    kind: str
    payload: dict[str, int | str]
    state: str
    error: str
    worker: str
    deaths: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cursor: str


def job_id_of(kind: str, key: str) -> str:
    """The job's id: the same kind and key name the same job."""
    return f"{check_kind(kind)}:{check_key(key)}"


def check_kind(kind: str) -> str:
    """Raises `ValueError` unless `kind` is a short lower-case name."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"a job's kind is a short lower-case name, not {kind!r}")
    return kind


def check_key(key: str) -> str:
    """Raises `ValueError` unless `key` is 1 to 200 printable characters."""
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise ValueError("a job's key is 1 to 200 printable characters")
    return key


def check_payload(payload: Payload) -> None:
    """Raises `ValueError` for anything but a few short texts and whole numbers: ids."""
    if len(payload) > 20:
        raise ValueError("a job carries at most 20 ids")
    for name, value in payload.items():
        fits = type(name) is str and (
            (type(value) is int and -(2**63) <= value < 2**63)
            or (type(value) is str and len(value) <= 200 and _storable(value))
        )
        if not fits:
            raise ValueError(f"a job carries ids only: {name!r} is not a short text or number")


def _storable(text: str) -> bool:
    return not any(c == "\0" or 0xD800 <= ord(c) < 0xE000 for c in text)
