"""Connections and managed devices in the browser."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from inventory.access import Role
from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection, MdmDevice, MdmSync, Mode
from mdm.types import Ownership, Platform
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller
from tests.mdm.fakes.intune import FakeIntune

HOSTILE = "<script>alert(1)</script> \"'"


@pytest.fixture
def fake(clock: Clock) -> Iterator[FakeIntune]:
    vendor = FakeIntune(now=clock).start()
    yield vendor
    vendor.stop()


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def typed(fake: FakeIntune, **more: Any) -> dict[str, Any]:
    return {"label": "Main tenant", **{f"read_{k}": v for k, v in fake.config().items()}, **more}


def only(database: Database) -> MdmConnection:
    with database.unit(write=False) as db:
        return db.exec(select(MdmConnection)).one()


def test_a_connection_goes_in_and_its_secrets_never_come_out(
    browser: MakeCaller, district: District, database: Database, fake: FakeIntune
) -> None:
    boss = browser("coordinator")
    assert "Microsoft Intune" in boss.get("/connections/new").text
    form = boss.get("/connections/new?vendor=intune").text
    assert "never sent" in form
    secret = fake.client_secret
    wrong = boss.post("/connections/new?vendor=intune", data=typed(fake, label=""))
    assert wrong.status_code == 422
    made = boss.post("/connections/new?vendor=intune", data=typed(fake))
    assert made.status_code == 303, plain(made.text)
    row = only(database)
    assert row.mode is Mode.DRY_RUN
    for path in ("", "/edit"):
        page = boss.get(f"/connections/{row.id}{path}").text
        assert secret not in page, path
    assert "reads only" in plain(boss.get("/connections").text)
    assert boss.post("/connections/new?vendor=nobody", data=typed(fake)).status_code == 422


def test_blank_settings_stay_and_a_newer_version_wins(
    browser: MakeCaller, district: District, database: Database, fake: FakeIntune
) -> None:
    boss = browser("coordinator")
    boss.post("/connections/new?vendor=intune", data=typed(fake))
    row = only(database)
    before = row.read_config
    change = {"label": "Other name", "version": row.version, "mode": "dry_run", "enabled": "true"}
    there = f"/connections/{row.id}/edit"
    assert boss.post(there, data=change).status_code == 303
    assert only(database).read_config == before
    assert boss.post(there, data=change).status_code == 412
    assert boss.post(f"/connections/{row.id}/delete", data={"version": 99}).status_code == 412
    version = only(database).version
    gone = boss.post(f"/connections/{row.id}/delete", data={"version": version})
    assert gone.status_code == 303


def test_a_test_tells_what_the_vendor_says(
    browser: MakeCaller, district: District, database: Database, fake: FakeIntune, clock: Clock
) -> None:
    boss = browser("coordinator")
    boss.post("/connections/new?vendor=intune", data=typed(fake))
    row = only(database)
    with database.unit() as db:
        db.execute(sa.update(MdmConnection).values(address="http://127.0.0.1:9"))
    answer = boss.post(f"/connections/{row.id}/test")
    assert answer.status_code == 200
    assert "The test failed." in answer.text
    assert "Main tenant" in plain(answer.text)


def test_a_sync_is_asked_for_once(
    browser: MakeCaller, district: District, database: Database, fake: FakeIntune
) -> None:
    boss = browser("coordinator")
    boss.post("/connections/new?vendor=intune", data=typed(fake))
    row = only(database)
    there = f"/connections/{row.id}/sync"
    assert boss.post(there, data={"scope": "full"}).status_code == 303
    assert boss.post(there, data={"scope": "full"}).status_code == 409
    assert "Stop the sync" in boss.get(f"/connections/{row.id}").text
    assert boss.post(f"/connections/{row.id}/cancel-sync").status_code == 303
    with database.unit(write=False) as db:
        assert db.exec(select(MdmSync)).one().state == "cancelled"


@pytest.fixture
def devices(database: Database, clock: Clock, district: District) -> Callable[..., int]:
    """Makes a device of a connection at a school; the asset's id."""

    def make(site: int, name: str = HOSTILE, serial: str = "S1", tag: str = "") -> int:
        with database.unit() as db:
            row = MdmConnection(
                vendor="intune", label=f"{name} {site}", site_id=site, read_config="",
                created_at=clock(), updated_at=clock(),
            )  # fmt: skip
            row.read_config = opening.seal(db, row.uid, "read_config", {})
            db.add(row)
            draft = AssetDraft(category=Category.LAPTOP, serial="S1", site_id=site)
            asset = assets.create(db, OPERATOR, draft, now=clock())
            db.flush()
            db.add(
                MdmDevice(
                    connection_id=row.id, vendor_id=f"d{site}", asset_id=asset.id,
                    platform=Platform.WINDOWS, ownership=Ownership.COMPANY, serial=serial,
                    name=name, asset_tag=tag, fingerprint="x", outcome=Outcome.MATCHED,
                    first_seen_at=clock(), last_seen_at=clock(),
                )
            )  # fmt: skip
            return asset.id

    return make


def test_devices_and_differences_within_reach(
    browser: MakeCaller, district: District, devices: Callable[..., int]
) -> None:
    devices(district.north, tag="OTHER-1")
    devices(district.south, name="THEIRS")
    boss, mine = browser("coordinator"), browser(Role.TECHNICIAN, district.north)
    page = boss.get("/managed").text
    assert "<script>alert" not in page
    assert "THEIRS" in page
    assert "THEIRS" not in mine.get("/managed").text
    assert "THEIRS" not in mine.get("/connections").text
    differing = plain(mine.get("/managed/differences").text)
    assert "OTHER-1" in differing
    assert "No devices" in plain(boss.get("/managed?platform=tvos").text)
    assert boss.get("/managed?platform=dos").status_code == 422
