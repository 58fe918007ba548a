"""Which asset an identifier belongs to: nothing identifies two of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import identifiers
from inventory.assets.catalog_models import Manufacturer
from inventory.assets.identifiers import SERIAL, Key
from inventory.assets.kinds import Source
from inventory.assets.models import Asset, Identifier
from inventory.errors import Duplicate

MAX_PER_ASSET = 200
"""Identifiers of one asset; a chassis with more line cards than that keeps the first ones."""
_CHUNK = 5000


def holders(db: Session, keys: Iterable[Key]) -> dict[Key, list[Identifier]]:
    """Who holds each key. A serial without a known maker on either side is held by every equal
    serial: two makers may have used the same number, and a person has to tell."""
    wanted = list(dict.fromkeys(keys))
    values = list({key.value for key in wanted})
    by_value: dict[tuple[str, str], list[Identifier]] = {}
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        for row in db.exec(select(Identifier).where(col(Identifier.value).in_(chunk))):
            by_value.setdefault((row.kind, row.value), []).append(row)
    return {key: _same(key, by_value.get((key.kind, key.value), [])) for key in wanted}


def _same(key: Key, rows: Sequence[Identifier]) -> list[Identifier]:
    exact = [row for row in rows if row.namespace == key.namespace]
    if exact or key.kind != SERIAL:
        return exact
    return [row for row in rows if not row.namespace or not key.namespace]


def claim(
    db: Session, actor: Actor, asset: Asset, keys: Iterable[Key], source: Source, *, now: datetime
) -> list[Key]:
    """Give the (flushed) asset these identifiers; those that were new to it.

    Raises `Duplicate` where another asset has one; it names that asset if the actor may see it.
    """
    added = []
    for key, rows in holders(db, keys).items():
        foreign = [row for row in rows if row.asset_id != asset.id]
        if foreign:
            raise _taken(db, actor, key, foreign[0].asset_id)
        if not any(row.namespace == key.namespace for row in rows):
            for row in rows:  # the same serial, noted before its maker was known
                db.delete(row)
            added.append(key)
    db.flush()
    for key in added:
        db.add(_row(asset.id, key, source, now))
    db.flush()
    return added


def claim_free(
    db: Session,
    asset_id: int,
    keys: Iterable[Key],
    source: Source,
    *,
    now: datetime,
    held: Sequence[Identifier],
) -> list[Key]:
    """Give the asset those keys that nobody holds; `held` are those that it has already."""
    own = {(row.kind, row.namespace, row.value) for row in held}
    wanted = [key for key in keys if (key.kind, key.namespace, key.value) not in own]
    if not wanted:
        return []
    free = []
    for key, rows in holders(db, wanted).items():
        if not rows:
            free.append(key)
        elif key.namespace and all(r.asset_id == asset_id and not r.namespace for r in rows):
            rows[0].namespace = key.namespace  # its maker has become known
    free = free[: max(0, MAX_PER_ASSET - len(held))]
    db.add_all([_row(asset_id, key, source, now) for key in free])
    return free


def release(db: Session, asset: Asset, kind: str, *, keep: Iterable[Key] = ()) -> list[str]:
    """Take the asset's identifiers of `kind` away, except `keep`; their values."""
    kept = {(key.namespace, key.value) for key in keep}
    rows = db.exec(
        select(Identifier).where(Identifier.asset_id == asset.id, Identifier.kind == kind)
    ).all()
    gone = [row for row in rows if (row.namespace, row.value) not in kept]
    for row in gone:
        db.delete(row)
    db.flush()
    return [row.value for row in gone]


def of(db: Session, asset_ids: Sequence[int]) -> dict[int, list[Identifier]]:
    """The identifiers of each asset."""
    found: dict[int, list[Identifier]] = {asset_id: [] for asset_id in asset_ids}
    query = select(Identifier).where(col(Identifier.asset_id).in_(asset_ids))
    for row in db.exec(query.order_by(col(Identifier.kind), col(Identifier.value))):
        found[row.asset_id].append(row)
    return found


def serial_keys(serial: str, maker: Manufacturer | None) -> list[Key]:
    """The identifier that a recorded serial stands for; none for a placeholder."""
    return identifiers.usable(SERIAL, [serial], namespace=maker.key if maker else "")


def _row(asset_id: int, key: Key, source: Source, now: datetime) -> Identifier:
    return Identifier(
        asset_id=asset_id, kind=key.kind, namespace=key.namespace, value=key.value,
        source=source, added_at=now,
    )  # fmt: skip


def _taken(db: Session, actor: Actor, key: Key, asset_id: int) -> Duplicate:
    other = db.get(Asset, asset_id)
    if other is not None and actor.may(Permission.ASSET_READ, other.site_id):
        return Duplicate(f"{key.spoken()} belongs to {other.tag}")
    return Duplicate(f"{key.spoken()} belongs to another asset")
