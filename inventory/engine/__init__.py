"""Background jobs: durable, at least once, on the application's own database.

enqueue(db, "sweep", {"run": run.id}, key=f"run-{run.id}")      # in a service
Engine(settings, database, HANDLERS, SCHEDULES).launch()        # in a worker or the server
"""

from inventory.engine.contract import (
    Handler,
    Job,
    JobContext,
    JobInterrupted,
    JobPolicy,
    Schedule,
    Timing,
    WorkerRunning,
)
from inventory.engine.core import Engine
from inventory.engine.queue import enqueue, install

__all__ = [
    "Engine",
    "Handler",
    "Job",
    "JobContext",
    "JobInterrupted",
    "JobPolicy",
    "Schedule",
    "Timing",
    "WorkerRunning",
    "enqueue",
    "install",
]
