"""Photos and documents of an asset: added, named, described, removed, taken back.

The bytes lie in the `file_store`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inventory.access import Actor, Permission
from inventory.assets import holds
from inventory.assets.attachment_models import Attachment, FileKind
from inventory.assets.file_names import clean_name, download_name
from inventory.assets.file_store import FileStore, Staged
from inventory.assets.previews import PREVIEW_TYPE, SIZES
from inventory.assets.reach import for_change, get
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.audit.models import AuditHead
from inventory.errors import Conflict, Duplicate, NotFound

MAX_CAPTION = 500
REMOVED_DAYS = 30
"""For so long a removed file can be taken back; then `file_retention` deletes it."""

_KEPT = sa.table("custody_photo", sa.column("attachment_id", sa.Integer))
"""By name only: custody is a feature above this one, and its photos are kept for ever."""

CHANGEABLE = frozenset({"name", "caption"})


@dataclass(frozen=True, slots=True)
class Added:
    """`new` is False where these bytes were at the asset already: `file` is what was there."""

    file: Attachment
    new: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Bytes to be sent: where they lie, what they are, and what a download is to be called."""

    path: Path
    media_type: str
    name: str
    sha256: str


def require_room(db: Session, actor: Actor, asset_id: int, *, most: int) -> None:
    """Raises what `add` would, before anything is received: `NotFound`, `Forbidden`, `Conflict`."""
    asset = get(db, actor, asset_id)
    actor.require(Permission.ASSET_WRITE, asset.site_id)
    _require_room(db, asset_id, most)


def add(
    db: Session,
    actor: Actor,
    asset_id: int,
    staged: Staged,
    *,
    name: str,
    caption: str = "",
    most: int,
    now: datetime,
) -> Added:
    """Attach a file that is in the store. The same bytes are attached to an asset once, so that a
    request that is sent twice is done once.

    most  files that one asset may have
    Raises `NotFound`, `Forbidden`, `InvalidInput` for the caption, `Conflict` beyond `most`.
    """
    asset = for_change(db, actor, asset_id)
    said = entered(caption, "caption", MAX_CAPTION, lines=True)
    known = db.exec(_present(asset_id).where(Attachment.sha256 == staged.sha256)).first()
    if known is not None:
        return Added(known, new=False)
    _require_room(db, asset_id, most)
    file = Attachment(
        asset_id=asset.id,
        kind=FileKind.PHOTO if staged.has_preview else FileKind.DOCUMENT,
        name=clean_name(name),
        media_type=staged.media_type,
        size_bytes=staged.size_bytes,
        sha256=staged.sha256,
        width=staged.width,
        height=staged.height,
        has_preview=staged.has_preview,
        caption=said,
        uploaded_by=actor.name[:200],
        uploaded_by_id=actor.id,
        uploaded_at=now,
    )
    db.add(file)
    db.flush()
    audit.record(
        db, actor, "asset.file_added", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, after=_told(file),
    )  # fmt: skip
    return Added(file, new=True)


def owner_of(db: Session) -> str:
    """What a file store is marked with, so that no other database clears it away."""
    return db.exec(select(AuditHead.uid)).one()


def list_of(
    db: Session,
    actor: Actor,
    asset_id: int,
    *,
    before_id: int | None = None,
    limit: int = 100,
    removed: bool = False,
) -> list[Attachment]:
    """Newest first; `before_id` is the last one of the page before. `removed`: instead those that
    can be taken back. Raises `NotFound`."""
    get(db, actor, asset_id)
    query = _removed(asset_id) if removed else _present(asset_id)
    if before_id is not None:
        query = query.where(Attachment.id < before_id)
    return list(db.exec(query.order_by(sa.desc(col(Attachment.id))).limit(limit)).all())


def one(db: Session, actor: Actor, asset_id: int, file_id: int) -> Attachment:
    """Raises `NotFound`, also for a file of another asset and for a removed one."""
    get(db, actor, asset_id)
    return _one(db, asset_id, file_id)


def one_for_change(db: Session, actor: Actor, asset_id: int, file_id: int) -> Attachment:
    """The file as it is now; its asset is locked until the transaction ends.

    Raises `NotFound`, and `Forbidden` where the actor may only read.
    """
    for_change(db, actor, asset_id)
    return _one(db, asset_id, file_id)


def opened(
    db: Session, actor: Actor, asset_id: int, file_id: int, *, store: FileStore, size: str = ""
) -> Opened:
    """The original, or with `size` a preview (a name of `previews.SIZES`).

    An original is for saving, never for showing in a page. Raises `NotFound`, `InvalidInput` for
    an unknown size, `Unavailable` where the bytes are gone.
    """
    file = one(db, actor, asset_id, file_id)
    if not size:
        path = store.existing(file.sha256)
        return Opened(path, file.media_type, download_name(file.name, file.media_type), file.sha256)
    if size not in SIZES:
        raise wrong("size", f"must be one of {', '.join(SIZES)}")
    if not file.has_preview:
        raise NotFound(f"file {file_id} has no preview")
    name = download_name(file.name, PREVIEW_TYPE)
    return Opened(store.existing(file.sha256, size), PREVIEW_TYPE, name, f"{file.sha256}-{size}")


def change(
    db: Session,
    actor: Actor,
    asset_id: int,
    file_id: int,
    changes: Mapping[str, str],
    *,
    now: datetime,
) -> Attachment:
    """Rename (`name`) or describe (`caption`). Raises `NotFound`, `Forbidden`, `InvalidInput`."""
    file = one_for_change(db, actor, asset_id, file_id)
    if unknown := sorted(set(changes) - CHANGEABLE):
        raise wrong(unknown[0], "cannot be changed")
    wanted: dict[str, object] = {}
    if "name" in changes:
        wanted["name"] = clean_name(entered(changes["name"], "name", 1000))
    if "caption" in changes:
        wanted["caption"] = entered(changes["caption"], "caption", MAX_CAPTION, lines=True)
    before, after = audit.changed({"name": file.name, "caption": file.caption}, wanted)
    if not after:
        return file
    for field, value in after.items():
        setattr(file, field, value)
    file.version += 1
    db.add(file)
    _record(db, actor, "asset.file_changed", file, now, before | {"file": file.id}, after)
    return file


def remove(db: Session, actor: Actor, asset_id: int, file_id: int, *, now: datetime) -> None:
    """Take a file out of sight. It can be taken back for `REMOVED_DAYS`.

    Raises `NotFound`, `Forbidden`, and `Conflict` while a hold is in force on the asset, and for a
    photo of a custody.
    """
    file = one_for_change(db, actor, asset_id, file_id)
    holds.require_free(db, asset_id, "stripped of its files")
    needed = sa.select(_KEPT.c.attachment_id).where(_KEPT.c.attachment_id == file.id)
    if db.execute(needed.limit(1)).first() is not None:
        raise Conflict("it shows the state of the device at a hand-over, and is kept")
    file.removed_at = now
    file.version += 1
    db.add(file)
    _record(db, actor, "asset.file_removed", file, now, _told(file), {})


def take_back(
    db: Session, actor: Actor, asset_id: int, file_id: int, *, most: int, now: datetime
) -> Attachment:
    """Undo `remove`. Raises `NotFound`, `Forbidden`, `Duplicate` where the same bytes were added
    since, `Conflict` beyond `most` or after `REMOVED_DAYS`."""
    for_change(db, actor, asset_id)
    file = db.exec(_removed(asset_id).where(Attachment.id == file_id)).first()
    if file is None or file.removed_at is None:
        raise NotFound(f"there is no removed file {file_id} at asset {asset_id}")
    # Its bytes may be deleted this very moment.
    if file.removed_at < now - timedelta(days=REMOVED_DAYS):
        raise Conflict(f"it was removed more than {REMOVED_DAYS} days ago")
    if db.exec(_present(asset_id).where(Attachment.sha256 == file.sha256)).first() is not None:
        raise Duplicate("the asset has this very file again")
    _require_room(db, asset_id, most)
    file.removed_at = None
    file.version += 1
    db.add(file)
    _record(db, actor, "asset.file_taken_back", file, now, {}, _told(file))
    return file


def _record(
    db: Session,
    actor: Actor,
    action: str,
    file: Attachment,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    asset = for_change(db, actor, file.asset_id)
    audit.record(
        db, actor, action, now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before=before, after=after,
    )  # fmt: skip


def _told(file: Attachment) -> dict[str, object]:
    return {
        "file": file.id, "name": file.name, "size": file.size_bytes, "sha256": file.sha256,
        "media_type": file.media_type,
    }  # fmt: skip


def _present(asset_id: int) -> SelectOfScalar[Attachment]:
    return select(Attachment).where(
        Attachment.asset_id == asset_id, col(Attachment.removed_at).is_(None)
    )


def _removed(asset_id: int) -> SelectOfScalar[Attachment]:
    return select(Attachment).where(
        Attachment.asset_id == asset_id, col(Attachment.removed_at).is_not(None)
    )


def _one(db: Session, asset_id: int, file_id: int) -> Attachment:
    file = db.exec(_present(asset_id).where(Attachment.id == file_id)).first()
    if file is None:
        raise NotFound(f"there is no file {file_id} at asset {asset_id}")
    return file


def _require_room(db: Session, asset_id: int, most: int) -> None:
    count = sa.select(sa.func.count()).select_from(_present(asset_id).subquery())
    if db.execute(count).scalar_one() >= most:
        raise Conflict(f"an asset has at most {most} files; remove one that is not needed")
