"""Schedules: each worker looks at the clock, and the tick's name makes it one job for all."""

import logging
from collections.abc import Sequence
from datetime import datetime, tzinfo

from inventory import db as database_module
from inventory.db import Database
from inventory.engine.contract import Schedule, job_id_of
from inventory.engine.cron import latest, parse
from inventory.engine.queue import port

log = logging.getLogger(__name__)


class Ticks:
    """Enqueues what is due; remembers in memory only what it enqueued last."""

    def __init__(self, database: Database, schedules: Sequence[Schedule], zone: tzinfo) -> None:
        self.database = database
        self.schedules = schedules
        self.zone = zone
        self._crons = {s.name: parse(s.cron) for s in schedules if s.cron is not None}
        self._done: dict[str, str] = {}

    def enqueue_due(self, now: datetime | None = None) -> list[str]:
        """Ids of the jobs that this call brought into the queue or found there."""
        now = now or database_module.now()
        made = []
        for schedule in self.schedules:
            tick = self.tick(schedule, now)
            if tick is not None and self._done.get(schedule.name) != tick:
                made += self._enqueue(schedule, tick)
                self._done[schedule.name] = tick
        return made

    def tick(self, schedule: Schedule, now: datetime) -> str | None:
        """The name of the newest tick; None when a cron line did not fire within the hour."""
        if schedule.every is not None:
            return str(int(now.timestamp()) // schedule.every * schedule.every)
        return latest(self._crons[schedule.name], now, self.zone)

    def _enqueue(self, schedule: Schedule, tick: str) -> list[str]:
        gate = port()
        job_id = job_id_of(schedule.kind, f"schedule.{schedule.name}.{tick}")
        try:
            with self.database.unit() as db:
                gate.enqueue(
                    db, job_id, schedule.kind, schedule.payload, unique=f"schedule.{schedule.name}"
                )
        except gate.StillWaiting:
            log.info("schedule %s: the tick before still waits or runs", schedule.name)
            return []
        return [job_id]
