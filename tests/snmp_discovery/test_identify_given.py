"""The recordings beside the project, where they are present: the rates that were promised."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from snmp_discovery.identify import identify
from snmp_discovery.types import Facts, Kind, Oid, Value, parse_oid

GIVEN = Path(__file__).resolve().parents[3] / "shared" / "snmp"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (GIVEN / "given.csv").is_file(), reason="no recordings beside this clone"
    ),
]

PRINTING = {Kind.PRINTER, Kind.MULTIFUNCTION}
KINDS: dict[str, set[Kind]] = {
    "printer": PRINTING,
    "label-printer": {Kind.LABEL_PRINTER, Kind.PRINTER},
    "plotter": {Kind.PLOTTER, Kind.PRINTER},
    "scanner": {Kind.SCANNER},
    "camera": {Kind.CAMERA},
    "phone-gateway-pbx": {Kind.TELEPHONE, Kind.TELEPHONY},
    "projector-display": {Kind.PROJECTOR},
    "server-nas": {Kind.SERVER, Kind.STORAGE},
    "switch": {Kind.NETWORK_DEVICE},
    "wireless": {Kind.NETWORK_DEVICE, Kind.WIRELESS},
    "ups": {Kind.UPS},
}


def read(path: Path) -> Facts:
    """A recording: OID|type|value lines; an x behind the type means hexadecimal."""
    values: dict[Oid, Value] = {}
    for line in path.read_bytes().splitlines():
        parts = line.split(b"|", 2)
        try:
            oid, number = parse_oid(parts[0].decode()), int(parts[1].rstrip(b"x"))
            raw = bytes.fromhex(parts[2].decode()) if parts[1].endswith(b"x") else parts[2]
            if number in (4, 64, 68):
                values[oid] = raw
            elif number == 6:
                values[oid] = parse_oid(raw.decode())
            elif number != 5:
                values[oid] = int(raw)
        except (ValueError, IndexError):
            continue
    return Facts(values)


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def same_vendor(told: str, found: str) -> bool:
    name = plain(re.split(r"[(/]| on ", told)[0])
    return name[:5] in plain(found) or (bool(found) and plain(found)[:5] in plain(told))


def same_model(told: str, found: str) -> bool:
    want, have = plain(told), plain(found)
    core = max(re.findall(r"[A-Za-z]*[- ]?\d+\w*", told) or [told], key=len)
    return bool(have) and (want in have or have in want or plain(core) in have)


def test_what_is_known_of_the_recordings_is_found() -> None:
    told: Counter[str] = Counter()
    right: Counter[str] = Counter()
    misses: list[str] = []

    def mark(what: str, row: dict[str, str], good: bool, found: str) -> None:
        told[what] += 1
        right[what] += good
        if not good:
            misses.append(f"{row['category']}/{row['name']} {what}: {row.get(what)!r} {found!r}")

    known = io.StringIO((GIVEN / "given.csv").read_text(encoding="utf-8"), newline="")
    for row in csv.DictReader(known):
        path = GIVEN / "given" / row["category"] / f"{row['name']}.snmprec"
        found = identify(read(path))
        if row["category"] in KINDS:
            mark("kind", row, found.kind in KINDS[row["category"]], found.kind)
            if row["category"] not in ("printer", "label-printer", "plotter"):
                assert found.kind not in PRINTING, f"{path.name} is called a printer"
        # where the list holds a bare object identifier instead of a name, there is none to find
        if plain(re.split(r"[(/]| on ", row["vendor"])[0]) and not row["vendor"].startswith("1.3."):
            mark("vendor", row, same_vendor(row["vendor"], found.vendor), found.vendor)
        if row["model"]:
            mark("model", row, same_model(row["model"], found.model), found.model)
        if row["serial"]:
            mark("serial", row, plain(row["serial"]) == plain(found.serial), found.serial)

    rates = {what: right[what] / told[what] for what in told}
    assert rates["kind"] >= 0.97, misses
    assert rates["vendor"] >= 0.97, misses
    assert rates["model"] >= 0.95, misses
    # five serials in the list are not the device's own: a transceiver's, another access point's,
    # a line card's, and two MAC addresses written without their zeros
    assert right["serial"] >= told["serial"] - 5, misses
