"""Lost, stolen, broken: told by who has the device, decided on by a technician."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import status as statuses
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.assets.reach import for_change, within
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, NotFound
from inventory.notices.telling import Notice, tell
from inventory.people.models import Person
from inventory.selfservice import mine
from inventory.selfservice.models import TEXT_LENGTH, DeviceReport, ReportKind

NOTICE = "device.reported"
LEADS_TO = (Status.LOST, Status.STOLEN, Status.IN_REPAIR)
"""What a technician may make of a device in the same act that closes a report."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with its device and who told it."""

    report: DeviceReport
    asset: Asset
    person: Person

    @property
    def name(self) -> str:
        return f"{self.person.given_name} {self.person.family_name}"


def report(
    db: Session, actor: Actor, custody_id: int, kind: ReportKind, text: str, *, now: datetime
) -> DeviceReport:
    """Tell the technicians. The device stays as it is recorded, and with whom.

    Raises `NotFound` for what the actor does not have, `InvalidInput`, `Duplicate` where a report
    is open already.
    """
    custody, asset, person = mine.own(db, actor, custody_id)
    said = entered(text, "text", TEXT_LENGTH, lines=True)
    if kind is ReportKind.OTHER and not said:
        raise wrong("text", "must say what it is")
    open_ = select(DeviceReport.id).where(
        DeviceReport.custody_id == custody.id, col(DeviceReport.closed_at).is_(None)
    )
    if db.exec(open_).first() is not None:
        raise Duplicate("it is reported already; a technician will look at it")
    made = DeviceReport(
        asset_id=asset.id, custody_id=custody.id, person_id=person.id, kind=kind, text=said,
        reported_at=now,
    )  # fmt: skip
    db.add(made)
    db.flush()
    _record(db, actor, "report.made", asset, {"report_id": made.id, "kind": kind}, now)
    notice = Notice(
        NOTICE, f"{asset.tag} is reported: {kind.value}", "Whoever has it says so. See /reports",
        Permission.CUSTODY_WRITE, site_id=asset.site_id, subject_type="asset", subject_id=asset.id,
        urgent=kind is ReportKind.STOLEN,
    )  # fmt: skip
    tell(db, notice, now=now)
    return made


def listed(
    db: Session, actor: Actor, *, closed: bool = False, before: int | None = None, limit: int
) -> list[Reported]:
    """Reports within the actor's places, newest first. Raises `Forbidden`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    ended = col(DeviceReport.closed_at)
    query = _rows().where(
        ended.is_not(None) if closed else ended.is_(None),
        *within(actor, Permission.CUSTODY_READ),
    )
    if before is not None:
        query = query.where(col(DeviceReport.id) < before)
    found = db.execute(query.order_by(col(DeviceReport.id).desc()).limit(limit)).all()
    return [Reported(*row) for row in found]


def open_ones(actor: Actor) -> "sa.Subquery":
    """What is open within the actor's places, as `at`: when it was told."""
    return (
        sa.select(col(DeviceReport.reported_at).label("at"))
        .join(Asset, col(Asset.id) == col(DeviceReport.asset_id))
        .where(col(DeviceReport.closed_at).is_(None), *within(actor, Permission.CUSTODY_READ))
        .subquery()
    )


def one(db: Session, actor: Actor, report_id: int) -> Reported:
    """Raises `Forbidden`, `NotFound`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    query = _rows().where(
        col(DeviceReport.id) == report_id, *within(actor, Permission.CUSTODY_READ)
    )
    found = db.execute(query).first()
    if found is None:
        raise NotFound(f"there is no report {report_id}")
    return Reported(*found)


def close(
    db: Session, actor: Actor, report_id: int, *, status: Status | None = None, note: str = "",
    now: datetime,
) -> DeviceReport:  # fmt: skip
    """It is dealt with; `status`: what the device becomes by it, None: nothing.

    Raises `NotFound`, `Forbidden`, `Conflict` where it is closed or the device cannot become that.
    """
    found = one(db, actor, report_id)
    asset = for_change(db, actor, found.asset.id, Permission.CUSTODY_WRITE)
    row = db.exec(
        select(DeviceReport)
        .where(DeviceReport.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.closed_at is not None:
        raise Conflict("it is closed already")
    if status is not None and status not in LEADS_TO:
        raise wrong("status", "must be lost, stolen or in_repair")
    row.closed_at, row.closed_by, row.closed_by_id = now, actor.name[:200], actor.id
    row.note = entered(note, "note", TEXT_LENGTH, lines=True)
    db.add(row)
    db.flush()
    if status is not None:
        why = f"reported as {row.kind.value} by who has it (report {row.id})"
        statuses.set_status(db, actor, asset.id, status, now=now, reason=why)
    _record(db, actor, "report.closed", asset, {"report_id": row.id, "status": status}, now)
    return row


def _rows() -> Any:
    return (
        sa.select(DeviceReport, Asset, Person)
        .join(Asset, col(Asset.id) == col(DeviceReport.asset_id))
        .join(Person, col(Person.id) == col(DeviceReport.person_id))
    )


def people_in(found: Sequence[Reported]) -> list[int]:
    return [one.person.id for one in found]


def _record(
    db: Session, actor: Actor, action: str, asset: Asset, after: dict[str, object], now: datetime
) -> None:
    audit.record(
        db, actor, action, now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, after=after,
    )  # fmt: skip
