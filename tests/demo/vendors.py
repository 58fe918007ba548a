"""The demo's MDM vendors: two tenants on loopback, connected, synced, their devices at schools."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Permission, system_actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.fleet import connections, syncs
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from inventory.fleet.models import OPEN_SYNCS, MdmConnection, MdmDevice, MdmSync, Mode
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.intune import FakeIntune

ACTOR = system_actor("demo", Permission, origin="demo")
CHROMEBOOKS_AND_PHONES, LAPTOPS_AND_TABLETS = 180, 120
RECORDED, OTHER_TAGS, OTHER_SERIALS, SWAPPED = 12, 3, 2, 2
"""Chromebooks that the inventory knows before the first sync; of those, with another tag at the
vendor; and with a serial number typed wrongly. Laptops whose mainboard was changed."""

OBEY_SECONDS = 8.0
"""Devices carry commands out after this time, so that there is something to watch."""


@dataclass(frozen=True)
class Vendors:
    """The tenants, while they run."""

    google: FakeGoogle
    intune: FakeIntune


@contextmanager
def simulated_vendors() -> Iterator[Vendors]:
    """300 devices of two tenants; no tag of theirs is one of the district's."""
    with FakeGoogle(seed=1851) as google, FakeIntune(seed=1852) as intune:
        google.seed(CHROMEBOOKS_AND_PHONES)
        intune.seed(LAPTOPS_AND_TABLETS)
        for book in google.books.values():
            book["annotatedAssetId"] = ""
        for number, record in enumerate(intune.known.values()):
            record["deviceName"] = f"{record['model'].split()[0]}-{number:03}"
        google.obey_after = intune.obey_after = OBEY_SECONDS
        yield Vendors(google, intune)


def connect(
    db: Session, vendors: Vendors, schools: Sequence[int], *, limits: Limits, now: datetime
) -> None:
    """Record some devices as a stocktaking would have, connect both tenants, ask for a sync."""
    _record(db, vendors, schools, now)
    for fake, label in ((vendors.google, "Chromebooks and phones"),
                        (vendors.intune, "Laptops and tablets")):  # fmt: skip
        made = connections.create(db, ACTOR, _draft(fake, label), limits=limits, now=now)
        made.next_full = None  # it is due at once; the schedule need not ask for that again
        connections.plan(made, limits, now=now)
        syncs.request_sync(db, ACTOR, made.id, now=now)


def _draft(fake: FakeVendor, label: str) -> ConnectionDraft:
    return ConnectionDraft(
        vendor=fake.vendor, label=label, config=fake.config(), act_config=fake.config(),
        address=fake.url, mode=Mode.LIVE,
    )  # fmt: skip


def _record(db: Session, vendors: Vendors, schools: Sequence[int], now: datetime) -> None:
    """Assets that the vendors know as well: the same, with another tag, with a new mainboard."""
    for number, book in enumerate(list(vendors.google.books.values())[:RECORDED]):
        made = _asset(
            db, Category.CHROMEBOOK, book["model"].partition(" ")[0], book["model"],
            book["serialNumber"], book["macAddress"], schools[number % len(schools)], now,
        )  # fmt: skip
        book["annotatedAssetId"] = made.tag if number >= OTHER_TAGS else f"OLD-{number + 412}"
    laptops = [r for r in vendors.intune.known.values() if r["model"] == "Latitude 3140"]
    for record in laptops[:SWAPPED]:
        _asset(
            db, Category.LAPTOP, record["manufacturer"], record["model"],
            f"{record['serialNumber']}OLD", record["wiFiMacAddress"], schools[0], now,
        )  # fmt: skip


def _asset(
    db: Session, category: Category, maker: str, model: str, serial: str, mac: str, site_id: int,
    now: datetime,
) -> Asset:  # fmt: skip
    draft = AssetDraft(
        category=category, manufacturer=maker, model=model, serial=serial, site_id=site_id,
        identifiers=[("mac", mac)],
    )  # fmt: skip
    return assets.create(db, ACTOR, draft, now=now)


def await_syncs(database: Database, *, patience: float) -> list[tuple[str, MdmSync]]:
    """Wait for the syncs that are under way; each connection's label with its sync."""
    until = time.monotonic() + patience
    while True:
        with database.unit(write=False) as db:
            pairs: Any = select(MdmConnection.label, MdmSync).join(
                MdmSync, col(MdmSync.connection_id) == col(MdmConnection.id)
            )
            found = [(row[0], row[1]) for row in db.exec(pairs.order_by(col(MdmSync.id)))]
        if all(sync.state not in OPEN_SYNCS for _, sync in found) or time.monotonic() > until:
            return found
        time.sleep(0.1)


def distribute(db: Session, schools: Sequence[int], *, now: datetime) -> None:
    """Bring what the syncs have made to the schools; mistype two serial numbers."""
    query = (
        select(Asset.id)
        .join(MdmDevice, col(MdmDevice.asset_id) == col(Asset.id))
        .where(col(Asset.site_id).is_(None))
    )
    for number, asset_id in enumerate(db.exec(query.order_by(col(Asset.id)).distinct()).all()):
        home = schools[number % len(schools)]
        assets.change(db, ACTOR, asset_id, {"site_id": home}, now=now)
    books = select(Asset).where(
        Asset.category == Category.CHROMEBOOK, col(Asset.site_id) == schools[-1]
    )
    for asset in db.exec(books.order_by(col(Asset.id).desc()).limit(OTHER_SERIALS)).all():
        assets.change(db, ACTOR, asset.id, {"serial": f"{asset.serial[:-1]}Z"}, now=now)
