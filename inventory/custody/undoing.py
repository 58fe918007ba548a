"""Undoing a scan: what was handed out comes in, what was handed in goes back to who had it. Nothing
is rewritten: each is an act of its own, with its own events."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.models import Asset
from inventory.assets.reach import for_change, holding
from inventory.custody import lines, service, slots
from inventory.custody.holders import Terms, holder_of
from inventory.custody.models import Custody
from inventory.custody.service import Coming
from inventory.errors import Conflict, NotFound

UNDONE = "undone at the scan station"
MAX_AGE = timedelta(hours=24)
_SOON = timedelta(minutes=1)


def undo(
    db: Session, actor: Actor, custody_id: int, *, was_at: int | None = None, now: datetime
) -> Custody:
    """Take back one's own hand-out, hand-in or move into a cart; the custody that it ended in.

    was_at  where the device was before; None: it stays recorded where it is
    Raises `NotFound`, `Forbidden`, `Conflict` where it is somebody else's act or a day old, or
    something was done with the device since.
    """
    asset_id = db.exec(select(Custody.asset_id).where(Custody.id == custody_id)).first()
    if asset_id is None:
        raise NotFound(f"there is no custody {custody_id}")
    with holding(db, [asset_id]):
        asset = for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
        custody = db.exec(
            select(Custody)
            .where(Custody.id == custody_id)
            .execution_options(populate_existing=True)
        ).one()
        _require_own(actor, custody, now)
        if custody.returned_at is not None:
            if service.open_custody(db, asset.id) is not None:
                raise Conflict("it was handed out again since")
            return _resume(db, actor, asset, custody, now)
        return _take_back(db, actor, asset, custody, was_at, now)


def _take_back(
    db: Session, actor: Actor, asset: Asset, custody: Custody, was_at: int | None, now: datetime
) -> Custody:
    before = _ended_for(db, custody)
    slot = slots.slot_of(db, asset.id)
    if slot is not None and custody.cart_id == slot.cart_id and slot.since == custody.given_at:
        slots.forget(db, asset.id)
    coming = Coming(note=UNDONE, place_id=was_at)
    ended = service.close(db, actor, asset, custody, coming, now=now)
    return ended if before is None else _resume(db, actor, asset, before, now)


def _ended_for(db: Session, custody: Custody) -> Custody | None:
    """The custody that ended in the same moment so that this one could begin."""
    query = select(Custody).where(
        Custody.asset_id == custody.asset_id, col(Custody.id) < custody.id,
        Custody.returned_at == custody.given_at,
    )  # fmt: skip
    return db.exec(query.order_by(col(Custody.id).desc()).limit(1)).first()


def _resume(db: Session, actor: Actor, asset: Asset, ended: Custody, now: datetime) -> Custody:
    """Give it back to who had it, until when they had it."""
    went = lines.of(db, [ended.id]).get(ended.id, [])
    terms = Terms(
        ended.kind, ended.loan_reason, ended.due_at, ended.condition_out, ended.note_out,
        {line.name: line.count_out for line in went if line.count_out}, UNDONE,
    )  # fmt: skip
    due = ended.due_at
    late = due is not None and due <= now
    if late:
        terms = replace(terms, due_at=now + _SOON)
    made = service.give(db, actor, asset, holder_of(ended), terms, now=now)
    if late:
        # Handing out asks for an end ahead; that it was overdue already is not undone.
        made.due_at = due
        db.add(made)
        db.flush()
        after = {"custody_id": made.id, "due_at": due}
        service.record(db, actor, "custody.extended", asset, now, after=after, reason=UNDONE)
    return made


def _require_own(actor: Actor, custody: Custody, now: datetime) -> None:
    over = custody.returned_at is not None
    who, at = (
        (custody.taken_by_id, custody.returned_at)
        if over
        else (custody.given_by_id, custody.given_at)
    )
    if who != actor.id:
        raise Conflict("only who did it undoes it; others hand it in or out anew")
    if at is not None and now - at > MAX_AGE:
        raise Conflict("it is too long ago to be undone")
