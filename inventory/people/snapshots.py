"""Somebody as plain values: what a change keeps from before and after, so that it can be undone."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.people.models import Person, PersonRole, PersonSite

Snapshot = dict[str, Any]
"""`FIELDS` and `other_site_ids`, all of them fit for JSON."""

FIELDS = (
    "sourced_id", "role", "given_name", "family_name", "site_id", "grade", "homeroom", "active",
    "temporary", "source_id",
)  # fmt: skip
OTHERS = "other_site_ids"
NAMES = frozenset({"given_name", "family_name"})


class Known:
    """A person of the database: `id`, `version` and the snapshot."""

    __slots__ = ("id", "snapshot", "version")

    def __init__(self, id_: int, version: int, snapshot: Snapshot) -> None:
        self.id, self.version, self.snapshot = id_, version, snapshot


def known_people(
    db: Session, ids: Iterable[int] | None = None, *, lock: bool = False
) -> list[Known]:
    """All people, or those of these ids; two statements. `lock`: for no other writer."""
    columns = [col(getattr(Person, name)) for name in FIELDS]
    query = sa.select(col(Person.id), col(Person.version), *columns)
    others = sa.select(col(PersonSite.person_id), col(PersonSite.site_id))
    if ids is not None:
        wanted = list(ids)
        query = query.where(col(Person.id).in_(wanted))
        others = others.where(col(PersonSite.person_id).in_(wanted))
    sites: dict[int, list[int]] = {}
    for person_id, site_id in db.execute(others):
        sites.setdefault(person_id, []).append(site_id)
    found = []
    for id_, version, *values in db.execute(query.with_for_update() if lock else query):
        snapshot = dict(zip(FIELDS, values, strict=True))
        snapshot["role"] = snapshot["role"].value
        snapshot[OTHERS] = sorted(sites.get(id_, ()))
        found.append(Known(id_, version, snapshot))
    return found


def columns_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row of `person`."""
    return {name: snapshot[name] for name in FIELDS} | {"role": PersonRole(snapshot["role"])}


def differing(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """The fields that differ, in their order; all of them where there was nobody before."""
    names = (*FIELDS, OTHERS)
    return [name for name in names if before is None or before[name] != after[name]]


def told(snapshot: Mapping[str, Any] | None, fields: Iterable[str]) -> dict[str, object]:
    """These fields for the audit log, which never holds a name, only that it changed."""
    if snapshot is None:
        return {}
    return {name: "***" if name in NAMES else snapshot[name] for name in fields}
