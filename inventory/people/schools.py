"""Which place of the district a roster's school is."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.people.rosters.types import Org
from inventory.sites.models import Site, SiteKind

MOST_STEPS = 10


class Schools:
    """Schools by what rosters call them: the identifier or key of the organisation is the code of a
    place, or the names are equal. A department belongs to what it lies in.

    said  places that somebody chose for organisations, by their keys; they come first
    """

    def __init__(
        self, db: Session, orgs: Mapping[str, Org], said: Mapping[str, int] | None = None
    ) -> None:
        self._orgs, self._said = orgs, said or {}
        self._codes: dict[str, int] = {}
        self._names: dict[str, int | None] = {}
        self._district: int | None = None
        self._found: dict[str, int | None] = {}
        kinds = (SiteKind.DISTRICT, SiteKind.SCHOOL)
        query = sa.select(col(Site.id), col(Site.kind), col(Site.code), col(Site.name))
        for id_, kind, code, name in db.execute(query.where(col(Site.kind).in_(kinds))):
            if kind is SiteKind.DISTRICT:
                self._district = id_
            if code:
                self._codes[code.casefold()] = id_
            plain = name.casefold()
            # Two schools of one name: the name tells nothing.
            self._names[plain] = None if plain in self._names else id_

    def find(self, key: str) -> int | None:
        """The id of the place, None where it is not known."""
        if key not in self._found:
            self._found[key] = self._search(key)
        return self._found[key]

    def name(self, key: str) -> str:
        """What the roster calls it, for a message."""
        org = self._orgs.get(key)
        return org.name if org and org.name else key

    def _search(self, key: str) -> int | None:
        org = self._orgs.get(key, Org(key, "", ""))
        if org.site is not None:
            return org.site
        for _step in range(MOST_STEPS):
            if org.sourced_id in self._said:
                return self._said[org.sourced_id]
            for code in (org.identifier, org.sourced_id):
                if code.casefold() in self._codes:
                    return self._codes[code.casefold()]
            named = self._names.get(org.name.casefold())
            if named is not None:
                return named
            if org.kind == "district":
                return self._district
            parent = self._orgs.get(org.parent)
            if org.kind != "department" or parent is None:
                return None
            org = parent
        return None
