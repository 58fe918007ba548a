"""Receiving a file for an asset: three steps, of which only the last holds the database.

A picture of 40 megapixels takes a second to shrink, and SQLite has one writer at a time.
"""

from datetime import datetime
from typing import BinaryIO

from inventory.access import Actor
from inventory.assets import attachments
from inventory.assets.attachments import Added
from inventory.assets.file_store import FileStore
from inventory.db import Database


def upload(
    database: Database,
    actor: Actor,
    asset_id: int,
    stream: BinaryIO,
    *,
    name: str,
    caption: str = "",
    store: FileStore,
    most: int,
    now: datetime,
) -> Added:
    """Ask whether it may be, put the bytes into the store, then write the row.

    Opens its own units of work; call it outside of a writing one. Raises what
    `attachments.require_room`, `FileStore.stage` and `attachments.add` raise.
    """
    with database.unit(write=False) as db:
        attachments.require_room(db, actor, asset_id, most=most)
        owner = attachments.owner_of(db)
    staged = store.stage(stream, now=now)
    store.mark(owner)
    with database.unit() as db:
        return attachments.add(
            db, actor, asset_id, staged, name=name, caption=caption, most=most, now=now
        )
