"""What people are told of admin rights: the Coordinator of a request, the technicians of a yes.

Only ids and tags: a notice may leave the house by mail.
"""

from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Permission
from inventory.admin_ledger.models import AdminGrant
from inventory.assets.models import Asset
from inventory.notices.telling import Notice, tell


def asked(db: Session, grant: AdminGrant, site_id: int | None, *, now: datetime) -> None:
    """Somebody must decide."""
    _tell(
        db, grant, "admin_right.requested", "Admin rights are asked for",
        f"{grant.requested_by} asks for admin rights on {_what(db, grant)} until "
        f"{grant.ends_at.isoformat(timespec='minutes')}: {grant.reason}",
        Permission.ADMIN_RIGHT_AUTHORISE, site_id, now,
    )  # fmt: skip


def authorised(db: Session, grant: AdminGrant, *, now: datetime) -> None:
    """The technicians set it up on the device."""
    site_id = grant.site_id
    if grant.asset_id is not None:
        site_id = db.exec(select(Asset.site_id).where(Asset.id == grant.asset_id)).first()
    _tell(
        db, grant, "admin_right.authorised", "Admin rights were authorised",
        f"{grant.decided_by} authorised admin rights on {_what(db, grant)} until "
        f"{grant.ends_at.isoformat(timespec='minutes')}.",
        Permission.ADMIN_RIGHT_REQUEST, site_id, now,
    )  # fmt: skip


def _what(db: Session, grant: AdminGrant) -> str:
    if grant.asset_id is None:
        return f"every {(grant.category or '').replace('_', ' ')} of a place"
    return str(db.exec(select(Asset.tag).where(Asset.id == grant.asset_id)).first() or "a device")


def _tell(
    db: Session, grant: AdminGrant, kind: str, title: str, text: str, audience: Permission,
    site_id: int | None, now: datetime,
) -> None:  # fmt: skip
    notice = Notice(
        kind,
        title,
        f"{text} See /admin-rights/{grant.id}",
        audience,
        site_id=site_id,
        subject_type="admin_grant",
        subject_id=grant.id,
    )
    tell(db, notice, now=now)
