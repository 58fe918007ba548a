"""Networks: make, change, list, delete. Scoped to sites; sweeps of them are in `sweeps`."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.discovery import network_rules as rules
from inventory.discovery.finding_models import DiscoveryFinding, HeardDevice
from inventory.discovery.models import (
    OPEN_STATES,
    Network,
    NetworkCredential,
    SnmpCredential,
    Sweep,
)
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.reading_models import AssetAddress
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound
from inventory.sites.models import Site

_COLUMNS = [f.name for f in fields(NetworkDraft) if f.name != "credentials"]


def create(
    db: Session, actor: Actor, draft: NetworkDraft, *, limits: Limits, now: datetime
) -> Network:
    """A new network. Raises `Forbidden`, `InvalidInput` or `Duplicate` (name)."""
    actor.require(Permission.NETWORK_WRITE, draft.site_id)
    draft = _checked(db, actor, draft, limits)
    network = Network(name=draft.name, created_at=now, updated_at=now)
    _lay(network, draft)
    network.next_due = _due(draft, limits, now)
    _require_free_name(db, draft.name, None)
    db.add(network)
    db.flush()
    _link(db, network.id, draft.credentials)
    audit.record(
        db, actor, "network.created", now=now, subject_type="network", subject_id=network.id,
        site_id=network.site_id, after=_told(draft),
    )  # fmt: skip
    return network


def change(
    db: Session,
    actor: Actor,
    network_id: int,
    changes: Mapping[str, Any],
    *,
    limits: Limits,
    now: datetime,
) -> Network:
    """Change the named fields of a network. Raises as `create`, and `NotFound`."""
    network = _writable(db, actor, network_id)
    before = draft_of(db, network)
    if unknown := set(changes) - {*_COLUMNS, "credentials"}:
        raise InvalidInput("unknown field", {name: ["unknown field"] for name in unknown})
    if "site_id" in changes:
        actor.require(Permission.NETWORK_WRITE, changes["site_id"])
    draft = _checked(db, actor, replace(before, **changes), limits)
    _require_free_name(db, draft.name, network.id)
    _lay(network, draft)
    if {"every_minutes", "daily_at", "enabled"} & set(changes):
        network.next_due = _due(draft, limits, now)
    network.updated_at, network.version = now, network.version + 1
    db.add(network)
    if tuple(draft.credentials) != tuple(before.credentials):
        db.execute(
            sa.delete(NetworkCredential).where(col(NetworkCredential.network_id) == network.id)
        )
        _link(db, network.id, draft.credentials)
    old, new = audit.changed(_told(before), _told(draft))
    audit.record(
        db, actor, "network.changed", now=now, subject_type="network", subject_id=network.id,
        site_id=network.site_id, before=old, after=new,
    )  # fmt: skip
    return network


def delete(db: Session, actor: Actor, network_id: int, *, now: datetime) -> None:
    """Delete a network with its sweeps and findings; assets and their history stay.

    Raises `NotFound`, and `Conflict` while a sweep of it is queued or running.
    """
    network = _writable(db, actor, network_id)
    open_sweep = select(Sweep.id).where(
        Sweep.network_id == network.id, col(Sweep.state).in_(OPEN_STATES)
    )
    if db.exec(open_sweep).first() is not None:
        raise Conflict("a sweep of this network is under way; cancel it first")
    db.execute(
        sa.update(AssetAddress)
        .where(col(AssetAddress.network_id) == network.id)
        .values(network_id=None)
    )
    for table in (DiscoveryFinding, HeardDevice, Sweep, NetworkCredential):
        db.execute(sa.delete(table).where(col(table.network_id) == network.id))
    audit.record(
        db, actor, "network.deleted", now=now, subject_type="network", subject_id=network.id,
        site_id=network.site_id, before=_told(draft_of(db, network)),
    )  # fmt: skip
    db.delete(network)
    db.flush()


def get(db: Session, actor: Actor, network_id: int, *, lock: bool = False) -> Network:
    """Raises `NotFound` for a network that is not there or outside the actor's sites."""
    query = select(Network).where(Network.id == network_id)
    network = db.exec(query.with_for_update() if lock else query).first()
    if network is None or not actor.may(Permission.DISCOVERY_READ, network.site_id):
        raise NotFound(f"there is no network {network_id}")
    return network


def by_name(db: Session, actor: Actor, name: str) -> Network:
    """The network of this name (or number). Raises `NotFound`."""
    match = col(Network.name) == name
    if name.isascii() and name.isdigit() and len(name) < 10:
        match = sa.or_(match, col(Network.id) == int(name))
    found = db.exec(select(Network).where(match).order_by(sa.desc(match)).limit(1)).first()
    if found is None or not actor.may(Permission.DISCOVERY_READ, found.site_id):
        near = [n.name for n in visible(db, actor, limit=5)]
        raise NotFound(f"there is no network {name[:80]!r}", near)
    return found


def visible(
    db: Session, actor: Actor, *, after: int = 0, limit: int = 50, site_id: int | None = None
) -> list[Network]:
    """Networks within the actor's sites, by id after `after`."""
    actor.require_anywhere(Permission.DISCOVERY_READ)
    query = select(Network).where(col(Network.id) > after).order_by(col(Network.id)).limit(limit)
    scope = actor.scope(Permission.DISCOVERY_READ)
    if scope is not None:
        query = query.where(col(Network.site_id).in_(scope))
    if site_id is not None:
        query = query.where(col(Network.site_id) == site_id)
    return list(db.exec(query).all())


def credentials_of(db: Session, network_ids: Sequence[int]) -> dict[int, list[SnmpCredential]]:
    """Each network's credentials in the order in which they are tried."""
    found: dict[int, list[SnmpCredential]] = {network_id: [] for network_id in network_ids}
    rows = db.exec(
        select(NetworkCredential, SnmpCredential)
        .where(col(NetworkCredential.network_id).in_(network_ids))
        .where(NetworkCredential.credential_id == SnmpCredential.id)
        .order_by(col(NetworkCredential.network_id), col(NetworkCredential.position))
    )
    for link, credential in rows:
        found[link.network_id].append(credential)
    return found


def draft_of(db: Session, network: Network) -> NetworkDraft:
    """The network as a person would enter it."""
    used = credentials_of(db, [network.id])[network.id]
    return NetworkDraft(
        **{name: getattr(network, name) for name in _COLUMNS},
        credentials=tuple(credential.id for credential in used),
    )


def _checked(db: Session, actor: Actor, draft: NetworkDraft, limits: Limits) -> NetworkDraft:
    draft = replace(
        draft,
        name=draft.name.strip(),
        targets=[text.strip() for text in draft.targets],
        exclusions=[text.strip() for text in draft.exclusions],
        places=[
            {"target": str(place["target"]).strip(), "site_id": place["site_id"]}
            for place in draft.places
        ],
        auto_accept=sorted(set(draft.auto_accept)),
    )
    rules.check(draft, limits)
    sites = {place["site_id"] for place in draft.places}
    for site_id in sites:
        actor.require(Permission.NETWORK_WRITE, site_id)
    _require_known(db, Site.id, sites, "places")
    if draft.site_id is not None:
        _require_known(db, Site.id, {draft.site_id}, "site_id")
    _require_known(db, SnmpCredential.id, set(draft.credentials), "credentials")
    return draft


def _require_known(db: Session, column: Any, wanted: set[int], field: str) -> None:
    known = set(db.exec(select(column).where(col(column).in_(wanted))).all()) if wanted else set()
    if missing := sorted(wanted - known):
        raise InvalidInput(
            f"{field}: there is no {missing[0]}", {field: [f"there is no {missing[0]}"]}
        )


def _require_free_name(db: Session, name: str, own: int | None) -> None:
    taken = db.exec(select(Network.id).where(Network.name == name)).first()
    if taken is not None and taken != own:
        raise Duplicate(f"a network is already named {name!r}")


def _writable(db: Session, actor: Actor, network_id: int) -> Network:
    network = get(db, actor, network_id, lock=True)
    actor.require(Permission.NETWORK_WRITE, network.site_id)
    return network


def _link(db: Session, network_id: int, credential_ids: Sequence[int]) -> None:
    for position, credential_id in enumerate(credential_ids):
        db.add(
            NetworkCredential(network_id=network_id, credential_id=credential_id, position=position)
        )
    db.flush()


def _due(draft: NetworkDraft, limits: Limits, now: datetime) -> datetime | None:
    if not draft.enabled:
        return None
    return rules.next_due(draft.every_minutes, draft.daily_at, after=now, zone=limits.zone)


def _lay(network: Network, draft: NetworkDraft) -> None:
    for name in _COLUMNS:
        value = getattr(draft, name)
        setattr(network, name, list(value) if isinstance(value, tuple) else value)


def _told(draft: NetworkDraft) -> dict[str, object]:
    """For the audit: everything, credentials by their numbers."""
    return {f.name: getattr(draft, f.name) for f in fields(draft)}
