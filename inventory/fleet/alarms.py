"""What about a connection needs a person: rows that stay open until it is good again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import clean
from inventory.audit import service as audit
from inventory.fleet.models import AlarmKind, MdmAlarm, MdmConnection
from inventory.notices.telling import Notice, tell

OF_ANSWERS = frozenset(
    {AlarmKind.CREDENTIAL, AlarmKind.LICENCE, AlarmKind.ANSWERS, AlarmKind.UNREACHABLE}
)
"""Those that any good list settles."""


def sound(
    db: Session, actor: Actor, connection: MdmConnection, kind: AlarmKind, text: str, *,
    now: datetime,
) -> MdmAlarm:  # fmt: skip
    """Raise an alarm, or note that it still holds. The caller has the connection's row locked."""
    text = clean(text, 1000)
    row = db.exec(
        select(MdmAlarm).where(
            MdmAlarm.connection_id == connection.id,
            MdmAlarm.kind == kind,
            col(MdmAlarm.closed_at).is_(None),
        )
    ).first()
    if row is not None:
        row.text, row.last_at, row.times = text, now, row.times + 1
        db.add(row)
        return row
    row = MdmAlarm(connection_id=connection.id, kind=kind, text=text, raised_at=now, last_at=now)
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "mdm_alarm.raised", now=now, subject_type="mdm_connection",
        subject_id=connection.id, site_id=connection.site_id,
        after={"connection": connection.label, "alarm": kind.value, "text": text},
    )  # fmt: skip
    notice = Notice(
        f"mdm.{kind.value}", f"{connection.label} needs attention", text, Permission.MDM_WRITE,
        site_id=connection.site_id, subject_type="mdm_connection", subject_id=connection.id,
    )  # fmt: skip
    tell(db, notice, now=now)
    return row


def settle(
    db: Session, actor: Actor, connection: MdmConnection, kinds: Collection[AlarmKind], *,
    now: datetime,
) -> None:  # fmt: skip
    """Close the open alarms of these kinds: the matter is good again."""
    for row in open_of(db, [connection.id]):
        if row.kind in kinds:
            close(db, actor, connection, row, now=now)


def close(
    db: Session, actor: Actor, connection: MdmConnection, row: MdmAlarm, *, now: datetime
) -> None:
    """Close one open alarm."""
    row.closed_at, row.closed_by = now, actor.name[:200]
    db.add(row)
    audit.record(
        db, actor, "mdm_alarm.closed", now=now, subject_type="mdm_connection",
        subject_id=connection.id, site_id=connection.site_id,
        after={"connection": connection.label, "alarm": row.kind.value},
    )  # fmt: skip


def open_of(db: Session, connection_ids: Sequence[int]) -> list[MdmAlarm]:
    """The open alarms of these connections, oldest first."""
    query = select(MdmAlarm).where(
        col(MdmAlarm.connection_id).in_(connection_ids), col(MdmAlarm.closed_at).is_(None)
    )
    return list(db.exec(query.order_by(col(MdmAlarm.id))).all())
