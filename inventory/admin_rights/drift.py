"""What a person decides about a drift: accept it, call it resolved, open it again.

Nothing here touches a device. The device itself has the last word: a drift that is gone closes by
itself, and one that somebody called resolved opens again when the device still shows it.
"""

from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.admin_rights.drift_models import AdminDrift, DriftState
from inventory.admin_rights.drift_refresh import recount
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound

MAX_NOTE = 1000
_ACTIONS = {
    DriftState.ACCEPTED: "drift.accepted",
    DriftState.RESOLVED: "drift.resolved",
    DriftState.OPEN: "drift.reopened",
}


def decide(
    db: Session,
    actor: Actor,
    drift_id: int,
    state: DriftState,
    *,
    note: str,
    version: int | None = None,
    now: datetime,
) -> AdminDrift:
    """Set what has become of a drift. For the Coordinator, who is a person and says why.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (no note), and `Conflict` for one that is closed,
    is in that state already, or was changed since it was read.
    """
    drift, asset = get(db, actor, drift_id, lock=True)
    actor.require(Permission.ADMIN_RIGHT_AUTHORISE, asset.site_id)
    said = entered(note, "note", MAX_NOTE, lines=True)
    if not said:
        raise wrong("note", "must say why")
    if version is not None and drift.version != version:
        raise Conflict("this drift was changed since you read it; read it again")
    if drift.closed_at is not None:
        raise Conflict("this drift is gone already")
    if drift.state is state:
        raise Conflict(f"this drift is {state.value} already")
    before = drift.state
    drift.state, drift.note = state, said
    drift.decided_by, drift.decided_by_id, drift.decided_at = actor.name[:200], actor.id, now
    drift.version += 1
    db.add(drift)
    db.flush()
    recount(db, asset.id)
    audit.record(
        db, actor, _ACTIONS[state], now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before={"state": before},
        after={"state": state, "drift_id": drift.id, "kind": drift.kind}, reason=said,
    )  # fmt: skip
    return drift


def get(
    db: Session, actor: Actor, drift_id: int, *, lock: bool = False
) -> tuple[AdminDrift, Asset]:
    """A drift, also a closed one, and its device. Raises `NotFound` where it is out of reach."""
    query = select(AdminDrift).where(AdminDrift.id == drift_id)
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    drift = db.exec(query).first()
    asset = drift and db.get(Asset, drift.asset_id)
    if drift is None or not asset or not actor.may(Permission.ADMIN_RIGHT_READ, asset.site_id):
        raise NotFound(f"there is no drift {drift_id}")
    return drift, asset
