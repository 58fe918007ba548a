"""Changing many assets at once: all of them or none, with a result for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import reach, search_doc
from inventory.assets.changing import change
from inventory.assets.kinds import Status
from inventory.assets.reach import for_change
from inventory.assets.status import set_status
from inventory.assets.words import wrong
from inventory.audit import service as audit
from inventory.db import translate
from inventory.errors import HomeroomError, InvalidInput

MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class BulkRow:
    """`changes` as for `change`, and `status` besides; `version`: the one that was read."""

    asset_id: int
    changes: Mapping[str, object]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """status: changed, unchanged or refused; `errors` as in `InvalidInput.fields`."""

    asset_id: int
    status: str
    tag: str = ""
    version: int | None = None
    problem: str = ""
    code: int = 200
    errors: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """applied: all rows were accepted and it was no dry run; otherwise nothing was changed."""

    applied: bool
    results: list[BulkResult]


def bulk_change(
    db: Session,
    actor: Actor,
    rows: Sequence[BulkRow],
    *,
    now: datetime,
    dry_run: bool = False,
    reason: str = "",
) -> BulkOutcome:
    """Apply every row, or none where one is refused; each row is audited by itself.

    Works inside a savepoint, so the caller's transaction stays usable. Raises `InvalidInput` for
    no row, more than 1,000, or an asset named twice; `Forbidden` without the permission.
    """
    actor.require_anywhere(Permission.ASSET_BULK)
    ids = [row.asset_id for row in rows]
    if not 0 < len(ids) <= MAX_ROWS:
        raise wrong("rows", f"must be 1 to {MAX_ROWS}")
    if len(set(ids)) != len(ids):
        raise wrong("rows", "must not name an asset twice")
    with reach.holding(db, ids):
        audit.take_turn(db)
        savepoint = db.begin_nested()
        try:
            with search_doc.together(db):
                results = [_change(db, actor, row, now, reason) for row in rows]
            db.flush()
        except (HomeroomError, DBAPIError):
            savepoint.rollback()
            return BulkOutcome(False, _tell(db, actor, rows, now, reason))
        if dry_run:
            savepoint.rollback()
        else:
            savepoint.commit()
    return BulkOutcome(not dry_run, results)


def _tell(
    db: Session, actor: Actor, rows: Sequence[BulkRow], now: datetime, reason: str
) -> list[BulkResult]:
    """What becomes of each row, tried one by one, and all of it undone."""
    savepoint = db.begin_nested()
    try:
        return [_apply(db, actor, row, now, reason) for row in rows]
    finally:
        savepoint.rollback()


def _apply(db: Session, actor: Actor, row: BulkRow, now: datetime, reason: str) -> BulkResult:
    """One row in its own savepoint, so that a database's refusal spoils only this row."""
    try:
        with db.begin_nested():
            return _change(db, actor, row, now, reason)
    except (HomeroomError, DBAPIError) as error:
        refused = translate(error) if isinstance(error, DBAPIError) else error
        if not isinstance(refused, HomeroomError):
            raise
        errors = refused.fields if isinstance(refused, InvalidInput) else None
        return BulkResult(
            row.asset_id, "refused", problem=str(refused), code=refused.status, errors=errors
        )


def _change(db: Session, actor: Actor, row: BulkRow, now: datetime, reason: str) -> BulkResult:
    changes = dict(row.changes)
    status = changes.pop("status", None)
    asset = for_change(db, actor, row.asset_id, Permission.ASSET_READ)
    actor.require(Permission.ASSET_BULK, asset.site_id)
    before = asset.version
    if changes or status is None:
        change(db, actor, row.asset_id, changes, now=now, version=row.version, reason=reason)
    if status is not None:
        same = row.version if before == asset.version else None
        set_status(db, actor, row.asset_id, _status(status), now=now, reason=reason, version=same)
    outcome = "changed" if asset.version != before else "unchanged"
    return BulkResult(asset.id, outcome, asset.tag, asset.version)


def _status(value: object) -> Status:
    try:
        return Status(value)  # type: ignore[arg-type]
    except ValueError as unknown:
        raise wrong("status", "must be one of: " + ", ".join(Status)) from unknown
