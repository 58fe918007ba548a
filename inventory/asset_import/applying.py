"""Doing what a plan says, in one transaction: all of it, or nothing where anything has changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from inventory.access import Actor, Grant, Permission
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import Cause
from inventory.asset_import import guarding, imports, writing
from inventory.asset_import.models import AssetImport, ImportState, RowOutcome
from inventory.asset_import.options import options_of
from inventory.asset_import.planning import ROW
from inventory.asset_import.present import assets_of
from inventory.assets.policy import GONE
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.engine import enqueue
from inventory.errors import Conflict, InvalidInput
from inventory.sites import service as sites
from inventory.sites.models import SiteKind

KIND = "imports.apply"
AT_ONCE = 2_000
"""So many rows are applied while the person waits; more by a job."""

BATCH = 1_000


def approve(
    db: Session, actor: Actor, import_id: int, *, number: int | None = None, reason: str = "",
    now: datetime,
) -> AssetImport:  # fmt: skip
    """Apply a plan that waits: a small one now, a large one by a job (`state` tells).

    number, reason  where the guard objects: the number that it names, and why it is right

    Raises `Forbidden`, `NotFound`, `InvalidInput` where the guard is not answered, and `Conflict`
    for an import that was decided, that has unknown names left, or of which an asset was changed
    since it was planned: plan it again then.
    """
    kept = imports.get(db, actor, import_id, lock=True)
    if kept.state is not ImportState.PLANNED:
        raise Conflict(f"the import is {kept.state.value}")
    imports.require_reach(actor, kept)
    reason = entered(reason, "reason", 1000, lines=True)
    _answer_guard(kept, number, reason)
    kept.state, kept.decided_at, kept.reason = ImportState.APPLYING, now, reason
    kept.decided_by, kept.decided_by_id, kept.error = actor.name[:200], actor.id, ""
    db.add(kept)
    changing = sum(kept.counts.get(each, 0) for each in (RowOutcome.CREATE, RowOutcome.UPDATE))
    if changing <= AT_ONCE:
        apply(db, kept, actor, now=now)
    else:
        key = f"{kept.id}.apply.{int(now.timestamp() * 1000)}"
        enqueue(db, KIND, {"import": kept.id}, key=key)
    return kept


def acting(kept: AssetImport) -> Actor:
    """Who decided, as a job acts for them: their reach was looked at when they did."""
    needed = frozenset(
        {Permission.IMPORT_APPLY, Permission.ASSET_READ, Permission.ASSET_WRITE,
         Permission.ASSET_BULK, Permission.ASSET_RETIRE, Permission.SITE_WRITE,
         Permission.SITE_READ}
    )  # fmt: skip
    kind = "system" if kept.decided_by_id is None else "account"
    return Actor(
        kind, kept.decided_by_id, kept.decided_by, (Grant(needed, None),), f"import {kept.id}"
    )


def apply(db: Session, kept: AssetImport, actor: Actor, *, now: datetime) -> None:
    """The whole plan, in the caller's transaction. Raises `Conflict`."""
    audit.take_turn(db)
    catalog = writing.Catalog(db, _make_places(db, actor, kept, now))
    for batch in batches_of(db, kept.id):
        _require_versions(db, batch)
        _create(db, actor, kept, catalog, [r for r in batch if r.before is None], now)
        _update(db, actor, kept, catalog, [r for r in batch if r.before is not None], now)
    kept.state = ImportState.APPLIED
    db.add(kept)
    audit.record(
        db, actor, "import.applied", now=now, subject_type="asset_import", subject_id=kept.id,
        after={"counts": kept.counts, "findings": kept.findings}, reason=kept.reason,
    )  # fmt: skip
    db.flush()


def batches_of(db: Session, import_id: int) -> Iterator[Sequence[Any]]:
    """The rows that change something, in lists, in the file's order."""
    after = 0
    while True:
        query = sa.select(
            ROW.c.id, ROW.c.number, ROW.c.tag, ROW.c.asset_id, ROW.c.asset_version,
            ROW.c.before, ROW.c.after, ROW.c.notes,
        ).where(
            ROW.c.import_id == import_id, ROW.c.id > after,
            ROW.c.outcome.in_([RowOutcome.CREATE, RowOutcome.UPDATE]),
        )  # fmt: skip
        rows = db.connection().execute(query.order_by(ROW.c.id).limit(BATCH)).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _answer_guard(kept: AssetImport, number: int | None, reason: str) -> None:
    for finding in kept.findings:
        if finding["refused"]:
            told = "unknown names wait" if finding["rule"] == "unknown" else "too many would retire"
            raise Conflict(f"{told}: {finding['number']} of {finding['of']} rows")
    wanted = guarding.number_to_name(kept.findings)
    if wanted is None:
        return
    if number != wanted:
        raise InvalidInput(
            "the guard objects: name the number that it names",
            {"number": [f"{wanted} is the number to name"]},
        )
    if not reason:
        raise InvalidInput("the guard objects: say why it is right", {"reason": ["is empty"]})


def _make_places(db: Session, actor: Actor, kept: AssetImport, now: datetime) -> Mapping[str, int]:
    made: dict[str, int] = {}
    wanted = options_of(kept.options).create
    for unknown in kept.unknown:
        said = kept.decisions.get(unknown["name"], {"do": "create" if "site" in wanted else ""})
        if unknown["kind"] == "site" and unknown["creatable"] and said["do"] == "create":
            place = sites.create(
                db, actor, kind=SiteKind.ROOM, name=unknown["missing"],
                parent_id=unknown["parent_id"], now=now,
            )  # fmt: skip
            made[unknown["name"]] = place.id
    return made


def _require_versions(db: Session, batch: Sequence[Any]) -> None:
    """Lock the assets of these rows. Raises `Conflict` where one has another version."""
    rows = {row.asset_id: row for row in batch if row.before is not None}
    found = assets_of(db, rows.keys(), lock=True)
    changed = [
        row.number for id_, row in rows.items()
        if id_ not in found or found[id_]["version"] != row.asset_version
    ]  # fmt: skip
    if changed:
        shown = ", ".join(map(str, changed[:5])) + (", ..." if len(changed) > 5 else "")
        raise Conflict(f"assets were changed since this was planned (rows {shown}); plan it again")


def _create(
    db: Session, actor: Actor, kept: AssetImport, catalog: writing.Catalog, rows: Sequence[Any],
    now: datetime,
) -> None:  # fmt: skip
    if not rows:
        return
    prefix = options_of(kept.options).prefix
    made = writing.make(db, catalog, [row.after for row in rows], prefix, now=now)
    mark(db, [(row.id, one.id, 1, one.tag) for row, one in zip(rows, made, strict=True)])
    events = [
        Entry(one.id, one.site_id, after=_told({**row.after, "tag": one.tag}), reason=_why(kept))
        for row, one in zip(rows, made, strict=True)
    ]
    audit.record_many(db, actor, "asset.created", events, now=now, subject_type="asset")


def _update(
    db: Session, actor: Actor, kept: AssetImport, catalog: writing.Catalog, rows: Sequence[Any],
    now: datetime,
) -> None:  # fmt: skip
    if not rows:
        return
    present = assets_of(db, [row.asset_id for row in rows])
    writing.change(db, catalog, present, [(row.asset_id, row.after) for row in rows], now=now)
    mark(
        db,
        [(r.id, r.asset_id, r.asset_version + 1, r.after.get("tag", r.tag)) for r in rows],
    )
    gone = [row.asset_id for row in rows if row.after.get("status") in GONE]
    ending.end_for_assets(db, actor, gone, Cause.STATUS, now=now)
    by_action: dict[str, list[Entry]] = {}
    for row in rows:
        action = "asset.status_changed" if set(row.after) == {"status"} else "asset.changed"
        site = (
            catalog.site(row.after)
            if {"site_id", "new_site"} & row.after.keys()
            else present[row.asset_id]["site_id"]
        )
        by_action.setdefault(action, []).append(
            Entry(row.asset_id, site, _told(row.before), _told(row.after), _why(kept))
        )
    for action, events in by_action.items():
        audit.record_many(db, actor, action, events, now=now, subject_type="asset")


def mark(db: Session, rows: Sequence[tuple[int, int, int, str]]) -> None:
    """Write down (row, asset, version, tag)."""
    statement = (
        sa.update(ROW)
        .where(ROW.c.id == sa.bindparam("on_id"))
        .values(asset_id=sa.bindparam("to_asset"), asset_version=sa.bindparam("to_version"),
                tag=sa.bindparam("to_tag"))
    )  # fmt: skip
    db.connection().execute(
        statement,
        [{"on_id": r, "to_asset": a, "to_version": v, "to_tag": tag} for r, a, v, tag in rows],
    )


def _why(kept: AssetImport) -> str:
    return f"import {kept.id}: {kept.reason}" if kept.reason else f"import {kept.id}"


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """For the audit log, where identifiers are spoken."""
    if "identifiers" not in values:
        return dict(values)
    return {**values, "identifiers": [key.spoken() for key in writing.keys_of(values)]}
