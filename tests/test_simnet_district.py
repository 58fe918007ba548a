"""The simulated district agrees with itself, and can be changed while it runs."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from snmp_discovery.types import Kind
from tests.simnet import SimDevice, Simnet, SimnetError, SpecError, load_district
from tests.simnet.client import bindings_of, request, told
from tests.simnet.recording import RecordingError, parse
from tests.simnet.server import bind

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
PAGES = "1.3.6.1.2.1.43.10.2.1.4.1.1"
FDB_PORT = (1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2)
QFDB_PORT = (1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2)
BASE_PORT_INDEX = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)
IF_NAME = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)
ARP_MAC = (1, 3, 6, 1, 2, 1, 4, 22, 1, 2)
MED = (1, 0, 8802, 1, 1, 2, 1, 5, 4795, 1, 3, 3, 1)
MAKERS = {
    "HP", "Brother", "Canon", "Epson", "Kyocera", "Konica Minolta", "Ricoh", "Samsung", "Xerox",
    "Lexmark", "OKI", "Toshiba TEC", "Sharp", "Pantum",
}  # fmt: skip


@pytest.fixture(scope="module")
def net() -> Iterator[Simnet]:
    with Simnet.start() as running:
        yield running


# ------------------------------------------------------------------ the district


def test_size_and_variety(net: Simnet) -> None:
    assert len(net.devices) >= 64
    printing = {d.vendor for d in net.devices if d.kind in ("printer", "multifunction")}
    assert printing == MAKERS
    assert {d.kind for d in net.devices} == {kind.value for kind in Kind} - {"other"}
    assert {d.school for d in net.devices} == {"lincoln", "washington", "roosevelt"}
    assert sum(d.version == "1" for d in net.devices) >= 2
    assert len({d.user for d in net.devices if d.user}) >= 4
    assert len(net.unseen) >= 8


def test_supply_states_covers_alerts_are_all_there(net: Simnet) -> None:
    def values(*root: int) -> set[Any]:
        return {
            typed[1]
            for device in net.devices
            for recording in device.contexts.values()
            for typed in told(recording, (1, 3, 6, 1, 2, 1, 43, *root)).values()
        }

    assert {-3, -2, -1, 0} <= values(11, 1, 1, 9)
    assert {-2, -1, 100} <= values(11, 1, 1, 8)
    assert {0, -3} <= values(8, 2, 1, 10)
    assert {3, 4} == values(6, 1, 1, 3)
    assert b"Front door is open" in values(18, 1, 1, 8)
    assert b"Replace Toner" in values(16, 5, 1, 2)


def test_nothing_is_shared_between_devices() -> None:
    devices = load_district().devices()
    for column in ("address", "name", "serial"):
        texts = [getattr(device, column) for device in devices if getattr(device, column)]
        assert len(set(texts)) == len(texts), column
    macs = [mac for device in devices for mac in device.macs]
    assert len(set(macs)) == len(macs)


def test_recordings_are_well_formed() -> None:
    limits = {2: (-(2**31), 2**31), 65: (0, 2**32), 66: (0, 2**32), 67: (0, 2**32), 70: (0, 2**64)}
    for device in load_district().devices():
        for recording in device.contexts.values():
            assert recording.oids == sorted(set(recording.oids))
            assert len(recording) >= 20 or not device.answers
            for oid, (kind, value) in recording.values.items():
                assert oid[0] in (1, 2) and len(oid) >= 8, oid
                if isinstance(value, int):
                    assert limits[kind][0] <= value < limits[kind][1], (device.name, oid)
                elif isinstance(value, bytes):
                    assert kind == 4 or (kind == 64 and len(value) == 4), (device.name, oid)


def test_the_serial_is_told_and_only_its_own() -> None:
    devices = [device for device in load_district().devices() if device.answers]
    serials = {device.serial.encode(): device.name for device in devices if device.serial}
    for device in devices:
        texts = [v for r in device.contexts.values() for _, v in r.values.values()]
        strings = {value for value in texts if isinstance(value, bytes)}
        if device.serial and "serial_is_mac" not in device.template.text:
            assert device.serial.encode() in strings, device.name
        if device.kind != "network_device":
            assert {serials[s] for s in strings & set(serials)} <= {device.name}


def test_every_device_hangs_on_the_port_that_the_switches_tell(net: Simnet) -> None:
    devices = [*net.devices, *net.unseen]
    known = {mac: device for device in devices for mac in device.macs}
    switches = [device for device in net.devices if "switch" in device.template.mibs]
    places: dict[str, list[tuple[str, str]]] = {}
    for switch in switches:
        learnt = mac_ports(switch)
        assert set(learnt) <= set(known), "a MAC of no device"
        crowded = [port for port in learnt.values() if list(learnt.values()).count(port) > 1]
        for mac, port in learnt.items():
            if port not in crowded:
                places.setdefault(known[mac].name, []).append(
                    (switch.name, port_name(switch, port))
                )
    edge = [device for device in devices if device not in switches]
    for device in edge:
        assert places[device.name] == [(device.switch, device.switch_port)]
    assert len(edge) > 70


def mac_ports(switch: SimDevice) -> dict[str, int]:
    """MAC → bridge port, from both kinds of table, which must agree."""
    found: dict[str, int] = {}
    for root in (FDB_PORT, QFDB_PORT):
        for oid, (_, port) in told(switch.recording, root).items():
            mac = bytes(oid[-6:]).hex(":")
            assert isinstance(port, int) and found.setdefault(mac, port) == port
    return found


def port_name(switch: SimDevice, port: int) -> str:
    values = switch.recording.values
    index = values[(*BASE_PORT_INDEX, port)][1]
    assert isinstance(index, int)
    name = values[(*IF_NAME, index)][1]
    assert isinstance(name, bytes)
    return name.decode()


def test_arp_joins_addresses_and_macs(net: Simnet) -> None:
    devices = [*net.devices, *net.unseen]
    found = {
        ".".join(map(str, oid[-4:])): value.hex(":")
        for device in net.devices
        for oid, (_, value) in told(device.recording, ARP_MAC).items()
        if isinstance(value, bytes)
    }
    cores = [device for device in devices if device.spec.facts.get("role") == "core"]
    assert found == {d.address: d.macs[0] for d in devices if d not in cores}


def test_med_inventory_names_every_silent_telephone(net: Simnet) -> None:
    rows: dict[bytes, tuple[Any, ...]] = {}
    for device in net.devices:
        for oid, (_, serial) in told(device.recording, (*MED, 4)).items():
            row = [device.recording.values[(*MED, c, *oid[-3:])][1] for c in (5, 6, 7)]
            assert isinstance(serial, bytes)
            rows[serial] = tuple(row)
    assert len(net.unseen) == 10
    for phone in net.unseen:
        tag = phone.spec.facts.get("asset_tag", "")
        expected = (phone.vendor.encode(), phone.model.encode(), tag.encode())
        assert rows[phone.serial.encode()] == expected


# ------------------------------------------------------------------ changes while it runs


def test_a_page_count_a_move_and_a_swap() -> None:
    names = ["LES-PRN-OFFICE", "LES-SW-A1", "LES-SW-A2", "LES-SW-CORE"]
    with Simnet.start(names) as net:
        old = net.device("LES-PRN-OFFICE")
        pages = (50_001).to_bytes(3, "big")
        net.replace(old.name, {"pages": 50_001})
        assert read(net, old.address, PAGES) == pages
        moved = net.replace(old.name, {"address": "127.30.1.121"})
        assert read(net, "127.30.1.121", PAGES) == pages
        assert (moved.macs, moved.serial) == (old.macs, old.serial)
        assert read(net, old.address, PAGES) is None
        swapped = net.replace(old.name, {"serial": "PHBQX99999", "address": ""})
        assert read(net, old.address, "1.3.6.1.2.1.43.5.1.1.17.1") == b"PHBQX99999"
        assert swapped.macs != old.macs
        assert swapped.macs[0] in mac_ports(net.device(old.switch))
        assert old.macs[0] not in mac_ports(net.device(old.switch))
        net.replace(old.name, {"records": f"{SYS_DESCR}|4|something else"})
        assert read(net, old.address, SYS_DESCR) == b"something else"
        net.replace(old.name, {"silent": True})
        assert old.name not in [device.name for device in net.devices]
        with pytest.raises(SpecError):
            Simnet.start(["no such device"])


def read(net: Simnet, address: str, oid: str) -> bytes | None:
    """One value over a plain socket, numbers as they are encoded; None for silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        sock.sendto(request(0xA0, 0, 0, oid), (address, net.port))
        try:
            return bindings_of(sock.recv(65535))[0][1]
        except TimeoutError:
            return None


def test_an_address_that_the_machine_lacks_is_explained() -> None:
    with pytest.raises(SimnetError, match=r"has no address 192\.0\.2\.7"):
        bind("192.0.2.7", 0)


def test_command_line() -> None:
    command = [sys.executable, "-m", "tests.simnet", "--port", "0"]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert (words[1:4], int(words[0]) >= 64) == (["agents", "on", "port"], True)
            assert ask_name(int(words[4])) == b"WMS-MFP-OFFICE"
            taken = subprocess.run(
                [*command[:-1], words[4]], capture_output=True, text=True, cwd=root, timeout=20
            )
            assert (taken.returncode, "is taken" in taken.stderr) == (1, True)
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0


def ask_name(port: int) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.sendto(request(0xA0, 0, 0, "1.3.6.1.2.1.1.5.0"), ("127.30.2.21", port))
        return bindings_of(sock.recv(65535))[0][1]


def test_bad_recording_lines() -> None:
    for text in ("1.3.6.1|4", "1.3.x|4|a", "1.3.6|99|a", "1.3.6|2|x", "1.3.6|4|a\n1.3.6|4|b"):
        with pytest.raises(RecordingError):
            parse(text)
    assert parse("# a comment\n\n1.3.6.1|4x|00ff\n1.3.6.2|4|a|b") == {
        (1, 3, 6, 1): (4, b"\x00\xff"),
        (1, 3, 6, 2): (4, b"a|b"),
    }
