"""The office where admin rights are asked for and authorised, with short names for the acts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import select

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Role
from inventory.accounts import service as accounts
from inventory.admin_ledger.models import AdminGrant
from inventory.admin_rights import service
from inventory.admin_rights.policy import Wish
from inventory.admin_rights.service import Yes
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.sites import service as sites
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District


@dataclass
class Office:
    """A district with a coordinator, a technician and teachers with laptops."""

    database: Database
    clock: Clock
    district: District

    def person_at_desk(self, name: str, role: Role, site: int | None = None) -> Actor:
        """Somebody who is signed in."""
        with self.database.unit() as db:
            account, _ = accounts.create_account(
                db, OPERATOR, user_name=name, grants=[(role, site)], now=self.clock()
            )
            reach = None if site is None else frozenset(sites.subtree(db, site))
        return Actor("account", account.id, name, (Grant(ROLE_PERMISSIONS[role], reach),))

    def teacher(self, key: str, account: Actor | None = None) -> int:
        with self.database.unit() as db:
            draft = PersonDraft(key, PersonRole.TEACHER, "Rosa", key, self.district.north)
            person = people.create(db, OPERATOR, draft, now=self.clock())
            if account is not None:
                people.link_account(db, OPERATOR, person.id, account.id, now=self.clock())
            return person.id

    def laptop(self, tag: str, category: Category = Category.LAPTOP) -> int:
        with self.database.unit() as db:
            draft = AssetDraft(category=category, tag=tag, site_id=self.district.north_room)
            return assets.create(db, OPERATOR, draft, now=self.clock()).id

    def request(self, actor: Actor, person: int, asset: int | None, **more: Any) -> int:
        wish = {"ends_at": self.clock() + timedelta(days=30), "reason": "Robotics club", **more}
        with self.database.unit() as db:
            made = service.request(
                db, actor, Wish(person, asset_id=asset, **wish), now=self.clock()
            )
            return made.id

    def authorise(self, actor: Actor, grant: int, **more: Any) -> AdminGrant:
        yes = Yes(**{"confirmed_at": self.clock(), **more})
        with self.database.unit() as db:
            return service.authorise(db, actor, grant, yes, now=self.clock())

    def grant(self, grant_id: int) -> AdminGrant:
        with self.database.unit(write=False) as db:
            return db.exec(select(AdminGrant).where(AdminGrant.id == grant_id)).one()
