"""Verbs on the district's own stock and printers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, NotFound
from inventory.labels.models import NAME_LENGTH, LabelPrinter, LabelStock
from inventory.labels.printing import FURTHEST
from inventory.labels.stock import BUILT_IN, Stock, check

MOST = 100
OWN = "own-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDraft:
    """As `LabelStock`. A pitch of 0: the labels touch each other."""

    name: str
    page_width: float
    page_height: float
    columns: int = 1
    rows: int = 1
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0


def own_stock(db: Session, actor: Actor) -> Sequence[LabelStock]:
    """By name. Raises `Forbidden`."""
    actor.require_anywhere(Permission.ASSET_READ)
    return db.exec(select(LabelStock).order_by(col(LabelStock.name))).all()


def all_stock(db: Session, actor: Actor) -> dict[str, Stock]:
    """The district's own first, then what comes along, by the key it is asked for with."""
    own = (_stock(row) for row in own_stock(db, actor))
    return {stock.key: stock for stock in own} | BUILT_IN


def stock_named(db: Session, actor: Actor, key: str) -> Stock:
    """Raises `InvalidInput` for a key that is none."""
    found = all_stock(db, actor).get(key)
    if found is None:
        raise wrong("stock", f"{key[:60]!r} is no label stock")
    return found


def add_stock(db: Session, actor: Actor, draft: StockDraft, *, now: datetime) -> LabelStock:
    """Raises `Forbidden`, `InvalidInput`, `Duplicate`, `Conflict` (too many)."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    name = _free_name(db, LabelStock, draft.name)
    row = LabelStock(**{**asdict(draft), "name": name}, created_at=now)
    row.pitch_x, row.pitch_y = row.pitch_x or row.width, row.pitch_y or row.height
    check(_stock(row))
    db.add(row)
    db.flush()
    _record(db, actor, "label_stock.created", row.id, now, after=asdict(draft))
    return row


def remove_stock(db: Session, actor: Actor, stock_id: int, *, now: datetime) -> None:
    """Raises `Forbidden`, `NotFound`."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    row = db.get(LabelStock, stock_id)
    if row is None:
        raise NotFound(f"there is no label stock {stock_id}")
    _record(db, actor, "label_stock.deleted", row.id, now, before={"name": row.name})
    db.delete(row)
    db.flush()


def printers(db: Session, actor: Actor) -> Sequence[LabelPrinter]:
    """By name. Raises `Forbidden`."""
    actor.require_anywhere(Permission.ASSET_READ)
    return db.exec(select(LabelPrinter).order_by(col(LabelPrinter.name))).all()


def printer_named(db: Session, actor: Actor, printer_id: int) -> LabelPrinter:
    """Raises `InvalidInput` for one that is none."""
    found = next((row for row in printers(db, actor) if row.id == printer_id), None)
    if found is None:
        raise wrong("printer", "there is no such printer")
    return found


def add_printer(
    db: Session, actor: Actor, name: str, dx: float, dy: float, *, now: datetime
) -> LabelPrinter:
    """Raises `Forbidden`, `InvalidInput`, `Duplicate`, `Conflict` (too many)."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    if not max(abs(dx), abs(dy)) <= FURTHEST:
        raise wrong("dx", f"at most {FURTHEST:g} mm")
    row = LabelPrinter(name=_free_name(db, LabelPrinter, name), dx=dx, dy=dy, created_at=now)
    db.add(row)
    db.flush()
    told = {"name": row.name, "dx": dx, "dy": dy}
    _record(db, actor, "label_printer.created", row.id, now, after=told)
    return row


def remove_printer(db: Session, actor: Actor, printer_id: int, *, now: datetime) -> None:
    """Raises `Forbidden`, `NotFound`."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    row = db.get(LabelPrinter, printer_id)
    if row is None:
        raise NotFound(f"there is no printer {printer_id}")
    _record(db, actor, "label_printer.deleted", row.id, now, before={"name": row.name})
    db.delete(row)
    db.flush()


def _stock(row: LabelStock) -> Stock:
    return Stock(
        f"{OWN}{row.id}", row.name, (row.page_width, row.page_height), row.columns, row.rows,
        row.width, row.height, row.left, row.top, row.pitch_x, row.pitch_y,
    )  # fmt: skip


def _free_name(db: Session, table: type[LabelStock | LabelPrinter], name: str) -> str:
    cleaned = entered(name, "name", NAME_LENGTH)
    if not cleaned:
        raise wrong("name", "must not be empty")
    if db.exec(select(sa.func.count()).select_from(table)).one() >= MOST:
        raise Conflict(f"there are {MOST} already")
    if db.exec(select(table.id).where(table.name == cleaned)).first() is not None:
        raise Duplicate(f"there is a {cleaned!r} already")
    return cleaned


def _record(
    db: Session,
    actor: Actor,
    action: str,
    subject_id: int,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        db, actor, action, now=now, subject_type=action.partition(".")[0], subject_id=subject_id,
        before=before or {}, after=after or {},
    )  # fmt: skip
