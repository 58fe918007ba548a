"""What waits for a person, and the evidence side by side: observed and recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import claims, identifiers
from inventory.assets.kinds import Outcome
from inventory.assets.matching import match
from inventory.assets.models import Asset
from inventory.assets.naming import catalog_of
from inventory.assets.observation import Observation
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.errors import NotFound, VersionMismatch
from inventory.sites import service as sites
from snmp_discovery.types import Kind

COUNTED = 1000
HIDDEN = "it concerns an asset outside your sites"


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


@dataclass(frozen=True, slots=True)
class Side:
    """One field as the finding and the asset have it."""

    field: str
    observed: str
    recorded: str
    same: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that a finding may be. Outside the reader's sites only that there is one."""

    asset_id: int | None
    tag: str
    status: str
    last_seen_at: datetime | None
    last_seen_address: str
    sides: Sequence[Side]


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
    wanted = list(row.candidates) or ([row.asset_id] if row.asset_id else [])
    found = []
    for asset_id in wanted[:20]:
        asset = db.get(Asset, asset_id)
        if asset is None:
            continue
        if not actor.may(Permission.ASSET_READ, asset.site_id):
            found.append(Candidate(None, "", "", None, "", ()))
            continue
        found.append(
            Candidate(
                asset.id,
                asset.tag,
                asset.status.value,
                asset.last_seen_at,
                asset.last_seen_address,
                _sides(db, row, asset),
            )
        )
    return found


def reasons(db: Session, actor: Actor, row: DiscoveryFinding) -> list[str]:
    """Why it is what it is; sentences about assets out of the reader's reach are withheld."""
    if any(candidate.asset_id is None for candidate in candidates(db, actor, row)):
        return [HIDDEN]
    return [str(reason) for reason in row.reasons]


def _sides(db: Session, row: DiscoveryFinding, asset: Asset) -> list[Side]:
    maker, model = catalog_of(db, asset)
    macs = [
        identifiers.colons(held.value)
        for held in claims.of(db, [asset.id])[asset.id]
        if held.kind == identifiers.MAC
    ]
    pairs = {
        "category": (row.kind.value, asset.category.value),
        "manufacturer": (row.vendor, maker.name if maker else ""),
        "model": (row.model, model.name if model else ""),
        "serial": (row.serial, asset.serial),
        "firmware": (row.firmware, asset.firmware),
        "name": (row.name, asset.name),
        "mac": (", ".join(map(str, row.macs)), ", ".join(sorted(macs))),
        "address": (row.address, asset.last_seen_address),
    }
    return [
        Side(field, observed, recorded, observed.casefold() == recorded.casefold())
        for field, (observed, recorded) in pairs.items()
    ]


def unclaimed(db: Session, seen: Observation, *, but: int | None = None) -> Observation:
    """The observation without the identifiers that other assets than `but` hold."""
    keys = match(db, seen).keys
    foreign = {
        (key.kind, key.value)
        for key, rows in claims.holders(db, keys).items()
        if any(row.asset_id != but for row in rows)
    }
    kinds = {kind for kind, _ in foreign}
    own_serial = any(key.kind == identifiers.SERIAL for key in keys)
    return replace(
        seen,
        serial=seen.serial if own_serial and identifiers.SERIAL not in kinds else "",
        engine_id="" if identifiers.ENGINE in kinds else seen.engine_id,
        macs=tuple(
            mac
            for mac in seen.macs
            if not {(k.kind, k.value) for k in identifiers.usable(identifiers.MAC, [mac])} & foreign
        ),
    )
