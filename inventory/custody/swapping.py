"""One act: the broken one in and to the repair shop, the spare one out to whoever had it."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.assets.reach import for_change, holding
from inventory.assets.words import wrong
from inventory.custody import service
from inventory.custody.holders import Terms, holder_of
from inventory.custody.models import Custody
from inventory.custody.service import Coming
from inventory.errors import Conflict, NotFound


def swap(
    db: Session,
    actor: Actor,
    custody_id: int,
    spare_id: int,
    coming: Coming,
    terms: Terms,
    *,
    now: datetime,
) -> tuple[Custody, Custody]:
    """Both happen, or neither; the custody that ended and the one that began.

    coming  of the broken one; it goes to the repair shop unless `repair` says otherwise
    terms   of the spare one
    Raises as `service.check_in` and `service.check_out`; a spare that is out is not taken over.
    """
    asset_id = db.exec(select(Custody.asset_id).where(Custody.id == custody_id)).first()
    if asset_id is None:
        raise NotFound(f"there is no custody {custody_id}")
    if spare_id == asset_id:
        raise wrong("spare_id", "must be another device")
    # Both at once and in one order, so that two swaps cannot wait for each other.
    with holding(db, [asset_id, spare_id]):
        custody, asset = service.for_act(db, actor, custody_id)
        spare = for_change(db, actor, spare_id, Permission.CUSTODY_WRITE)
        present = service.open_custody(db, spare.id)
        if present is not None:
            raise Conflict(service.out_already(present))
        repair = True if coming.repair is None else coming.repair
        service.close(db, actor, asset, custody, replace(coming, repair=repair), now=now)
        given = service.give(
            db, actor, spare, holder_of(custody), terms, instead_of=custody.id, now=now
        )
    return custody, given
