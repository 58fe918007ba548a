"""The demo's vendors: what a person finds after `make demo`."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlmodel import select

from inventory.access import Permission, system_actor
from inventory.assets import tags
from inventory.assets.kinds import Category, Outcome
from inventory.assets.models import Asset
from inventory.db import Database, now
from inventory.engine import JobContext
from inventory.fleet import listing, sync_run
from inventory.fleet.connection_rules import Limits
from inventory.fleet.models import MdmDevice, MdmSync, SyncState
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.demo import vendors as demo
from tests.demo.vendors import Vendors

BOSS = system_actor("test", Permission)


@pytest.fixture
def tenants() -> Iterator[Vendors]:
    with demo.simulated_vendors() as running:
        yield running


def run_syncs(database: Database) -> None:
    with database.unit(write=False) as db:
        waiting = [row.id for row in db.exec(select(MdmSync)) if row.state is SyncState.QUEUED]
    for sync_id in waiting:
        job = JobContext(
            database, Settings(), {"sync": sync_id}, f"mdm.sync:{sync_id}.1", lambda _: False,
            threading.Event(), 0.05,
        )  # fmt: skip
        sync_run.run_sync(job)


def test_300_devices_become_assets_at_schools(database: Database, tenants: Vendors) -> None:
    with database.unit() as db:
        root = sites.ensure_district(db, BOSS, "Demo", now=now())
        tags.create_counter(db, BOSS, "WPS-", width=5, is_default=True, now=now())
        schools = [
            sites.create(
                db, BOSS, kind=SiteKind.SCHOOL, name=name, code=name, parent_id=root.id, now=now()
            ).id
            for name in ("A", "B", "C")
        ]
        demo.connect(db, tenants, schools, limits=Limits(simulated=True), now=now())
    run_syncs(database)
    ended = demo.await_syncs(database, patience=0)
    assert [(sync.state, sync.error) for _, sync in ended] == [(SyncState.FINISHED, "")] * 2
    with database.unit() as db:
        demo.distribute(db, schools, now=now())
    with database.unit(write=False) as db:
        devices, owned = db.exec(select(MdmDevice)).all(), db.exec(select(Asset)).all()
        differing = listing.differences(listing.differing(db, BOSS))
    assert len(devices) == 300
    outcomes = Counter(device.outcome for device in devices)
    assert outcomes[Outcome.MATCHED] > 200
    assert outcomes[Outcome.CONFLICT] == demo.SWAPPED
    categories = Counter(asset.category for asset in owned)
    kinds = {Category.CHROMEBOOK, Category.LAPTOP, Category.TABLET, Category.MOBILE_PHONE}
    assert min(categories[kind] for kind in kinds) >= 10, categories
    assert {asset.site_id for asset in owned} == set(schools)
    told = Counter(one.field for one in differing)
    assert told == {"asset_tag": demo.OTHER_TAGS, "serial": demo.OTHER_SERIALS}
    same = [d for d in devices if d.asset_tag.startswith("WPS-")]
    assert len(same) == demo.RECORDED - demo.OTHER_TAGS
    assert all(d.outcome is Outcome.MATCHED for d in same)
