"""Changing assets: only what was named, everything in the audit log."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from inventory.access import Role
from inventory.assets import bulk, custom_fields, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import Category, FieldKind, Source, Status
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.db import Database
from inventory.errors import (
    Conflict,
    Duplicate,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionMismatch,
)
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make
from tests.inventory.assets.test_tags import in_parallel

Events = Callable[..., list[AuditEvent]]


@pytest.fixture
def change(database: Database, clock: Clock) -> Callable[..., Asset]:
    def changed(
        asset: Asset, *, actor: Any = EVERYTHING, read: int | None = None, **to: Any
    ) -> Asset:
        with database.unit() as db:
            return service.change(db, actor, asset.id, to, now=clock(), version=read)

    return changed


def test_both_sides_of_a_change_are_recorded(
    make: Make, change: Callable[..., Asset], events: Events, clock: Clock
) -> None:
    asset = make(
        manufacturer="HP", model="M404", name="old", serial="ABC12345", source=Source.SWEEP
    )
    clock.forward(hours=1)
    after = change(asset, name="new", model="M405", cost_cents=100, description="")
    assert (after.version, after.updated_at) == (2, clock())
    assert after.observed_fields == {
        "category": "sweep", "manufacturer": "sweep", "serial": "sweep",
    }  # fmt: skip
    event = events("asset.changed")[0]
    assert json.loads(event.before) == {"name": "old", "model": "M404", "cost_cents": None}
    assert json.loads(event.after) == {"name": "new", "model": "M405", "cost_cents": 100}
    assert change(asset, name="new", model="HP m405").version == 2
    assert len(events("asset.changed")) == 1


def test_what_cannot_be_changed_here(
    make: Make, change: Callable[..., Asset], district: District
) -> None:
    asset = make(manufacturer="HP", site_id=district.lincoln)
    for field in ("id", "uid", "version", "status", "tag_key", "created_at", "observed_fields",
                  "last_seen_at", "manufacturer_id", "__class__"):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            change(asset, **{field: 1})
        assert field in refused.value.fields
    for field, value in (
        ("site_id", 999), ("site_id", "1"), ("site_id", True), ("custom", []), ("tag", ""),
        ("name", None), ("category", "x"), ("manufacturer", ""),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            change(asset, **{field: value, "model": "needs a maker"})
    technician = district.at(Role.TECHNICIAN, district.lincoln)
    with pytest.raises(Forbidden):
        change(asset, actor=technician, site_id=district.adams)
    with pytest.raises(Forbidden):
        change(asset, actor=technician, site_id=None)
    with pytest.raises(Forbidden):
        change(asset, actor=district.at(Role.HELPDESK, district.lincoln), name="x")
    with pytest.raises(NotFound):
        change(asset, actor=district.at(Role.TECHNICIAN, district.adams), name="x")
    with pytest.raises(VersionMismatch):
        change(asset, read=3, name="x")


def test_the_identifier_follows_serial_and_maker(
    database: Database, make: Make, change: Callable[..., Asset]
) -> None:
    asset = make(manufacturer="HP", model="X1", serial="ABC12345")
    change(asset, manufacturer="Lexmark")
    with database.unit(write=False) as db:
        assert service.by_serial(db, EVERYTHING, "ABC12345", manufacturer="lexmark")
        maker, model = service.catalog_of(db, db.get_one(Asset, asset.id))
        assert (maker and maker.name, model and model.name) == ("Lexmark", "X1")
    make(manufacturer="HP", serial="ABC12345", tag="OTHER")
    with pytest.raises(Duplicate, match="belongs to OTHER"):
        change(asset, manufacturer="hewlett packard")
    change(asset, serial="XYZ98765")
    change(asset, manufacturer="HP")
    with database.unit(write=False) as db:
        assert [a.tag for a in service.by_serial(db, EVERYTHING, "abc12345")] == ["OTHER"]
    cleared = change(asset, manufacturer="", serial="")
    assert (cleared.manufacturer_id, cleared.model_id) == (None, None)
    with database.unit(write=False) as db, pytest.raises(NotFound):
        service.by_serial(db, EVERYTHING, "XYZ98765")


def test_two_who_read_the_same_version_cannot_both_change_it(
    database: Database, clock: Clock, make: Make
) -> None:
    asset = make()

    def work(n: int) -> object:
        with database.unit() as db:
            changes = {"name": f"from {n}"}
            return service.change(db, EVERYTHING, asset.id, changes, now=clock(), version=1)

    done = in_parallel(6, work)
    assert sorted(type(one).__name__ for one in done) == ["Asset", *["VersionMismatch"] * 5]


def test_status_moves_need_the_right_permission(
    database: Database, clock: Clock, make: Make, district: District, events: Events
) -> None:
    asset = make(site_id=district.lincoln)
    script = district.at(Role.INTEGRATION, district.lincoln)
    reader = district.at(Role.HELPDESK, district.lincoln)
    with database.unit() as db:
        service.set_status(db, script, asset.id, Status.DEPLOYED, now=clock())
        service.set_status(db, script, asset.id, Status.DEPLOYED, now=clock())
        with pytest.raises(Forbidden):
            service.retire(db, script, asset.id, now=clock())
        with pytest.raises(Forbidden):
            service.set_status(db, reader, asset.id, Status.IN_STOCK, now=clock())
        with pytest.raises(InvalidInput):
            service.set_status(db, script, asset.id, Status.STOLEN, now=clock(), reason="  ")
        service.set_status(db, script, asset.id, Status.STOLEN, now=clock(), reason="case 7")
        retired = service.retire(db, EVERYTHING, asset.id, now=clock())
        with pytest.raises(Forbidden):
            service.set_status(db, script, asset.id, Status.IN_STOCK, now=clock())
        with pytest.raises(Conflict):
            service.set_status(db, EVERYTHING, asset.id, Status.DEPLOYED, now=clock())
    assert (retired.status, retired.version) == (Status.RETIRED, 4)
    assert [e.reason for e in events("asset.status_changed")] == ["", "case 7", ""]


def test_required_custom_fields(
    database: Database, clock: Clock, make: Make, change: Callable[..., Asset]
) -> None:
    with database.unit() as db:
        for draft in (
            FieldDraft(key="asset_class", label="Class", kind=FieldKind.CHOICE, choices=["A", "B"],
                       required=True, categories=[Category.LAPTOP]),
            FieldDraft(key="lamp_hours", label="Lamp", kind=FieldKind.NUMBER, minimum=0),
        ):  # fmt: skip
            custom_fields.create_field(db, EVERYTHING, draft, now=clock())
    with pytest.raises(InvalidInput) as refused:
        make(Category.LAPTOP)
    assert refused.value.fields == {"custom": {"asset_class": ["is required"]}}
    swept = make(Category.LAPTOP, source=Source.SWEEP)
    assert change(swept, name="a person may still name it").name
    asset = make(Category.LAPTOP, custom={"asset_class": "A", "lamp_hours": 5})
    assert change(asset, custom={"lamp_hours": None}).custom == {"asset_class": "A"}
    assert change(asset, custom={"asset_class": "B"}).custom == {"asset_class": "B"}
    for bad in ({"asset_class": None}, {"asset_class": "C"}, {"lamp_hours": -1}, {"x": 1},
                {"lamp_hours": "5"}, {"asset_class": {"$ne": 1}}):  # fmt: skip
        with pytest.raises(InvalidInput):
            change(asset, custom=bad)
    printer = make()
    with pytest.raises(InvalidInput):
        change(printer, category=Category.LAPTOP)
    moved = change(printer, category="laptop", custom={"asset_class": "A"})
    assert (moved.category, moved.custom) == (Category.LAPTOP, {"asset_class": "A"})


def test_a_refused_row_leaves_the_audit_chain_whole(
    database: Database, clock: Clock, make: Make
) -> None:
    ids = [make(tag=f"B{n}").id for n in range(4)]
    rows = [bulk.BulkRow(id_, {"name": "x", "status": "deployed"}) for id_ in ids]
    rows[1] = bulk.BulkRow(ids[1], {"name": "y", "status": "disposed"})
    with database.unit() as db:
        refused = bulk.bulk_change(db, EVERYTHING, rows, now=clock())
        assert [r.status for r in refused.results] == ["changed", "refused", "changed", "changed"]
        service.change(db, EVERYTHING, ids[3], {"name": "after"}, now=clock())
    rows[1] = bulk.BulkRow(ids[1], {"name": "y"})
    with database.unit() as db:
        assert bulk.bulk_change(db, EVERYTHING, rows, now=clock()).applied
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
        assert (verdict.broken_at, verdict.events) == (None, 4 + 1 + 7)
        assert [db.get_one(Asset, id_).name for id_ in ids] == ["x", "y", "x", "x"]


def test_bulk_has_its_bounds(
    database: Database, clock: Clock, make: Make, district: District
) -> None:
    asset = make(site_id=district.lincoln)
    row = bulk.BulkRow(asset.id, {"name": "x"})
    with database.unit() as db:
        for rows in ([], [row, row], [bulk.BulkRow(n, {}) for n in range(1, 1002)]):
            with pytest.raises(InvalidInput):
                bulk.bulk_change(db, EVERYTHING, rows, now=clock())
        with pytest.raises(Forbidden):
            reader = district.at(Role.HELPDESK, district.lincoln)
            bulk.bulk_change(db, reader, [row], now=clock())
        foreign = district.at(Role.TECHNICIAN, district.adams)
        result = bulk.bulk_change(db, foreign, [row], now=clock()).results[0]
        assert (result.status, result.code) == ("refused", 404)
