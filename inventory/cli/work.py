"""`homeroom worker`: background jobs without the web."""

import click

from inventory import jobs
from inventory.settings import load
from inventory.worker import run_worker


@click.command()
def worker() -> int:
    """Run background jobs only; for more machines over one PostgreSQL."""
    return run_worker(load(), jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES)
