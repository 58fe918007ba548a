"""The text under which an asset is found, kept in the transaction that changes the asset.

Only the asset's own words are in it. Its maker, model and place are looked up when a search is
made, so that renaming a school does not rewrite ten thousand rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session, col, select

from inventory.assets.identifiers import MAC, Key, colons
from inventory.assets.models import Asset, AssetSearch, AssetTag, Identifier
from inventory.assets.words import fold

WORDS = frozenset(
    {"tag", "serial", "name", "order_number", "supplier", "funding_source", "grant_number",
     "description", "custom", "manufacturer"}
)  # fmt: skip
"""Fields whose change may change the document; a new maker re-keys the serial's identifier."""
_MAX_DESCRIPTION = 500
_CHUNK = 1000
_LATER = "assets_to_index"


def doc_of(asset: Asset, tags: Iterable[str], identifiers: Iterable[tuple[str, str]]) -> str:
    """Lower case, one part a line; a MAC both with and without colons."""
    parts = [asset.tag, *tags, asset.serial, asset.name, asset.order_number, asset.supplier]
    parts += [asset.funding_source, asset.grant_number, asset.description[:_MAX_DESCRIPTION]]
    for kind, value in identifiers:
        parts += [value, colons(value)] if kind == MAC else [value]
    parts += [str(value) for value in asset.custom.values() if not isinstance(value, bool)]
    return "\n".join(dict.fromkeys(fold(part) for part in parts if part))


def first(db: Session, asset: Asset, keys: Iterable[Key]) -> None:
    """Write the document of a new asset, whose identifiers these are."""
    doc = doc_of(asset, (), [(key.kind, key.value) for key in keys])
    db.add(AssetSearch(asset_id=asset.id, doc=doc))


@contextmanager
def together(db: Session) -> Iterator[None]:
    """Within, `refresh` only notes the assets; their documents are written at the end."""
    stale: dict[int, None] = {}
    db.info[_LATER] = stale
    try:
        yield
    finally:
        del db.info[_LATER]
    refresh(db, list(stale))


def refresh(db: Session, asset_ids: Sequence[int]) -> None:
    """Write the documents of these assets anew; a few queries per thousand."""
    later: dict[int, None] | None = db.info.get(_LATER)
    if later is not None:
        later.update(dict.fromkeys(asset_ids))
        return
    db.flush()
    for start in range(0, len(asset_ids), _CHUNK):
        _refresh(db, asset_ids[start : start + _CHUNK])
    db.flush()


def _refresh(db: Session, asset_ids: Sequence[int]) -> None:
    tags: dict[int, list[str]] = {}
    for asset_id, tag in db.exec(
        select(AssetTag.asset_id, AssetTag.tag).where(col(AssetTag.asset_id).in_(asset_ids))
    ):
        tags.setdefault(asset_id, []).append(tag)
    keys: dict[int, list[tuple[str, str]]] = {}
    for asset_id, kind, value in db.exec(
        select(Identifier.asset_id, Identifier.kind, Identifier.value).where(
            col(Identifier.asset_id).in_(asset_ids)
        )
    ):
        keys.setdefault(asset_id, []).append((kind, value))
    present = {
        row.asset_id: row
        for row in db.exec(select(AssetSearch).where(col(AssetSearch.asset_id).in_(asset_ids)))
    }
    for asset in db.exec(select(Asset).where(col(Asset.id).in_(asset_ids))):
        row = present.get(asset.id) or AssetSearch(asset_id=asset.id, doc="")
        doc = doc_of(asset, tags.get(asset.id, ()), keys.get(asset.id, ()))
        if row.doc != doc or asset.id not in present:
            row.doc = doc
            db.add(row)
