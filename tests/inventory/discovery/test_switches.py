"""What switches tell: silent telephones, the port of each device, and strangers on the wire."""

from collections.abc import Callable

from inventory.assets.kinds import Category, Outcome, Source
from inventory.assets.models import Asset
from inventory.discovery import places
from inventory.discovery.finding_models import HeardDevice
from inventory.discovery.place_rules import Hearsay, silent_devices
from inventory.discovery.reading_models import AssetPort
from snmp_discovery.types import Finding, Identity, Kind, Neighbor, Version
from tests.inventory.discovery.conftest import House, district_of
from tests.simnet import Simnet, load_district

SWITCHES = ["LES-SW-CORE", "LES-SW-A1", "LES-SW-A2"]
ANSWERING = [*SWITCHES, "LES-PRN-OFFICE", "LES-PRN-LAB", "LES-AP-101", "LES-CAM-FRONT"]
SILENT = {"LES-TEL-101", "LES-TEL-102", "LES-TEL-103"}
Start = Callable[..., Simnet]
LINCOLN = district_of([s.name for s in load_district().specs if s.school == "lincoln"])


def test_silent_telephones_are_found_through_their_switch(house: House, simnet: Start) -> None:
    net = simnet(ANSWERING, LINCOLN)
    sweep = house.sweep(house.network(net))
    assert sweep.answered == len(ANSWERING)
    told = {row.name: row for row in house.findings(source="lldp")}
    assert set(told) >= SILENT
    assert "LES-AP-101" not in told, "it answered by itself"
    for name in SILENT:
        row, device = told[name], net.device(name)
        assert row.kind is Kind.TELEPHONE
        assert (row.serial, row.macs) == (device.serial, list(device.macs))
        assert row.via == f"{device.switch} port {device.switch_port}"
        assert row.outcome is Outcome.NEW
        assert any("LLDP" in claim["source"] for claim in row.evidence)
    # The access point in the library was not swept, and is told of as well.
    assert told["LES-AP-LIB"].kind is Kind.WIRELESS


def test_a_silent_telephone_becomes_an_asset_and_is_seen_again(house: House, simnet: Start) -> None:
    net = simnet(ANSWERING, LINCOLN)
    network = house.network(net, auto_accept=["telephone"])
    first = house.sweep(network)
    assert first.accepted >= len(SILENT)
    phone = house.one(Asset, serial=net.device("LES-TEL-101").serial)
    assert (phone.category, phone.last_seen_source) == (Category.TELEPHONE, Source.SWEEP)
    second = house.sweep(network)
    assert second.accepted == 0
    assert second.found_matched == first.accepted
    assert second.found_conflict == 0


def test_each_device_is_on_its_port(house: House, simnet: Start) -> None:
    net = simnet(ANSWERING, LINCOLN)
    network = house.network(net, auto_accept=[kind.value for kind in Kind])
    house.sweep(network)
    switches = {asset.name: asset.id for asset in house.assets() if asset.name in SWITCHES}
    assert set(switches) == set(SWITCHES)
    for name in ("LES-PRN-OFFICE", "LES-PRN-LAB", "LES-CAM-FRONT", "LES-AP-101", "LES-TEL-102"):
        device, asset = net.device(name), house.one(Asset, name=name)
        with house.database.unit(write=False) as db:
            port = places.port_of(db, asset.id)
        assert port is not None, name
        assert (port.switch_name, port.port) == (device.switch, device.switch_port)
        assert port.switch_asset_id == switches[device.switch]
        assert port.source == ("lldp" if name.startswith(("LES-AP", "LES-TEL")) else "bridge")
    camera = house.one(Asset, name="LES-CAM-FRONT")
    assert house.one(AssetPort, asset_id=camera.id).vlan == 30


def test_a_replugged_device_keeps_its_history(house: House, simnet: Start) -> None:
    net = simnet(ANSWERING, LINCOLN)
    network = house.network(net, auto_accept=["printer"])
    house.sweep(network)
    asset = house.one(Asset, name="LES-PRN-LAB")
    with house.database.unit() as db:
        row = places.port_of(db, asset.id)
        assert row is not None
        row.port = "somewhere else"
        db.add(row)
    house.sweep(network)
    ports = house.all(AssetPort, asset_id=asset.id)
    assert [(port.port, port.current) for port in ports] == [
        ("somewhere else", False),
        (net.device("LES-PRN-LAB").switch_port, True),
    ]
    house.sweep(network)
    assert len(house.all(AssetPort, asset_id=asset.id)) == 2


def test_strangers_are_heard_and_forgotten_once_they_are_known(house: House, simnet: Start) -> None:
    net = simnet(SWITCHES, LINCOLN)
    network = house.network(net)
    house.sweep(network)
    heard = {row.mac: row for row in house.all(HeardDevice)}
    stranger = net.unseen[0]
    office = next(d for d in LINCOLN.devices() if d.name == "LES-PRN-OFFICE")
    row = heard[office.macs[0]]
    assert (row.switch_name, row.port) == (office.switch, office.switch_port)
    assert row.address == office.address, "the core's ARP table tells it"
    assert stranger.macs[0] in heard
    assert house.assets() == [], "a MAC alone makes no asset"
    more = Simnet.start(["LES-PRN-OFFICE"], net.port, district=LINCOLN)
    try:
        targets = [device.address for device in (*net.devices, *more.devices)]
        house.change(network, targets=targets, auto_accept=["printer"])
        house.sweep(network)
    finally:
        more.close()
    assert office.macs[0] not in {row.mac for row in house.all(HeardDevice)}
    assert len(house.assets()) == 1


def test_who_answered_is_not_silent_whatever_gives_it_away() -> None:
    phone = Neighbor(
        "lldp", "7", "00:1b:a9:00:00:07", serial="S7", addresses=("10.9.9.7",),
        capabilities=("telephone",),
    )  # fmt: skip
    heard = Hearsay()
    heard.add(Finding("10.9.9.1", 161, Version.V2C, Identity(), neighbors=(phone, phone)))
    nobody: dict[str, set[str]] = {"macs": set(), "serials": set(), "addresses": set()}
    ((via, found),) = silent_devices(heard, **nobody)
    assert (via, found.identity.serial) == ("10.9.9.1 port 7", "S7")
    for known in (
        {"macs": {"00:1b:a9:00:00:07"}}, {"serials": {"S7"}}, {"addresses": {"10.9.9.7"}}
    ):  # fmt: skip
        assert silent_devices(heard, **{**nobody, **known}) == []
