"""A network is swept: what is new waits or is accepted, what is known is recognised."""

from sqlmodel import select

from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.discovery import addresses, readings
from inventory.discovery.finding_models import Decision
from inventory.discovery.models import SnmpCredential, SweepState
from inventory.discovery.reading_models import AssetAddress
from tests.inventory.discovery.conftest import PRINTERS, House
from tests.simnet import Simnet


def test_new_devices_wait_for_a_person(house: House, printers: Simnet) -> None:
    sweep = house.sweep(house.network(printers))
    assert sweep.state is SweepState.FINISHED, sweep.error
    assert (sweep.total, sweep.probed, sweep.answered, sweep.interrogated) == (3, 3, 3, 3)
    assert (sweep.found_new, sweep.found_matched, sweep.found_conflict) == (3, 0, 0)
    assert sweep.by_kind == {"printer": 3}
    assert house.assets() == []
    found = {row.name: row for row in house.findings()}
    assert set(found) == set(PRINTERS)
    office, device = found["LES-PRN-OFFICE"], printers.device("LES-PRN-OFFICE")
    assert (office.vendor, office.model) == (device.vendor, device.model)
    assert (office.serial, office.address) == (device.serial, device.address)
    assert (office.outcome, office.decision) == (Outcome.NEW, None)
    assert office.macs == list(device.macs)
    assert office.site_id == house.school
    assert office.default_community, "it answers to the community `public`"
    assert any(e["field"] == "serial" and e.get("chosen") for e in office.evidence)
    assert len(office.facts["supplies"]) == 1
    assert house.one(SnmpCredential, label=office.credential_label).used_at is not None


def test_a_second_sweep_renews_the_review_queue(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    house.sweep(network)
    before = house.findings()
    sweep = house.sweep(network)
    assert sweep.found_new == 3
    after = house.findings()
    assert [row.id for row in after] == [row.id for row in before], "nothing piles up"
    assert {row.times for row in after} == {2}
    assert [row.revision for row in after] == [row.revision for row in before]


def test_a_rule_accepts_and_the_second_sweep_recognises(house: House, printers: Simnet) -> None:
    network = house.network(printers, auto_accept=["printer"])
    first = house.sweep(network)
    assert (first.found_new, first.accepted, first.found_conflict) == (3, 3, 0)
    made = {asset.serial: asset for asset in house.assets()}
    assert set(made) == {device.serial for device in printers.devices}
    office = made[printers.device("LES-PRN-OFFICE").serial]
    assert (office.category, office.status) == (Category.PRINTER, Status.DEPLOYED)
    assert office.tag.startswith("HR-")
    assert office.site_id == house.school
    with house.database.unit(write=False) as db:
        event = db.exec(select(AuditEvent).where(AuditEvent.action == "asset.created")).first()
        assert event is not None
        assert event.actor_name == "sweep of School"
        assert audit.verify(db).broken_at is None
        (supply,) = readings.current_supplies(db, office.id)
        assert (supply.color, supply.level_percent) == ("black", 71)
        counters = readings.current_counters(db, office.id)
        assert counters["total"].value == 48213
        (stay,) = addresses.of_asset(db, office.id)
        assert stay.address == printers.device("LES-PRN-OFFICE").address
        assert stay.mac == printers.device("LES-PRN-OFFICE").macs[0]
    second = house.sweep(network)
    assert (second.found_new, second.found_matched, second.accepted) == (0, 3, 0)
    assert len(house.assets()) == 3
    rows = house.findings()
    assert len(rows) == 3
    assert {row.decision for row in rows} == {Decision.AUTOMATIC}
    assert {row.outcome for row in rows} == {Outcome.MATCHED}
    seen = house.one(Asset, id=office.id).last_seen_at
    assert seen is not None
    assert seen >= second.started_at


def test_a_place_rule_knows_better_than_the_network(house: House, printers: Simnet) -> None:
    office = printers.device("LES-PRN-OFFICE")
    network = house.network(
        printers,
        auto_accept=["printer"],
        places=[{"target": f"{office.address}/32", "site_id": house.room}],
    )
    house.sweep(network)
    sites = {asset.serial: asset.site_id for asset in house.assets()}
    assert sites.pop(office.serial) == house.room
    assert set(sites.values()) == {house.school}


def test_a_rule_accepts_only_its_kinds(house: House, printers: Simnet) -> None:
    sweep = house.sweep(house.network(printers, auto_accept=["camera", "plotter"]))
    assert (sweep.found_new, sweep.accepted) == (3, 0)
    assert house.assets() == []


def test_a_moved_device_is_the_same_asset(house: House, printers: Simnet) -> None:
    network = house.network(printers, auto_accept=["printer"])
    house.sweep(network)
    (old,) = [a for a in house.assets() if a.name == "LES-PRN-LAB"]
    printers.replace("LES-PRN-LAB", {"address": "127.30.1.199"})
    house.change(network, targets=[device.address for device in printers.devices])
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_new, sweep.found_conflict) == (3, 0, 0)
    assert len(house.assets()) == 3
    stays = house.all(AssetAddress, asset_id=old.id)
    assert [(stay.address, stay.current) for stay in stays] == [
        (old.last_seen_address, False),
        ("127.30.1.199", True),
    ]
    assert house.one(Asset, id=old.id).last_seen_address == "127.30.1.199"


def test_two_devices_that_swapped_addresses_are_recognised(house: House, printers: Simnet) -> None:
    network = house.network(printers, auto_accept=["printer"])
    house.sweep(network)
    one, other = printers.device("LES-PRN-LAB"), printers.device("LES-PRN-102")
    printers.replace(one.name, {"address": "127.30.1.198"})
    printers.replace(other.name, {"address": one.address})
    printers.replace(one.name, {"address": other.address})
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_conflict, sweep.found_new) == (3, 0, 0)
    assert len(house.assets()) == 3


def test_a_device_that_is_off_keeps_its_address(house: House, printers: Simnet) -> None:
    network = house.network(printers, auto_accept=["printer"])
    house.sweep(network)
    printers.replace("LES-PRN-LAB", {"silent": True})
    sweep = house.sweep(network)
    assert sweep.found_matched == 2
    assert all(stay.current for stay in house.all(AssetAddress))
