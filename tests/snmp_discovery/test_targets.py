"""Target texts to addresses."""

from __future__ import annotations

import ipaddress
import socket
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from snmp_discovery.errors import TargetError
from snmp_discovery.targets import parse_targets


def parse(*texts: str, exclude: tuple[str, ...] = (), max_hosts: int = 65_536) -> list[str]:
    return parse_targets(texts, exclude=exclude, max_hosts=max_hosts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.5", ["10.0.0.5"]),
        (" 10.0.0.5 ", ["10.0.0.5"]),
        ("10.0.0.0/30", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.2/30", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.0/255.255.255.252", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.0/31", ["10.0.0.0", "10.0.0.1"]),
        ("10.0.0.7/32", ["10.0.0.7"]),
        ("10.0.0.254-10.0.1.1", ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"]),
        ("10.0.0.5-7", ["10.0.0.5", "10.0.0.6", "10.0.0.7"]),
        ("10.0.0.5 - 10.0.0.6", ["10.0.0.5", "10.0.0.6"]),
        ("10.0.0.5-5", ["10.0.0.5"]),
        ("::1", ["::1"]),
        ("2001:DB8:0:0::2", ["2001:db8::2"]),
        ("2001:db8::/126", ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]),
        ("2001:db8::1-2001:db8::2", ["2001:db8::1", "2001:db8::2"]),
        ("::ffff:10.0.0.9", ["10.0.0.9"]),
        ("fe80::1%eth0", ["fe80::1%eth0"]),
    ],
)
def test_each_form_gives_its_addresses(text: str, expected: list[str]) -> None:
    assert parse(text) == expected


def test_duplicates_and_overlaps_count_once() -> None:
    assert parse("10.0.0.0/30", "10.0.0.2", "10.0.0.1-3", "10.0.0.2") == [
        "10.0.0.1",
        "10.0.0.2",
        "10.0.0.3",
    ]
    assert len(parse("10.0.0.0/24", "10.0.0.0/24", max_hosts=254)) == 254


def test_exclusions_take_every_form() -> None:
    left = parse(
        "10.0.0.0/28",
        "::1",
        exclude=(
            "10.0.0.1",
            "10.0.0.4/30",
            "10.0.0.9-10",
            "10.0.0.14-10.0.0.99",
            "::1",
            "224.0.0.1",
        ),
    )
    assert left == ["10.0.0.2", "10.0.0.3", "10.0.0.8", "10.0.0.11", "10.0.0.12", "10.0.0.13"]


def test_exclusions_count_before_the_cap() -> None:
    assert len(parse("10.0.0.0/23", exclude=("10.0.1.0/24",), max_hosts=255)) == 255


def test_nothing_left_is_an_error() -> None:
    for texts, exclude in (((), ()), (("10.0.0.1",), ("10.0.0.0/24",))):
        with pytest.raises(TargetError, match="no target"):
            parse(*texts, exclude=exclude)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/33",
        "10.0.0.0/x",
        "10.0.0/24",
        "10.0.0.0/24/8",
        "::/129",
        "10.0.0.5-3",
        "10.0.0.5-256",
        "10.0.0.5-1000",
        "10.0.0.5-foo",
        "10.0.0.5-::1",
        "10.0.0.5-",
        "10.0.0.256",
        "10.1",
        "010.0.0.1",
        "0x7f000001",
        "127",
        "1.2.3.4.5",
        "",
        "-",
        "a b",
        "host/name",
        "x" * 300,
        "fe80::1%",
        "10.0.0.1%eth0",
        "fe80::1%eth0;rm",
        "http://10.0.0.1",
        "printer\x00.local",
    ],
)
def test_what_cannot_be_swept_is_named(text: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse("10.9.9.9", text)
    assert repr(text[:20])[1:-1] in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("224.0.0.1", "multicast"),
        ("239.255.0.0/16", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("255.255.255.255", "broadcast"),
        ("240.0.0.1", "reserved"),
        ("223.255.255.250-224.0.0.5", "multicast"),
    ],
)
def test_addresses_that_are_no_hosts_are_refused(text: str, what: str) -> None:
    with pytest.raises(TargetError, match=what):
        parse(text)


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (("10.0.0.0/8",), "16,777,214"),
        (("2001:db8::/64",), "18,446,744,073,709,551,616"),
        (("1.0.0.0-223.255.255.255",), "3,741,319,168"),
        (("10.0.0.0/16", "10.1.0.0/16"), "131,068"),
    ],
)
def test_too_large_is_refused_before_anything_is_made(texts: tuple[str, ...], count: str) -> None:
    began = time.process_time()
    tracemalloc.start()
    with pytest.raises(TargetError, match="at most 65,536") as caught:
        parse(*texts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count in str(caught.value)
    assert peak < 1 << 20
    assert time.process_time() - began < 0.5


def test_a_whole_slash_16_fits() -> None:
    found = parse("10.20.0.0/16")
    assert (len(found), found[0], found[-1]) == (65_534, "10.20.0.1", "10.20.255.254")


def resolver(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    """The system's resolver answers `answer` (texts, or an error to raise)."""
    asked: list[str] = []

    def getaddrinfo(name: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(name)
        if isinstance(answer, Exception):
            raise answer
        return [
            (socket.AF_INET6 if ":" in text else socket.AF_INET, 2, 17, "", (text, 0))
            for text in answer
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_is_one_address_ipv4_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolver(monkeypatch, ["2001:db8::9", "10.3.2.1", "10.3.2.2"])
    assert parse("print-server-1.school.example") == ["10.3.2.1"]
    assert asked == ["print-server-1.school.example"]
    resolver(monkeypatch, ["fe80::7%eth0"])
    assert parse("lab") == ["fe80::7"]


@pytest.mark.parametrize(
    "answer", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long"), []]
)
def test_a_name_that_does_not_resolve_is_named(
    monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    resolver(monkeypatch, answer)
    with pytest.raises(TargetError, match="'library-printer' does not resolve"):
        parse("library-printer")


def test_a_name_of_something_that_is_no_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, ["224.0.0.251"])
    with pytest.raises(TargetError, match=r"'mdns\.example' contains multicast"):
        parse("mdns.example")


def test_names_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolver(monkeypatch, ["10.0.0.1"])
    with pytest.raises(TargetError, match="only addresses"):
        parse_targets(["printer"], max_hosts=9, resolve=False)
    assert asked == []
    assert parse_targets(["10.0.0.1"], max_hosts=9, resolve=False) == ["10.0.0.1"]


SMALL = st.integers(0, 60)
PIECES = st.lists(st.tuples(SMALL, SMALL).map(sorted), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(PIECES, PIECES)
def test_ranges_less_ranges_is_set_difference(
    ranges: list[list[int]], holes: list[list[int]]
) -> None:
    def text(piece: list[int]) -> str:
        return f"10.0.0.{piece[0]}-{piece[1]}"

    def members(pieces: list[list[int]]) -> set[int]:
        return {number for first, last in pieces for number in range(first, last + 1)}

    expected = [f"10.0.0.{number}" for number in sorted(members(ranges) - members(holes))]
    if not expected:
        with pytest.raises(TargetError):
            parse(*map(text, ranges), exclude=tuple(map(text, holes)))
    else:
        found = parse(*map(text, ranges), exclude=tuple(map(text, holes)))
        assert found == expected
        assert found == sorted(found, key=ipaddress.ip_address)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789abcdefx.:/-% \x00é"), max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_targets([text], max_hosts=4096, resolve=False)
    except TargetError:
        return
    for address in found:
        ipaddress.ip_address(address)
