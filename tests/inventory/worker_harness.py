"""Worker processes for the kill tests, and the watch over them.

A worker is a real `run_worker` in a process of its own, whose jobs leave lines in a file as a
call to the outside world would. One that ends by itself is an error at once, never a silent loss.
"""

import base64
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inventory.engine import Handler, JobContext, JobPolicy, Timing
from inventory.settings import Settings
from inventory.worker import run_worker

DEADLINE = 40.0
FAST = Timing(beat=0.25, silent=1.5, sweep=0.3, poll=0.04, probe=0.05, tick=0.1, grace=5)

# Looking for jobs costs CPU for every kind, and only one kind is in a hurry.
SELDOM = {"crash": JobPolicy(poll=0.2), "stubborn": JobPolicy(poll=0.2)}


def settings_for(url: str, executor_id: str) -> Settings:
    return Settings(
        database_url=url,
        master_key=base64.b64encode(bytes(range(32))).decode(),
        executor_id=executor_id,
        worker_concurrency=4,
    )


class WorkerDied(AssertionError):
    """A worker ended although nobody killed it."""


# Each worker is a process forked from a clean one that has imported everything: a fresh
# interpreter for each would spend most of the test's time on imports.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__, "inventory.engine.dbos_port", "alembic.command"])


_started: list["Worker"] = []


def reap() -> None:
    """Kill what a failed test left behind."""
    while _started:
        worker = _started.pop()
        worker.process.kill()
        worker.process.join()


class Worker:
    """One worker process. `build`: what DBOS would take for the hash of the program's code."""

    def __init__(
        self,
        url: str,
        effects: Path,
        executor_id: str,
        *,
        timing: Timing = FAST,
        seconds: float = 0.02,
        build: str = "",
    ) -> None:
        self.errors = effects.with_name(f"{effects.name}.{executor_id}.{time.monotonic_ns()}.log")
        self.errors.touch()
        self.process = _processes.Process(
            target=work,
            args=(url, effects, executor_id, timing, seconds, build, self.errors),
            daemon=True,
        )
        self.process.start()
        _started.append(self)
        self.until(lambda: '"message": "ready"' in self.log())

    def log(self) -> str:
        return self.errors.read_text("utf-8", errors="replace")

    def until(self, reached: Callable[[], object], seconds: float = DEADLINE) -> None:
        """Wait for `reached`; raises `WorkerDied` or, in time, `AssertionError`."""
        deadline = time.monotonic() + seconds
        while not reached():
            self._must_live()
            if time.monotonic() > deadline:
                self.end()
                raise AssertionError(f"not reached within {seconds} s: {self.log()[-2000:]}")
            time.sleep(0.02)

    def _must_live(self) -> None:
        if self.process.exitcode is not None:
            raise WorkerDied(f"exit {self.process.exitcode}: {self.log()[-2000:]}")

    def kill(self) -> None:
        """kill -9. Raises `WorkerDied` if there was nothing left to kill."""
        self._must_live()
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL

    def end(self) -> int | None:
        """SIGTERM, then SIGKILL if that does not help; the exit code."""
        self.process.terminate()
        self.process.join(15)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        return self.process.exitcode


def work(
    url: str,
    effects: Path,
    executor_id: str,
    timing: Timing,
    seconds: float,
    build: str,
    errors: Path,
) -> None:
    """What a worker process does."""
    os.dup2(os.open(errors, os.O_WRONLY | os.O_APPEND), sys.stderr.fileno())
    os.environ["DBOS__APPVERSION"] = build
    sys.exit(
        run_worker(
            settings_for(url, executor_id),
            handlers(effects, seconds),
            (),
            policies=SELDOM,
            timing=timing,
        )
    )


def effects_of(path: Path, word: str) -> list[int]:
    """Numbers of the jobs that wrote `word`, in order."""
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(word)]


def under_way(path: Path) -> set[int]:
    """Jobs that began and have not ended."""
    return set(effects_of(path, "begun")) - set(effects_of(path, "done"))


def append(path: Path, line: str) -> None:
    """One write of one line: lines of several processes do not mix."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


def handlers(effects: Path, seconds: float) -> dict[str, Handler]:
    """`mark` writes, works and writes; `crash` takes its process down; `stubborn` never ends."""

    def mark(job: JobContext) -> None:
        append(effects, f"begun {job.payload['number']} {os.getpid()}")
        time.sleep(seconds)
        append(effects, f"done {job.payload['number']} {os.getpid()}")

    def crash(job: JobContext) -> None:
        append(effects, f"begun {job.payload['number']} {os.getpid()}")
        os._exit(86)

    def stubborn(job: JobContext) -> None:
        append(effects, f"stuck {job.payload['number']} {os.getpid()}")
        while True:
            time.sleep(0.05)

    return {"mark": mark, "crash": crash, "stubborn": stubborn}
