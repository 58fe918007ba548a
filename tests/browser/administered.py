"""Computers whose administrators nobody has authorised, for the pages of drift."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.admin_rights import service as rights
from inventory.admin_rights.drift_models import (
    AdminDevice,
    AdminDrift,
    AllowedAccount,
    DriftKind,
    System,
)
from inventory.admin_rights.policy import Wish
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.sites.models import Site, SiteKind


def fill_administered(db: Session, actor: Actor, evil: str, *, now: datetime) -> dict[str, int]:
    """Ids: `admin_drift`, of an account that has the name `evil`, `allowed_account`, `admin_grant`,
    which waits."""
    school = db.exec(select(Site).where(Site.kind == SiteKind.SCHOOL)).first()
    assert school is not None
    told, drifts = now - timedelta(days=3), []
    names = {evil: DriftKind.UNVERIFIED, "WPS\\ana.ruiz": DriftKind.UNAUTHORISED}
    for number, (account, kind) in enumerate(names.items()):
        draft = AssetDraft(category=Category.LAPTOP, serial=f"ADMIN-{number}", site_id=school.id)
        asset = assets.create(db, actor, draft, now=now)
        device = AdminDevice(
            asset_id=asset.id, system=System.WINDOWS, told_at=told, open_count=1, looked_at=now,
            asset_version=asset.version,
        )  # fmt: skip
        drift = AdminDrift(
            asset_id=asset.id, kind=kind, account_key=account.casefold(), account=account,
            sources="enrolment", first_at=told - timedelta(days=number), opened_at=told,
        )  # fmt: skip
        db.add_all((device, drift))
        drifts.append(drift)
    allowed = AllowedAccount(
        pattern="svc-imaging*", system=System.WINDOWS, site_id=school.id, reach_key="windows",
        reason=evil, until=now + timedelta(days=90), added_at=now, added_by=evil[:200],
    )  # fmt: skip
    db.add(allowed)
    db.flush()
    teacher = PersonDraft("admin-1", PersonRole.TEACHER, "Rosa", evil[:120], school.id)
    wish = Wish(
        people.create(db, actor, teacher, now=now).id, evil, drifts[0].asset_id,
        ends_at=now + timedelta(days=30), ticket=evil[:80],
    )  # fmt: skip
    return {
        "admin_drift": drifts[0].id, "allowed_account": allowed.id,
        "admin_grant": rights.request(db, actor, wish, now=now).id,
    }  # fmt: skip
