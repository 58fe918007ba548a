"""Which devices are in an open transfer: for every act that must not touch those."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.custody.transfer_models import ItemState, Transfer, TransferItem
from inventory.errors import Conflict
from inventory.sites.models import Site


def open_in(db: Session, asset_ids: Iterable[int]) -> dict[int, int]:
    """By asset, the transfer that has it. For rules: it checks nobody's permission."""
    query = sa.select(col(TransferItem.asset_id), col(TransferItem.transfer_id)).where(
        col(TransferItem.asset_id).in_(list(asset_ids)),
        col(TransferItem.state).in_([ItemState.CHOSEN, ItemState.IN_TRANSIT]),
    )
    return {row.asset_id: row.transfer_id for row in db.execute(query)}


def way_of(db: Session, asset_id: int) -> tuple[int, str] | None:
    """The transfer in which a device is on its way, and where to; None for one that is here."""
    query = (
        sa.select(col(Transfer.id), col(Site.name))
        .join(TransferItem, col(TransferItem.transfer_id) == col(Transfer.id))
        .join(Site, col(Site.id) == col(Transfer.to_site_id))
        .where(
            col(TransferItem.asset_id) == asset_id, col(TransferItem.state) == ItemState.IN_TRANSIT
        )
    )
    row = db.execute(query).first()
    return (row[0], row[1]) if row else None


def require_here(db: Session, asset_id: int) -> None:
    """Raises `Conflict` for a device that is on its way to another school."""
    way = way_of(db, asset_id)
    if way is not None:
        raise Conflict(f"it is in transit to {way[1]} (transfer {way[0]}); receive it first")
