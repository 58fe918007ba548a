"""`homeroom worker`: a process that only runs background jobs, until it is told to stop."""

import json
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from inventory import installation
from inventory.db import Database, translate
from inventory.engine import Engine, Handler, JobPolicy, Schedule, Timing
from inventory.errors import HomeroomError
from inventory.notices.writing import write
from inventory.settings import Settings
from inventory.vault import open_vault

log = logging.getLogger(__name__)

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, and what the call added.

    Of a foreign exception only its type and the places are written: its message may hold a
    password or a person's name.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        # Names that DBOS adds to its own records say nothing new.
        if not record.name.startswith("dbos"):
            line |= {k: v for k, v in vars(record).items() if k not in _PLAIN}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            if isinstance(error, HomeroomError):
                line["error_text"] = str(error)
            line["frames"] = [
                f"{frame.f_globals.get('__name__', '?')}:{number}"
                for frame, number in traceback.walk_tb(error.__traceback__)
            ]
        return json.dumps(line, ensure_ascii=True, default=str)


def log_json_lines(settings: Settings) -> None:
    """Send every logger to stderr as JSON lines, from `settings.log_level` up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def run_worker(
    settings: Settings,
    handlers: Mapping[str, Handler],
    schedules: Sequence[Schedule],
    *,
    policies: Mapping[str, JobPolicy] | None = None,
    timing: Timing | None = None,
) -> int:
    """Run jobs until SIGTERM or SIGINT, and return the exit code 0.

    Call it from the main thread. Raises `Misconfigured` for a missing key or a database that
    is not migrated, `WorkerRunning` where another worker already does this work.
    """
    log_json_lines(settings)
    told = _told_to_stop()
    database = Database(settings.database_url, vault=open_vault(settings), notify=write)
    try:
        installation.require_current(database)
        engine = Engine(
            settings, database, handlers, schedules, policies=policies, timing=timing, role="worker"
        )
        engine.launch()
        log.info("ready", extra={"executor_id": engine.executor_id, "pid": os.getpid()})
        told()
        left = engine.stop()
    except sa.exc.DBAPIError as refused:
        raise translate(refused) from refused
    finally:
        database.close()
    log.info("stopped")
    if left:
        # Python would wait for the threads of jobs that do not end; the next launch runs them.
        logging.shutdown()
        os._exit(0)
    return 0


def _told_to_stop() -> Callable[[], object]:
    """Install signal handlers; the result waits for the first signal, a second one kills."""
    told = threading.Event()

    def stop(number: int, _frame: object) -> None:
        told.set()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told.wait
