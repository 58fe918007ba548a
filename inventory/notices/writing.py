"""Writing what is to be told into the caller's unit of work; a job sends it after the commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.db import insert_many, new_uid
from inventory.engine import enqueue
from inventory.notices import recipients
from inventory.notices.models import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    Channel,
    DeliveryState,
    NoticeDelivery,
    NoticeRow,
    WebhookTarget,
)
from inventory.notices.plain import lines, one_line
from inventory.notices.telling import Notice

KIND = "notices.send"
KEPT = timedelta(days=90)


def write(db: Session, notice: Notice, now: datetime) -> None:
    """A notice and a delivery for everybody who is to be told. Fits `telling.Notify`."""
    mails = recipients.addresses(db, notice.audience, notice.site_id)
    write_to(db, notice, mails, recipients.targets(db, notice.kind), now=now)


def write_to(
    db: Session,
    notice: Notice,
    mails: Sequence[str],
    targets: Sequence[WebhookTarget],
    *,
    now: datetime,
) -> NoticeRow:
    """A notice for exactly these. It is kept even where nobody is to be told."""
    row = NoticeRow(
        kind=notice.kind, title=one_line(notice.title, TITLE_LENGTH),
        text=lines(notice.text, TEXT_LENGTH), audience=notice.audience.value,
        site_id=notice.site_id, subject_type=notice.subject_type,
        subject_id=str(notice.subject_id)[:80], urgent=notice.urgent, created_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    ways: list[tuple[Channel, str, int | None]] = [(Channel.MAIL, one, None) for one in mails]
    ways += [(Channel.WEBHOOK, target.label, target.id) for target in targets]
    insert_many(
        db, NoticeDelivery,
        [
            {"uid": new_uid(), "notice_id": row.id, "channel": channel, "address": address,
             "target_id": target_id, "state": DeliveryState.WAITING, "attempts": 0,
             "next_at": now, "error": ""}
            for channel, address, target_id in ways
        ],
    )  # fmt: skip
    if ways:
        enqueue(db, KIND, {}, key=f"notice-{row.id}")
    return row


def purge(db: Session, now: datetime) -> int:
    """Forget notices that are older than `KEPT`; how many."""
    old = sa.select(col(NoticeRow.id)).where(col(NoticeRow.created_at) < now - KEPT)
    db.execute(sa.delete(NoticeDelivery).where(col(NoticeDelivery.notice_id).in_(old)))
    gone = db.execute(sa.delete(NoticeRow).where(col(NoticeRow.created_at) < now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
