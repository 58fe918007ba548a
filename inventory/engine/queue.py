"""Putting jobs into the queue, from any process and inside the caller's transaction."""

import functools
import importlib
from types import ModuleType

from sqlmodel import Session

from inventory.engine import contract
from inventory.engine.contract import Payload


@functools.cache
def port() -> ModuleType:
    """The module `dbos_port`, imported on first use: DBOS takes a third of a second."""
    return importlib.import_module("inventory.engine.dbos_port")


def install(url: str) -> None:
    """Make or upgrade the engine's tables in the application's database."""
    port().migrate(url)


def enqueue(db: Session, kind: str, payload: Payload, *, key: str) -> str:
    """Put a job into the caller's unit of work and return its id. No engine need be launched.

    It runs after the commit and not at all after a rollback. The same kind and key name one
    job: enqueued again it runs once, until it is forgotten `Timing.keep_days` after its end.
    Raises `ValueError` for a payload that holds more than a few ids.
    """
    contract.check_payload(payload)
    job_id = contract.job_id_of(kind, key)
    if not db.connection().get_execution_options().get("homeroom_write"):
        raise RuntimeError("a job was enqueued in a unit of work that only reads")
    port().enqueue(db, job_id, kind, payload)
    return job_id
