"""Target texts to addresses: hosts, names, CIDR blocks and ranges, minus exclusions.

Everything is held as intervals of numbers until the very end, so that a text that is far too large
(a /8, an IPv6 /64) is refused by arithmetic, before a single address is made.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence

from snmp_discovery.errors import TargetError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Span = tuple[int, int, int]
"""(IP version, first, last), both included."""

# The last label begins with a letter: the system's resolver would read "10.1" or "0x7f000001" as
# an address in a spelling nobody expects.
_NAME = re.compile(r"(?:[\w-]{1,63}\.)*[^\W\d_][\w-]{0,62}\.?")
_MAX_NAME = 253
_SHOWN = 80


def parse_targets(
    texts: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    max_hosts: int,
    resolve: bool = True,
) -> list[str]:
    """The addresses that `texts` name, each once, in numerical order, IPv4 first.

    A text is an IPv4 or IPv6 address, a CIDR block (IPv4 blocks larger than a /31 without their
    network and broadcast address), a range (`10.0.0.5-10.0.0.40` or `10.0.0.5-40`) or a host name,
    which counts as one address (its first IPv4 address, else its first IPv6 address; asking the
    resolver takes its time, and with `resolve` False a name is an error). So is `exclude` read.

    Raises TargetError, naming the text: malformed, unknown name, an address that is no host's
    (multicast, broadcast, unspecified, reserved), more than `max_hosts` addresses, or none left.
    """
    scoped: list[str] = []
    spans: list[_Span] = []
    largest, longest = 0, ""
    for text in texts:
        if "%" in text:
            scoped.append(_scoped(text))
            continue
        span = _parse(text, resolve, hosts_only=True)
        _refuse_special(span, text)
        spans.append(span)
        largest, longest = max((largest, longest), (span[2] - span[1] + 1, text))
    holes = _merged(_parse(text, resolve, hosts_only=False) for text in exclude)
    spans = _without(_merged(spans), holes)
    total = sum(last - first + 1 for _, first, last in spans) + len(scoped)
    if total > max_hosts:
        total, what = (largest, _quoted(longest)) if largest > max_hosts else (total, "the targets")
        raise TargetError(
            f"{what} would be {total:,} addresses; one sweep may cover at most {max_hosts:,}"
        )
    if total == 0:
        raise TargetError("no target is left to sweep")
    return [*_expanded(spans), *dict.fromkeys(scoped)]


def _parse(text: str, resolve: bool, *, hosts_only: bool) -> _Span:
    text = text.strip()
    if "/" in text:
        return _block(text, hosts_only=hosts_only)
    address = _address(text)
    if address is None and "-" in text:
        left, _, right = text.partition("-")
        first = _address(left.strip())
        if first is not None:
            return _range(text, first, right.strip())
    if address is None:
        address = _resolved(text, resolve)
    return (address.version, int(address), int(address))


def _address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _block(text: str, *, hosts_only: bool) -> _Span:
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise TargetError(f"{_quoted(text)} is not a CIDR block such as 10.20.0.0/24") from error
    first, last = int(block.network_address), int(block.broadcast_address)
    if hosts_only and block.version == 4 and block.prefixlen < 31:
        return (4, first + 1, last - 1)
    return (block.version, first, last)


def _range(text: str, first: _Address, right: str) -> _Span:
    if first.version == 4 and right.isascii() and right.isdigit() and len(right) <= 3:
        right = str(first).rpartition(".")[0] + "." + right
    last = _address(right)
    if last is None or last.version != first.version:
        raise TargetError(
            f"{_quoted(text)} is not a range such as 10.20.0.5-10.20.0.40 or 10.20.0.5-40"
        )
    if int(last) < int(first):
        raise TargetError(f"{_quoted(text)} is a range that ends before it begins")
    return (first.version, int(first), int(last))


def _resolved(name: str, resolve: bool) -> _Address:
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name):
        raise TargetError(
            f"{_quoted(name)} is neither an address, a CIDR block, a range nor a name"
        )
    if not resolve:
        raise TargetError(f"{_quoted(name)} is a name; only addresses are allowed here")
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise TargetError(f"the name {_quoted(name)} does not resolve to an address") from error
    texts = sorted((entry[4] for entry in found), key=lambda entry: ":" in str(entry[0]))
    address = _address(str(texts[0][0]).partition("%")[0]) if texts else None
    if address is None:
        raise TargetError(f"the name {_quoted(name)} does not resolve to an address")
    return address


def _scoped(text: str) -> str:
    """A link-local address with its interface, as in fe80::1%eth0: one host, kept as text."""
    host, _, zone = text.strip().partition("%")
    address = _address(host)
    if address is None or not address.is_link_local or not re.fullmatch(r"[\w.-]{1,15}", zone):
        raise TargetError(f"{_quoted(text)} is not a link-local address with an interface")
    return f"{address}%{zone}"


_V4_SPECIAL = (("0.0.0.0/8", "unspecified"), ("224.0.0.0/4", "multicast"))
_V4_RESERVED = (("255.255.255.255/32", "broadcast"), ("240.0.0.0/4", "reserved"))
_V6_SPECIAL = (("::/128", "unspecified"), ("ff00::/8", "multicast"))
_V6_MAPPED = (("::ffff:0:0/96", "IPv4-mapped"),)
_SPECIAL = tuple(
    (_block(block, hosts_only=False), what)
    for block, what in (*_V4_SPECIAL, *_V4_RESERVED, *_V6_SPECIAL, *_V6_MAPPED)
)


def _refuse_special(span: _Span, text: str) -> None:
    for (version, first, last), what in _SPECIAL:
        if version == span[0] and span[1] <= last and first <= span[2]:
            raise TargetError(f"{_quoted(text)} contains {what} addresses, which are no hosts")


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Sorted, overlapping ones joined."""
    merged: list[_Span] = []
    for version, first, last in sorted(spans):
        if merged and merged[-1][0] == version and first <= merged[-1][2] + 1:
            merged[-1] = (version, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((version, first, last))
    return merged


def _without(spans: list[_Span], holes: list[_Span]) -> list[_Span]:
    """`spans` less `holes`, both merged: one pass over each, side by side."""
    left: list[_Span] = []
    at = 0
    for version, first, last in spans:
        while at < len(holes) and (holes[at][0], holes[at][2]) < (version, first):
            at += 1
        hole = at
        while hole < len(holes) and (holes[hole][0], holes[hole][1]) <= (version, last):
            if first < holes[hole][1]:
                left.append((version, first, holes[hole][1] - 1))
            first = max(first, holes[hole][2] + 1)
            hole += 1
        if first <= last:
            left.append((version, first, last))
    return left


def _expanded(spans: list[_Span]) -> Iterable[str]:
    for version, first, last in spans:
        family, size = (socket.AF_INET, 4) if version == 4 else (socket.AF_INET6, 16)
        for number in range(first, last + 1):
            # The system's own spelling, so that the sender of an answer compares equal.
            yield socket.inet_ntop(family, number.to_bytes(size, "big"))


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
