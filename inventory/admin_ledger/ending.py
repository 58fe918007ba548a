"""The end of grants by what happens to their device or their person, in the same transaction.

These check no permission: who may hand a device in, retire it, or apply a roster ends the grants
with it. A roster that is undone does not bring grants back: they are asked for again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor
from inventory.admin_ledger.models import AdminGrant, Cause, GrantState
from inventory.audit import service as audit
from inventory.audit.service import Entry

_CHUNK = 500
_OPEN = (GrantState.REQUESTED, GrantState.ACTIVE)
_ASSET = sa.table("asset", sa.column("id", sa.Integer), sa.column("site_id", sa.Integer))
"""Only what an event needs; the asset's own model lies above this package."""


def end_for_assets(
    db: Session, actor: Actor, asset_ids: Sequence[int], cause: Cause, *,
    but_person: int | None = None, now: datetime,
) -> int:  # fmt: skip
    """End every open grant on these devices, but those of one person; how many. Grants on groups
    of devices go on."""
    return _end(db, actor, col(AdminGrant.asset_id), asset_ids, cause, now, but_person)


def end_for_persons(
    db: Session, actor: Actor, person_ids: Sequence[int], cause: Cause, *, now: datetime
) -> int:
    """End every open grant of these people; how many."""
    return _end(db, actor, col(AdminGrant.person_id), person_ids, cause, now)


def close(
    db: Session, actor: Actor, grants: Iterable[AdminGrant], cause: Cause, *, now: datetime,
    note: str = "",
) -> None:  # fmt: skip
    """End these open grants, which are locked: a request is withdrawn, what is past has expired,
    what is active is revoked. Each writes its event."""
    ended = list(grants)
    sites = _sites(db, [grant.asset_id for grant in ended if grant.asset_id is not None])
    entries: dict[str, list[Entry]] = {}
    for grant in ended:
        before = grant.state
        grant.state = state_after(grant, now)
        grant.ended_at, grant.ended_by = now, actor.name[:200]
        grant.cause, grant.end_note = cause, note
        grant.version += 1
        db.add(grant)
        site = grant.site_id if grant.asset_id is None else sites.get(grant.asset_id)
        entries.setdefault(f"admin_grant.{grant.state.value}", []).append(
            Entry(grant.id, site, {"state": before}, {"state": grant.state, "cause": cause}, note)
        )
    db.flush()
    for action, each in entries.items():
        audit.record_many(db, actor, action, each, now=now, subject_type="admin_grant")


def state_after(grant: AdminGrant, now: datetime) -> GrantState:
    """What an open grant becomes when it ends now."""
    if grant.state is GrantState.REQUESTED:
        return GrantState.WITHDRAWN
    return GrantState.EXPIRED if grant.ends_at <= now else GrantState.REVOKED


def _end(
    db: Session, actor: Actor, column: Any, ids: Sequence[int], cause: Cause,
    now: datetime, but_person: int | None = None,
) -> int:  # fmt: skip
    count = 0
    for start in range(0, len(ids), _CHUNK):
        query = (
            sa.select(AdminGrant)
            .where(column.in_(ids[start : start + _CHUNK]), col(AdminGrant.state).in_(_OPEN))
            .order_by(col(AdminGrant.id))
            .with_for_update()
        )
        if but_person is not None:
            query = query.where(col(AdminGrant.person_id) != but_person)
        found = db.execute(query.execution_options(populate_existing=True)).scalars().all()
        if found:
            close(db, actor, found, cause, now=now)
        count += len(found)
    return count


def _sites(db: Session, asset_ids: Sequence[int]) -> dict[int, int | None]:
    if not asset_ids:
        return {}
    query = sa.select(_ASSET.c.id, _ASSET.c.site_id).where(_ASSET.c.id.in_(asset_ids))
    return {row.id: row.site_id for row in db.execute(query)}
