"""Running one job: its slot, its retries, and how its end is told."""

import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from inventory.db import Database
from inventory.engine.contract import (
    RETRYABLE,
    Handler,
    JobContext,
    JobInterrupted,
    JobPolicy,
    Payload,
    Timing,
)
from inventory.errors import HomeroomError, TooManyRequests
from inventory.settings import Settings

log = logging.getLogger(__name__)

_LONGEST_TEXT = 300
_USERINFO = re.compile(r"//[^/\s@]*@")


class JobFailed(Exception):
    """The job's end, in a short text without secrets; the engine stores it."""


class Runner:
    """Runs jobs in the engine's threads, at most `settings.worker_concurrency` at once."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        handlers: Mapping[str, Handler],
        policies: Mapping[str, JobPolicy],
        timing: Timing,
        *,
        lost: Callable[[str], bool],
        starts: Callable[[str], tuple[bool, int]],
        note: Callable[[str, int], None],
    ) -> None:
        self.database = database
        self.settings = settings
        self.handlers = handlers
        self.policies = policies
        self.timing = timing
        self._lost = lost
        self._starts = starts
        self._note = note
        self._suspects_turn = threading.Lock()
        self.stopping = threading.Event()
        self._slots = threading.BoundedSemaphore(settings.worker_concurrency)
        self._active: dict[str, int] = {}
        self._interrupted: set[str] = set()
        self._lock = threading.Lock()

    def active(self) -> set[str]:
        """Ids of jobs that run or wait for a slot in this process."""
        with self._lock:
            return set(self._active)

    def interrupted(self) -> set[str]:
        """Ids of jobs that ended early because this worker stops."""
        with self._lock:
            return set(self._interrupted)

    def run(self, job_id: str, kind: str, payload: Payload) -> None:
        """Run a job to its end.

        Raises `JobFailed` with the text to store, or `JobInterrupted`, which must leave the
        job as it is: cancelled, or claimed and to be run again.
        """
        with self._present(job_id):
            handler = self.handlers.get(kind)
            if handler is None:
                raise JobFailed(f"this program knows no job of kind {kind!r}")
            context = JobContext(
                self.database, self.settings, payload, job_id, self._lost,
                self.stopping, self.timing.probe,
            )  # fmt: skip
            with self._trial(job_id):
                self._attempts(handler, context, self.policies.get(kind, JobPolicy()))

    @contextmanager
    def _present(self, job_id: str) -> Iterator[None]:
        with self._lock:
            self._active[job_id] = self._active.get(job_id, 0) + 1
        try:
            yield
        except JobInterrupted:
            if self.stopping.is_set():
                with self._lock:
                    self._interrupted.add(job_id)
            raise
        finally:
            with self._lock:
                self._active[job_id] -= 1
                if not self._active[job_id]:
                    del self._active[job_id]

    @contextmanager
    def _trial(self, job_id: str) -> Iterator[None]:
        """One that a worker died with runs with no other such beside it, and is counted.

        So the job that takes its worker down is told from those that only ran beside it: it is
        given up after `Timing.deaths`, they are not.
        """
        with self._bookkeeping(job_id):
            suspect, starts = self._starts(job_id)
        if not suspect:
            yield
            return
        while not self._suspects_turn.acquire(timeout=0.2):
            if self.stopping.is_set():
                raise JobInterrupted(job_id)
        try:
            if starts >= self.timing.deaths:
                raise JobFailed(f"given up: its worker died {starts} times while running it")
            with self._bookkeeping(job_id):
                self._note(job_id, starts + 1)
            try:
                yield
            except JobInterrupted:
                with self._bookkeeping(job_id):
                    self._note(job_id, starts)
                raise
        finally:
            self._suspects_turn.release()

    @contextmanager
    def _bookkeeping(self, job_id: str) -> Iterator[None]:
        # A database that does not answer now must not fail the job: it stays claimed, and the
        # sweeper finds it idle.
        try:
            yield
        except Exception as error:
            log.warning("job %s is put off: %s", job_id, failure(error))
            raise JobInterrupted(job_id) from None

    def _attempts(self, handler: Handler, context: JobContext, policy: JobPolicy) -> None:
        wait = policy.first_wait
        while True:
            try:
                with self._slot():
                    handler(context)
                break
            except JobInterrupted:
                raise
            except RETRYABLE as error:
                if context.attempt >= policy.attempts:
                    self._fail(context, error)
                asked = error.retry_after if isinstance(error, TooManyRequests) else 0
                pause = min(max(wait, asked), policy.longest_wait)
                log.info("job %s: %s; again in %.1f s", context.job_id, failure(error), pause)
            except BaseException as error:  # a SystemExit must not leave the job claimed for ever
                self._fail(context, error)
            self.stopping.wait(pause)
            context.heartbeat()
            context.attempt += 1
            wait *= 2
        if context.told:
            raise JobInterrupted(context.job_id)

    def _fail(self, context: JobContext, error: BaseException) -> NoReturn:
        text = failure(error)
        log.error("job %s failed: %s", context.job_id, text, extra={"frames": frames(error)})
        raise JobFailed(text) from None

    @contextmanager
    def _slot(self) -> Iterator[None]:
        # While it stops, a worker starts nothing: what it claims it hands back.
        while not self._slots.acquire(timeout=0.2):
            if self.stopping.is_set():
                break
        else:
            try:
                if not self.stopping.is_set():
                    yield
                    return
            finally:
                self._slots.release()
        raise JobInterrupted


def failure(error: BaseException) -> str:
    """What may be stored and shown: our own messages; of others only what and where."""
    if isinstance(error, HomeroomError):
        line = "".join(c if c.isprintable() else " " for c in str(error))
        return _USERINFO.sub("//***@", line)[:_LONGEST_TEXT]
    where = frames(error)
    return f"{type(error).__name__} in {where[-1] if where else 'unknown'}"[:_LONGEST_TEXT]


def frames(error: BaseException) -> list[str]:
    """Modules and lines from our code to the error; no values, which may be secrets."""
    walked = [
        f"{frame.f_globals.get('__name__', '?')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return [step for step in walked if not step.startswith("inventory.engine.")][-12:]
