"""Devices on their way to another school, and somebody who left with one."""

from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.custody import service, shipping, transfers
from inventory.custody.holders import Holder, Terms
from inventory.custody.transfers import TransferDraft
from inventory.people import recovery, service as people
from inventory.people.models import PersonRole
from inventory.people.roster_models import RecoveryTask
from inventory.people.service import PersonDraft
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind


def fill_moved(db: Session, actor: Actor, evil: str, *, now: datetime) -> dict[str, int]:
    """Ids: `asked_transfer`, `transfer` (with a list), `sent_transfer`, and the task `recovery`."""
    school = db.exec(select(Site).where(Site.kind == SiteKind.SCHOOL)).first()
    assert school is not None
    return _transfers(db, actor, school, evil, now) | _left(db, actor, school, now)


def _transfers(db: Session, actor: Actor, school: Site, evil: str, now: datetime) -> dict[str, int]:
    """One that is asked for, one with a list, one on its way: ids."""
    root = school.parent_id
    other = sites.create(
        db, actor, kind=SiteKind.SCHOOL, name="Receiving School", parent_id=root, now=now
    )
    draft = TransferDraft(school.id, other.id, evil[:200], 2, evil)
    asked, listed, sent = (transfers.request(db, actor, draft, now=now).id for _ in range(3))
    for number, tag in ((listed, "GOING-1"), (sent, "GOING-2")):
        laptop = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=school.id)
        assets.create(db, actor, laptop, now=now)
        transfers.approve(db, actor, number, now=now)
        shipping.choose(db, actor, number, [tag], now=now)
    shipping.ship(db, actor, sent, now=now)
    return {"asked_transfer": asked, "transfer": listed, "sent_transfer": sent}


def _left(db: Session, actor: Actor, school: Site, now: datetime) -> dict[str, int]:
    """Somebody who has left, with a device: the id of the task."""
    draft = PersonDraft("handed-3", PersonRole.STUDENT, "Lea", "Exampleleft", school.id)
    person = people.create(db, actor, draft, now=now)
    laptop = AssetDraft(category=Category.LAPTOP, tag="LEFT-1", site_id=school.id)
    device = assets.create(db, actor, laptop, now=now)
    service.check_out(db, actor, device.id, Holder(person_id=person.id), Terms(), now=now)
    person.active = False
    task = RecoveryTask(person_id=person.id, reason=recovery.LEFT, opened_at=now)
    db.add(task)
    db.flush()
    return {"recovery": task.id}
