"""What sources call schools and groups of people, and what somebody said that each of them is."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import insert_many
from inventory.errors import InvalidInput, NotFound, VersionMismatch
from inventory.people.models import RosterSource
from inventory.people.rosters.types import Roster
from inventory.people.sources.models import OrgKind, RosterOrg
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind

KEY_LENGTH, NAME_LENGTH = 400, 300
MOST_ORGS = 5_000
Called = Mapping[tuple[OrgKind, str], int]
"""How many people stand under each name that a source groups them by."""


def remember(db: Session, source_id: int, roster: Roster, *, now: datetime) -> dict[str, int]:
    """Keep the schools that a file names; the places that were chosen for some, by their keys.

    A directory's own are kept by `keep` before: its members name places already.
    """
    counts = Counter(org for member in roster.members.values() for org in member.orgs)
    kept = {
        (OrgKind.ORG, key): counts[key] for key, org in roster.orgs.items() if org.kind != "place"
    }
    names = {(OrgKind.ORG, key): org.name for key, org in roster.orgs.items()}
    rows = keep(db, source_id, kept, names, now=now)
    return {
        key: row.site_id
        for (kind, key), row in rows.items()
        if kind is OrgKind.ORG and row.site_id is not None
    }


def keep(
    db: Session, source_id: int, called: Called, names: Mapping[tuple[OrgKind, str], str], *,
    now: datetime,
) -> dict[tuple[OrgKind, str], RosterOrg]:  # fmt: skip
    """Write down what a source calls its schools and groups; all that are known of it."""
    rows = _of(db, source_id)
    new = [key for key in called if key not in rows and len(key[1]) <= KEY_LENGTH]
    insert_many(
        db, RosterOrg,
        [
            {"source_id": source_id, "kind": kind, "key": key,
             "name": names.get((kind, key), key)[:NAME_LENGTH], "site_id": None, "role": None,
             "left_out": False, "people": called[kind, key], "last_at": now, "decided_by": "",
             "version": 1}
            for kind, key in new[: max(0, MOST_ORGS - len(rows))]
        ],
    )  # fmt: skip
    for place, row in rows.items():
        if place in called and (row.people, row.last_at) != (called[place], now):
            row.people, row.last_at = called[place], now
            db.add(row)
    db.flush()
    return _of(db, source_id) if new else rows


def _of(db: Session, source_id: int) -> dict[tuple[OrgKind, str], RosterOrg]:
    query = select(RosterOrg).where(RosterOrg.source_id == source_id)
    return {(row.kind, row.key): row for row in db.exec(query)}


def listed(
    db: Session, actor: Actor, *, source_id: int | None = None, open_only: bool = False,
    after: int | None = None, limit: int = 50,
) -> list[tuple[RosterOrg, str]]:  # fmt: skip
    """Organisations with the names of their sources, by id; `open_only`: nothing was said yet."""
    actor.require_everywhere(Permission.PERSON_IMPORT)
    query = (
        select(RosterOrg, RosterSource.name)
        .join(RosterSource, col(RosterSource.id) == col(RosterOrg.source_id))
        .order_by(col(RosterOrg.id))
        .limit(limit)
    )
    if source_id is not None:
        query = query.where(RosterOrg.source_id == source_id)
    if open_only:
        query = query.where(col(RosterOrg.decided_by) == "")
    if after is not None:
        query = query.where(col(RosterOrg.id) > after)
    return list(db.exec(query).all())


def get(db: Session, actor: Actor, org_id: int, *, lock: bool = False) -> tuple[RosterOrg, str]:
    """One of them and the name of its source. Raises `Forbidden`, `NotFound`."""
    actor.require_everywhere(Permission.PERSON_IMPORT)
    query = select(RosterOrg).where(RosterOrg.id == org_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.exec(query).first()
    if row is None:
        raise NotFound(f"no source calls anything by the number {org_id}")
    return row, source_name(db, row)


def decide(
    db: Session, actor: Actor, org_id: int, changes: Mapping[str, Any], *,
    version: int | None = None, now: datetime,
) -> RosterOrg:  # fmt: skip
    """Say which place an organisation is (`site_id`), what its people are (`role`), and whether
    they are ours at all (`left_out`). `new_school`: make a school of that name.

    It holds from the next plan on. Raises `Forbidden`, `NotFound`, `InvalidInput`,
    `VersionMismatch`.
    """
    row = get(db, actor, org_id, lock=True)[0]
    if version is not None and version != row.version:
        raise VersionMismatch("somebody else decided meanwhile; look at it again")
    wanted = {name: changes[name] for name in ("site_id", "role", "left_out") if name in changes}
    if changes.get("new_school"):
        wanted["site_id"] = _new_school(db, actor, str(changes["new_school"]), now=now)
    site = db.get(Site, wanted["site_id"]) if wanted.get("site_id") is not None else None
    if wanted.get("site_id") is not None and (
        site is None or site.kind not in {SiteKind.SCHOOL, SiteKind.DISTRICT}
    ):
        raise InvalidInput("no such school", {"site_id": [f"{wanted['site_id']} is no school"]})
    before = {name: getattr(row, name) for name in wanted}
    for name, value in wanted.items():
        setattr(row, name, value)
    row.decided_by, row.version = actor.name[:200], row.version + 1
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "roster_org.decided", now=now, subject_type="roster_org", subject_id=row.id,
        before=before, after={**wanted, "key": row.key},
    )  # fmt: skip
    return row


def _new_school(db: Session, actor: Actor, name: str, *, now: datetime) -> int:
    actor.require_everywhere(Permission.SITE_WRITE)
    top = db.exec(select(Site).where(Site.kind == SiteKind.DISTRICT)).first()
    return sites.create(
        db, actor, kind=SiteKind.SCHOOL, name=name, parent_id=top.id if top else None, now=now
    ).id


def source_name(db: Session, row: RosterOrg) -> str:
    """The name of its source."""
    return db.get_one(RosterSource, row.source_id).name
