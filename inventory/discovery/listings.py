"""Pages of networks, sweeps, findings and heard devices, each within the actor's sites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.discovery import networks, paged, review_queue, sweeps
from inventory.discovery.finding_models import DiscoveryFinding, HeardDevice
from inventory.discovery.models import (
    Network,
    NetworkCredential,
    SnmpCredential,
    Sweep,
    SweepState,
)
from inventory.discovery.paged import Page, Span
from inventory.discovery.review_queue import Wanted
from inventory.sites import naming
from inventory.sites.naming import Spot

MAX_NAMES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A network as lists show it.

    place    its site in words; None for the district as a whole
    waiting  findings that wait for a person
    """

    network: Network
    place: Spot | None
    credentials: Sequence[SnmpCredential]
    last: Sweep | None
    waiting: int

    @property
    def default_community(self) -> bool:
        """Whether devices are asked with a community that they are shipped with."""
        return any(row.default_community for row in self.credentials)


def networks_page(db: Session, actor: Actor, span: Span) -> Page[Line]:
    """Networks by their names; `span` goes by the name."""
    query = select(Network).where(*_reach(actor))
    found = list(db.exec(paged.within(query, col(Network.name), span)).all())
    page = paged.cut(found, span, lambda row: row.name)
    return Page(lines(db, actor, page.rows), page.previous, page.next)


def lines(db: Session, actor: Actor, rows: Sequence[Network]) -> list[Line]:
    """What lists tell of these networks, in four queries however many they are."""
    ids = [row.id for row in rows]
    used, last = networks.credentials_of(db, ids), sweeps.last_of(db, ids)
    called = naming.spots(db, actor, (row.site_id for row in rows))
    waiting = _waiting(db, actor, ids)
    return [
        Line(
            row, called.get(row.site_id or 0), used[row.id], last.get(row.id),
            waiting.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def network_names(db: Session, actor: Actor) -> list[tuple[int, str]]:
    """(id, name) of the networks in reach, by name, at most `MAX_NAMES`."""
    query = sa.select(col(Network.id), col(Network.name)).where(*_reach(actor))
    rows = db.execute(query.order_by(col(Network.name)).limit(MAX_NAMES))
    return [(id_, name) for id_, name in rows]


def sweeps_page(
    db: Session,
    actor: Actor,
    span: Span,
    *,
    network_id: int | None = None,
    state: SweepState | None = None,
) -> Page[tuple[Sweep, Network]]:
    """Sweeps and their networks, newest first; `span` goes by the sweep's id."""
    query = select(Sweep, Network).where(col(Network.id) == col(Sweep.network_id), *_reach(actor))
    if network_id is not None:
        query = query.where(Sweep.network_id == network_id)
    if state is not None:
        query = query.where(Sweep.state == state)
    query = paged.within(query, col(Sweep.id), span, descending=True)
    found = [(sweep, network) for sweep, network in db.exec(query)]
    return paged.cut(found, span, lambda pair: pair[0].id)


def findings_page(db: Session, actor: Actor, wanted: Wanted, span: Span) -> Page[DiscoveryFinding]:
    """Findings, newest first, without what they told in full; `span` goes by the id."""
    f = DiscoveryFinding
    told = [defer(each, raiseload=True) for each in (f.facts, f.evidence, f.marks)]  # type: ignore[arg-type]
    query = select(f).where(*review_queue.clauses(db, actor, wanted)).options(*told)
    found = list(db.exec(paged.within(query, col(f.id), span, descending=True)).all())
    return paged.cut(found, span, lambda row: row.id)


def findings_of(db: Session, actor: Actor, ids: Iterable[int]) -> list[DiscoveryFinding]:
    """Those of these findings that the actor sees, newest first."""
    f = DiscoveryFinding
    query = select(f).where(*review_queue.clauses(db, actor, Wanted(state="all")))
    return list(db.exec(query.where(col(f.id).in_(list(ids))).order_by(sa.desc(col(f.id)))).all())


def heard_page(db: Session, network_id: int, span: Span) -> Page[HeardDevice]:
    """Unknown devices of a network, by id. The caller has checked that it may be seen."""
    query = select(HeardDevice).where(HeardDevice.network_id == network_id)
    found = list(db.exec(paged.within(query, col(HeardDevice.id), span)).all())
    return paged.cut(found, span, lambda row: row.id)


def heard_count(db: Session, network_id: int) -> int:
    """How many unknown devices a network's switches told of."""
    query = select(sa.func.count()).where(HeardDevice.network_id == network_id)
    return db.exec(query).one()


def credentials_page(db: Session, actor: Actor, span: Span) -> Page[SnmpCredential]:
    """Credentials by their labels, for whoever may give them to a network."""
    actor.require_anywhere(Permission.NETWORK_WRITE)
    query = paged.within(select(SnmpCredential), col(SnmpCredential.label), span)
    return paged.cut(list(db.exec(query).all()), span, lambda row: row.label)


def users_of(
    db: Session, actor: Actor, credential_ids: Sequence[int]
) -> Mapping[int, Sequence[Network]]:
    """Which networks use each credential, by name, as far as the actor sees them."""
    found: dict[int, list[Network]] = {credential_id: [] for credential_id in credential_ids}
    query = (
        select(NetworkCredential.credential_id, Network)
        .where(col(NetworkCredential.credential_id).in_(credential_ids))
        .where(col(Network.id) == col(NetworkCredential.network_id), *_reach(actor))
        .order_by(col(Network.name))
    )
    for credential_id, network in db.exec(query):
        found[credential_id].append(network)
    return found


def _reach(actor: Actor) -> list["sa.ColumnElement[bool]"]:
    actor.require_anywhere(Permission.DISCOVERY_READ)
    scope = actor.scope(Permission.DISCOVERY_READ)
    return [] if scope is None else [col(Network.site_id).in_(scope)]


def _waiting(db: Session, actor: Actor, network_ids: Sequence[int]) -> dict[int, int]:
    """What waits is little beside what was ever found: of many networks all of it is counted."""
    f = DiscoveryFinding
    only = network_ids[0] if len(network_ids) == 1 else None
    query = (
        sa.select(col(f.network_id), sa.func.count())
        .where(*review_queue.clauses(db, actor, Wanted(network_id=only)))
        .group_by(col(f.network_id))
    )
    return {row[0]: row[1] for row in db.execute(query)}
