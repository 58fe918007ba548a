"""A school with pupils and laptops, and the acts with short names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Role
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.custody import service
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Custody, CustodyKind, LoanReason
from inventory.custody.service import Coming
from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District


@dataclass
class Desk:
    """The counter where devices are handed out."""

    database: Database
    clock: Clock
    district: District

    def laptop(self, tag: str, site: int | None = None) -> int:
        place = site or self.district.north_room
        with self.database.unit() as db:
            draft = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=place)
            return assets.create(db, OPERATOR, draft, now=self.clock()).id

    def pupil(self, key: str, site: int | None = None, *, active: bool = True) -> int:
        with self.database.unit() as db:
            draft = PersonDraft(
                key, PersonRole.STUDENT, "Ada", f"Example-{key}", site or self.district.north,
                active=active,
            )  # fmt: skip
            return people.create(db, OPERATOR, draft, now=self.clock()).id

    def out(self, asset: int, person: int, *, actor: Actor = OPERATOR, **more: Any) -> Custody:
        take_over = more.pop("take_over", "")
        with self.database.unit() as db:
            return service.check_out(
                db, actor, asset, Holder(person_id=person), Terms(**more), take_over=take_over,
                now=self.clock(),
            )  # fmt: skip

    def lend(self, asset: int, person: int, *, hours: float = 3, **more: Any) -> Custody:
        return self.out(
            asset, person, kind=CustodyKind.LOAN, loan_reason=LoanReason.FORGOT,
            due_at=self.clock() + timedelta(hours=hours), **more,
        )  # fmt: skip

    def back(self, custody: int, *, actor: Actor = OPERATOR, **more: Any) -> Custody:
        with self.database.unit() as db:
            return service.check_in(db, actor, custody, Coming(**more), now=self.clock())

    def asset(self, asset_id: int) -> Asset:
        with self.database.unit(write=False) as db:
            found = db.get(Asset, asset_id)
            assert found is not None
            return found


@pytest.fixture
def desk(database: Database, clock: Clock, district: District) -> Desk:
    return Desk(database, clock, district)


def holding_role(role: Role, *sites: int) -> Actor:
    """An account with a role at these sites."""
    return Actor("account", 7, role.value, (Grant(ROLE_PERMISSIONS[role], frozenset(sites)),))


Events = Callable[..., list[Any]]
