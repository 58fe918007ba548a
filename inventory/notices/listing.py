"""Lists of deliveries, newest first, for whoever looks after notices of the whole district."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.notices.models import Channel, DeliveryState, NoticeDelivery, NoticeRow


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery with what its notice said. `next_at` only while it waits."""

    id: int
    kind: str
    title: str
    channel: Channel
    address: str
    state: DeliveryState
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None
    next_at: datetime | None


def deliveries(
    db: Session,
    actor: Actor,
    *,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[DeliveryLine]:
    """Deliveries with an id below `before`; one query."""
    actor.require_everywhere(Permission.NOTICE_WRITE)
    query = select(NoticeDelivery, NoticeRow).join(
        NoticeRow, col(NoticeRow.id) == col(NoticeDelivery.notice_id)
    )
    if state is not None:
        query = query.where(NoticeDelivery.state == state)
    if before is not None:
        query = query.where(col(NoticeDelivery.id) < before)
    return [
        DeliveryLine(
            row.id, notice.kind, notice.title, row.channel, row.address, row.state, row.attempts,
            row.error, notice.created_at, row.sent_at,
            row.next_at if row.state is DeliveryState.WAITING else None,
        )
        for row, notice in db.exec(query.order_by(col(NoticeDelivery.id).desc()).limit(limit))
    ]  # fmt: skip
