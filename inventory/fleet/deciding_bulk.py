"""Deciding about many devices of vendors at once: all of them or none, a result for each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.deciding import NewAsset
from inventory.assets.kinds import Outcome as Matched
from inventory.assets.many_decisions import (
    ACCEPT,
    DONE,
    IGNORE,
    Outcome,
    Result,
    Row,
    decide_all,
    require_rows,
)
from inventory.audit import service as audit
from inventory.errors import Conflict, HomeroomError
from inventory.fleet import deciding, waiting
from inventory.fleet.deciding_together import accept_together
from inventory.fleet.models import MdmDevice


def bulk(
    db: Session, actor: Actor, rows: Sequence[Row], *, now: datetime, dry_run: bool = False
) -> Outcome:
    """Decide every row, or none where one is refused; each is audited by itself.

    A conflict becomes no new asset here: that takes a look at it. Raises `InvalidInput` for no
    row, more than 500, or a device named twice.
    """
    actor.require_anywhere(Permission.DISCOVERY_REVIEW)
    require_rows(rows, "device")

    def decide(row: Row) -> Result:
        done = _decide(db, actor, row, now)
        return Result(row.id, DONE, done.asset_id)

    # By the id, as syncs lock them.
    order = sorted(rows, key=lambda row: row.id)
    together = _together(db, actor, order, now, dry_run=dry_run)
    if together is not None:
        return Outcome(not dry_run, together)
    return decide_all(db, order, decide, dry_run=dry_run)


def _together(
    db: Session, actor: Actor, rows: Sequence[Row], now: datetime, *, dry_run: bool
) -> list[Result] | None:
    """New assets of all of them in a few statements; None where that is not what is wanted, or one
    is refused: then each is looked at by itself."""
    if any(row.action != ACCEPT or row.asset_id is not None for row in rows):
        return None
    audit.take_turn(db)
    savepoint = db.begin_nested()
    try:
        wanted = {row.id: (row.new or NewAsset(), row.revision) for row in rows}
        made = accept_together(db, actor, wanted, now=now)
        db.flush()
        results = [Result(device.id, DONE, device.asset_id) for device in made]
    except (HomeroomError, DBAPIError):
        savepoint.rollback()
        return None
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return results


def _decide(db: Session, actor: Actor, row: Row, now: datetime) -> MdmDevice:
    if row.action == IGNORE:
        return deciding.ignore(db, actor, row.id, now=now, reason=row.reason, revision=row.revision)
    if row.asset_id is not None:
        return deciding.attach(
            db, actor, row.id, row.asset_id, now=now, reason=row.reason,
            revision=row.revision,
        )  # fmt: skip
    known, _connection = waiting.get(db, actor, row.id)
    if known.outcome is Matched.CONFLICT:
        raise Conflict("it is a conflict: decide it by itself")
    return deciding.accept(db, actor, row.id, now=now, new=row.new, revision=row.revision)
