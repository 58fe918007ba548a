"""Forgetting: links that have ended, and what was signed by people who left long ago.

That somebody signed which text for which device stays, as who had it does; the name, the drawing,
the address and the document go.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from inventory.agreements.models import Acceptance, SignLink
from inventory.assets.file_store import FileStore
from inventory.assets.hold_models import Hold
from inventory.custody.models import Custody
from inventory.db import Database
from inventory.people.models import Person

LINK_DAYS = 30
KEPT_DAYS = 7 * 366
"""After somebody who has left brought the device back; Massachusetts keeps a student's temporary
record for at most seven years after they leave (603 CMR 23.06)."""

UPLOAD_TIME = timedelta(days=1)
BATCH = 500


def purge(database: Database, store: FileStore, *, now: datetime) -> int:
    """How many signatures were forgotten. Running it again is harmless; what belongs to a device
    under a hold is left alone. The bytes go first: a row without them is tried again."""
    with database.unit() as db:
        ended = col(SignLink.expires_at) < now - timedelta(days=LINK_DAYS)
        db.execute(sa.delete(SignLink).where(ended))
    store.clear_drafts(before=now - UPLOAD_TIME)
    gone = 0
    while True:
        with database.unit(write=False) as db:
            rows = db.execute(_old(now).limit(BATCH)).all()
        if not rows:
            return gone
        for _id, sha256 in rows:
            if sha256:
                store.discard(sha256, untouched_since=now - UPLOAD_TIME)
        with database.unit() as db:
            forgotten = db.execute(
                sa.update(Acceptance)
                .where(col(Acceptance.id).in_([id_ for id_, _sha256 in rows]))
                .where(col(Acceptance.erased_at).is_(None))
                .values(signed_name="", strokes="", signed_from="", erased_at=now)
                .returning(col(Acceptance.id))
            ).all()
        gone += len(forgotten)


def _old(now: datetime) -> Any:
    a, before = Acceptance, now - timedelta(days=KEPT_DAYS)
    held = sa.exists().where(
        col(Hold.asset_id) == col(Custody.asset_id), col(Hold.released_at).is_(None)
    )
    over = sa.and_(col(Custody.returned_at) < before, ~held)
    return (
        sa.select(col(a.id), col(a.pdf_sha256))
        .join(Person, col(Person.id) == col(a.person_id))
        .outerjoin(Custody, col(Custody.id) == col(a.custody_id))
        .where(
            col(Person.active).is_(False), col(a.erased_at).is_(None), col(a.signed_at) < before,
            sa.or_(col(a.custody_id).is_(None), over),
        )
        .order_by(col(a.id))
    )  # fmt: skip
