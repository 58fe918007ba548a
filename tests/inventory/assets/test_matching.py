"""Which asset is it? Strong identifiers first; doubt is a conflict, never an overwrite."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from inventory.assets import service
from inventory.assets.kinds import Category, Outcome, Source, Status
from inventory.assets.matching import Match, match, match_many
from inventory.assets.models import Asset, Identifier
from inventory.assets.observation import Observation
from inventory.assets.sightings import sight
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, Make

SERIAL, MAC = "VNB3K12345", "00:1b:78:aa:bb:cc"
See = Callable[..., Match]


@pytest.fixture
def seen(clock: Clock) -> Callable[..., Observation]:
    def observed(**more: Any) -> Observation:
        given = {
            "source": Source.SWEEP, "source_ref": "network 1/10.0.0.5", "at": clock(),
            "address": "10.0.0.5", "category": Category.PRINTER, "manufacturer": "HP",
            "model": "LaserJet M404dn", "name": "NPI1",
        }  # fmt: skip
        return Observation(**{**given, **more})

    return observed


@pytest.fixture
def see(database: Database, clock: Clock, seen: Callable[..., Observation]) -> See:
    """One sweep's report: matched, kept; the match."""

    def report(**more: Any) -> Match:
        with database.unit() as db:
            found = match(db, seen(**more))
            sight(db, EVERYTHING, seen(**more), found, now=clock())
            clock.forward(hours=1)
            return found

    return report


def at(place: str) -> dict[str, str]:
    return {"source_ref": f"network 1/{place}", "address": place}


def test_nothing_known_is_new(see: See) -> None:
    assert see(serial=SERIAL).kind is Outcome.NEW
    assert see().kind is Outcome.NEW


def test_the_serial_within_its_maker_matches(see: See, make: Make) -> None:
    asset = make(manufacturer="Hewlett-Packard", serial=SERIAL)
    make(manufacturer="Lexmark", serial=SERIAL)
    found = see(serial=f" {SERIAL.lower()} ")
    assert (found.kind, found.asset_ids) == (Outcome.MATCHED, (asset.id,))
    assert found.reasons == (f"serial {SERIAL} belongs to {asset.tag}",)


def test_a_serial_whose_maker_nobody_wrote_down_matches(see: See, make: Make) -> None:
    asset = make(serial=SERIAL)
    assert see(serial=SERIAL).asset_ids == (asset.id,)


def test_two_makers_same_serial_and_no_maker_seen_is_a_conflict(see: See, make: Make) -> None:
    ids = {make(manufacturer=maker, serial=SERIAL).id for maker in ("HP", "Lexmark")}
    found = see(serial=SERIAL, manufacturer="")
    assert (found.kind, set(found.asset_ids)) == (Outcome.CONFLICT, ids)


def test_every_strong_identifier_matches_alone(see: See, make: Make) -> None:
    make()
    for kind, value, reported in (
        ("mac", MAC, {"macs": ("001B.78AA.BBCC",)}),
        ("imei", "490154203237518", {"identifiers": (("imei", "49-015420-323751"),)}),
        ("vendor:jamf", "device 42", {"identifiers": (("vendor:jamf", "device 42"),)}),
        ("snmp_engine_id", "800007e503001b78aabbcc", {"engine_id": "0x800007E503001b78aabbcc"}),
    ):
        asset = make(identifiers=[(kind, value)])
        assert see(**reported, **at(kind)).asset_ids == (asset.id,)


def test_identifiers_of_different_assets_are_a_conflict(see: See, make: Make) -> None:
    one = make(manufacturer="HP", serial=SERIAL)
    two = make(identifiers=[("mac", MAC)])
    found = see(serial=SERIAL, macs=(MAC,))
    assert (found.kind, set(found.asset_ids)) == (Outcome.CONFLICT, {one.id, two.id})
    assert len(found.reasons) == 3


def test_a_mac_with_another_serial_is_a_conflict(database: Database, see: See, make: Make) -> None:
    asset = make(manufacturer="HP", serial=SERIAL, identifiers=[("mac", MAC)])
    found = see(serial="VNB3K99999", macs=(MAC,))
    assert (found.kind, found.asset_ids) == (Outcome.CONFLICT, (asset.id,))
    assert f"but {asset.tag} has {SERIAL}" in found.reasons[-1]
    with database.unit(write=False) as db:
        now = db.get_one(Asset, asset.id)
        assert (now.serial, now.last_seen_at) == (SERIAL, None)


def test_a_moved_address_is_no_new_asset(database: Database, see: See, make: Make) -> None:
    asset = make(manufacturer="HP", serial=SERIAL)
    see(serial=SERIAL)
    found = see(serial=SERIAL, **at("10.0.7.7"))
    assert (found.kind, found.asset_ids) == (Outcome.MATCHED, (asset.id,))
    with database.unit(write=False) as db:
        assert db.get_one(Asset, asset.id).last_seen_address == "10.0.7.7"


def test_a_swapped_printer_at_the_same_address_is_a_conflict(
    database: Database, see: See, make: Make
) -> None:
    asset = make(manufacturer="HP", serial=SERIAL)
    see(serial=SERIAL)
    found = see(serial="VNB3K99999", model="LaserJet M607", category=Category.MULTIFUNCTION)
    assert (found.kind, found.asset_ids) == (Outcome.CONFLICT, (asset.id,))
    assert found.reasons[0] == f"{asset.tag} was last seen at 10.0.0.5"
    with database.unit(write=False) as db:
        assert db.get_one(Asset, asset.id).serial == SERIAL


def test_a_new_mainboard_without_a_serial_is_a_conflict(see: See, make: Make) -> None:
    asset = make(identifiers=[("mac", MAC)])
    see(macs=(MAC,))
    found = see(macs=("00:1b:78:00:00:01",))
    assert (found.kind, found.asset_ids) == (Outcome.CONFLICT, (asset.id,))


def test_the_same_serial_with_a_new_network_card_matches(
    database: Database, see: See, make: Make
) -> None:
    asset = make(manufacturer="HP", serial=SERIAL, identifiers=[("mac", MAC)])
    see(serial=SERIAL, macs=(MAC,))
    assert see(serial=SERIAL, macs=("00:1b:78:00:00:01",)).kind is Outcome.MATCHED
    with database.unit(write=False) as db:
        macs = db.exec(select(Identifier.value).where(Identifier.kind == "mac")).all()
    assert set(macs) == {"001b78aabbcc", "001b78000001"}
    assert see(macs=("00:1b:78:00:00:01",)).asset_ids == (asset.id,)


def test_another_sort_of_device_at_the_address_is_new(see: See, make: Make) -> None:
    make(manufacturer="HP", serial=SERIAL)
    see(serial=SERIAL)
    found = see(serial="LAPTOP777", manufacturer="Dell", category=Category.LAPTOP)
    assert found.kind is Outcome.NEW


def test_whoever_has_moved_away_is_no_occupant(see: See, make: Make) -> None:
    make(manufacturer="HP", serial=SERIAL)
    see(serial=SERIAL)
    see(serial=SERIAL, **at("10.0.7.7"))
    assert see(serial="VNB3K99999").kind is Outcome.NEW


def test_a_swap_of_two_printers_within_one_batch(
    database: Database, clock: Clock, see: See, make: Make, seen: Callable[..., Observation]
) -> None:
    one = make(manufacturer="HP", serial="VNB3K11111")
    two = make(manufacturer="HP", serial="VNB3K22222")
    see(serial="VNB3K11111", **at("10.0.0.1"))
    see(serial="VNB3K22222", **at("10.0.0.2"))
    batch = [
        seen(serial="VNB3K22222", **at("10.0.0.1")),
        seen(serial="VNB3K11111", **at("10.0.0.2")),
        seen(serial="VNB3K33333", **at("10.0.0.3")),
    ]
    with database.unit() as db:
        found = match_many(db, batch)
    assert [(m.kind, m.asset_ids) for m in found] == [
        (Outcome.MATCHED, (two.id,)), (Outcome.MATCHED, (one.id,)), (Outcome.NEW, ()),
    ]  # fmt: skip


def test_weak_evidence_matches_only_what_was_last_seen_there(
    database: Database, clock: Clock, see: See, make: Make, seen: Callable[..., Observation]
) -> None:
    assert see().kind is Outcome.NEW
    asset = make(manufacturer="HP", model="LaserJet M404dn")
    make(manufacturer="HP", model="LaserJet M404dn")
    accepted = Match(Outcome.MATCHED, (asset.id,), ("accepted by a person",))
    with database.unit() as db:
        sight(db, EVERYTHING, seen(), accepted, now=clock())
    found = see()
    assert (found.kind, found.asset_ids, found.weak) == (Outcome.MATCHED, (asset.id,), True)
    assert see(name="NPI2").kind is Outcome.NEW
    assert see(model="Other").kind is Outcome.NEW
    assert see(**at("10.0.0.6")).kind is Outcome.NEW
    assert see(source=Source.VENDOR).kind is Outcome.NEW
    assert see(manufacturer="", model="", name="NPI1").kind is Outcome.NEW
    # A serial seen for the first time contradicts nothing: the same device, better known.
    assert see(serial=SERIAL).asset_ids == (asset.id,)
    assert see(serial=SERIAL, **at("10.9.9.9")).asset_ids == (asset.id,)
    assert see(serial="VNB3K99999", **at("10.9.9.9")).kind is Outcome.CONFLICT


def test_what_is_out_of_use_is_not_matched_weakly(
    database: Database, clock: Clock, see: See, make: Make, seen: Callable[..., Observation]
) -> None:
    asset = make(manufacturer="HP", serial=SERIAL)
    see(serial=SERIAL)
    with database.unit() as db:
        service.set_status(db, EVERYTHING, asset.id, Status.LOST, now=clock(), reason="gone")
    assert see(serial="VNB3K99999").kind is Outcome.NEW
    found = see(serial=SERIAL, **at("10.3.3.3"))
    assert found.asset_ids == (asset.id,)
    assert found.reasons[-1] == f"{asset.tag} is recorded as lost"


def test_placeholders_and_shared_macs_never_match(see: See, make: Make) -> None:
    make(serial="N/A", manufacturer="HP")
    for macs in (("00:00:00:00:00:00",), ("ff:ff:ff:ff:ff:ff",), ("02:00:00:00:00:01",),
                 ("00:00:5e:00:01:05",), ("01:00:5e:00:00:01",)):  # fmt: skip
        found = see(serial="N/A", macs=macs)
        assert (found.kind, found.keys) == (Outcome.NEW, ())


def test_the_second_answer_of_one_device_in_a_batch_is_a_twin(
    database: Database, seen: Callable[..., Observation]
) -> None:
    batch = [
        seen(serial="SW-100200", **at("10.0.0.1")), seen(**at("10.0.0.2")),
        seen(serial="SW-100200", **at("10.0.0.3")),
    ]  # fmt: skip
    with database.unit(write=False) as db:
        assert [m.twin for m in match_many(db, batch)] == [None, None, 0]


def count_queries(db: Session, batch: list[Observation]) -> int:
    ran: list[str] = []

    def note(*call: Any) -> None:
        ran.append(call[2])

    sa.event.listen(db.get_bind(), "before_cursor_execute", note)
    match_many(db, batch)
    sa.event.remove(db.get_bind(), "before_cursor_execute", note)
    return len(ran)


def test_a_batch_costs_a_constant_number_of_queries(
    database: Database, make: Make, see: See, seen: Callable[..., Observation]
) -> None:
    for n in range(8):
        make(manufacturer="HP", serial=f"VNB3K1000{n}")
        see(serial=f"VNB3K1000{n}", **at(f"10.1.0.{n}"))
    batch = [
        seen(serial=f"VNB3K1000{n % 9}", macs=(f"00:1b:78:00:01:{n:02x}",), **at(f"10.1.0.{n}"))
        for n in range(100)
    ]
    with database.unit(write=False) as db:
        match_many(db, batch)
        assert count_queries(db, batch) == count_queries(db, batch[:1]) <= 7


def test_hostile_strings_are_made_harmless_and_bounded(
    database: Database, clock: Clock, seen: Callable[..., Observation]
) -> None:
    nasty = "A\x00\ud800\u202e\r\n<script>=1+1" + "x" * 60_000
    one = seen(
        **dict.fromkeys(("manufacturer", "model", "serial", "firmware", "name", "location"), nasty),
        macs=(nasty,) * 5000, addresses=(nasty,) * 5000, engine_id=nasty,
        identifiers=(("vendor:x", nasty), (nasty, nasty)), evidence=((nasty, nasty),) * 5000,
    )  # fmt: skip
    with database.unit() as db:
        kept = sight(db, EVERYTHING, one, match(db, one), now=clock())
        assert len(str(kept.facts)) < 20_000
        assert "\ud800" not in str(kept.facts)
    with database.unit() as db:
        again = sight(db, EVERYTHING, replace(one), match(db, one), now=clock())
        assert (again.id, again.times) == (kept.id, 2)
