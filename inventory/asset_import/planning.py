"""From rows to a plan: nothing of it happens until somebody has looked at it and says yes.

A second source of rows (another inventory's API, say) plugs in with `plan_rows`: it hands over rows
whose values already have the names of our fields (`targets.NAMES`, `custom.KEY`), and gets an
import that is looked at, approved and undone like that of any file:

    import_id = plan_rows(database, actor, "Snipe-IT", ["tag", "serial", "model"],
                          [Row(1, {"tag": "A-1", "model": "iPad 9"})], Options(create=("model",)),
                          now=now)

Texts are as in a file: blank leaves alone, "(clear)" empties. After `applying.approve` the assets
are found by `imports.assets_of(db, import_id)`: row number → asset id.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.asset_import import guarding, imports, staging, targets
from inventory.asset_import.comparing import Comparer, Result
from inventory.asset_import.entry import Entry, entry_of
from inventory.asset_import.ground import Ground
from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState
from inventory.asset_import.options import Options, options_of, require_sound
from inventory.asset_import.present import look
from inventory.asset_import.reading import Line, Table
from inventory.asset_import.unknown import Unknowns
from inventory.assets.custom_fields import definitions
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, InvalidInput

OPEN = (ImportState.STAGED, ImportState.PLANNED)
ROW = cast(sa.Table, sa.inspect(AssetImportRow).local_table)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of another source. `number`: by which its reader will know it again, from 1 on."""

    number: int
    values: Mapping[str, str | None]


def plan_rows(
    database: Database, actor: Actor, source: str, fields: Sequence[str], rows: Iterable[Row],
    options: Options, *, name: str = "", remarks: Sequence[str] = (), now: datetime,
) -> int:  # fmt: skip
    """Keep and plan rows whose values have the names of our fields; the import's id.

    fields   every field that a row may tell; `options.mapping` is made of it
    name     what the list of imports shows as the file

    Opens its own units of work. Raises `Forbidden`, `InvalidInput`.
    """
    actor.require_anywhere(Permission.IMPORT_APPLY)
    lines = (Line(row.number, [row.values.get(field) or "" for field in fields]) for row in rows)
    table = Table(source, fields, lines, remarks)
    options = replace(options, mapping=tuple(fields))
    with database.unit(write=False) as db:
        require_sound(options, len(fields), targets.known_fields(definitions(db)))
    import_id = staging.stage(
        database, actor, table, source=source, file_name=name or source, sha256="",
        options=options, now=now,
    )  # fmt: skip
    plan(database, actor, import_id, now=now)
    return import_id


def plan(
    database: Database, actor: Actor, import_id: int, *, options: Options | None = None,
    decisions: Mapping[str, Any] | None = None, now: datetime,
) -> None:  # fmt: skip
    """Plan an import, or plan it again: with other options, with what somebody decided of unknown
    names, or because the inventory has changed.

    Opens its own units of work, small ones. Raises `NotFound`, `Forbidden`, `InvalidInput`, and
    `Conflict` for one that was approved or refused.
    """
    with database.unit() as db:
        kept = _begun(db, actor, import_id, options, decisions)
    chosen = options_of(kept.options)
    chosen = replace(chosen, dates=chosen.dates or _order(kept, chosen))
    unknowns = Unknowns(chosen, kept.decisions)
    with database.unit(write=False) as db:
        comparer = Comparer(actor, Ground(db, actor, unknowns), chosen)
    counts: Counter[str] = Counter()
    ending = after = 0
    while True:
        with database.unit(write=False) as db:
            entries = _entries(db, import_id, chosen, after)
            results = _results(db, comparer, entries)
        if not entries:
            break
        after = entries[-1].row_id
        counts.update(result.outcome.value for result in results)
        ending += sum(guarding.is_ending(result) for result in results)
        with database.unit() as db:
            _write(db, results)
    with database.unit() as db:
        _finish(db, actor, import_id, comparer, counts, ending, now)


def _begun(
    db: Session, actor: Actor, import_id: int, options: Options | None,
    decisions: Mapping[str, Any] | None,
) -> AssetImport:  # fmt: skip
    kept = imports.get(db, actor, import_id, lock=True)
    if kept.state not in OPEN:
        raise Conflict(f"the import is {kept.state.value}")
    known = targets.known_fields(definitions(db))
    chosen = options or options_of(kept.options)
    require_sound(chosen, len(kept.columns), known)
    _require_order(kept, chosen)
    kept.options = chosen.told()
    if decisions is not None:
        kept.decisions = {**kept.decisions, **decisions}
    kept.state, kept.planned_at = ImportState.STAGED, None
    db.add(kept)
    return kept


def _require_order(kept: AssetImport, options: Options) -> None:
    """Where dates of a column fit both orders, nobody guesses."""
    if options.dates:
        return
    for column, name in zip(kept.columns, options.mapping, strict=True):
        dated = name in {"purchase_date", "warranty_until"}
        if dated and column["slashed"] and column["mdy"] == column["dmy"]:
            message = (
                f"the dates of {column['name']} can be read month first or day first: "
                "choose the order"
            )
            raise InvalidInput(message, {"dates": [message]})


def _order(kept: AssetImport, options: Options) -> str:
    """The order that the columns of dates themselves tell; "" where nothing is told."""
    for column, name in zip(kept.columns, options.mapping, strict=True):
        if name in {"purchase_date", "warranty_until"} and column["slashed"]:
            return "mdy" if column["mdy"] > column["dmy"] else "dmy"
    return ""


def _entries(db: Session, import_id: int, options: Options, after: int) -> list[Entry]:
    query = sa.select(ROW.c.id, ROW.c.number, ROW.c.cells).where(
        ROW.c.import_id == import_id, ROW.c.id > after
    )
    rows = db.connection().execute(query.order_by(ROW.c.id).limit(staging.BATCH))
    return [entry_of(row.id, row.number, row.cells, options.mapping) for row in rows]


def _results(db: Session, comparer: Comparer, entries: Sequence[Entry]) -> list[Result]:
    present = look(
        db,
        {entry.tag_key for entry in entries if entry.tag_key},
        {value for entry in entries for value in _values(entry)},
        {entry.asset_id for entry in entries if entry.asset_id is not None},
    )
    return [comparer.compare(entry, present) for entry in entries]


def _values(entry: Entry) -> list[str]:
    tag = "".join(entry.said["tag"].upper().split()) if entry.tag_key else ""
    return [value for value in (entry.serial, tag, *(key.value for key in entry.keys)) if value]


def _write(db: Session, results: Sequence[Result]) -> None:
    statement = (
        sa.update(ROW)
        .where(ROW.c.id == sa.bindparam("on_id"))
        .values({name: sa.bindparam(f"to_{name}") for name in _WRITTEN})
    )
    db.connection().execute(
        statement,
        [
            {"on_id": result.row_id,
             **{f"to_{name}": getattr(result, name) for name in _WRITTEN}}
            for result in results
        ],
    )  # fmt: skip


_WRITTEN = ("outcome", "tag", "asset_id", "asset_version", "before", "after", "notes")


def _finish(
    db: Session, actor: Actor, import_id: int, comparer: Comparer, counts: Counter[str],
    ending: int, now: datetime,
) -> None:  # fmt: skip
    kept = imports.get(db, actor, import_id, lock=True)
    if kept.state is not ImportState.STAGED:
        raise Conflict(f"the import is {kept.state.value}")
    unknowns = comparer.ground.unknowns
    kept.counts, kept.unknown = dict(counts), list(unknowns.found.values())
    kept.site_ids = sorted(comparer.sites, key=lambda site: site or 0)
    kept.findings = guarding.findings(db, kept, ending, comparer.swapped)
    kept.remarks = [*(r for r in kept.remarks if r.startswith("the same file")),
                    *guarding.remarks(kept, comparer.options, unknowns)]  # fmt: skip
    kept.state, kept.planned_at, kept.error = ImportState.PLANNED, now, ""
    db.add(kept)
    staging.remember(db, kept, now=now)
    audit.record(
        db, actor, "import.planned", now=now, subject_type="asset_import", subject_id=kept.id,
        after={"counts": kept.counts, "findings": kept.findings},
    )  # fmt: skip
    db.flush()
