"""Transfers: both schools of the example are the side's own, so that it may do either part."""

import os

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.custody import shipping, transfers
from inventory.custody.transfers import TransferDraft
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import new
from tests.inventory.conftest import OPERATOR


def annex(side: Side) -> int:
    """A building of the side's school."""
    return sites.create(
        side.db, OPERATOR, kind=SiteKind.BUILDING, name=f"Annex {len(side.made)}",
        parent_id=side.site, now=side.now,
    ).id  # fmt: skip


def _asked(side: Side, giving: int) -> int:
    draft = TransferDraft(giving, annex(side), "Chromebooks")
    return transfers.request(side.db, OPERATOR, draft, now=side.now).id


def transfer(side: Side) -> int:
    """One that waits for its approval."""
    return _asked(side, side.get("annex"))


def approved_transfer(side: Side) -> int:
    """One whose list holds the device `chosen`, which is made for it."""
    number = transfer(side)
    transfers.approve(side.db, OPERATOR, number, now=side.now)
    tag = str(int.from_bytes(os.urandom(6)))
    draft = AssetDraft(category=Category.CHROMEBOOK, tag=tag, site_id=side.get("annex"))
    side.made["chosen"] = assets.create(side.db, OPERATOR, draft, now=side.now).id
    shipping.choose(side.db, OPERATOR, number, [tag], now=side.now)
    return number


def chosen_tag(side: Side) -> str:
    found = side.db.get(Asset, chosen(side))
    assert found is not None
    return found.tag


def chosen(side: Side) -> int:
    side.get("approved_transfer")
    return side.made["chosen"]


def sent_transfer(side: Side) -> int:
    """One that is on its way, with the device `chosen`."""
    number = side.get("approved_transfer")
    shipping.ship(side.db, OPERATOR, number, now=side.now)
    return number


def foreign_tag(side: Side) -> str:
    """Of a device that stands somewhere else than where it is taken in hand."""
    return new(side, tag=str(int.from_bytes(os.urandom(6)))).tag


MAKERS = {
    "foreign_tag": foreign_tag,
    "annex": annex, "second_annex": annex, "transfer": transfer, "chosen": chosen,
    "chosen_tag": chosen_tag,
    "approved_transfer": approved_transfer, "sent_transfer": sent_transfer,
}  # fmt: skip
API = "/api/v1/transfers"
ONE = f"{API}/<int(max=2147483647):transfer_id>"
ASKED = {"transfer_id": "$transfer"}
APPROVED = {"transfer_id": "$approved_transfer"}
SENT = {"transfer_id": "$sent_transfer"}
OBJECT = Place.OBJECT
REQUEST = {
    "from_site_id": "$annex", "to_site_id": "$second_annex", "what": "Chromebooks", "wanted": 2,
}  # fmt: skip
IN_HAND = {"tag": "$foreign_tag", "to_site_id": "$second_annex"}

ROUTES = {
    f"GET {API}": Example(),
    f"POST {API}": Example(json=REQUEST, place=OBJECT),
    f"GET {ONE}": Example(path=ASKED, place=OBJECT),
    f"POST {ONE}/approve": Example(path=ASKED, place=OBJECT),
    f"POST {ONE}/refuse": Example(path=ASKED, json={"reason": "none left"}, place=OBJECT),
    f"POST {ONE}/cancel": Example(path=ASKED, json={"reason": "not needed"}, place=OBJECT),
    f"POST {ONE}/devices": Example(path=APPROVED, json={"tags": ["$chosen_tag"]}, place=OBJECT),
    f"DELETE {ONE}/devices/<int(max=2147483647):asset_id>": Example(
        path={**APPROVED, "asset_id": "$chosen"}, place=OBJECT
    ),
    f"POST {ONE}/ship": Example(path=APPROVED, json={}, place=OBJECT),
    f"POST {ONE}/receive": Example(path=SENT, json={"received": ["$chosen"]}, place=OBJECT),
    f"GET {API}/in-hand": Example(query=IN_HAND, place=OBJECT),
    f"POST {API}/in-hand": Example(json=IN_HAND, place=OBJECT),
}
