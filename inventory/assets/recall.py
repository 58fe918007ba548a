"""Answers that a process remembers for a short while, by database. Losing them loses nothing."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy.pool import Pool
from sqlmodel import Session

Answer = TypeVar("Answer")


class Recall(Generic[Answer]):
    """At most `most` answers, each for `fresh` after the moment at which it was worked out.

    An answer is shared by all who ask: it must not be changed.
    """

    def __init__(self, *, most: int, fresh: timedelta) -> None:
        self._most, self._fresh = most, fresh
        self._lock = threading.Lock()
        self._known: weakref.WeakKeyDictionary[
            Pool, OrderedDict[Hashable, tuple[datetime, Answer]]
        ] = weakref.WeakKeyDictionary()

    def get(self, db: Session, key: Hashable, now: datetime) -> Answer | None:
        """None where nothing is remembered, or not any more."""
        with self._lock:
            found = self._of(db).get(key)
        if found is None or not found[0] <= now < found[0] + self._fresh:
            return None
        return found[1]

    def put(self, db: Session, key: Hashable, answer: Answer, now: datetime) -> Answer:
        """Remember; where there are too many, the oldest is forgotten."""
        with self._lock:
            known = self._of(db)
            known[key] = now, answer
            known.move_to_end(key)
            while len(known) > self._most:
                known.popitem(last=False)
        return answer

    def ask(self, db: Session, key: Hashable, now: datetime, work: Callable[[], Answer]) -> Answer:
        """What is remembered, else what `work` finds."""
        known = self.get(db, key, now)
        return self.put(db, key, work(), now) if known is None else known

    def _of(self, db: Session) -> OrderedDict[Hashable, tuple[datetime, Answer]]:
        # An engine and its writing variant share one pool, and a pool belongs to one database.
        return self._known.setdefault(db.get_bind().engine.pool, OrderedDict())
