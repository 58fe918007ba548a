"""Which place a row names: by its number, its code, its name, or the way to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.sites.models import Site, SiteKind
from inventory.sites.service import MAX_SITES

_BETWEEN = re.compile(r"\s*(?:/|\\|>|\u203a|\u2192|\|)\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """`id` None: `missing` is a name within the place `parent_id`, or of no known school."""

    id: int | None
    missing: str = ""
    parent_id: int | None = None


class Places:
    """The places that the actor may see, in one query."""

    def __init__(self, db: Session, actor: Actor) -> None:
        columns = (
            col(Site.id), col(Site.parent_id), col(Site.kind), col(Site.name), col(Site.code)
        )  # fmt: skip
        query = sa.select(*columns).limit(MAX_SITES)
        scope = actor.scope(Permission.SITE_READ)
        if scope is not None:
            query = query.where(col(Site.id).in_(scope))
        self.names: dict[int, str] = {}
        self.kinds: dict[int, SiteKind] = {}
        self._parents: dict[int, int | None] = {}
        self._called: dict[str, list[int]] = {}
        for id_, parent_id, kind, name, code in db.execute(query):
            self.names[id_], self.kinds[id_], self._parents[id_] = name, kind, parent_id
            for word in {_plain(name), _plain(code or "")} - {""}:
                self._called.setdefault(word, []).append(id_)

    def find(self, parts: Sequence[str]) -> Found:
        """From the whole to the part; the district itself may be left out."""
        here: int | None = None
        for part in parts:
            hits = self._called.get(_plain(part), [])
            within = [id_ for id_ in hits if here is None or self._lies_in(id_, here)]
            if here is None and len(within) > 1:
                # A school beats a room that happens to have its name.
                within = [i for i in within if self.kinds[i] is SiteKind.SCHOOL] or within
            if len(within) != 1:
                last = part is parts[-1] and not within
                return Found(None, part if last else "", here if last else None)
            here = within[0]
        return Found(here)

    def takes_rooms(self, site_id: int | None) -> bool:
        return site_id in self.kinds and self.kinds[site_id] in {
            SiteKind.SCHOOL, SiteKind.BUILDING
        }  # fmt: skip

    def ways(self) -> Iterator[tuple[int, str]]:
        """Every place with the names from the school down to it."""
        for id_ in self.names:
            steps: list[str] = []
            at: int | None = id_
            while at is not None and at in self.names and len(steps) < 20:
                if self.kinds[at] is not SiteKind.DISTRICT or at == id_:
                    steps.append(self.names[at])
                at = self._parents[at]
            yield id_, " / ".join(steps[::-1])

    def _lies_in(self, id_: int, whole: int) -> bool:
        at, steps = self._parents[id_], 0
        while at is not None and steps < 20:
            if at == whole:
                return True
            at, steps = self._parents.get(at), steps + 1
        return False


def parts_of(text: str) -> list[str]:
    """ "North School / Room 12" → its parts."""
    return [part for part in _BETWEEN.split(text.strip()) if part]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
