"""Where targets lie and how fast they may be probed, from hand-written kernel tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from snmp_discovery.topology import Pacing, Place, Surroundings, pace, read_surroundings

ROUTE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100140A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0000140A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
eth0\t0005140A\t0200140A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t0000AC0A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t0000630A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0
"""
"""10.20.0.0/20 attached (10.20.5.0/24 of it behind a router), 10.172.0.0/16 through a tunnel,
10.99.0.0/16 rejected, the rest behind 10.20.0.1."""

TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.20.0.0
        /20 link UNICAST
     |-- 10.20.0.7
        /32 host LOCAL
     |-- 10.20.15.255
        /32 link BROADCAST
"""

ROUTE6 = (
    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
    "00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000000 00000001 00000000 80200001 lo\n"
)
INET6 = "20010db8000000000000000000000007 02 40 00 80 eth0\n"
ARP = "IP address HW type Flags HW address Mask Device\n" + "10.20.0.9 0x1 0x2 aa * eth0\n" * 24


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """A small /proc and /sys; gives their parent."""
    files = {
        "proc/net/route": ROUTE,
        "proc/net/fib_trie": TRIE,
        "proc/net/ipv6_route": ROUTE6,
        "proc/net/if_inet6": INET6,
        "proc/net/arp": ARP,
        "proc/sys/net/ipv4/neigh/default/gc_thresh3": "1024\n",
        "proc/sys/net/ipv6/neigh/default/gc_thresh3": "2048\n",
        "sys/class/net/eth0/flags": "0x1003\n",
        "sys/class/net/tun0/flags": "0x1090\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def surroundings(kernel: Path) -> Surroundings:
    return read_surroundings(kernel / "proc", kernel / "sys")


@pytest.mark.parametrize(
    ("address", "place", "subnet"),
    [
        ("10.20.3.4", Place.ATTACHED, "10.20.0.0/20"),
        ("10.20.5.4", Place.ROUTED, ""),
        ("10.20.16.1", Place.ROUTED, ""),
        ("10.172.3.4", Place.ROUTED, ""),
        ("10.99.0.1", Place.ROUTED, ""),
        ("10.20.0.7", Place.LOOPBACK, ""),
        ("127.9.8.7", Place.LOOPBACK, ""),
        ("::1", Place.LOOPBACK, ""),
        ("2001:db8::7", Place.LOOPBACK, ""),
        ("2001:db8::8", Place.ATTACHED, "2001:db8::/64"),
        ("2001:db9::8", Place.ROUTED, ""),
    ],
)
def test_each_address_has_its_place(kernel: Path, address: str, place: Place, subnet: str) -> None:
    assert surroundings(kernel).place(address) == (place, subnet)


def attached(count: int) -> list[str]:
    """Addresses of the attached 10.20.0.0/20, not of its routed part."""
    hosts = [f"10.20.{number // 250 + 1}.{number % 250 + 1}" for number in range(count)]
    return [host.replace("10.20.5.", "10.20.15.") for host in hosts]


def rates(pacing: Pacing) -> dict[int, int]:
    return {lane.rate: len(lane.addresses) for lane in pacing.lanes}


def test_a_large_attached_range_is_paced_and_says_why(kernel: Path) -> None:
    addresses = [*attached(2000), "10.77.0.1", "127.0.0.1"]
    pacing = pace(addresses, around=surroundings(kernel))
    assert rates(pacing) == {307: 2000, 2000: 1, 20000: 1}
    assert sum(len(lane.addresses) for lane in pacing.lanes) == len(addresses)
    (note,) = pacing.notes
    for words in ("2,000 targets", "10.20.0.0/20", "307/s", "gc_thresh3", "1,024 entries"):
        assert words in note


def test_an_attached_range_that_the_table_holds_goes_at_full_rate(kernel: Path) -> None:
    pacing = pace(attached(254), around=surroundings(kernel))
    assert (rates(pacing), pacing.notes) == ({2000: 254}, ())


def test_neighbours_already_known_count(kernel: Path) -> None:
    around = surroundings(kernel)
    assert around.neighbours == 24
    assert rates(pace(attached(744), around=around)) == {2000: 744}
    assert rates(pace(attached(745), around=around)) == {307: 745}


def test_a_raised_table_lifts_the_pace(kernel: Path) -> None:
    limit = kernel / "proc/sys/net/ipv4/neigh/default/gc_thresh3"
    limit.write_text("8192\n")
    pacing = pace(attached(3000), around=surroundings(kernel))
    assert (rates(pacing), pacing.notes) == ({2000: 3000}, ())
    limit.write_text("2048\n")
    assert rates(pace(attached(3000), around=surroundings(kernel))) == {614: 3000}


def test_an_explicit_rate_is_obeyed_with_a_warning(kernel: Path) -> None:
    addresses = [*attached(2000), "127.0.0.1"]
    pacing = pace(addresses, 5000, around=surroundings(kernel))
    assert rates(pacing) == {5000: 2001}
    assert "answers will be lost" in pacing.notes[0]
    assert "307/s" in pacing.notes[0]
    slow = pace(addresses, 250, around=surroundings(kernel))
    assert (rates(slow), slow.notes) == ({250: 2001}, ())
    assert rates(pace(addresses, 0, around=surroundings(kernel))) == {1: 2001}


def test_ipv6_has_its_own_table(kernel: Path) -> None:
    addresses = [f"2001:db8::{number:x}" for number in range(256, 2356)]
    pacing = pace(addresses, around=surroundings(kernel))
    assert rates(pacing) == {614: 2100}
    assert "net.ipv6.neigh.default.gc_thresh3" in pacing.notes[0]


@pytest.mark.parametrize("text", ["", "nonsense\nmore nonsense\n", "a b c d e f g h i j k\n" * 3])
def test_tables_that_cannot_be_read_make_everything_routed(tmp_path: Path, text: str) -> None:
    (tmp_path / "net").mkdir()
    for name in ("route", "fib_trie", "ipv6_route", "if_inet6", "arp"):
        (tmp_path / "net" / name).write_text(text)
    around = read_surroundings(tmp_path, tmp_path)
    assert around.place("10.20.3.4") == (Place.ROUTED, "")
    assert rates(pace(["10.20.3.4", "::1", "fe80::1%eth0"], around=around)) == {2000: 2, 20000: 1}
    assert around.table == {4: 1024, 6: 1024}


def test_this_machine_can_be_read() -> None:
    assert pace(["127.0.0.1"]).lanes[0].rate == 20_000
