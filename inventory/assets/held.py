"""Assets by whether and to whom they are handed out; the names belong to features above this one.

Who has a device is known to whoever holds `custody:read`: the filter is for them, and reaches only
the places where they hold it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from inventory.access import Actor, Permission
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.db import UtcDateTime


class Holding(StrEnum):
    """OUT: somebody or something has it; STOCK: nobody has; IN_TRANSIT: to another school."""

    OUT = "out"
    STOCK = "stock"
    PERSON = "person"
    PLACE = "place"
    CART = "cart"
    OVERDUE = "overdue"
    IN_TRANSIT = "in_transit"


_CUSTODY = sa.table(
    "custody",
    sa.column("asset_id", sa.Integer),
    sa.column("person_id", sa.Integer),
    sa.column("place_id", sa.Integer),
    sa.column("cart_id", sa.Integer),
    sa.column("due_at", UtcDateTime()),
    sa.column("returned_at", UtcDateTime()),
)
_ITEM = sa.table("transfer_item", sa.column("asset_id", sa.Integer), sa.column("state", sa.String))
"""By name only: custody is a feature above this one."""

_OPEN = _CUSTODY.c.returned_at.is_(None)


def held(actor: Actor, wanted: tuple[Holding, ...], at: datetime) -> list[Any]:
    """WHERE clauses over `Asset`: any of these. Raises `Forbidden` without `custody:read`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    found = [_clause(one, at) for one in wanted]
    return [sa.or_(*found), *within(actor, Permission.CUSTODY_READ)]


def _clause(wanted: Holding, at: datetime) -> Any:
    c = _CUSTODY.c
    match wanted:
        case Holding.OUT:
            return _probe()
        case Holding.STOCK:
            return sa.not_(_probe())
        case Holding.PERSON:
            return _probe(c.person_id.is_not(None))
        # Few have one of these: a short list from an index, not a look at every asset.
        case Holding.PLACE:
            return _among(c.place_id.is_not(None))
        case Holding.CART:
            return _among(c.cart_id.is_not(None))
        case Holding.OVERDUE:
            return _among(c.due_at < at)
        case Holding.IN_TRANSIT:
            moving = sa.select(_ITEM.c.asset_id).where(_ITEM.c.state == "in_transit")
            return col(Asset.id).in_(moving)


def _probe(*more: Any) -> Any:
    return sa.exists().where(_CUSTODY.c.asset_id == col(Asset.id), _OPEN, *more)


def _among(*more: Any) -> Any:
    return col(Asset.id).in_(sa.select(_CUSTODY.c.asset_id).where(_OPEN, *more))
