"""Many new devices of vendors become assets in a few statements.

One by one, each costs some sixty: a page of fifty would be slow, and five hundred over the API
would not be done in time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import deciding
from inventory.assets.accepting import Newcomer, accept_many
from inventory.assets.deciding import NewAsset
from inventory.assets.kinds import Outcome, Status
from inventory.assets.matching import match_many
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound, VersionMismatch
from inventory.fleet import waiting
from inventory.fleet.models import MdmConnection, MdmDevice

Wanted = tuple[NewAsset, int | None]
"""How the asset is to be, and the revision of the device that was looked at."""

_Alike = tuple[str | None, Status, int | None]


def accept_together(
    db: Session, actor: Actor, wanted: Mapping[int, Wanted], *, now: datetime
) -> list[MdmDevice]:
    """As `deciding.accept` for each of these new devices, by their ids; all of them or none.

    Raises where one of them is refused, or asks for a tag of its own; which one it is, and why,
    `deciding.accept` tells.
    """
    rows, connections = _held(db, actor, wanted)
    seen = [waiting.seen(row, connections[row.connection_id], now=now) for row in rows]
    found = match_many(db, seen)
    alike: dict[_Alike, list[tuple[MdmDevice, Newcomer]]] = {}
    for row, one, match in zip(rows, seen, found, strict=True):
        new = wanted[row.id][0]
        if match.kind is not Outcome.NEW or match.twin is not None or new.tag is not None:
            raise Conflict(f"{row.id} has to be looked at by itself")
        prefix = new.prefix or connections[row.connection_id].tag_prefix
        newcomer = Newcomer(deciding.named(one, match), match.keys)
        alike.setdefault((prefix, new.status, new.site_id), []).append((row, newcomer))
    entries = []
    for (prefix, status, site_id), pairs in alike.items():
        newcomers = [newcomer for _, newcomer in pairs]
        made = accept_many(
            db, actor, newcomers, prefix=prefix, status=status, site_id=site_id, now=now
        )
        for (row, _), asset in zip(pairs, made, strict=True):
            entries.append(waiting.settle(row, connections[row.connection_id], asset, actor, now))
            db.add(row)
    audit.record_many(db, actor, "mdm_device.accepted", entries, now=now, subject_type="mdm_device")
    return list(rows)


def _held(
    db: Session, actor: Actor, wanted: Mapping[int, Wanted]
) -> tuple[Sequence[MdmDevice], dict[int, MdmConnection]]:
    """The devices, locked and by their ids, each one open, new and the actor's to decide."""
    query = select(MdmDevice).where(col(MdmDevice.id).in_(wanted)).order_by(col(MdmDevice.id))
    query = query.with_for_update().execution_options(populate_existing=True)
    rows = db.exec(query).all()
    ids = {row.connection_id for row in rows}
    found = db.exec(select(MdmConnection).where(col(MdmConnection.id).in_(ids)))
    connections = {connection.id: connection for connection in found}
    if len(rows) < len(wanted):
        raise NotFound("one of them is not there")
    for connection in connections.values():
        for permission in (Permission.MDM_READ, Permission.DISCOVERY_REVIEW):
            actor.require(permission, connection.site_id)
    for row in rows:
        if row.outcome is not Outcome.NEW:
            raise Conflict(f"{row.id} is {row.outcome.value}")
        if wanted[row.id][1] not in {None, row.revision}:
            raise VersionMismatch(f"{row.id} was told otherwise since")
    return rows, connections
