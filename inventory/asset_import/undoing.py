"""Taking an import back: every value that nobody changed since is as it was before.

An asset that the import made is retired, as none is ever deleted; its tag stays its own.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.asset_import import applying, imports, writing
from inventory.asset_import.models import AssetImport, ImportState
from inventory.asset_import.planning import ROW
from inventory.asset_import.present import assets_of
from inventory.assets.hold_models import Hold
from inventory.assets.kinds import Status
from inventory.assets.policy import ENDING
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.engine import enqueue
from inventory.errors import Conflict, InvalidInput

UNDO_DAYS = 180
"""So long an import can be undone; then its rows are forgotten."""

LEFT = "was changed since, and is left as it is"


def undo(db: Session, actor: Actor, import_id: int, *, reason: str, now: datetime) -> AssetImport:
    """Restore what the import changed: a small one now, a large one by a job (`state` tells).
    What somebody has changed since stays; the rows' notes tell of it.

    Raises `Forbidden`, `NotFound`, `InvalidInput` without a reason, `Conflict` for an import that
    is not applied, or was long ago.
    """
    kept = imports.get(db, actor, import_id, lock=True)
    if kept.state is not ImportState.APPLIED:
        raise Conflict(f"the import is {kept.state.value}")
    imports.require_reach(actor, kept)
    if kept.decided_at is None or kept.decided_at < now - timedelta(days=UNDO_DAYS):
        raise Conflict(f"only an import of the last {UNDO_DAYS} days can be undone")
    reason = entered(reason, "reason", 1000, lines=True)
    if not reason:
        raise InvalidInput("say why", {"reason": ["is empty"]})
    kept.state, kept.undone_at, kept.undone_by = ImportState.UNDOING, now, actor.name[:200]
    kept.decided_by_id, kept.reason = actor.id, reason
    db.add(kept)
    if kept.counts.get("create", 0) + kept.counts.get("update", 0) <= applying.AT_ONCE:
        restore(db, kept, actor, now=now)
    else:
        enqueue(db, applying.KIND, {"import": kept.id}, key=f"{kept.id}.undo")
    return kept


def restore(db: Session, kept: AssetImport, actor: Actor, *, now: datetime) -> None:
    """The whole import, in the caller's transaction."""
    audit.take_turn(db)
    catalog = writing.Catalog(db, {})
    left = 0
    for batch in applying.batches_of(db, kept.id):
        left += _restore(db, actor, kept, catalog, batch, now)
    kept.state = ImportState.UNDONE
    kept.remarks = [*kept.remarks, f"{left} assets were changed since, and are left as they are"
                    ] if left else kept.remarks  # fmt: skip
    db.add(kept)
    audit.record(
        db, actor, "import.undone", now=now, subject_type="asset_import", subject_id=kept.id,
        after={"counts": kept.counts, "left": left}, reason=kept.reason,
    )  # fmt: skip
    db.flush()


def _restore(
    db: Session, actor: Actor, kept: AssetImport, catalog: writing.Catalog,
    batch: Sequence[Any], now: datetime,
) -> int:  # fmt: skip
    """How many assets were left as they are, in whole or in part."""
    present = assets_of(db, [row.asset_id for row in batch], lock=True)
    held = _held(db, list(present))
    back: list[tuple[int, dict[str, Any]]] = []
    events: list[Entry] = []
    notes: list[tuple[int, list[str]]] = []
    for row in batch:
        asset = present.get(row.asset_id)
        values, kept_back = _wanted(row, asset, catalog, row.asset_id in held)
        if kept_back:
            notes.append((row.id, [*row.notes, f"{', '.join(kept_back)} {LEFT}"]))
        if values and asset is not None:
            back.append((row.asset_id, values))
            before = {name: row.after.get(name) for name in values} | (
                {"status": asset["status"]} if row.before is None else {}
            )
            events.append(Entry(row.asset_id, asset["site_id"], before, values, kept.reason))
    _forget_keys(db, batch, {id_ for id_, _ in back})
    restored = [(id_, {k: v for k, v in values.items() if k != "identifiers"})
                for id_, values in back]  # fmt: skip
    writing.change(db, catalog, present, restored, now=now)
    audit.record_many(db, actor, "asset.restored", events, now=now, subject_type="asset")
    for row_id, told in notes:
        db.connection().execute(sa.update(ROW).where(ROW.c.id == row_id).values(notes=told))
    return len(notes)


def _wanted(
    row: Any, asset: Mapping[str, Any] | None, catalog: writing.Catalog, held: bool
) -> tuple[dict[str, Any], list[str]]:
    """The values to put back, and the names of those that somebody has changed since."""
    if asset is None:
        return {}, ["it is gone, and"]
    if row.before is None:
        untouched = asset["version"] == row.asset_version and not held
        return ({"status": Status.RETIRED.value}, []) if untouched else ({}, ["it"])
    untouched = asset["version"] == row.asset_version
    now = {} if untouched else _as_kept(asset, catalog)
    values: dict[str, Any] = {}
    left: list[str] = []
    for name, before in row.before.items():
        same = untouched or name == "identifiers" or now[name] == row.after.get(name)
        ends = name == "status" and before in ENDING and held
        if same and not ends:
            values[name] = before
        else:
            left.append(name)
    return values, left


def _as_kept(asset: Mapping[str, Any], catalog: writing.Catalog) -> dict[str, Any]:
    """The asset's values as a row keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in {**asset, **catalog.names(asset)}.items()
    }


def _held(db: Session, ids: Sequence[int]) -> set[int]:
    query = select(Hold.asset_id).where(
        col(Hold.asset_id).in_(ids), col(Hold.released_at).is_(None)
    )
    return set(db.exec(query))


def _forget_keys(db: Session, batch: Sequence[Any], ids: set[int]) -> None:
    writing.unidentify(
        db,
        [
            (row.asset_id, key)
            for row in batch if row.before is not None and row.asset_id in ids
            for key in writing.keys_of(row.after)
        ],
    )  # fmt: skip
