"""Moving an asset through its life."""

from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import Cause
from inventory.assets import holds, policy
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.assets.reach import for_change
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.errors import VersionMismatch


def set_status(
    db: Session,
    actor: Actor,
    asset_id: int,
    status: Status,
    *,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Asset:
    """Make an allowed move; a move to the present state changes nothing.

    Raises `Conflict` for a move that is not allowed, `InvalidInput` for a missing reason,
    `Forbidden`, `NotFound`, `VersionMismatch`.
    """
    asset = for_change(db, actor, asset_id, Permission.ASSET_READ)
    actor.require(policy.permission_for(asset.status, status), asset.site_id)
    if version is not None and asset.version != version:
        raise VersionMismatch("it was changed since you read it; read it again")
    reason = entered(reason, "reason", 1000, lines=True)
    if status is asset.status:
        return asset
    policy.require_move(asset.status, status, reason)
    if status in policy.ENDING:
        holds.require_free(db, asset.id, f"made {status.value}")
    before = asset.status
    asset.status = status
    asset.version += 1
    asset.updated_at = now
    db.add(asset)
    audit.record(
        db, actor, "asset.status_changed", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before={"status": before}, after={"status": status}, reason=reason,
    )  # fmt: skip
    if status in policy.GONE:
        ending.end_for_assets(db, actor, [asset.id], Cause.STATUS, now=now)
    return asset


def retire(
    db: Session,
    actor: Actor,
    asset_id: int,
    *,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Asset:
    """Take it out of service; the record stays. Raises as `set_status`."""
    return set_status(db, actor, asset_id, Status.RETIRED, now=now, reason=reason, version=version)
