"""The job that sends what waits: each delivery at least once, with pauses, and given up at last.

A delivery is claimed and the claim committed before anybody is called; no transaction is open
during the call. A program that ends in between leaves the delivery to the next run after `LEASE`.
What waits for one mail address goes into one message.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory import db as database_module
from inventory.db import Database
from inventory.engine import JobContext
from inventory.errors import SealBroken
from inventory.notices import hooks, mail
from inventory.notices.models import (
    ERROR_LENGTH,
    Channel,
    DeliveryState,
    NoticeDelivery,
    NoticeRow,
    WebhookTarget,
)
from inventory.notices.outcome import NotSent
from inventory.notices.targets import secret_of
from inventory.notices.writing import KIND as KIND
from inventory.settings import Settings

log = logging.getLogger(__name__)

WAITS = (30, 120, 600, 3600, 4 * 3600, 12 * 3600)
"""Seconds until the next try; after the last one a delivery is dead."""

LEASE = timedelta(minutes=10)
TOGETHER = 50
"""Notices that go into one message."""

PARCELS = 200
"""Messages and calls of one run; the next run takes the others."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to one recipient at once; `target` and `secret` are those of a webhook."""

    deliveries: tuple[NoticeDelivery, ...]
    notices: tuple[NoticeRow, ...]
    target: WebhookTarget | None = None
    secret: str = ""


def send_due(ctx: JobContext) -> None:
    """The handler of jobs of the kind `notices.send`; its payload is empty."""
    run(ctx.database, ctx.settings, clock=database_module.now, heartbeat=ctx.heartbeat)


def run(
    database: Database,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    heartbeat: Callable[[], None] = lambda: None,
) -> int:
    """Send what is due; how many parcels were tried."""
    for count in range(PARCELS):
        heartbeat()
        with database.unit() as db:
            parcel = _claim(db, clock())
        if parcel is None:
            return count
        failure = _send(settings, parcel, clock())
        with database.unit() as db:
            _write(db, parcel, failure, clock())
    return PARCELS


def _claim(db: Session, now: datetime) -> Parcel | None:
    due = (
        select(NoticeDelivery)
        .where(NoticeDelivery.state == DeliveryState.WAITING, NoticeDelivery.next_at <= now)
        .order_by(col(NoticeDelivery.next_at), col(NoticeDelivery.id))
        .with_for_update(skip_locked=True)
    )
    first = db.exec(due.limit(1)).first()
    if first is None:
        return None
    rows: Sequence[NoticeDelivery] = [first]
    if first.channel is Channel.MAIL:
        same = due.where(
            NoticeDelivery.channel == Channel.MAIL, NoticeDelivery.address == first.address
        )
        rows = db.exec(same.limit(TOGETHER)).all()
    for row in rows:
        row.attempts, row.next_at = row.attempts + 1, now + LEASE
        db.add(row)
    ids = [row.notice_id for row in rows]
    query = select(NoticeRow).where(col(NoticeRow.id).in_(ids)).order_by(col(NoticeRow.id))
    target = db.get(WebhookTarget, first.target_id) if first.target_id is not None else None
    secret = _opened(db, target) if target is not None else ""
    return Parcel(tuple(rows), tuple(db.exec(query)), target, secret)


def _opened(db: Session, target: WebhookTarget) -> str:
    try:
        return secret_of(db, target)
    except SealBroken:  # of one row: the others are to be told
        return ""


def _send(settings: Settings, parcel: Parcel, now: datetime) -> NotSent | None:
    """Call the recipient once; what went wrong, if anything."""
    first = parcel.deliveries[0]
    try:
        if first.channel is Channel.MAIL:
            message = mail.written(settings, first.address, parcel.notices, first.uid, now=now)
            mail.send(settings, message, first.address)
        elif parcel.target is None or not parcel.target.enabled:
            raise NotSent("the target was switched off or deleted", forever=True)
        elif not parcel.secret:
            raise NotSent("its secret does not open with the master key")
        else:
            hooks.send(parcel.target.url, parcel.secret, first.uid, parcel.notices[0], now=now)
    except NotSent as failure:
        return failure
    except Exception as unexpected:  # one recipient must not keep the others from being told
        log.exception("a notice could not be sent")
        return NotSent(f"unexpected {type(unexpected).__name__}")
    return None


def _write(db: Session, parcel: Parcel, failure: NotSent | None, now: datetime) -> None:
    for sent in parcel.deliveries:
        row = db.exec(
            select(NoticeDelivery).where(NoticeDelivery.id == sent.id).with_for_update()
        ).first()
        # Somebody else's by now: the lease is over, or it was forgotten or given up meanwhile.
        if row is None or row.attempts != sent.attempts or row.state is not DeliveryState.WAITING:
            continue
        _settle(row, failure, now)
        db.add(row)
    target = db.get(WebhookTarget, parcel.target.id) if parcel.target is not None else None
    if target is not None:
        target.last_error = failure.why[:ERROR_LENGTH] if failure else ""
        target.last_ok_at = target.last_ok_at if failure else now
        db.add(target)


def _settle(row: NoticeDelivery, failure: NotSent | None, now: datetime) -> None:
    if failure is None:
        row.state, row.sent_at, row.error = DeliveryState.SENT, now, ""
        return
    row.error = failure.why[:ERROR_LENGTH]
    if failure.forever or row.attempts > len(WAITS):
        row.state = DeliveryState.DEAD
    else:
        row.next_at = now + timedelta(seconds=WAITS[row.attempts - 1])
