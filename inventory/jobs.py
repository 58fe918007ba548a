"""Which background jobs there are, and what the clock asks for."""

from collections.abc import Mapping

from inventory.discovery import sweep_run, sweeps
from inventory.engine import Handler, JobContext, JobPolicy, Schedule


def _due_sweeps(ctx: JobContext) -> None:
    sweeps.due_sweeps(ctx)


HANDLERS: Mapping[str, Handler] = {
    sweeps.KIND: sweep_run.run_sweep,
    "sweeps.due": _due_sweeps,
}

SCHEDULES = (Schedule("sweeps-due", "sweeps.due", every=60),)

POLICIES: Mapping[str, JobPolicy] = {sweeps.KIND: JobPolicy(concurrency=2, attempts=3)}
