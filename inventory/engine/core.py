"""The engine as the application sees it: enqueue, run, look, stop.

The process that works (the server by default, `homeroom worker` on more machines) makes an
`Engine` and launches it; one that is not launched can still enqueue, look, cancel and prune.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session

from inventory import db as database_module
from inventory.db import Database
from inventory.engine import contract, queue
from inventory.engine.claim import Claim, claim
from inventory.engine.contract import Handler, Job, JobPolicy, Payload, Schedule, Timing
from inventory.engine.ledger import Ledger
from inventory.engine.models import WorkerHeartbeat
from inventory.engine.runner import Runner, failure
from inventory.engine.ticks import Ticks
from inventory.engine.workers import Roll
from inventory.errors import Duplicate
from inventory.settings import Settings

if TYPE_CHECKING:
    from inventory.engine import dbos_port

log = logging.getLogger(__name__)

_PRUNE_BATCH = 500


class Engine:
    """Made once by a process; at most one per process is launched.

    `role` is `server` or `worker` and names this process where `settings.executor_id` does not.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        handlers: Mapping[str, Handler],
        schedules: Sequence[Schedule] = (),
        *,
        policies: Mapping[str, JobPolicy] | None = None,
        timing: Timing | None = None,
        role: str = "worker",
    ) -> None:
        self.settings = settings
        self.database = database
        self.handlers = {contract.check_kind(kind): handler for kind, handler in handlers.items()}
        self.policies = dict(policies or {})
        self.timing = timing or Timing()
        self.role = role
        unknown = sorted(({s.kind for s in schedules} | set(self.policies)) - set(self.handlers))
        if unknown or len({s.name for s in schedules}) != len(schedules):
            raise ValueError(f"schedules need distinct names and known kinds (unknown: {unknown})")
        self.ledger = Ledger(database)
        self._roll = Roll(database, self.ledger, self.timing)
        self._ticks = Ticks(database, schedules, settings.zone)
        self._lock = threading.Lock()
        self._port_made: dbos_port.Port | None = None
        self._claim: Claim | None = None
        self._runner: Runner | None = None
        self._threads: list[threading.Thread] = []

    def enqueue(self, db: Session, kind: str, payload: Payload, *, key: str) -> str:
        """As `inventory.engine.enqueue`; also refuses a kind that has no handler (`ValueError`)."""
        if kind not in self.handlers:
            raise ValueError(f"no handler for jobs of kind {kind!r}")
        return queue.enqueue(db, kind, payload, key=key)

    @property
    def executor_id(self) -> str:
        """This worker's name while it is launched, else empty."""
        return self._claim.executor_id if self._claim else ""

    def launch(self) -> None:
        """Begin to work. Raises `WorkerRunning` where another worker already does."""
        if self._claim is not None:
            raise contract.WorkerRunning("this engine is launched already")
        self._claim = claim(self.database, self.settings.executor_id, self.role)
        try:
            # The beat first: it waits for a sweeper that is at this worker's old jobs.
            self._first_beat()
            self._runner = self._start(self._claim.executor_id)
        except BaseException:
            self._release()
            raise
        self._threads = [
            self._thread("beat", self.timing.beat, self._beat),
            self._thread("keeper", self.timing.tick, self._keeper()),
        ]
        log.info("worker %s runs %d kinds of jobs", self.executor_id, len(self.handlers))

    def _first_beat(self) -> None:
        try:
            self._roll.beat(self.executor_id, self.role)
        except Duplicate:  # a sweeper wrote this worker's row at the same moment
            self._roll.beat(self.executor_id, self.role)

    def _start(self, executor_id: str) -> Runner:
        def lost(job_id: str) -> bool:
            return self.ledger.lost(job_id, executor_id)

        runner = Runner(
            self.database, self.settings, self.handlers, self.policies, self.timing,
            lost=lost, starts=self.ledger.starts, note=self._port.note,
        )  # fmt: skip
        most = self.settings.worker_concurrency
        policies = {kind: self.policies.get(kind, JobPolicy()) for kind in self.handlers}
        queues = {
            kind: (min(most, policy.concurrency or most), policy.poll or self.timing.poll)
            for kind, policy in policies.items()
        }
        self._port.launch(executor_id, queues, runner.run)
        return runner

    def stop(self, grace: float | None = None) -> int:
        """Stop in good order within about `grace` seconds (default `Timing.grace`).

        Handlers are told through their context; unfinished jobs are handed back to the queue.
        Returns how many handlers would not end: their threads keep the process from exiting, so
        an edge then leaves with `os._exit`; their jobs run again at the next launch.
        """
        if self._claim is None or self._runner is None:
            return 0
        runner = self._runner
        until = time.monotonic() + (self.timing.grace if grace is None else grace)
        runner.stopping.set()
        for thread in self._threads:
            thread.join(timeout=self.timing.grace)
        while time.monotonic() < until and self._unrecorded(runner):
            time.sleep(0.02)
        try:
            self._port.shutdown()
            left = runner.active()
            self._sign_off(left)
        finally:
            self._release()
        if left:
            log.warning("%d jobs would not end: %s", len(left), ", ".join(sorted(left)[:5]))
        return len(left)

    def _sign_off(self, left: set[str]) -> None:
        """Hand back what was claimed and is not done, save for what still runs here."""
        try:
            self._port.resume(sorted(set(self.ledger.running_of(self.executor_id)) - left))
            self._roll.leave(self.executor_id)
        except Exception as error:  # the next launch recovers what could not be handed back
            log.warning("could not sign off: %s", failure(error))

    def _unrecorded(self, runner: Runner) -> bool:
        # A job's end is written after its handler returned; wait for that too.
        if runner.active():
            return True
        try:
            return bool(set(self.ledger.running_of(self.executor_id)) - runner.interrupted())
        except Exception:
            return False

    def _release(self) -> None:
        if self._claim is not None:
            self._claim.release()
        self._claim, self._runner, self._threads = None, None, []
        self.close()

    def close(self) -> None:
        """Let go of the engine's own connections; `stop` does it too."""
        with self._lock:
            if self._port_made is not None:
                self._port_made.close()
            self._port_made = None

    @contextmanager
    def running(self) -> Iterator["Engine"]:
        """Launched inside the block, stopped after it."""
        self.launch()
        try:
            yield self
        finally:
            self.stop()

    def cancel(self, job_id: str) -> None:
        """End a job: a queued one never runs, a running one is told. Raises `NotFound`."""
        self.ledger.job(job_id)
        with self.database.unit() as db:
            if not self.database.is_sqlite:
                # A sweeper that has listed this job and not yet resumed it would revive it.
                db.execute(sa.select(WorkerHeartbeat.id).with_for_update(read=True))  # type: ignore[call-overload]
                self._port.cancel(job_id)
        if self.database.is_sqlite:
            self._port.cancel(job_id)

    def job(self, job_id: str) -> Job:
        """One job. Raises `NotFound`."""
        return self.ledger.job(job_id)

    def jobs(
        self,
        *,
        kind: str | None = None,
        state: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[Job]:
        """Jobs, newest first, at most 500; `before` is the `cursor` of the last one seen.

        Raises `InvalidInput` for an unknown state or a foreign cursor.
        """
        return self.ledger.page(kind=kind, state=state, before=before, limit=limit)

    def health(self) -> dict[str, Any]:
        """`queued`, `running`, `failed_24h`, `oldest_queued_seconds` and the `workers`."""
        with self.database.unit(write=False) as db:
            workers = self._roll.workers(db)
        return {**self.ledger.counts(database_module.now()), "workers": workers}

    @property
    def _port(self) -> "dbos_port.Port":
        with self._lock:
            if self._port_made is None:
                self._port_made = queue.port().Port(self.database)
            return self._port_made

    def _thread(self, name: str, pause: float, work: Callable[[], None]) -> threading.Thread:
        runner = self._runner
        assert runner is not None

        def loop() -> None:
            while not runner.stopping.is_set():
                try:
                    work()
                except Exception as error:  # the loop must outlive a busy or absent database
                    log.warning("%s: %s", name, failure(error))
                runner.stopping.wait(pause)

        thread = threading.Thread(target=loop, name=f"homeroom-{name}", daemon=True)
        thread.start()
        return thread

    def _beat(self) -> None:
        assert self._claim is not None
        self._claim.keep()
        self._roll.beat(self.executor_id, self.role)

    def _keeper(self) -> Callable[[], None]:
        runner, port = self._runner, self._port
        assert runner is not None
        executor_id = self.executor_id
        due = {"sweep": 0.0, "prune": 0.0}

        def keep() -> None:
            self._ticks.enqueue_due()
            if time.monotonic() >= due["sweep"]:
                due["sweep"] = time.monotonic() + self.timing.sweep
                self._roll.sweep(executor_id, runner.active, port)
            if time.monotonic() >= due["prune"]:
                due["prune"] = time.monotonic() + self.timing.prune
                self.prune()

        return keep

    def prune(self) -> int:
        """Forget jobs that ended more than `Timing.keep_days` ago; how many."""
        before = database_module.now() - timedelta(days=self.timing.keep_days)
        gone = 0
        while ids := self.ledger.finished_before(before, _PRUNE_BATCH):
            self._port.delete(ids)
            gone += len(ids)
        self._roll.forget()
        return gone
