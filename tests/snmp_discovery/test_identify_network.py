"""Switches, radios, power, servers, cameras, telephones, projectors: facts written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from snmp_discovery.identify import identify
from tests.snmp_discovery.knowledge import facts

ENT = "m.47.1.1.1.1"
APC = (
    "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.5.0 AN1:apc_hw05_{app}.bin"
    " MN:{part} HR:08 SN: {sn} MD:02/03/2017)"
)
NET_SNMP = "8072.3.2.10"

CASES: list[tuple[str, str, dict[str, Any], tuple[str, str, str, str]]] = [
    (
        "9.1.1208",
        "Cisco IOS Software, C2960S Software (C2960S-UNIVERSALK9-M), Version 15.0(2)SE11, RELEASE",
        {
            f"{ENT}.5.1001": 3, f"{ENT}.4.1001": 0, f"{ENT}.13.1001": "WS-C2960S-24PS-L",
            f"{ENT}.11.1001": "FOC1500Z0QX",
        },
        ("network_device", "Cisco", "WS-C2960S-24PS-L", "FOC1500Z0QX"),
    ),
    ("9.1.745", "Cisco Adaptive Security Appliance Version 9.1(7)23", {},
     ("network_device", "Cisco", "ASA 5505", "")),
    ("9.1.1279", "Cisco Controller", {}, ("wireless", "Cisco", "2500 WLC", "")),
    ("9.1.1730", "Cisco IP Phone 8845, Version: sip8845", {}, ("telephone", "Cisco", "8845", "")),
    ("9.6.1.23.1", "Linux SPA122 2.6.26.5 #1", {}, ("telephony", "Cisco", "SPA122", "")),
    ("2636.1.1.1.2.31", "Juniper Networks, Inc. ex2300-24p Ethernet Switch, kernel JUNOS 18.1R3.3",
     {"e.2636.3.1.3.0": "HV3617004177"},
     ("network_device", "Juniper", "EX2300-24P", "HV3617004177")),
    ("1916.2.248", "ExtremeXOS (X440G2-24p-10G4) version 22.5.1.7",
     {"e.1916.1.1.1.16.0": "800617-00-04 1701N-00417"},
     ("network_device", "Extreme", "X440G2-24p-10G4", "1701N-00417")),
    ("45.3.74.1", "Ethernet Routing Switch 4850GTS-PWR+ HW:02 SW:v5.9.0 (c) Avaya Networks",
     {f"{ENT}.5.2": 3, f"{ENT}.11.2": "15JP010F700P"},
     ("network_device", "Avaya", "ERS-4850GTS-PWR+", "15JP010F700P")),
    ("1991.1.3.53", "Brocade Communications Systems, Inc. ICX6450-24, IronWare Version 08.0.30",
     {"e.1991.1.1.1.1.2.0": "BZT0000417M"},
     ("network_device", "Brocade", "ICX6450-24", "BZT0000417M")),
    ("11.2.3.7.11.160", "HP J9728A 2920-48G Switch, revision WB.16.08.0001, ROM WB.16.03", {},
     ("network_device", "HPE", "J9728A 2920-48G", "")),
    ("25506.11.1.181", "HPE Comware Platform Software, Software Version 7.1.070, Release 3208P08"
     " HPE 5130-24G-4SFP+ EI Switch Copyright (c) 2010-2017", {},
     ("network_device", "HPE", "5130-24G-4SFP+ EI Switch", "")),
    ("14988.1", "RouterOS CCR1009-7G-1C-1S+", {"e.14988.1.1.7.3.0": "6AD0066F0417"},
     ("network_device", "MikroTik", "CCR1009-7G-1C-1S+", "6AD0066F0417")),
    ("11863.5.33", "JetStream 24-Port Gigabit L2 Managed Switch",
     {"e.11863.6.1.1.5.0": "T2600G-28MPS 3.0", "e.11863.6.1.1.8.0": "2191234000417"},
     ("network_device", "TP-Link", "T2600G-28MPS 3.0", "2191234000417")),
    ("4526.100.1.14", "M5300-28G ProSafe 24-port Gigabit L2+ Intelligent Edge Managed Switch", {},
     ("network_device", "Netgear", "M5300-28G", "")),
    ("171.10.113", "DGS-3120-24TC Gigabit Ethernet Switch", {},
     ("network_device", "D-Link", "DGS-3120-24TC", "")),
    ("171.10.37.1", "D-Link DAP-2660", {}, ("wireless", "D-Link", "DAP-2660", "")),
    ("890.1.15", "GS2210-24HP", {"e.890.1.15.3.1.12.0": "S162L04177000"},
     ("network_device", "Zyxel", "GS2210-24HP", "S162L04177000")),
    ("12356.101.1.641", "", {"e.12356.100.1.1.1.0": "FGT60F0000000417"},
     ("network_device", "Fortinet", "FortiGate 60F", "FGT60F0000000417")),
    ("12356.120.10.1", "", {"e.12356.120.1.1.0": "FP231F-v7.0-build0127",
                            "e.12356.120.1.2.0": "FP231FTF00000417"},
     ("wireless", "Fortinet", "FortiAP 231F", "FP231FTF00000417")),
    ("25461.2.3", "Palo Alto Networks PA-220 series firewall",
     {"e.25461.2.1.2.1.3.0": "012801000417"},
     ("network_device", "Palo Alto", "PA-220", "012801000417")),
    ("8741.1", "SonicWALL TZ 400 (SonicOS Enhanced 6.5.4.4-44n)",
     {"e.8741.2.1.1.2.0": "2CB8ED000417"},
     ("network_device", "SonicWall", "TZ 400", "2CB8ED000417")),
    ("2356.11.8", "LANCOM 1781VA 10.12.0083 / 03.11.2017 4003311018000417", {},
     ("network_device", "LANCOM", "1781VA", "4003311018000417")),
    ("41112", "U6-LR 6.0.15.13554", {}, ("wireless", "Ubiquiti", "U6-LR", "")),
    ("10002.1", "Linux 2.6.32.68 #1 mips",
     {"1.2.840.10036.3.1.2.1.2.5": "Ubiquiti Networks, Inc."},
     ("wireless", "Ubiquiti", "", "")),
    ("25053.3.1.4.53", "Ruckus Wireless R610", {"e.25053.1.1.2.1.1.1.2.0": "431802000417"},
     ("wireless", "Ruckus", "R610", "431802000417")),
    ("26928.1", "AP130, HiveOS 8.2r1 build-188092", {"e.26928.1.2.5.0": "01301508250417"},
     ("wireless", "Aerohive", "AP130", "01301508250417")),
    ("318.1.3.27",
     APC.format(app="sumx_650", part="AP9631", sn="ZA1719000417"),
     {"e.318.1.1.1.1.1.1.0": "Smart-UPS 1500", "e.318.1.1.1.1.2.3.0": "AS1719000417"},
     ("ups", "APC", "Smart-UPS 1500", "AS1719000417")),
    ("318.1.3.4.6", APC.format(app="rpdu2g_650", part="AP8853", sn="5A1719E00417"), {},
     ("ups", "APC", "Web/SNMP Management Card AP8853", "5A1719E00417")),
    ("705.1", "Eaton 5PX 1500", {"e.705.1.1.1.0": "Eaton 5PX", "e.705.1.1.7.0": "G117D00417"},
     ("ups", "Eaton", "5PX 1500", "G117D00417")),
    ("534.1", "ConnectUPS Web/SNMP Card V4.36",
     {"e.534.1.1.2.0": "PW9130 1500VA-R", "m.33.1.1.5.0": "ID: GG435A0417 , Msg: 103006455"},
     ("ups", "Eaton", "PW9130 1500VA-R", "GG435A0417")),
    ("3808.1.1.1", "UPS SNMP Card", {"e.3808.1.1.1.1.1.1.0": "PR1500LCDRT2U",
                                     "e.3808.1.1.1.1.2.3.0": "PYZLX2000417"},
     ("ups", "CyberPower", "PR1500LCDRT2U", "PYZLX2000417")),
    ("1718.4", "Sentry Switched PDU", {"e.1718.4.1.2.2.1.5.1": "C2L42CE-YCMFAM66",
                                       "e.1718.4.1.2.2.1.4.1": "SRBA000417"},
     ("ups", "Server Technology", "C2L42CE-YCMFAM66", "SRBA000417")),
    ("674.10892.5", "", {"e.674.10892.5.1.3.12.0": "PowerEdge R440",
                         "e.674.10892.5.1.3.2.0": "7XK0417"},
     ("server", "Dell", "PowerEdge R440", "7XK0417")),
    ("232.9.4.11", "Integrated Lights-Out 5 2.71 Jul 04 2022",
     {"e.232.2.2.4.2.0": "ProLiant DL360 Gen10", "e.232.2.2.2.1.0": "CZJ9300417"},
     ("server", "HPE", "ProLiant DL360 Gen10", "CZJ9300417")),
    (NET_SNMP, "Linux nas 4.4.59+ #25426 SMP x86_64",
     {"e.6574.1.5.1.0": "DS920+", "e.6574.1.5.2.0": "2040SBR000417"},
     ("storage", "Synology", "DS920+", "2040SBR000417")),
    (NET_SNMP, "Linux bmc 2.6.16.46 #2 PREEMPT mips",
     {"e.2.3.51.3.1.5.2.1.5.0": "System x3650 M3", "e.2.3.51.3.1.5.2.1.3.0": "KD00417"},
     ("server", "IBM", "System x3650 M3", "KD00417")),
    (NET_SNMP, "Linux db1 5.10.0-8-amd64 #1 SMP Debian x86_64", {}, ("server", "", "", "")),
    ("6876.4.1", "VMware ESXi 7.0.3 build-20328353 VMware, Inc. x86_64",
     {f"{ENT}.5.1": 4, f"{ENT}.4.1": 0, f"{ENT}.13.1": "PowerEdge R740",
      f"{ENT}.11.1": "5TQ0417"},
     ("server", "VMware", "PowerEdge R740", "5TQ0417")),
    ("368.1.1", "; AXIS P3245-LV; Network Camera; 10.12.130; May 04 2022 09:10; 7D5; 1;",
     {"m.2.2.1.6.1": b"", "m.2.2.1.6.2": bytes.fromhex("b8a44f000417")},
     ("camera", "Axis", "P3245-LV", "B8A44F000417")),
    ("368.1.1", "; AXIS C1410 Mk II; Network Speaker; 11.2.68; 7D5; 1;", {},
     ("other", "Axis", "C1410 Mk II", "")),
    ("", "", {"e.39165.1.1.0": "DS-2CD2347G2-LU", "e.39165.1.3.0": "V5.7.1 build 210901"},
     ("camera", "Hikvision", "DS-2CD2347G2-LU", "")),
    ("1004849.3", "DH-IPC-HFW2431S", {"e.1004849.2.1.2.4.0": "5K02F12PAG00417"},
     ("camera", "Dahua", "DH-IPC-HFW2431S", "5K02F12PAG00417")),
    ("122.8.1", "SNC-EM642R", {}, ("camera", "Sony", "SNC-EM642R", "")),
    ("1248.4.1", "EPSON Projector EB-L530U", {}, ("projector", "Epson", "EB-L530U", "")),
    ("119.2.3.122.1", "NEC Projector NP-P525UL", {}, ("projector", "NEC", "NP-P525UL", "")),
    ("258.41", "PT-RZ690", {}, ("projector", "Panasonic", "PT-RZ690", "")),
    ("258.601.3", "KX-NS500 Ver00700128", {}, ("telephony", "Panasonic", "KX-NS500", "")),
    ("6889.1.69.2", "Avaya 9611G", {"e.6889.2.69.6.1.52.0": "9611GD01A",
                                     "e.6889.2.69.6.1.57.0": "15WZ000417XX"},
     ("telephone", "Avaya", "9611GD01A", "15WZ000417XX")),
    ("5003.8.1.1.69", "Product: Mediant 800 ;SW Version: 7.20A.258.010",
     {"e.5003.9.10.10.2.3.1.0": "Mediant 800B", "e.5003.9.10.10.2.3.2.0": 9100417},
     ("telephony", "AudioCodes", "Mediant 800B", "9100417")),
    (NET_SNMP, "Linux HT8XX 3.4.20", {"e.42397.1.2.1.0": "961000417A"},
     ("telephony", "Grandstream", "HT8XX", "961000417A")),
]  # fmt: skip


@pytest.mark.parametrize(("object_id", "descr", "values", "expected"), CASES)
def test_a_device_is_told_by_what_its_maker_answers(
    object_id: str, descr: str, values: dict[str, Any], expected: tuple[str, ...]
) -> None:
    found = identify(facts(object_id, descr, values))
    assert (found.kind, found.vendor, found.model, found.serial) == expected


def test_a_stack_is_told_by_its_first_member_and_never_by_a_transceiver() -> None:
    values: dict[str, Any] = {
        f"{ENT}.5.1": 11, f"{ENT}.4.1": 0, f"{ENT}.11.1": "",
        f"{ENT}.5.1000": 3, f"{ENT}.4.1000": 1, f"{ENT}.11.1000": "FOC2101Z001",
        f"{ENT}.13.1000": "C9200L-24P-4G",
        f"{ENT}.5.2000": 3, f"{ENT}.4.2000": 1, f"{ENT}.11.2000": "FOC2101Z002",
        f"{ENT}.13.2000": "C9200L-48P-4G",
        f"{ENT}.5.1050": 10, f"{ENT}.4.1050": 1, f"{ENT}.11.1050": "AVD000417",
    }  # fmt: skip
    found = identify(facts("9.1.2694", "Cisco IOS Software", values))
    assert (found.model, found.serial) == ("C9200L-24P-4G", "FOC2101Z001")

    for untold in ("", "<private>"):
        for row in ("1000", "2000"):
            values[f"{ENT}.11.{row}"] = untold
        assert identify(facts("9.1.2694", "Cisco IOS Software", values)).serial == ""


def test_of_a_cluster_only_the_row_of_the_own_mac_counts() -> None:
    own, other = "112.58.14.1.4.17", "112.58.14.9.9.9"
    table = "e.14823.2.3.3.1.2.1.1"
    values = {
        f"{table}.4.{other}": "CNOTHER0001", f"{table}.6.{other}": "635",
        f"{table}.4.{own}": "CNOWN00417", f"{table}.6.{own}": "225",
        "m.2.2.1.6.1": bytes.fromhex("703a0e010411"),
    }  # fmt: skip
    descr = "ArubaOS (MODEL: 225), Version 8.4.0.0"
    assert identify(facts("14823.1.2.59", descr, values)).serial == "CNOWN00417"

    del values["m.2.2.1.6.1"]
    assert identify(facts("14823.1.2.59", descr, values)).serial == ""


def test_a_device_of_unknown_make_is_told_by_the_object_that_answers() -> None:
    values = {"e.13742.6.3.2.1.1.3.1": "PX3-5190R", "e.13742.6.3.2.1.1.4.1": "QMR8000417"}
    found = identify(facts("", "", values))
    assert (found.kind, found.vendor) == ("ups", "Raritan")
    assert (found.model, found.serial) == ("PX3-5190R", "QMR8000417")


def test_the_ups_mib_alone_makes_a_ups() -> None:
    values = {"m.33.1.1.1.0": "Rittal GmbH", "m.33.1.1.2.0": "PMC 12", "m.33.1.2.4.0": 100}
    found = identify(facts("99999.7", "card", values))
    assert (found.kind, found.vendor, found.model) == ("ups", "Rittal", "PMC 12")


def test_software_tells_a_server_that_says_only_linux() -> None:
    values = {"m.25.6.3.1.2.7": "bash-4.1", "m.25.6.3.1.2.9": "mobileiron-core-base-10.5"}
    found = identify(facts(NET_SNMP, "Linux host 2.6.32 x86_64", values))
    assert (found.kind, found.vendor, found.model) == ("server", "MobileIron", "Core")


def test_makers_names_are_written_as_a_person_writes_them() -> None:
    values = {f"{ENT}.5.1": 3, f"{ENT}.4.1": 0, f"{ENT}.12.1": "Hewlett-Packard Company"}
    assert identify(facts(NET_SNMP, "", values)).vendor == "HP"
    values[f"{ENT}.12.1"] = "Acme Widgets, Inc."
    assert identify(facts(NET_SNMP, "", values)).vendor == "Acme Widgets"


def test_nothing_known_is_nothing_claimed() -> None:
    found = identify(facts("", ""))
    assert (found.kind, found.vendor, found.model, found.serial) == ("other", "", "", "")
    assert found.evidence == ()
