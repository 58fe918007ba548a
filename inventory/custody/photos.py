"""Photos of a device as it was handed out and handed in, kept for as long as the custody is.

What is kept is this program's own picture: pixels alone, at most `previews.SIZES["view"]` wide, so
that the place where a phone took it and whose phone it was are never stored.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import attachments
from inventory.assets.file_store import FileStore
from inventory.assets.models import Asset
from inventory.assets.previews import picture_of
from inventory.assets.reach import for_change, get
from inventory.assets.sniffing import IMAGES, sniff
from inventory.assets.words import wrong
from inventory.custody import service
from inventory.custody.models import Custody
from inventory.custody.photo_models import CustodyPhoto, Side
from inventory.db import Database
from inventory.errors import Conflict, NotFound, TooLarge

MOST = 8
"""Photos of one side of a custody."""

LATE = timedelta(days=7)
"""So long after the hand-in its photos may still be added."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a custody: where its file lies."""

    id: int
    custody_id: int
    asset_id: int
    file_id: int
    side: Side
    added_at: datetime


def upload(
    database: Database, actor: Actor, custody_id: int, side: Side, stream: BinaryIO, *,
    name: str, store: FileStore, most: int, now: datetime,
) -> Photo:  # fmt: skip
    """Keep one photo: asked first, then made plain and stored, then written down.

    most  files that one asset may have
    Opens its own units of work; call it outside of a writing one. Raises `NotFound`, `Forbidden`,
    `InvalidInput` for what is no picture or too large a one, `TooLarge`, and `Conflict` where the
    moment has passed or there are `MOST`.
    """
    with database.unit(write=False) as db:
        asset_id = _allowed(db, actor, custody_id, side, now).id
        attachments.require_room(db, actor, asset_id, most=most)
        owner = attachments.owner_of(db)
    staged = store.stage(plain(stream, most_bytes=store.max_bytes), now=now)
    store.mark(owner)
    with database.unit() as db:
        for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
        _allowed(db, actor, custody_id, side, now)
        file = attachments.add(
            db, actor, asset_id, staged, name=f"{name.rpartition('.')[0] or 'photo'}.webp",
            most=most, now=now,
        ).file  # fmt: skip
        return _linked(db, actor, custody_id, side, asset_id, file.id, now)


def _linked(
    db: Session, actor: Actor, custody_id: int, side: Side, asset_id: int, file_id: int,
    now: datetime,
) -> Photo:  # fmt: skip
    there = select(CustodyPhoto).where(
        CustodyPhoto.custody_id == custody_id, CustodyPhoto.side == side,
        CustodyPhoto.attachment_id == file_id,
    )  # fmt: skip
    row = db.exec(there).first()
    if row is None:
        row = CustodyPhoto(custody_id=custody_id, attachment_id=file_id, side=side, added_at=now)
        db.add(row)
        db.flush()
        told = {"custody_id": custody_id, "side": side, "file": file_id}
        asset = db.get_one(Asset, asset_id)
        service.record(db, actor, "custody.photographed", asset, now, after=told)
    return Photo(row.id, custody_id, asset_id, file_id, side, row.added_at)


def plain(stream: BinaryIO, *, most_bytes: int) -> BinaryIO:
    """The picture anew, without anything else that the file carried. Raises `InvalidInput` for
    what is no picture, `TooLarge`."""
    kept = io.BytesIO()
    while chunk := stream.read(_CHUNK):
        kept.write(chunk)
        if kept.tell() > most_bytes:
            raise TooLarge(f"a file has at most {most_bytes} bytes")
    kept.seek(0)
    media_type = sniff(kept)
    if media_type not in IMAGES:
        raise wrong("file", "is no picture")
    return io.BytesIO(picture_of(kept, media_type).previews["view"])


def of(db: Session, custody_ids: Iterable[int]) -> dict[int, list[Photo]]:
    """The photos of custodies that the actor may see, in the order in which they were added; one
    query."""
    query = (
        sa.select(
            col(CustodyPhoto.id), col(CustodyPhoto.custody_id), col(Custody.asset_id),
            col(CustodyPhoto.attachment_id), col(CustodyPhoto.side), col(CustodyPhoto.added_at),
        )
        .join(Custody, col(Custody.id) == col(CustodyPhoto.custody_id))
        .where(col(CustodyPhoto.custody_id).in_(list(custody_ids)))
        .order_by(col(CustodyPhoto.id))
    )  # fmt: skip
    found: dict[int, list[Photo]] = {}
    for row in db.execute(query):
        found.setdefault(row.custody_id, []).append(Photo(*row))
    return found


def listed(db: Session, actor: Actor, custody_id: int) -> list[Photo]:
    """Raises `NotFound` outside the actor's reach."""
    custody = db.get(Custody, custody_id)
    if custody is None:
        raise NotFound(f"there is no custody {custody_id}")
    asset = get(db, actor, custody.asset_id, permission=Permission.CUSTODY_READ)
    actor.require(Permission.CUSTODY_READ, asset.site_id)
    return of(db, [custody_id]).get(custody_id, [])


def _allowed(db: Session, actor: Actor, custody_id: int, side: Side, now: datetime) -> Asset:
    """The device of the custody. Raises as `upload`."""
    there = listed(db, actor, custody_id)
    custody = db.get_one(Custody, custody_id)
    asset = get(db, actor, custody.asset_id)
    actor.require(Permission.CUSTODY_WRITE, asset.site_id)
    ended = custody.returned_at
    if ended is not None and (side is Side.OUT or now - ended > LATE):
        raise Conflict("this custody is over; its photos are as they were")
    if sum(photo.side is side for photo in there) >= MOST:
        raise Conflict(f"there are {MOST} photos of it already")
    return asset
