"""Holds on devices."""

from inventory.access import Actor, Grant, Permission
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from tests.house.routes import Example, Place, Side

SOMEBODY = Actor("account", 900_001, "somebody", (Grant(frozenset(Permission), None),))


def hold(side: Side) -> int:
    """A hold on an asset of the side."""
    made = holds.raise_hold(
        side.db, SOMEBODY, side.get("asset"), kind=HoldKind.LEGAL, reason="a case", now=side.now
    )
    return made.id


def asked_hold(side: Side) -> int:
    """A hold whose release somebody else has asked for."""
    id_ = hold(side)
    holds.ask_release(side.db, SOMEBODY, id_, reason="over", version=None, now=side.now)
    return id_


MAKERS = {"hold": hold, "asked_hold": asked_hold}
ASSET, HOLD = "<int(max=2147483647):asset_id>", "<int(max=2147483647):hold_id>"

ROUTES = {
    f"GET /api/v1/assets/{ASSET}/holds": Example(path={"asset_id": "$asset"}, place=Place.OBJECT),
    f"POST /api/v1/assets/{ASSET}/holds": Example(
        path={"asset_id": "$asset"}, json={"kind": "legal", "reason": "a case"},
        place=Place.OBJECT,
    ),
    f"POST /api/v1/holds/{HOLD}/ask-release": Example(
        path={"hold_id": "$hold"}, json={"reason": "it is over"}, place=Place.OBJECT
    ),
    f"POST /api/v1/holds/{HOLD}/release": Example(
        path={"hold_id": "$asked_hold"}, place=Place.OBJECT
    ),
    f"POST /api/v1/holds/{HOLD}/keep": Example(
        path={"hold_id": "$asked_hold"}, place=Place.OBJECT
    ),
}  # fmt: skip
