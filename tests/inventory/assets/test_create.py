"""Creating assets and finding them by tag and serial."""

import pytest
from sqlmodel import select

from inventory.access import Actor, Role
from inventory.assets import reach, service
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.models import Identifier
from inventory.audit.models import AuditEvent
from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound
from tests.inventory.assets.conftest import EVERYTHING, District, Make


def test_an_asset_gets_a_tag_identifiers_and_an_event(
    database: Database, make: Make, district: District
) -> None:
    asset = make(
        manufacturer="HP Inc.", model="HP LaserJet M404dn", serial="cnb-1k2 3", name="Office",
        site_id=district.lincoln, identifiers=[("mac", "00-1B-78-AA-BB-CC")],
    )  # fmt: skip
    assert (asset.tag, asset.version, asset.status) == ("HR-000001", 1, Status.IN_STOCK)
    with database.unit(write=False) as db:
        keys = {(i.kind, i.namespace, i.value) for i in db.exec(select(Identifier))}
        event = db.exec(select(AuditEvent)).one()
        maker, model = service.catalog_of(db, asset)
    assert keys == {("serial", "hp", "CNB-1K23"), ("mac", "", "001b78aabbcc")}
    assert maker is not None and (maker.name, maker.provisional) == ("HP Inc.", True)
    assert model is not None and model.name == "LaserJet M404dn"
    assert (event.action, event.subject_id, event.site_id) == (
        "asset.created", str(asset.id), district.lincoln,
    )  # fmt: skip
    assert '"serial": "cnb-1k2 3"' in event.after


def test_other_spellings_of_a_maker_are_the_same_maker(make: Make) -> None:
    first = make(manufacturer="Hewlett-Packard", model="LaserJet 4")
    second = make(manufacturer="hp inc", model="HP laserjet-4")
    assert (first.manufacturer_id, first.model_id) == (second.manufacturer_id, second.model_id)


def test_a_tag_is_found_in_any_writing(database: Database, make: Make) -> None:
    asset = make(tag="  Wps  00/12 ß ")
    assert asset.tag == "Wps 00/12 ß"
    with database.unit(write=False) as db:
        for text in ("wps 00/12 ss", "WPS  00/12 ß", "\uff37ps 00/12 ß"):
            assert service.by_tag(db, EVERYTHING, text).id == asset.id


def test_an_unknown_tag_names_near_misses(database: Database, make: Make) -> None:
    make(tag="HR-000123")
    make(tag="HR-000999")
    make(tag="OLD 123")
    with database.unit(write=False) as db, pytest.raises(NotFound) as missed:
        service.by_tag(db, EVERYTHING, "HR-000132")
    assert missed.value.near == ["HR-000123"]
    with database.unit(write=False) as db, pytest.raises(NotFound) as missed:
        service.by_tag(db, EVERYTHING, "123")
    assert missed.value.near == ["OLD 123", "HR-000123"]


def test_a_tag_is_borne_once(make: Make) -> None:
    make(tag="A-1")
    with pytest.raises(Duplicate, match="a-1 is taken"):
        make(tag="a-1")


def test_a_serial_belongs_to_one_asset_of_a_maker(
    database: Database, make: Make, district: District
) -> None:
    make(manufacturer="Dell", serial="ABC1234", tag="ONE", site_id=district.lincoln)
    with pytest.raises(Duplicate, match="serial ABC1234 belongs to ONE"):
        make(manufacturer="Dell Inc", serial="abc 1234")
    with pytest.raises(Duplicate, match="belongs to ONE"):
        make(serial="ABC1234")
    stranger = district.at(Role.TECHNICIAN, district.adams)
    with pytest.raises(Duplicate, match="belongs to another asset"):
        make(manufacturer="Dell", serial="ABC1234", actor=stranger, site_id=district.adams)
    other = make(manufacturer="Lenovo", serial="ABC1234")
    with database.unit(write=False) as db:
        assert len(service.by_serial(db, EVERYTHING, "abc1234")) == 2
        found = service.by_serial(db, EVERYTHING, " abc 1234", manufacturer="lenovo")
        assert [a.id for a in found] == [other.id]
        assert [a.id for a in service.by_serial(db, stranger_reader(district), "ABC1234")] == [1]


def stranger_reader(district: District) -> Actor:
    return district.at(Role.HELPDESK, district.lincoln)


def test_placeholder_serials_identify_nothing(database: Database, make: Make) -> None:
    for serial in ("0", "N/A", "To be filled by O.E.M.", "XXXXXXXX", "123456789", "not specified"):
        make(serial=serial)
        make(serial=serial)
    with database.unit(write=False) as db:
        assert db.exec(select(Identifier)).all() == []
        with pytest.raises(NotFound):
            service.by_serial(db, EVERYTHING, "N/A")


def test_a_mac_belongs_to_one_asset(make: Make) -> None:
    make(tag="ONE", identifiers=[("mac", "001b.78aa.bbcc")])
    with pytest.raises(Duplicate, match="MAC 00:1b:78:aa:bb:cc belongs to ONE"):
        make(identifiers=[("mac", "00:1B:78:AA:BB:CC")])
    with pytest.raises(InvalidInput):
        make(identifiers=[("mac", "02:1B:78:AA:BB:CC")])
    with pytest.raises(InvalidInput):
        make(identifiers=[("shoe size", "44")])


def test_a_foreign_site_is_forbidden_whether_it_exists_or_not(
    make: Make, district: District
) -> None:
    technician = district.at(Role.TECHNICIAN, district.lincoln, district.room_12)
    make(actor=technician, site_id=district.room_12)
    for site_id in (district.adams, 999, None):
        with pytest.raises(Forbidden):
            make(actor=technician, site_id=site_id)
    with pytest.raises(InvalidInput):
        make(site_id=999)


def test_reading_stays_within_the_scope(database: Database, make: Make, district: District) -> None:
    asset = make(tag="HID", site_id=district.adams, serial="SECRET77")
    reader = district.at(Role.HELPDESK, district.lincoln)
    nobody = district.at(Role.STAFF, district.adams)
    with database.unit(write=False) as db:
        with pytest.raises(NotFound):
            service.get(db, reader, asset.id)
        with pytest.raises(NotFound) as missed:
            service.by_tag(db, reader, "HID")
        assert missed.value.near == []
        with pytest.raises(NotFound):
            service.by_serial(db, reader, "SECRET77")
        with pytest.raises(Forbidden):
            service.by_tag(db, nobody, "HID")
        assert reach.within(nobody) != []


def test_a_new_asset_cannot_be_lost(make: Make) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(status=Status.LOST)
    assert "status" in refused.value.fields


def test_wrong_values_are_named(make: Make) -> None:
    for field, value in (
        ("name", "x" * 201), ("name", "a\x07b"), ("name", 5), ("serial", "s" * 121),
        ("cost_cents", -1), ("cost_cents", True), ("cost_cents", 10**12), ("cost_cents", "5"),
        ("purchase_date", "2026-01-01"), ("federal_funds", "yes"), ("description", "x" * 4001),
        ("category", "toaster"), ("manufacturer", "***"), ("model", "no maker"), ("tag", "a\nb"),
        ("prefix", "nobody's"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            make(**{"category": Category.LAPTOP, field: value})
        assert field in refused.value.fields


def test_what_a_sweep_reports_counts_as_observed(make: Make) -> None:
    asset = make(manufacturer="Epson", name="EPSON1", source=Source.SWEEP)
    assert asset.observed_fields == {"category": "sweep", "manufacturer": "sweep", "name": "sweep"}
    assert make(name="typed").observed_fields == {}


def test_the_wall_behind_the_checks(database: Database, make: Make) -> None:
    first, second = make(tag="W1"), make(tag="W2")
    with pytest.raises(Conflict), database.unit() as db:
        for asset_id in (first.id, second.id):
            db.add(
                Identifier(
                    asset_id=asset_id, kind="mac", value="001122334455", added_at=first.created_at
                )
            )
