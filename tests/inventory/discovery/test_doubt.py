"""Doubt is never an overwrite: swaps, exchanged boards, twins and placeholders."""

from typing import Any

import pytest

from inventory.assets import service as assets
from inventory.assets.kinds import Outcome, Status
from inventory.assets.models import Asset, Identifier
from inventory.discovery import review, review_queue
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.reading_models import AssetAddress
from inventory.discovery.review import Moment
from inventory.errors import Conflict, Duplicate
from tests.inventory.discovery.conftest import ANYBODY, House, now
from tests.simnet import Simnet

LAB = "LES-PRN-LAB"
OTHER_MAC = "3c:d9:2b:77:10:40"


def moment() -> Moment:
    return Moment(now(), now().date())


def known(house: House, net: Simnet) -> int:
    """A network whose printers are assets."""
    network = house.network(net, auto_accept=["printer"])
    house.sweep(network)
    return network


def asset_named(house: House, name: str) -> Asset:
    return house.one(Asset, name=name)


def the_conflict(house: House) -> DiscoveryFinding:
    return house.one(DiscoveryFinding, outcome=Outcome.CONFLICT)


def decide(house: House, verb: Any, *given: Any, **more: Any) -> DiscoveryFinding:
    with house.database.unit() as db:
        return verb(db, ANYBODY, *given, at=moment(), **more)


def test_another_serial_at_the_same_address_is_a_conflict(house: House, printers: Simnet) -> None:
    network = known(house, printers)
    before = asset_named(house, LAB)
    printers.replace(LAB, {"serial": "NEWSERIAL77"})
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_conflict, sweep.accepted) == (2, 1, 0)
    row = the_conflict(house)
    assert row.candidates == [before.id]
    assert row.asset_id == before.id
    assert "NEWSERIAL77" in " ".join(row.reasons)
    after = asset_named(house, LAB)
    assert after.serial == before.serial
    assert after.version == before.version
    with house.database.unit(write=False) as db:
        (candidate,) = review_queue.candidates(db, ANYBODY, row)
    sides = {side.field: side for side in candidate.sides}
    assert (sides["serial"].observed, sides["serial"].recorded) == ("NEWSERIAL77", before.serial)
    assert not sides["serial"].same
    assert sides["model"].same


def test_a_replaced_printer_gets_its_own_asset_and_the_old_one_retires(
    house: House, printers: Simnet
) -> None:
    network = known(house, printers)
    old = asset_named(house, LAB)
    printers.replace(LAB, {"serial": "NEWSERIAL77"})
    house.sweep(network)
    row = decide(house, review.replaced, the_conflict(house).id, old.id, reason="broke down")
    assert row.decision is Decision.REPLACED
    assert house.one(Asset, id=old.id).status is Status.RETIRED
    new = house.one(Asset, id=row.asset_id)
    assert (new.serial, new.site_id) == ("NEWSERIAL77", old.site_id)
    (stay,) = house.all(AssetAddress, asset_id=new.id)
    assert stay.current
    assert not house.one(AssetAddress, asset_id=old.id).current
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_conflict, sweep.found_new) == (3, 0, 0)


def test_a_new_mainboard_is_the_same_device_when_a_person_says_so(
    house: House, printers: Simnet
) -> None:
    network = known(house, printers)
    old = asset_named(house, LAB)
    mac = printers.device(LAB).macs[0]
    printers.replace(LAB, {"serial": "BOARD00099", "mac": mac})
    sweep = house.sweep(network)
    assert sweep.found_conflict == 1
    row = the_conflict(house)
    assert any("MAC" in reason for reason in row.reasons)
    decide(house, review.same_device, row.id, old.id, replace_hardware=True, reason="new board")
    assert house.one(Asset, id=old.id).serial == "BOARD00099"
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_conflict) == (3, 0)
    assert len(house.assets()) == 3


def test_without_saying_hardware_was_replaced_another_serial_is_refused(
    house: House, printers: Simnet
) -> None:
    network = known(house, printers)
    old = asset_named(house, LAB)
    printers.replace(LAB, {"serial": "BOARD00099", "mac": printers.device(LAB).macs[0]})
    house.sweep(network)
    with pytest.raises(Conflict, match="serial"):
        decide(house, review.same_device, the_conflict(house).id, old.id)


def test_a_conflict_that_answers_itself_leaves_the_queue(house: House, printers: Simnet) -> None:
    network = known(house, printers)
    serial = printers.device(LAB).serial
    printers.replace(LAB, {"serial": "NEWSERIAL77"})
    house.sweep(network)
    assert the_conflict(house).decision is None
    printers.replace(LAB, {"serial": serial})
    house.sweep(network)
    row = the_conflict(house)
    assert row.decision is None, "the other device may come back: a person still has to say"
    with house.database.unit() as db:
        draft = assets.AssetDraft(category="printer", manufacturer="Lexmark", serial="NEWSERIAL77")
        assets.create(db, ANYBODY, draft, now=now())
    printers.replace(LAB, {"serial": "NEWSERIAL77"})
    house.sweep(network)
    assert [r for r in house.findings() if r.decision is None and r.outcome != "matched"] == []


def test_two_devices_with_one_serial_are_never_one_asset(house: House, printers: Simnet) -> None:
    serial = printers.device("LES-PRN-OFFICE").serial
    printers.replace(LAB, {"serial": serial, "template": "hp-laserjet", "mac": OTHER_MAC})
    network = house.network(printers)
    sweep = house.sweep(network)
    assert (sweep.found_new, sweep.found_conflict) == (1, 2)
    twins = house.findings(outcome=Outcome.CONFLICT)
    assert {row.serial for row in twins} == {serial}
    assert all(row.contested for row in twins)
    one, other = twins
    decide(house, review.accept, one.id)
    decide(house, review.accept, other.id)
    made = house.assets()
    assert sorted(asset.serial for asset in made) == ["", serial]
    for _ in range(2):
        sweep = house.sweep(network)
        assert (sweep.found_matched, sweep.found_conflict, sweep.found_new) == (2, 0, 1)
        macs = house.all(Identifier, kind="mac")
        assert sorted(mac.asset_id for mac in macs) == sorted(asset.id for asset in made)


def test_a_second_claimant_of_a_known_serial_is_a_conflict_even_when_seen_first(
    house: House, printers: Simnet
) -> None:
    network = known(house, printers)
    office = asset_named(house, "LES-PRN-OFFICE")
    # The twin answers at a lower address, so it is found before the printer that is known.
    printers.replace(
        LAB,
        {
            "serial": office.serial,
            "template": "hp-laserjet",
            "address": "127.30.1.7",
            "mac": OTHER_MAC,
        },
    )
    house.change(network, targets=[device.address for device in printers.devices])
    sweep = house.sweep(network)
    assert sweep.found_conflict == 1
    assert the_conflict(house).address == "127.30.1.7"
    (mac,) = house.all(Identifier, kind="mac", asset_id=office.id)
    assert mac.value == printers.device("LES-PRN-OFFICE").macs[0].replace(":", "")
    printers.replace("LES-PRN-OFFICE", {"silent": True})
    house.sweep(network)
    assert the_conflict(house).decision is None, "alone, it does not become the other one"


def test_two_devices_with_one_mac_are_never_one_asset(house: House, printers: Simnet) -> None:
    mac = printers.device("LES-PRN-OFFICE").macs[0]
    printers.replace(LAB, {"mac": mac})
    sweep = house.sweep(house.network(printers, auto_accept=["printer"]))
    assert sweep.found_conflict == 2
    assert sweep.accepted == 1
    assert len(house.assets()) == 1


@pytest.mark.parametrize("serial", ["To be filled by O.E.M.", "123456"])
def test_placeholder_serials_never_match(house: House, printers: Simnet, serial: str) -> None:
    macs = {"LES-PRN-OFFICE": "3c:d9:2b:77:10:80", LAB: OTHER_MAC}
    for name, mac in macs.items():
        printers.replace(name, {"serial": serial, "template": "hp-laserjet", "mac": mac})
    network = house.network(printers, auto_accept=["printer"])
    first = house.sweep(network)
    assert (first.found_new, first.accepted, first.found_conflict) == (3, 3, 0)
    assert len(house.all(Identifier, kind="serial")) == 1
    assert all(asset.serial != serial for asset in house.assets())
    assert house.sweep(network).found_matched == 3


def test_one_device_with_two_addresses_is_one_asset(house: House, printers: Simnet) -> None:
    office = printers.device("LES-PRN-OFFICE")
    printers.replace(
        LAB, {"serial": office.serial, "template": "hp-laserjet", "mac": office.macs[0]}
    )
    network = house.network(printers, auto_accept=["printer"])
    for _ in range(2):
        sweep = house.sweep(network)
        assert sweep.answered == 3
        assert sweep.found_new + sweep.found_matched == 2
        assert sweep.found_conflict == 0
    assert len(house.assets()) == 2
    (row,) = house.findings(serial=office.serial)
    assert {row.address, *row.also_at} == {office.address, printers.device(LAB).address}
    assert len(house.all(AssetAddress, asset_id=row.asset_id, current=True)) == 2


def test_what_is_ignored_stays_ignored_while_it_looks_the_same(
    house: House, printers: Simnet
) -> None:
    network = house.network(printers)
    house.sweep(network)
    (row,) = [r for r in house.findings() if r.name == LAB]
    decide(house, review.ignore, row.id, reason="belongs to the club")
    sweep = house.sweep(network)
    assert (sweep.found_new, sweep.found_ignored) == (2, 1)
    assert len(house.findings()) == 3
    printers.replace(LAB, {"serial": "ANOTHER0001"})
    sweep = house.sweep(network)
    assert (sweep.found_new, sweep.found_ignored) == (3, 0)
    decide(house, review.reopen, row.id)
    assert house.one(DiscoveryFinding, id=row.id).decision is None


def test_accepting_by_hand_gives_the_asset_what_was_told(house: House, printers: Simnet) -> None:
    network = house.network(printers)
    house.sweep(network)
    (row,) = [r for r in house.findings() if r.name == "LES-PRN-OFFICE"]
    done = decide(
        house, review.accept, row.id, new=review.NewAsset(tag="LIB-1", site_id=house.room)
    )
    asset = house.one(Asset, id=done.asset_id)
    assert (asset.tag, asset.site_id, asset.serial) == ("LIB-1", house.room, row.serial)
    assert house.one(AssetAddress, asset_id=asset.id).address == row.address
    with house.database.unit(write=False) as db:
        assert review.readings.current_supplies(db, asset.id)
    with pytest.raises(Conflict, match="settled"):
        decide(house, review.accept, row.id)
    sweep = house.sweep(network)
    assert (sweep.found_matched, sweep.found_new) == (1, 2)
    assert len(house.findings()) == 3


def test_attaching_to_an_asset_that_was_entered_by_hand(house: House, printers: Simnet) -> None:
    with house.database.unit() as db:
        draft = assets.AssetDraft(category="printer", name="the one in the lab", tag="OLD-7")
        mine = assets.create(db, ANYBODY, draft, now=now())
    network = house.network(printers)
    house.sweep(network)
    (row,) = [r for r in house.findings() if r.name == LAB]
    decide(house, review.accept, row.id, asset_id=mine.id)
    attached = house.one(Asset, id=mine.id)
    assert attached.name == "the one in the lab", "what a person entered stays"
    assert attached.serial == row.serial
    sweep = house.sweep(network)
    assert sweep.found_matched == 1


def test_a_taken_tag_is_refused(house: House, printers: Simnet) -> None:
    house.sweep(house.network(printers))
    one, other, _ = house.findings()
    decide(house, review.accept, one.id, new=review.NewAsset(tag="SAME"))
    with pytest.raises(Duplicate):
        decide(house, review.accept, other.id, new=review.NewAsset(tag="SAME"))


def test_what_became_known_otherwise_must_be_attached(house: House, printers: Simnet) -> None:
    house.sweep(house.network(printers))
    (row,) = [r for r in house.findings() if r.name == LAB]
    with house.database.unit() as db:
        draft = assets.AssetDraft(
            category="printer", manufacturer=row.vendor, serial=row.serial, tag="BY-HAND"
        )
        assets.create(db, ANYBODY, draft, now=now())
    with pytest.raises(Conflict, match="BY-HAND"):
        decide(house, review.accept, row.id)


def test_a_stolen_device_that_answers_is_told_of(house: House, printers: Simnet) -> None:
    network = known(house, printers)
    lab = asset_named(house, LAB)
    with house.database.unit() as db:
        assets.set_status(db, ANYBODY, lab.id, Status.STOLEN, now=now(), reason="gone")
    sweep = house.sweep(network)
    assert any(lab.tag in note and "stolen" in note for note in sweep.notes)
