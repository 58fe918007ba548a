"""Notes on assets: added, never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.models import AssetNote
from inventory.assets.reach import for_change, get
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit

MAX_NOTE = 4000


def add_note(db: Session, actor: Actor, asset_id: int, text: str, *, now: datetime) -> AssetNote:
    """Write a note. Raises `InvalidInput` for an empty or too long one, `NotFound`, `Forbidden`."""
    asset = for_change(db, actor, asset_id, Permission.ASSET_WRITE)
    cleaned = entered(text, "text", MAX_NOTE, lines=True)
    if not cleaned:
        raise wrong("text", "must not be empty")
    note = AssetNote(
        asset_id=asset.id, at=now, author=actor.name[:200], author_id=actor.id, text=cleaned
    )
    db.add(note)
    db.flush()
    audit.record(
        db, actor, "asset.noted", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, after={"note": note.id},
    )  # fmt: skip
    return note


def list_notes(
    db: Session, actor: Actor, asset_id: int, *, before_id: int | None = None, limit: int = 50
) -> list[AssetNote]:
    """Newest first; `before_id` is the last one of the page before."""
    get(db, actor, asset_id)
    query = select(AssetNote).where(AssetNote.asset_id == asset_id)
    if before_id is not None:
        query = query.where(AssetNote.id < before_id)
    return list(db.exec(query.order_by(sa.desc(col(AssetNote.id))).limit(limit)).all())
