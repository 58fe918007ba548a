"""Grants with what a person reads of them: tags, names and places; one query for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.admin_rights.listing import standing
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.people.models import Person
from inventory.sites.models import Site


@dataclass(frozen=True, slots=True)
class GrantRow:
    """state   by the clock
    site_id  where it reaches; `category` of the device, or of the group's devices
    tag      "" of a group, whose place is `place`
    name     None where the reader may not see this person
    """

    grant: AdminGrant
    state: GrantState
    site_id: int | None
    category: Category
    tag: str
    place: str
    name: str | None


def rows_of(
    db: Session, actor: Actor, grants: Sequence[AdminGrant], *, now: datetime
) -> list[GrantRow]:
    """In the same order."""
    ids = [grant.id for grant in grants]
    query = (
        select(AdminGrant.id, Asset, Person, Site.name)
        .join(Person, col(Person.id) == col(AdminGrant.person_id))
        .outerjoin(Asset, col(Asset.id) == col(AdminGrant.asset_id))
        .outerjoin(Site, col(Site.id) == col(AdminGrant.site_id))
        .where(col(AdminGrant.id).in_(ids))
    )
    around = {id_: (asset, person, place) for id_, asset, person, place in db.exec(query)}
    found = []
    for grant in grants:
        asset, person, place = around[grant.id]
        seen = actor.may(Permission.PERSON_READ, person.site_id)
        category = asset.category if asset else Category(grant.category or Category.OTHER)
        found.append(
            GrantRow(
                grant, standing(grant, now), asset.site_id if asset else grant.site_id,
                category, asset.tag if asset else "", place or "",
                f"{person.given_name} {person.family_name}" if seen else None,
            )
        )  # fmt: skip
    return found


def people_in(rows: Sequence[GrantRow]) -> list[int]:
    """Whose names are shown."""
    return [row.grant.person_id for row in rows if row.name is not None]
