"""Step-up: the Coordinator confirms who they are, for exactly this grant, just now."""

import hashlib
import json
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import stepping_up
from inventory.accounts.factor_models import Method
from inventory.admin_ledger.models import AdminGrant


def binding_of(grant: AdminGrant) -> str:
    """What is confirmed, 64 hex digits: whoever changed what was asked for breaks it."""
    told = [
        "admin-right", grant.uid, grant.asset_id, grant.person_id, grant.level.value, grant.reason,
        grant.site_id, grant.category, grant.temporary, grant.starts_at.isoformat(),
        grant.ends_at.isoformat(), grant.requested_by_id, grant.version,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def confirmed_at(db: Session, actor: Actor, grant: AdminGrant) -> datetime | None:
    """When the actor confirmed in this session who they are, for the grant as it is; None for a
    token, and where they did not. A recovery code does not count."""
    row = stepping_up.newest(db, actor, binding_of(grant))
    return None if row is None or row.method is Method.RECOVERY else row.at
