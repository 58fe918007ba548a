"""Our own table beside the engine's: who works, and when each was last heard of."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from inventory.db import moment


class WorkerHeartbeat(SQLModel, table=True):
    """One worker process. Its row outlives it: a silent one tells whose jobs to take over."""

    __tablename__ = "worker_heartbeat"

    id: int = Field(default=None, primary_key=True)
    executor_id: str = Field(max_length=120, unique=True)
    role: str = Field(default="", max_length=20, description="worker or server")
    host: str = Field(default="", max_length=255)
    pid: int = 0
    started_at: datetime = moment()
    beat_at: datetime = moment(index=True)
    stopped_at: datetime | None = moment(nullable=True)
