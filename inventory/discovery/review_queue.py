"""What waits for a person, and the evidence side by side: observed and recorded."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.beside import Candidate, beside, told_reasons
from inventory.assets.kinds import Outcome
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.errors import NotFound, VersionMismatch
from inventory.sites import service as sites
from snmp_discovery.types import Kind

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list. state: open (waits for a person), settled, or all."""

    outcome: Outcome | None = None
    state: str = "open"
    network_id: int | None = None
    site_id: int | None = None
    kind: Kind | None = None
    asset_id: int | None = None
    default_community: bool | None = None


def get(
    db: Session, actor: Actor, finding_id: int, *, revision: int | None = None, lock: bool = False
) -> DiscoveryFinding:
    """Raises `NotFound`, also outside the actor's sites, and `VersionMismatch`."""
    query = select(DiscoveryFinding).where(DiscoveryFinding.id == finding_id)
    row = db.exec(query.with_for_update() if lock else query).first()
    if row is None or not actor.may(Permission.DISCOVERY_READ, row.site_id):
        raise NotFound(f"there is no finding {finding_id}")
    if revision is not None and row.revision != revision:
        raise VersionMismatch("it was seen otherwise since you read it; read it again")
    return row


def visible(
    db: Session, actor: Actor, wanted: Wanted, *, before: int | None = None, limit: int = 50
) -> list[DiscoveryFinding]:
    """Findings within the actor's sites, newest first; `before` an id is the keyset."""
    query = select(DiscoveryFinding).where(*clauses(db, actor, wanted))
    if before is not None:
        query = query.where(DiscoveryFinding.id < before)
    return list(db.exec(query.order_by(sa.desc(col(DiscoveryFinding.id))).limit(limit)).all())


def count(db: Session, actor: Actor, wanted: Wanted) -> tuple[int, bool]:
    """How many, up to `COUNTED`; True where there are more."""
    few = (
        sa.select(col(DiscoveryFinding.id))
        .where(*clauses(db, actor, wanted))
        .limit(COUNTED + 1)
        .subquery()
    )
    found = db.execute(sa.select(sa.func.count()).select_from(few)).scalar_one()
    return min(found, COUNTED), found > COUNTED


def clauses(db: Session, actor: Actor, wanted: Wanted) -> list[Any]:
    """WHERE clauses for what is wanted, within the actor's sites. Raises `Forbidden`."""
    actor.require_anywhere(Permission.DISCOVERY_READ)
    f = DiscoveryFinding
    found: list[Any] = []
    scope = actor.scope(Permission.DISCOVERY_READ)
    if scope is not None:
        found.append(col(f.site_id).in_(scope))
    if wanted.site_id is not None:
        found.append(col(f.site_id).in_(sites.subtree(db, wanted.site_id)))
    waiting = sa.and_(
        col(f.decision).is_(None), col(f.outcome).in_([Outcome.NEW, Outcome.CONFLICT])
    )
    if wanted.state != "all":
        found.append(waiting if wanted.state == "open" else sa.not_(waiting))
    for column, value in (
        (f.outcome, wanted.outcome),
        (f.network_id, wanted.network_id),
        (f.kind, wanted.kind),
        (f.asset_id, wanted.asset_id),
        (f.default_community, wanted.default_community),
    ):
        if value is not None:
            found.append(col(column) == value)
    return found


def candidates(db: Session, actor: Actor, row: DiscoveryFinding) -> list[Candidate]:
    """The assets that the finding is about, each beside what was observed."""
    told = {
        "category": row.kind.value, "manufacturer": row.vendor, "model": row.model,
        "serial": row.serial, "firmware": row.firmware, "name": row.name,
        "mac": ", ".join(map(str, row.macs)), "address": row.address,
    }  # fmt: skip
    about = list(row.candidates) or ([row.asset_id] if row.asset_id else [])
    return beside(db, actor, about, told)


def reasons(db: Session, actor: Actor, row: DiscoveryFinding) -> list[str]:
    """Why it is what it is; sentences about assets out of the reader's reach are withheld."""
    return told_reasons(candidates(db, actor, row), row.reasons)
