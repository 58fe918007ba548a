"""Deciding about many devices of vendors at once: all of them or none, a result for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.deciding import NewAsset
from inventory.assets.kinds import Outcome
from inventory.assets.together import all_or_none, require_distinct
from inventory.audit import service as audit
from inventory.errors import Conflict, HomeroomError, InvalidInput
from inventory.fleet import deciding, waiting
from inventory.fleet.deciding_together import accept_together
from inventory.fleet.models import MdmDevice


@dataclass(frozen=True, slots=True)
class Row:
    """action: accept (as a new asset, or as `asset_id`) or ignore."""

    device_id: int
    action: str = "accept"
    asset_id: int | None = None
    new: NewAsset | None = None
    revision: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """status: done or refused; `code` is what the row would have got by itself."""

    device_id: int
    status: str
    asset_id: int | None = None
    problem: str = ""
    code: int = 200


@dataclass(frozen=True, slots=True)
class Applied:
    """applied: every row was accepted; otherwise nothing was changed."""

    applied: bool
    results: list[Result]


def bulk(
    db: Session, actor: Actor, rows: Sequence[Row], *, now: datetime, dry_run: bool = False
) -> Applied:
    """Decide every row, or none where one is refused; each is audited by itself.

    A conflict becomes no new asset here: that takes a look at it. Raises `InvalidInput` for no
    row, more than 500, or a device named twice.
    """
    actor.require_anywhere(Permission.DISCOVERY_REVIEW)
    require_distinct([row.device_id for row in rows], "device")

    def decide(row: Row) -> Result:
        done = _decide(db, actor, row, now)
        return Result(row.device_id, "done", done.asset_id)

    # By the id, as syncs lock them.
    order = sorted(rows, key=lambda row: row.device_id)
    together = _together(db, actor, order, now, dry_run=dry_run)
    if together is not None:
        return Applied(not dry_run, together)
    applied, results = all_or_none(db, order, decide, _refused, dry_run=dry_run)
    return Applied(applied, results)


def _together(
    db: Session, actor: Actor, rows: Sequence[Row], now: datetime, *, dry_run: bool
) -> list[Result] | None:
    """New assets of all of them in a few statements; None where that is not what is wanted, or one
    is refused: then each is looked at by itself."""
    if any(row.action != "accept" or row.asset_id is not None for row in rows):
        return None
    audit.take_turn(db)
    savepoint = db.begin_nested()
    try:
        wanted = {row.device_id: (row.new or NewAsset(), row.revision) for row in rows}
        made = accept_together(db, actor, wanted, now=now)
        db.flush()
        results = [Result(device.id, "done", device.asset_id) for device in made]
    except (HomeroomError, DBAPIError):
        savepoint.rollback()
        return None
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return results


def _refused(row: Row, error: HomeroomError) -> Result:
    return Result(row.device_id, "refused", problem=str(error), code=error.status)


def _decide(db: Session, actor: Actor, row: Row, now: datetime) -> MdmDevice:
    if row.action == "ignore":
        return deciding.ignore(
            db, actor, row.device_id, now=now, reason=row.reason, revision=row.revision
        )
    if row.action != "accept":
        raise InvalidInput("unknown action", {"action": ["must be accept or ignore"]})
    if row.asset_id is not None:
        return deciding.attach(
            db, actor, row.device_id, row.asset_id, now=now, reason=row.reason,
            revision=row.revision,
        )  # fmt: skip
    known, _connection = waiting.get(db, actor, row.device_id)
    if known.outcome is Outcome.CONFLICT:
        raise Conflict("it is a conflict: decide it by itself")
    return deciding.accept(db, actor, row.device_id, now=now, new=row.new, revision=row.revision)
