"""The job that syncs a connection: no transaction is open while it talks to the vendor.

The connector reads in a thread of its own, at most two pages ahead; this thread keeps page by page,
each with the cursor behind it. A job that runs again after a crash goes on behind the last page.
"""

import functools
import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from inventory.db import now as present
from inventory.engine import JobContext
from inventory.errors import TooManyRequests, Unavailable
from inventory.fleet import sync_end
from inventory.fleet.sync_end import Replaced
from inventory.fleet.sync_store import Assignment, Store
from mdm.errors import MdmError, ResumeRefused, RetryLater
from mdm.types import Page

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
AHEAD = 2
ATTEMPTS = 3
"""Times that one job asks a vendor that fails for the moment; then its schedule tries again."""

PATIENCE = 120.0
"""Seconds that a vendor may ask to wait; one that asks for more is left alone until then."""


def run_sync(ctx: JobContext, *, clock: Callable[[], datetime] = present) -> None:
    """The handler of jobs of the kind "mdm.sync"; the payload is {"sync": id}.

    Raises `Unavailable` or `TooManyRequests` where the vendor, or the database, may be better
    soon; the engine then runs the job again.
    """
    store = Store(ctx.database, int(ctx.payload["sync"]), clock)
    try:
        assignment = store.begin()
        if assignment is not None:
            Run(ctx, store, assignment).go()
    except Replaced as replaced:
        log.info("%s; this one stops", replaced)


class Run:
    """One attempt at a sync."""

    def __init__(self, ctx: JobContext, store: Store, assignment: Assignment) -> None:
        self.ctx = ctx
        self.store = store
        self.assignment = assignment
        self._beaten = time.monotonic()
        self._cancel = False

    def go(self) -> None:
        """Read the list to its end, to a cancel, or until the worker is told to stop."""
        error: Exception | None = None
        if not self.assignment.listed:
            error = self._read(self.assignment.cursor)
            if isinstance(error, ResumeRefused):
                self.store.patiently(self.store.anew)
                error = self._read(None)
        if self._cancel:
            self._end(sync_end.cancelled)
        elif self.ctx.cancelled():
            return
        elif error is not None:
            self._failed(error)
        else:
            self._end(sync_end.finish)

    def _read(self, cursor: str | None) -> Exception | None:
        """Keep page after page; what ended the list before its end."""
        reader = _Reader(self.assignment, cursor)
        reader.start()
        try:
            while True:
                self._beat()
                if self._cancel or self.ctx.cancelled():
                    return None
                with suppress(queue.Empty):
                    page = reader.pages.get(timeout=0.2)
                    if page is None:
                        return reader.error
                    self.store.keep(self.assignment.ground, page)
        finally:
            reader.ended.set()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            self._beaten = time.monotonic()
            self._cancel = self.store.beat() or self._cancel

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RetryLater):
            wait = error.retry_after
            if self.ctx.attempt < ATTEMPTS and (wait or 0) <= PATIENCE:
                self.store.patiently(lambda: self.store.waits(str(error)))
                if wait is None:
                    raise Unavailable(str(error))
                raise TooManyRequests(str(error), int(wait) + 1)
        told = error
        if not isinstance(error, MdmError):
            where = self.assignment.ground.origin.where
            told = Unavailable(f"{where}: unexpected {type(error).__name__}")
        self._end(functools.partial(sync_end.fail, error=told))
        if told is not error:
            raise error

    def _end(self, how: Callable[..., None]) -> None:
        def unit() -> None:
            with self.store.database.unit() as db:
                how(db, self.store.sync_id, self.store.runner, now=self.store.clock())

        self.store.patiently(unit)


class _Reader(threading.Thread):
    """The connector at work: its pages, None at the end, and why it ended in `error`."""

    def __init__(self, assignment: Assignment, cursor: str | None) -> None:
        super().__init__(name=f"mdm sync {assignment.ground.sync_id}", daemon=True)
        self.pages: queue.Queue[Page | None] = queue.Queue(maxsize=AHEAD)
        self.error: Exception | None = None
        self.ended = threading.Event()
        self._assignment = assignment
        self._cursor = cursor

    def run(self) -> None:
        try:
            found = self._assignment.connector.devices(self._assignment.since, self._cursor)
            for page in found:
                if not self._put(page):
                    return
        except Exception as error:
            self.error = error
        self._put(None)

    def _put(self, page: Page | None) -> bool:
        while not self.ended.is_set():
            with suppress(queue.Full):
                self.pages.put(page, timeout=0.2)
                return True
        return False
