"""Self-service: asking for admin rights on one's own computer."""

from datetime import timedelta

from sqlmodel import select

from inventory.admin_ledger.models import AdminGrant, Level
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.custody.models import Custody
from tests.house.routes import Example, Place, Side


def own_held_computer(side: Side) -> int:
    """A laptop that the side's owner has."""
    custody = side.db.get_one(Custody, side.get("own_custody"))
    asset = side.db.exec(select(Asset).where(Asset.id == custody.asset_id)).one()
    asset.category = Category.LAPTOP
    side.db.flush()
    return custody.id


def own_grant(side: Side) -> int:
    custody = side.db.get_one(Custody, side.get("own_held_computer"))
    assert custody.person_id is not None
    # As a row: the side's owner may be of the technology department, which needs no grant.
    grant = AdminGrant(
        person_id=custody.person_id, asset_id=custody.asset_id, level=Level.ADMINISTRATOR,
        temporary=True, reason="A lesson", starts_at=side.now,
        ends_at=side.now + timedelta(hours=8), requested_at=side.now, requested_by="holder",
    )  # fmt: skip
    side.db.add(grant)
    side.db.flush()
    return grant.id


MAKERS = {"own_held_computer": own_held_computer, "own_grant": own_grant}
ONE = "/mine/<int(max=2147483647):custody_id>/admin-rights"
END = f"{ONE}/<int(max=2147483647):grant_id>/end"
MINE = {"custody_id": "$own_held_computer"}

ROUTES = {
    f"GET {ONE}": Example(path=MINE, place=Place.OWN),
    f"POST {ONE}": Example(path=MINE, form={"reason": "A", "hours": "8"}, place=Place.OWN),
    f"POST {END}": Example(path={**MINE, "grant_id": "$own_grant"}, place=Place.OWN),
}
