"""Interfaces, addresses, neighbours, learnt MACs, storage and batteries out of raw tables."""

from __future__ import annotations

from typing import Any

from snmp_discovery.forwarding import arp_table, bridge_table
from snmp_discovery.host import battery, software, storage, ups_alerts
from snmp_discovery.neighbors import neighbors
from snmp_discovery.network import addresses, hardware_addresses, interfaces
from snmp_discovery.tables import Tree, mac_text
from snmp_discovery.types import (
    Alert,
    BridgeEntry,
    Interface,
    Neighbor,
    Storage,
    Supply,
    SupplyState,
)
from tests.snmp_discovery.knowledge import facts

LLDP = "1.0.8802.1.1.2.1"
PHONE_MAC = bytes.fromhex("805ec0000417")


def tree(values: dict[str, Any]) -> Tree:
    return Tree(facts(values=values))


def octets(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


PORTS = {
    "m.2.2.1.2.1": "Ethernet Interface 1", "m.2.2.1.3.1": 6, "m.2.2.1.6.1": octets("0a0027000001"),
    "m.2.2.1.8.1": 1, "m.2.2.1.5.1": 4_294_967_295, "m.31.1.1.1.1.1": "Gi1/0/1",
    "m.31.1.1.1.15.1": 10_000, "m.31.1.1.1.18.1": "to room 12",
    "m.2.2.1.2.2": "Ethernet Interface 2", "m.2.2.1.3.2": 6, "m.2.2.1.6.2": octets("0a0027000002"),
    "m.2.2.1.8.2": 2, "m.2.2.1.5.2": 100_000_000, "m.31.1.1.1.1.2": "Gi1/0/2",
    "m.2.2.1.2.3": "lo", "m.2.2.1.3.3": 24, "m.2.2.1.6.3": octets("0a0027000003"),
    "m.2.2.1.2.4": "null", "m.2.2.1.3.4": 1, "m.2.2.1.6.4": bytes(6),
    "m.2.2.1.2.5": "dup", "m.2.2.1.3.5": 6, "m.2.2.1.6.5": octets("0a0027000001"),
}  # fmt: skip


def test_interfaces_join_both_tables_and_speeds_are_megabits() -> None:
    rows = interfaces(tree(PORTS))
    assert rows[0] == Interface(1, "Gi1/0/1", 6, "0a:00:27:00:00:01", True, 10_000, "to room 12")
    assert rows[1] == Interface(2, "Gi1/0/2", 6, "0a:00:27:00:00:02", False, 100)
    assert [row.index for row in rows] == [1, 2, 3, 4, 5]


def test_only_real_unicast_addresses_once_and_none_of_the_loopback() -> None:
    rows = interfaces(tree(PORTS))
    assert hardware_addresses(rows) == ("0a:00:27:00:00:01", "0a:00:27:00:00:02")


def test_mac_addresses_come_as_octets_or_spelt_out() -> None:
    assert mac_text(octets("b8a44f020401")) == "b8:a4:4f:02:04:01"
    assert mac_text(b"b8:a4:4f:2:4:1") == "b8:a4:4f:02:04:01"
    assert mac_text(b"B8-A4-4F-02-04-01") == "b8:a4:4f:02:04:01"
    assert mac_text(b"b8a44f020401") == "b8:a4:4f:02:04:01"
    for no_address in (b"", b"\x00" * 6, b"\xff" * 6, octets("01005e000001"), b"hello world!", 7):
        assert mac_text(no_address) == ""
    assert mac_text(b"b8:a4:4f:2:4:999") == mac_text(b"zz:a4:4f:02:04:01") == ""


def test_own_addresses_of_both_families_without_local_ones() -> None:
    v6 = "32.1.13.184.0.0.0.0.0.0.0.0.0.0.4.23"
    link_local = "254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1"
    values = {
        "m.4.20.1.1.10.20.4.17": octets("0a140411"),
        "m.4.20.1.1.127.0.0.1": octets("7f000001"),
        "m.4.20.1.1.10.20.4.999": octets("0a140411"),
        f"m.4.34.1.3.2.16.{v6}": 3,
        f"m.4.34.1.3.2.16.{link_local}": 3,
        "m.4.34.1.3.1.4.10.20.4.17": 3,
        "m.4.34.1.3.1.4.10.20": 3,
        "m.4.34.1.3.9.9.9": 3,
    }
    assert addresses(tree(values)) == ("10.20.4.17", "2001:db8::417")


def lldp_row(index: str, **columns: Any) -> dict[str, Any]:
    numbers = {"chassis_type": 4, "chassis": 5, "port_type": 6, "port": 7, "port_descr": 8}
    numbers |= {"name": 9, "descr": 10, "supported": 11, "enabled": 12}
    return {f"{LLDP}.4.1.1.{numbers[key]}.{index}": value for key, value in columns.items()}


def test_a_telephone_is_seen_with_its_lldp_med_inventory() -> None:
    med = f"{LLDP}.5.4795.1.3.3.1"
    values = PORTS | lldp_row(
        "0.1.7", chassis_type=5, chassis=b"\x01\x0a\x14\x04\x11", port_type=3, port=PHONE_MAC,
        name="phone-12", descr="SIP-T46U 108.86", supported=b"\x34\x00", enabled=b"\x14\x00",
    )  # fmt: skip
    values |= {
        f"{LLDP}.3.7.1.2.1": 5, f"{LLDP}.3.7.1.3.1": "Gi1/0/1", f"{LLDP}.3.7.1.4.1": "uplink",
        f"{LLDP}.4.2.1.3.0.1.7.1.4.10.20.4.17": 2,
        f"{med}.1.0.1.7": "108.1", f"{med}.2.0.1.7": "108.86.0.20", f"{med}.4.0.1.7": "N/A",
        f"{med}.5.0.1.7": "Yealink", f"{med}.6.0.1.7": "Yealink SIP-T46U", f"{med}.7.0.1.7": "A-17",
    }  # fmt: skip
    assert neighbors(tree(values)) == (
        Neighbor(
            "lldp", "Gi1/0/1", "10.20.4.17", "80:5e:c0:00:04:17", "phone-12", "SIP-T46U 108.86",
            "Yealink", "SIP-T46U", "", "108.86.0.20", "A-17", ("10.20.4.17",),
            "80:5e:c0:00:04:17", ("wlanAccessPoint", "telephone"),
        ),
    )  # fmt: skip


def test_a_local_port_is_named_whatever_the_number_means() -> None:
    row = lldp_row("0.33.1", chassis_type=4, chassis=octets("2c303300417f"), name="sw2")
    by_description = {f"{LLDP}.3.7.1.2.33": 7, f"{LLDP}.3.7.1.3.33": "33"}
    by_description |= {f"{LLDP}.3.7.1.4.33": "Port 33"}
    assert neighbors(tree(row | by_description))[0].local_port == "Port 33"
    by_bridge_port = PORTS | {"m.17.1.4.1.2.33": 2}
    assert neighbors(tree(row | by_bridge_port))[0].local_port == "Gi1/0/2"
    assert neighbors(tree(row))[0].local_port == "33"


def test_cdp_tells_neighbours_that_lldp_does_not() -> None:
    cdp = "e.9.9.23.1.2.1.1"
    values = PORTS | {
        f"{cdp}.4.1.1": octets("0a140412"), f"{cdp}.5.1.1": "sip8845.12-8",
        f"{cdp}.6.1.1": "SEP805EC0000418", f"{cdp}.7.1.1": "Port 1",
        f"{cdp}.8.1.1": "Cisco IP Phone 8845", f"{cdp}.9.1.1": b"\x00\x00\x00\x90",
    }  # fmt: skip
    found = neighbors(tree(values))
    assert found == (
        Neighbor(
            "cdp", "Gi1/0/1", "SEP805EC0000418", "Port 1", "SEP805EC0000418", "sip8845.12-8",
            "Cisco", "IP Phone 8845", addresses=("10.20.4.18",), mac="80:5e:c0:00:04:18",
            capabilities=("stationOnly", "telephone"),
        ),
    )  # fmt: skip
    told_twice = lldp_row("0.1.1", chassis_type=4, chassis=PHONE_MAC, name="SEP805EC0000418")
    assert [n.protocol for n in neighbors(tree(values | told_twice))] == ["lldp"]


def test_neighbour_rows_of_wrong_shape_are_left_out() -> None:
    values = lldp_row("1.2", chassis=PHONE_MAC) | {
        f"{LLDP}.4.1.1.5.0.1.1": 7,
        f"{LLDP}.4.2.1.3.0.1.1.1.9.10.20": 2,
        "e.9.9.23.1.2.1.1.6.1": "x",
    }
    found = neighbors(tree(values))
    assert [(n.chassis, n.mac, n.addresses) for n in found] == [("", "", ())]


def test_learnt_addresses_name_port_and_vlan() -> None:
    values = PORTS | {
        "m.17.1.4.1.2.51": 1,
        "m.17.7.1.2.2.1.2.4001.128.94.192.0.4.23": 51,
        "m.17.7.1.2.2.1.2.4001.0.0.0.0.0.1": 0,
        "m.17.7.1.2.2.1.2.20.128.94.192.0.4.24": 7,
        "m.17.7.1.2.2.1.2.20.1.0.94.0.0.1": 7,
        "m.17.7.1.4.2.1.3.0.10": 4001,
        "m.17.4.3.1.2.128.94.192.0.4.99": 51,
    }
    assert bridge_table(tree(values)) == (
        BridgeEntry("80:5e:c0:00:04:18", "7", 20),
        BridgeEntry("80:5e:c0:00:04:17", "Gi1/0/1", 10),
    )


def test_without_vlans_the_old_table_serves() -> None:
    values = PORTS | {"m.17.1.4.1.2.51": 2, "m.17.4.3.1.2.128.94.192.0.4.23": 51}
    assert bridge_table(tree(values)) == (BridgeEntry("80:5e:c0:00:04:17", "Gi1/0/2", None),)


def test_arp_joins_address_and_mac() -> None:
    values = {
        "m.4.22.1.2.1.10.20.4.17": PHONE_MAC,
        "m.4.22.1.2.1.10.20.4.18": bytes(6),
        "m.4.22.1.2.1.10.20.4": PHONE_MAC,
        "m.4.22.1.2.1.10.20.4.19": "cc:7f:76:0:4:1",
    }
    assert arp_table(tree(values)) == {
        "10.20.4.17": "80:5e:c0:00:04:17",
        "10.20.4.19": "cc:7f:76:00:04:01",
    }


def test_storage_is_in_octets_even_where_a_counter_wrapped() -> None:
    values = {
        "m.25.2.3.1.3.1": "/", "m.25.2.3.1.4.1": 4096, "m.25.2.3.1.5.1": 1000,
        "m.25.2.3.1.6.1": 250,
        "m.25.2.3.1.4.2": 4096, "m.25.2.3.1.5.2": -2**31, "m.25.2.3.1.6.2": 1,
        "m.25.2.3.1.5.3": "big",
    }  # fmt: skip
    assert storage(tree(values)) == (
        Storage("/", 4_096_000, 1_024_000),
        Storage("storage 2", 2**31 * 4096, 4096),
    )


def test_software_once_each() -> None:
    names = {"m.25.6.3.1.2.1": "bash", "m.25.6.3.1.2.2": "bash", "m.25.6.3.1.2.3": "zlib"}
    assert software(tree(names)) == ("bash", "zlib")


def test_a_battery_is_a_supply_and_alarms_are_words() -> None:
    values = {"m.33.1.2.1.0": 3, "m.33.1.2.4.0": 17, "m.33.1.6.2.1.2.1": "=m.33.1.6.3.2"}
    assert battery(tree(values)) == (Supply("Battery", "battery", "", 17, SupplyState.LOW, "ups"),)
    assert ups_alerts(tree(values)) == (Alert("ups", "warning", "on battery"),)
    assert battery(tree({})) == ()
    assert battery(tree({"m.33.1.2.4.0": 400}))[0].level_percent is None
