"""Admin rights: somebody of the side on a computer of the side."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from inventory.admin_rights import service
from inventory.admin_rights.policy import Wish
from inventory.assets.kinds import Category
from inventory.custody import service as custody
from inventory.custody.holders import Holder, Terms
from inventory.people.models import Person
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import new
from tests.inventory.conftest import OPERATOR


def computer(side: Side) -> int:
    asset = new(side)
    asset.category = Category.LAPTOP
    side.db.add(asset)
    side.db.flush()
    return asset.id


def admin_grant(side: Side) -> int:
    wish = Wish(
        side.get("person"), "Robotics club", computer(side), ends_at=side.now + timedelta(days=9)
    )
    return service.request(side.db, OPERATOR, wish, now=side.now).id


def own_person(side: Side) -> int:
    """Somebody of the side who signs in with the owner's account and has a computer."""
    side.db.execute(
        sa.update(Person).where(col(Person.account_id) == side.owner).values(account_id=None)
    )
    person = side.db.get_one(Person, side.get("person"))
    person.account_id = side.owner
    side.db.add(person)
    side.db.flush()
    return person.id


def own_computer(side: Side) -> int:
    asset = computer(side)
    custody.check_out(
        side.db, OPERATOR, asset, Holder(person_id=side.get("own_person")), Terms(), now=side.now
    )
    return asset


MAKERS = {
    "own_person": own_person,
    "own_computer": own_computer,
    "computer": computer,
    "admin_grant": admin_grant,
}
PATH = "/api/v1/admin-rights"
ONE = f"{PATH}/<int(max=2147483647):grant_id>"
OF_ONE = {"grant_id": "$admin_grant"}
WISH = {
    "asset_id": "$computer", "person_id": "$person", "temporary": True, "reason": "Robotics club",
}  # fmt: skip

ROUTES = {
    f"GET {PATH}": Example(),
    f"POST {PATH}": Example(json=WISH, place=Place.OBJECT),
    f"POST {PATH}/mine": Example(
        json={**WISH, "person_id": "$own_person", "asset_id": "$own_computer"}, place=Place.OWN
    ),
    f"GET {ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"POST {ONE}/authorise": Example(path=OF_ONE, json={}, place=Place.OBJECT),
    f"POST {ONE}/refuse": Example(path=OF_ONE, json={"reason": "no"}, place=Place.OBJECT),
    f"POST {ONE}/revoke": Example(path=OF_ONE, json={"reason": "no"}, place=Place.OBJECT),
}
