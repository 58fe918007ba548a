"""Who may be administrator of which device, as the drift report needs it: grants that stand."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.admin_rights.drift_models import AdminDevice
from inventory.admin_rights.drift_rules import Granted
from inventory.assets.models import Asset
from inventory.sites import service as sites


def granted_on(db: Session, assets: Collection[Asset]) -> dict[int, list[Granted]]:
    """The authorised grants on these devices, also those of groups, and those that begin later."""
    g, ids = AdminGrant, [asset.id for asset in assets]
    query = select(g).where(
        g.state == GrantState.ACTIVE, sa.or_(col(g.asset_id).in_(ids), col(g.asset_id).is_(None))
    )
    found: dict[int, list[Granted]] = defaultdict(list)
    for row in db.exec(query).all():
        grant = Granted(row.id, row.person_id, row.starts_at, row.ends_at)
        below = frozenset() if row.site_id is None else sites.subtree(db, row.site_id)
        for asset in assets:
            of_group = asset.site_id in below and asset.category is row.category
            if row.asset_id == asset.id or of_group:
                found[asset.id].append(grant)
    return found


def changed(db: Session) -> set[int]:
    """Devices on which a grant was decided or ended since they were looked at. A group's grants
    change what is looked at next, at the latest within days (see `drift_rules.next_look`)."""
    g, d = AdminGrant, AdminDevice
    query = sa.select(col(g.asset_id)).join(d, col(d.asset_id) == col(g.asset_id))
    since = sa.or_(col(g.decided_at) >= col(d.looked_at), col(g.ended_at) >= col(d.looked_at))
    return set(db.execute(query.where(since)).scalars())
