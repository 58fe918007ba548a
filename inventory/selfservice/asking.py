"""Admin rights on one's own computer, as the one who has it sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.admin_rights import listing
from inventory.assets.models import Asset
from inventory.errors import NotFound
from inventory.people.models import Person

MOST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A grant, and its state by the clock."""

    grant: AdminGrant
    state: GrantState


def on_device(db: Session, person: Person, asset: Asset, *, now: datetime) -> list[Asked]:
    """What this person asked for or holds on this device, newest first."""
    query = (
        select(AdminGrant)
        .where(AdminGrant.person_id == person.id, AdminGrant.asset_id == asset.id)
        .order_by(col(AdminGrant.id).desc())
        .limit(MOST)
    )
    return [Asked(grant, listing.standing(grant, now)) for grant in db.exec(query).all()]


def require_own(db: Session, person: Person, asset: Asset, grant_id: int) -> None:
    """Raises `NotFound` for a grant that is not this person's on this device."""
    grant = db.get(AdminGrant, grant_id)
    if grant is None or grant.person_id != person.id or grant.asset_id != asset.id:
        raise NotFound("you have no such admin rights")
