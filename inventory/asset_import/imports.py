"""Imports as people look at them: the list, one of them, its rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from inventory.access import Actor, Permission
from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState, RowOutcome
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound


def get(db: Session, actor: Actor, import_id: int, *, lock: bool = False) -> AssetImport:
    """Who brought it may see it, and who may import for the whole district. Raises `Forbidden`,
    `NotFound`."""
    actor.require_anywhere(Permission.IMPORT_APPLY)
    query = select(AssetImport).where(AssetImport.id == import_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.exec(query).first()
    if found is None or not _sees(actor, found):
        raise NotFound(f"there is no import {import_id}")
    return found


def _sees(actor: Actor, kept: AssetImport) -> bool:
    everywhere = actor.scope(Permission.IMPORT_APPLY) is None
    return everywhere or (actor.id is not None and kept.by_id == actor.id)


def require_reach(actor: Actor, kept: AssetImport) -> None:
    """Whoever decides must reach every place that the rows touch. Raises `Forbidden`."""
    for permission in (Permission.IMPORT_APPLY, Permission.ASSET_BULK, Permission.ASSET_WRITE):
        for site_id in kept.site_ids:
            actor.require(permission, site_id)


def listed(
    db: Session, actor: Actor, *, before: int | None = None, limit: int
) -> list[AssetImport]:
    """Newest first, from the one before `before`."""
    actor.require_anywhere(Permission.IMPORT_APPLY)
    query = select(AssetImport).order_by(col(AssetImport.id).desc()).limit(limit)
    if actor.scope(Permission.IMPORT_APPLY) is not None:
        query = query.where(AssetImport.by_id == actor.id, col(AssetImport.by_id).is_not(None))
    if before is not None:
        query = query.where(col(AssetImport.id) < before)
    return list(db.exec(query).all())


def rows(
    db: Session, actor: Actor, import_id: int, *, outcomes: Sequence[RowOutcome] = (),
    after: int | None = None, limit: int,
) -> list[AssetImportRow]:  # fmt: skip
    """Rows of an import in the file's order."""
    get(db, actor, import_id)
    query = select(AssetImportRow).where(AssetImportRow.import_id == import_id)
    query = query.order_by(col(AssetImportRow.id)).limit(limit)
    if outcomes:
        query = query.where(or_(*(AssetImportRow.outcome == each for each in outcomes)))
    if after is not None:
        query = query.where(col(AssetImportRow.id) > after)
    return list(db.exec(query).all())


def assets_of(db: Session, actor: Actor, import_id: int) -> dict[int, int]:
    """Row number → the asset that it made, changed, or found unchanged."""
    get(db, actor, import_id)
    query = select(AssetImportRow.number, AssetImportRow.asset_id).where(
        AssetImportRow.import_id == import_id, col(AssetImportRow.asset_id).is_not(None)
    )
    return {number: asset_id for number, asset_id in db.exec(query) if asset_id is not None}


def refuse(
    db: Session, actor: Actor, import_id: int, *, reason: str = "", now: datetime
) -> AssetImport:
    """Say no to an import that waits. Raises `Conflict` for one that does not."""
    kept = get(db, actor, import_id, lock=True)
    if kept.state not in {ImportState.STAGED, ImportState.PLANNED}:
        raise Conflict(f"the import is {kept.state.value}")
    kept.state, kept.decided_at, kept.reason = ImportState.REFUSED, now, reason[:1000]
    kept.decided_by, kept.decided_by_id = actor.name[:200], actor.id
    db.add(kept)
    audit.record(
        db, actor, "import.refused", now=now, subject_type="asset_import", subject_id=kept.id,
        reason=reason,
    )  # fmt: skip
    return kept
