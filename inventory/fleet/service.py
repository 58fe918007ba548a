"""What the inventory knows of managed devices, within the asker's reach."""

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import service as assets
from inventory.fleet.models import MdmDevice


def devices_of(db: Session, actor: Actor, asset_id: int) -> list[MdmDevice]:
    """What vendors tell of an asset, also those records that are gone by now; newest first.

    Raises `NotFound` for an asset outside the actor's sites, `Forbidden`.
    """
    asset = assets.get(db, actor, asset_id)
    actor.require(Permission.MDM_READ, asset.site_id)
    query = select(MdmDevice).where(MdmDevice.asset_id == asset_id)
    return list(db.exec(query.order_by(col(MdmDevice.last_seen_at).desc())).all())
