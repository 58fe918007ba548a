"""Printing devices of every maker, from facts written by hand; all serials are invented."""

from __future__ import annotations

from typing import Any

import pytest

from snmp_discovery.identify import identify
from tests.snmp_discovery.knowledge import facts

PRINTER = "=m.25.3.1.5"
JETDIRECT = "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD155,EEPROM JDI00000001"
HP_1284 = "MFG:Hewlett-Packard;CMD:PJL,PCL;MDL:HP LaserJet MFP M528;CLS:PRINTER;SN:PHB9Q00412;"

CASES: list[tuple[str, str, dict[str, Any], tuple[str, str, str, str]]] = [
    (
        "11.2.3.9.1",
        JETDIRECT,
        {
            "e.11.2.3.9.4.2.1.1.3.2.0": "HP LaserJet Enterprise M607",
            "e.11.2.3.9.4.2.1.1.3.3.0": "CNBVM4F0Q1",
            "m.43.10.2.1.4.1.1": 10,
        },
        ("printer", "HP", "LaserJet Enterprise M607", "CNBVM4F0Q1"),
    ),
    (
        "11.2.3.9.1",
        "HP ETHERNET MULTI-ENVIRONMENT,SN:VNC4H01733,FN:2B0KDEF,PID:HP Color LaserJet M452nw",
        {},
        ("printer", "HP", "Color LaserJet M452nw", "VNC4H01733"),
    ),
    (
        "11.2.3.9.1",
        JETDIRECT,
        {"e.11.2.3.9.1.1.7.0": HP_1284},
        ("multifunction", "HP", "LaserJet MFP M528", "PHB9Q00412"),
    ),
    (
        "11.2.3.9.1",
        JETDIRECT,
        {"m.25.3.2.1.2.1": PRINTER, "m.25.3.2.1.3.1": "HP DesignJet T650 36-in"},
        ("plotter", "HP", "DesignJet T650 36-in", ""),
    ),
    (
        "2435.2.3.9.1",
        "Brother NC-8300w, Firmware Ver.1.22  ,MID 84E-F0A",
        {
            "m.25.3.2.1.2.1": PRINTER,
            "m.25.3.2.1.3.1": "Brother MFC-L6900DW series",
            "e.2435.2.3.9.4.2.1.5.5.1.0": "U64180F0N120733",
        },
        ("multifunction", "Brother", "MFC-L6900DW", "U64180F0N120733"),
    ),
    (
        "2435.2.3.9.1",
        "Brother NC-340, Firmware Ver.1.20 ,MID 8CA",
        {"e.2435.2.3.9.1.1.7.0": "MFG:Brother;CMD:PJL;MDL:FAX-2840;CLS:PRINTER;"},
        ("fax", "Brother", "FAX-2840", ""),
    ),
    (
        "2435.2.3.9.1",
        "Brother NC-33004w, Firmware Ver.1.04 ,MID 8CE",
        {"e.2435.2.3.9.1.1.7.0": "MFG:Brother;CMD:RASTER;MDL:QL-820NWB;CLS:PRINTER;"},
        ("label_printer", "Brother", "QL-820NWB", ""),
    ),
    (
        "1602.4.7",
        "Canon iR-ADV C3530 /P",
        {"e.1602.1.1.1.1.0": "iR-ADV C3530", "e.1602.1.2.1.8.1.3.1.1": "2LC07741"},
        ("multifunction", "Canon", "iR-ADV C3530", "2LC07741"),
    ),
    ("1602.4.7", "Canon LBP312 /P", {}, ("printer", "Canon", "LBP312", "")),
    (
        "1602.4.3",
        "Canon TM-305 /P",
        {"e.1602.1.1.1.1.0": "TM-305"},
        ("plotter", "Canon", "TM-305", ""),
    ),
    (
        "1248.1.1.2.1.3.5.69",
        "EPSON Built-in 11b/g/n Print Server",
        {
            "m.25.3.2.1.2.1": PRINTER,
            "m.25.3.2.1.3.1": "EPSON WF-C5790 Series",
            "m.43.5.1.1.16.1": "WF-C5790 Series",
            "m.43.5.1.1.17.1": "X4AB007713",
        },
        ("multifunction", "Epson", "WF-C5790", "X4AB007713"),
    ),
    (
        "1248.1.1.2.1.3.22",
        "EPSON 10/100/1000 Ethernet USB Ext. Scan Server",
        {
            "m.25.3.2.1.2.1": "=m.25.3.1.1",
            "m.25.3.2.1.3.1": "DS-530",
            "e.1248.1.1.3.1.1.1.0": "X2HA004417",
        },
        ("scanner", "Epson", "DS-530", "X2HA004417"),
    ),
    (
        "1347.41",
        "KYOCERA Document Solutions Printing System",
        {"e.1347.43.5.1.1.1.1": "TASKalfa 2553ci", "e.1347.43.5.1.1.28.1": "RKL8Y00417"},
        ("multifunction", "Kyocera", "TASKalfa 2553ci", "RKL8Y00417"),
    ),
    (
        "1347.41",
        "TA_UTAX Printing System",
        {"e.1347.43.5.1.1.1.1": "P-4531DN", "e.1347.43.5.1.1.28.1": "R9A0200417"},
        ("printer", "UTAX", "P-4531DN", "R9A0200417"),
    ),
    (
        "18334.1.1.1.2.1",
        "KONICA MINOLTA bizhub C308",
        {
            "m.25.3.2.1.2.1": PRINTER,
            "m.25.3.2.1.3.1": "Generic 28C-9",
            "m.43.5.1.1.17.1": "A7PY021004177",
        },
        ("multifunction", "Konica Minolta", "bizhub C308", "A7PY021004177"),
    ),
    (
        "367.1.1",
        "LANIER MP C3004 1.12 / LANIER Network Printer C model / LANIER Network Scanner C model",
        {"e.367.3.2.1.2.1.4.0": "G145M200417"},
        ("multifunction", "Lanier", "MP C3004", "G145M200417"),
    ),
    (
        "367.1.1",
        "RICOH SP 4510DN 1.08 / RICOH Network Printer C model",
        {},
        ("printer", "Ricoh", "SP 4510DN", ""),
    ),
    (
        "236.11.5.1",
        "Samsung SCX-5835 Series; V2.00.01.24 OCT-17-2012;Engine 1.00.05;S/N Z6F2BACB900417X",
        {},
        ("multifunction", "Samsung", "SCX-5835", "Z6F2BACB900417X"),
    ),
    (
        "253.8.62.1.24",
        "Xerox WorkCentre 7835 v1 Multifunction System; System Software 072.040.004.09100",
        {"m.43.5.1.1.17.1": "LX7004177"},
        ("multifunction", "Xerox", "WorkCentre 7835", "LX7004177"),
    ),
    (
        "253.8.62.1.33",
        "Xerox Phaser 6510DN; Net 27.11, Controller 201712110910",
        {},
        ("printer", "Xerox", "Phaser 6510DN", ""),
    ),
    (
        "297.1.11.93",
        "FUJI XEROX DocuCentre-V C2265;ESS1.5.3,IOT 23.5.0",
        {"m.43.5.1.1.17.1": "TC100870004177"},
        ("multifunction", "Fuji Xerox", "DocuCentre-V C2265", "TC100870004177"),
    ),
    (
        "641.2",
        "Lexmark MX622ade version MXTGM.052.024 kernel 4.11.12 All-N-1",
        {"m.43.5.1.1.17.1": "7017504177"},
        ("multifunction", "Lexmark", "MX622ade", "7017504177"),
    ),
    (
        "641.2",
        "Lexmark T650 version NR.APS.N447 kernel 2.6.18 All-N-1",
        {},
        ("printer", "Lexmark", "T650", ""),
    ),
    (
        "2001.1.1.1.1",
        "OKI OkiLAN 8500e Rev.02.11 PrintServer: Attached to C612 Rev.03.02 : (C)2019 Oki",
        {"e.2001.1.1.1.1.11.1.10.45.0": "AK8A004177A0"},
        ("printer", "OKI", "C612", "AK8A004177A0"),
    ),
    (
        "1129.2.3.45.1",
        "TOSHIBA e-STUDIO3508A",
        {"m.43.5.1.1.17.1": "CFAH04177"},
        ("multifunction", "Toshiba TEC", "e-STUDIO3508A", "CFAH04177"),
    ),
    ("1129.1.2.1", "TOSHIBA TEC B-EX4T1", {}, ("label_printer", "Toshiba TEC", "B-EX4T1", "")),
    (
        "2385.3.1.60",
        "SHARP MX-2651",
        {"m.43.5.1.1.17.1": "7500417X00"},
        ("multifunction", "Sharp", "MX-2651", "7500417X00"),
    ),
    (
        "10642.1.1",
        "Zebra Wired ZTC ZT411-203dpi ZPL",
        {"e.10642.1.1.0": "ZTC ZT411-203dpi ZPL", "e.10642.1.9.0": "99J204100417"},
        ("label_printer", "Zebra", "ZT411", "99J204100417"),
    ),
    (
        "40093.1",
        "Pantum M7105DW Series",
        {"e.40093.1.1.1.5": "CK2A004177"},
        ("multifunction", "Pantum", "M7105DW", "CK2A004177"),
    ),
    (
        "674.10898.10.2",
        "Dell 3115cn MFP Laser; Net 9.26, Controller 200709110910",
        {},
        ("multifunction", "Dell", "3115cn", ""),
    ),
    ("674.10898.10.2", "Dell 5130cdn Color Laser", {}, ("printer", "Dell", "5130cdn", "")),
    ("", "SATO CL4NX 203dpi", {}, ("label_printer", "SATO", "CL4NX", "")),
    ("211.1", "FUJITSU Image Scanner fi-7300NX", {}, ("scanner", "Fujitsu", "fi-7300NX", "")),
    ("", "KIP 7970", {}, ("plotter", "KIP", "7970", "")),
]


@pytest.mark.parametrize(("object_id", "descr", "values", "expected"), CASES)
def test_a_printer_is_told_by_what_its_maker_answers(
    object_id: str, descr: str, values: dict[str, Any], expected: tuple[str, ...]
) -> None:
    found = identify(facts(object_id, descr, values))
    assert (found.kind, found.vendor, found.model, found.serial) == expected


def test_the_badge_in_the_description_outranks_the_engine_maker() -> None:
    for badge, vendor in (("Gestetner", "Gestetner"), ("SAVIN", "Savin"), ("NRG", "NRG")):
        text = f"{badge} MP C2004 1.10 / {badge} Network Printer C model"
        assert identify(facts("367.1.1", text)).vendor == vendor


def test_a_jetdirect_card_does_not_make_its_host_an_hp() -> None:
    found = identify(facts("1347.41", JETDIRECT, {"e.1347.43.5.1.1.1.1": "FS-4020DN"}))
    assert (found.kind, found.vendor, found.model) == ("printer", "Kyocera", "FS-4020DN")


def test_the_print_server_cards_serial_says_so() -> None:
    values = {
        "e.683.1.5.0": "7300417",
        "e.683.6.2.3.2.1.15.1": "ZTC ZM400-200dpi",
        "e.10642.1.1.0": "ZTC ZM400-200dpi",
    }
    found = identify(facts("683.6", "ZebraNet Wired PS", values))
    assert (found.vendor, found.model, found.serial) == ("Zebra", "ZM400", "7300417")
    source = next(e.source for e in found.evidence if e.field == "serial" and e.chosen)
    assert "print-server card" in source and "not of the printer" in source


def test_the_serial_of_the_printer_mib_comes_first_and_all_are_in_evidence() -> None:
    values = {
        "m.43.5.1.1.17.1": "PRT0004177",
        "e.11.2.3.9.4.2.1.1.3.3.0": "VND0004177",
        "e.11.2.3.9.1.1.7.0": "MFG:HP;MDL:HP LaserJet 400;SN:IDS0004177;",
    }
    given = facts("11.2.3.9.1", f"{JETDIRECT},SN:TXT0004177,PID:x", values)
    found = identify(given)
    serials = [(e.value, e.chosen) for e in found.evidence if e.field == "serial"]
    assert serials[0] == ("PRT0004177", True)
    assert {value for value, _ in serials} == {
        "PRT0004177", "VND0004177", "IDS0004177", "TXT0004177",
    }  # fmt: skip
    assert [chosen for _, chosen in serials].count(True) == 1


def test_an_administrators_printer_name_is_no_model_where_the_maker_tells_one() -> None:
    values = {
        "m.43.5.1.1.16.1": "Office printer 2",
        "m.25.3.2.1.2.1": PRINTER,
        "m.25.3.2.1.3.1": "SHARP MX-3071",
    }
    assert identify(facts("2385.3.1", "", values)).model == "MX-3071"


def test_a_windows_server_with_print_queues_is_a_server() -> None:
    values = {"m.25.3.2.1.2.1": PRINTER, "m.25.3.2.1.3.1": "Microsoft XPS Document Writer"}
    descr = "Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 17763 Free)"
    found = identify(facts("311.1.1.3.1.2", descr, values))
    assert (found.kind, found.vendor, found.model) == ("server", "Microsoft", "")


def test_an_unknown_printer_is_at_least_a_printer() -> None:
    values = {
        "m.25.3.2.1.2.1": PRINTER,
        "m.25.3.2.1.3.1": "Frobnicator 3000",
        "m.43.5.1.1.17.1": "FRB004177",
    }
    found = identify(facts("99999.1", "some firmware", values))
    assert (found.kind, found.vendor) == ("printer", "")
    assert (found.model, found.serial) == ("Frobnicator 3000", "FRB004177")
