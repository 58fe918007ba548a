"""Somebody who has a device, overdue, and somebody who had it before."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.agreements import texts
from inventory.agreements.models import Audience, Per
from inventory.agreements.texts import AgreementDraft, Text
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.custody import carts, service
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.custody.service import Coming
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.sites.models import Site, SiteKind


def fill_handed(db: Session, actor: Actor, evil: str, *, now: datetime) -> dict[str, int]:
    """Ids: `custody` (open and overdue), `handed_asset`, its device, and `agreement`, which is not
    signed for it."""
    school = db.exec(select(Site).where(Site.kind == SiteKind.SCHOOL)).first()
    assert school is not None
    draft = AssetDraft(category=Category.LAPTOP, serial="HANDED-1", site_id=school.id)
    asset = assets.create(db, actor, draft, now=now)
    pupils = [
        people.create(
            db, actor, PersonDraft(key, PersonRole.STUDENT, "Ada", name, school.id), now=now
        ).id
        for key, name in (("handed-1", "Examplesdottir"), ("handed-2", evil[:120]))
    ]
    carts.create(db, actor, name=evil[:80], site_id=school.id, now=now)
    before = service.check_out(
        db, actor, asset.id, Holder(person_id=pupils[0]), Terms(accessories={"charger": 1}),
        now=now - timedelta(days=90),
    )  # fmt: skip
    coming = Coming(condition=Condition.DAMAGED, returned={"charger": 0}, note=evil)
    service.check_in(db, actor, before.id, coming, now=now - timedelta(days=10))
    terms = Terms(
        CustodyKind.LOAN, LoanReason.FORGOT, now - timedelta(days=1), Condition.GOOD, evil,
        {evil[:60]: 1},
    )  # fmt: skip
    present = service.check_out(
        db, actor, asset.id, Holder(person_id=pupils[1]), terms, now=now - timedelta(days=2)
    )
    draft_text = AgreementDraft(
        evil[:120], Audience.EVERYONE, Per.DEVICE, [Category.LAPTOP], loans=True
    )
    text = Text(f"Keep it safe.\n\n{evil}", "Cuídelo.")
    agreement = texts.create(db, actor, draft_text, text, now=now).agreement
    return {"custody": present.id, "handed_asset": asset.id, "agreement": agreement.id}
