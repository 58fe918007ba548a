"""What was seen is kept beside what is recorded, and the table does not explode."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from inventory.access import Role
from inventory.assets import deciding, observed, service, sightings
from inventory.assets.kinds import Category, Outcome, Source, Status
from inventory.assets.matching import match, match_many
from inventory.assets.models import Asset, Identifier
from inventory.assets.observation import Observation
from inventory.assets.sighting_models import ObservedFact, Sighting
from inventory.assets.sightings import sight, sight_many
from inventory.audit.models import AuditEvent
from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

Saw = Callable[..., Observation]
MAC = "00:1b:78:aa:bb:cc"


@pytest.fixture
def saw(clock: Clock) -> Saw:
    def observation(**more: Any) -> Observation:
        given = {
            "source": Source.SWEEP, "source_ref": "network 1/10.0.0.5", "at": clock(),
            "address": "10.0.0.5", "category": Category.PRINTER, "manufacturer": "HP",
            "model": "LaserJet M404dn", "serial": "VNB3K12345", "firmware": "1.0",
            "name": "NPI1", "macs": (MAC,), "evidence": (("serial", "Printer-MIB"),),
        }  # fmt: skip
        return Observation(**{**given, **more})

    return observation


def report(database: Database, clock: Clock, one: Observation) -> Sighting:
    with database.unit() as db:
        kept = sight(db, EVERYTHING, one, match(db, one), now=clock())
    clock.forward(hours=1)
    return kept


def test_repeating_oneself_adds_no_row(
    database: Database, clock: Clock, make: Make, saw: Saw, events: Callable[..., list[AuditEvent]]
) -> None:
    asset = make(manufacturer="HP", serial="VNB3K12345")
    for _ in range(4):
        report(database, clock, saw())
    report(database, clock, saw(evidence=(("serial", "worded otherwise"),)))
    report(database, clock, saw(firmware="1.1"))
    report(database, clock, saw())
    with database.unit(write=False) as db:
        kept = db.exec(select(Sighting).order_by(Sighting.id)).all()
        now = db.get_one(Asset, asset.id)
        facts = {f.field: f.value for f in observed.facts(db, asset.id)}
        assert len(db.exec(select(ObservedFact)).all()) == len(facts) == 7
    assert [(k.times, k.facts["firmware"]) for k in kept] == [(6, "1.0"), (1, "1.1")]
    assert now.last_seen_at == kept[0].last_at
    assert (now.last_seen_source, now.last_seen_address) == (Source.SWEEP, "10.0.0.5")
    # Filled, then twice renewed as firmware changed there and back; seeing alone is no event.
    assert [json.loads(e.after).get("firmware") for e in events("asset.observed")] == [
        "1.0", "1.1", "1.0",
    ]  # fmt: skip
    assert now.version == 4


def test_a_talkative_device_stays_bounded(
    database: Database, clock: Clock, make: Make, saw: Saw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "MAX_ROWS_PER_PLACE", 3)
    for known in (False, True):
        for n in range(8):
            report(database, clock, saw(name=f"name {n}"))
        with database.unit(write=False) as db:
            kept = db.exec(select(Sighting)).all()
        assert len(kept) <= 4
        assert max(k.facts["name"] for k in kept) == "name 7"
        if not known:
            make(manufacturer="HP", serial="VNB3K12345")


def test_what_a_person_entered_is_never_overwritten(
    database: Database, clock: Clock, make: Make, saw: Saw, district: District
) -> None:
    asset = make(Category.MULTIFUNCTION, serial="VNB3K12345", name="Front office",
                 manufacturer="Hewlett-Packard", site_id=district.lincoln)  # fmt: skip
    report(database, clock, saw(site_id=district.adams))
    with database.unit(write=False) as db:
        now = db.get_one(Asset, asset.id)
        assert (now.name, now.category, now.site_id) == (
            "Front office", Category.MULTIFUNCTION, district.lincoln,
        )  # fmt: skip
        assert (now.firmware, now.observed_fields) == (
            "1.0",
            {"firmware": "sweep", "model": "sweep"},
        )
        told = {d.field: (d.recorded, d.observed) for d in observed.differences(db, now)}
    assert told == {
        "category": ("multifunction", "printer"), "name": ("Front office", "NPI1"),
        "site_id": (str(district.lincoln), str(district.adams)),
    }  # fmt: skip
    with database.unit() as db:
        service.change(db, EVERYTHING, asset.id, {"firmware": "by hand"}, now=clock())
    report(database, clock, saw(firmware="2.0"))
    with database.unit(write=False) as db:
        assert db.get_one(Asset, asset.id).firmware == "by hand"


def test_empty_fields_are_filled_with_their_source(
    database: Database, clock: Clock, make: Make, saw: Saw, district: District
) -> None:
    asset = make(identifiers=[("mac", MAC)], category=Category.PRINTER)
    report(database, clock, saw(serial="N/A", manufacturer="", model=""))
    report(database, clock, saw(site_id=district.lincoln))
    with database.unit(write=False) as db:
        now = db.get_one(Asset, asset.id)
        maker, model = service.catalog_of(db, now)
        assert (now.serial, now.site_id, maker and maker.name, model and model.name) == (
            "VNB3K12345", district.lincoln, "HP", "LaserJet M404dn",
        )  # fmt: skip
        assert set(now.observed_fields) == {
            "name", "firmware", "serial", "site_id", "manufacturer", "model",
        }  # fmt: skip
        found = service.by_serial(db, EVERYTHING, "vnb3k12345", manufacturer="hp")
        assert [a.id for a in found] == [asset.id]
        assert service.list_assets(db, EVERYTHING, service.AssetFilter(q="npi1")).count == 1


def test_identifiers_of_others_are_left_to_them(
    database: Database, clock: Clock, make: Make, saw: Saw
) -> None:
    other = make(identifiers=[("mac", MAC)])
    one = saw(serial="", macs=("00:1b:78:00:00:01", MAC))
    asset = make()
    with database.unit() as db:
        found = match(db, one)
        assert found.asset_ids == (other.id,)
        forced = type(found)(Outcome.MATCHED, (asset.id,), ("said so",), found.keys)
        sight(db, EVERYTHING, one, forced, now=clock())
    with database.unit(write=False) as db:
        macs = {i.value: i.asset_id for i in db.exec(select(Identifier))}
    assert macs == {"001b78aabbcc": other.id, "001b78000001": asset.id}


def test_an_open_sighting_closes_when_its_device_becomes_known(
    database: Database, clock: Clock, make: Make, saw: Saw
) -> None:
    assert report(database, clock, saw()).outcome is Outcome.NEW
    asset = make(manufacturer="HP", serial="VNB3K12345")
    kept = report(database, clock, saw())
    assert (kept.outcome, kept.asset_id) == (Outcome.MATCHED, asset.id)
    with database.unit(write=False) as db:
        assert len(db.exec(select(Sighting)).all()) == 1


def test_a_sweep_acts_only_where_it_may(
    database: Database, clock: Clock, make: Make, saw: Saw, district: District
) -> None:
    make(manufacturer="HP", serial="VNB3K12345", site_id=district.adams)
    for role, site in ((Role.TECHNICIAN, district.lincoln), (Role.HELPDESK, district.adams)):
        with pytest.raises(Forbidden), database.unit() as db:
            sight(db, district.at(role, site), saw(), match(db, saw()), now=clock())


def test_accepting_makes_an_asset_once(
    database: Database, clock: Clock, saw: Saw, district: District
) -> None:
    batch = [saw(), saw(source_ref="network 1/10.0.0.6", address="10.0.0.6")]
    with database.unit() as db:
        found = match_many(db, batch)
        assert [m.twin for m in found] == [None, 0]
        asset = deciding.accept_new(db, EVERYTHING, batch[0], now=clock(), site_id=district.lincoln)
        with pytest.raises(Duplicate):
            deciding.accept_new(db, EVERYTHING, batch[1], now=clock())
    with database.unit() as db:
        assert (asset.status, asset.site_id, asset.tag) == (
            Status.DEPLOYED, district.lincoln, "HR-000001",
        )  # fmt: skip
        assert set(asset.observed_fields) >= {"serial", "model", "name", "firmware"}
        kinds = {i.kind for i in db.exec(select(Identifier))}
        assert kinds == {"serial", "mac"}
        later = sight_many(
            db, EVERYTHING, list(zip(batch, match_many(db, batch), strict=True)), now=clock()
        )
        assert {s.asset_id for s in later} == {asset.id}


def test_a_person_decides_a_conflict(
    database: Database, clock: Clock, make: Make, saw: Saw, events: Callable[..., list[AuditEvent]]
) -> None:
    asset = make(manufacturer="HP", serial="VNB3K12345")
    report(database, clock, saw())
    swapped = saw(serial="VNB3K99999", macs=("00:1b:78:00:00:01",))
    assert report(database, clock, swapped).outcome is Outcome.CONFLICT
    with pytest.raises(Conflict), database.unit() as db:
        deciding.accept_as(db, EVERYTHING, asset.id, swapped, now=clock())
    with database.unit() as db:
        deciding.accept_as(
            db, EVERYTHING, asset.id, swapped, now=clock(), replace_hardware=True, reason="RMA 5"
        )
    with database.unit() as db:
        kept = {(i.kind, i.value) for i in db.exec(select(Identifier))}
        assert kept == {("serial", "VNB3K99999"), ("mac", "001b78000001")}
        assert db.get_one(Asset, asset.id).serial == "VNB3K99999"
        assert [s.outcome for s in db.exec(select(Sighting))] == [Outcome.MATCHED] * 2
        assert match(db, swapped).asset_ids == (asset.id,)
    assert [e.reason for e in events("asset.hardware_replaced")] == ["RMA 5"]
    taken = make(identifiers=[("mac", "00:1b:78:00:00:02")])
    with pytest.raises(Duplicate, match=taken.tag), database.unit() as db:
        both = saw(serial="", macs=("00:1b:78:00:00:02",))
        deciding.accept_as(db, EVERYTHING, asset.id, both, now=clock())


def test_a_hundred_sightings_cost_few_statements(
    database: Database, clock: Clock, make: Make, saw: Saw
) -> None:
    for n in range(20):
        make(manufacturer="HP", serial=f"VNB3K100{n:02d}")
    batch = [
        saw(serial=f"VNB3K100{n:02d}", macs=(f"00:1b:78:00:02:{n:02x}",), source_ref=f"n{n}")
        for n in range(20)
    ]

    def keep() -> int:
        ran: list[str] = []

        def note(*call: Any) -> None:
            ran.append(call[2])

        with database.unit() as db:
            found = match_many(db, batch)
            sa.event.listen(db.get_bind(), "before_cursor_execute", note)
            sight_many(db, EVERYTHING, list(zip(batch, found, strict=True)), now=clock())
            sa.event.remove(db.get_bind(), "before_cursor_execute", note)
        return len(ran)

    keep()
    assert keep() <= 10
