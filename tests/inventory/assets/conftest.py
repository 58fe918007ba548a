"""A small district and the people who look after it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Permission, Role, system_actor
from inventory.assets import service
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.sites.models import Site, SiteKind
from tests.conftest import Clock

EVERYTHING = system_actor("test", list(Permission))


@dataclass(frozen=True)
class District:
    """Two schools, one room in the first."""

    district: int
    lincoln: int
    room_12: int
    adams: int

    def at(self, role: Role, *site_ids: int) -> Actor:
        """An account with a role at these sites."""
        return Actor(
            "account", 7, role.value, (Grant(ROLE_PERMISSIONS[role], frozenset(site_ids)),)
        )


@pytest.fixture
def district(database: Database) -> District:
    with database.unit() as db:
        top = Site(kind=SiteKind.DISTRICT, name="Westbrook Schools")
        db.add(top)
        db.flush()
        lincoln = Site(parent_id=top.id, kind=SiteKind.SCHOOL, name="Lincoln Elementary")
        adams = Site(parent_id=top.id, kind=SiteKind.SCHOOL, name="Adams High", code="AHS")
        db.add_all([lincoln, adams])
        db.flush()
        room = Site(parent_id=lincoln.id, kind=SiteKind.ROOM, name="Room 12")
        db.add(room)
        db.flush()
        return District(top.id, lincoln.id, room.id, adams.id)


Make = Callable[..., Asset]


@pytest.fixture
def make(database: Database, clock: Clock) -> Make:
    """Create an asset in its own unit of work."""

    def made(
        category: Category = Category.PRINTER, *, actor: Actor = EVERYTHING, **more: Any
    ) -> Asset:
        with database.unit() as db:
            return service.create(db, actor, AssetDraft(category=category, **more), now=clock())

    return made
