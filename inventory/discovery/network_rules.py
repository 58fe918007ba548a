"""What a network may be: its targets, its schedule, its places. Pure rules."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput
from inventory.settings import Settings
from snmp_discovery.errors import TargetError
from snmp_discovery.targets import parse_targets
from snmp_discovery.types import Kind

MAX_TEXTS = 256
"""Targets, exclusions or places of one network."""

MINUTES = (5, 7 * 24 * 60)
_NAME = re.compile(r"(?=.*[a-zA-Z])[\w-]{1,63}(?:\.[\w-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installation allows: `max_hosts` in one sweep, `public` addresses at all; and the
    district's time zone, in which times of day are meant."""

    max_hosts: int = 65_536
    public: bool = False
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  # immutable

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(settings.sweep_max_hosts, settings.sweep_public_addresses, settings.zone)


@dataclass(frozen=True, slots=True)
class NetworkDraft:
    """A network as a person enters it; the columns of `Network`, and the ids of its credentials
    in the order in which they are tried."""

    name: str
    targets: Sequence[str]
    site_id: int | None = None
    exclusions: Sequence[str] = ()
    places: Sequence[Mapping[str, Any]] = ()
    port: int = 161
    rate: int | None = None
    timeout: float = 1.0
    retries: int = 1
    max_hosts: int = 4096
    enabled: bool = True
    every_minutes: int | None = None
    daily_at: str | None = None
    auto_accept: Sequence[str] = ()
    credentials: Sequence[int] = ()


_BOUNDS = {"port": (1, 65_535), "rate": (1, 1_000_000), "timeout": (0.05, 60), "retries": (0, 10)}


def check(draft: NetworkDraft, limits: Limits) -> None:
    """Raises `InvalidInput` naming the field for whatever cannot be swept, or not so."""
    if not 1 <= len(draft.name.strip()) <= 120 or not draft.name.isprintable():
        raise _wrong("name", "must have 1 to 120 printable characters")
    for field, (least, most) in _BOUNDS.items():
        value = getattr(draft, field)
        if value is not None and not least <= value <= most:
            raise _wrong(field, f"must be between {least} and {most}")
    check_targets(draft.targets, draft.exclusions, max_hosts=draft.max_hosts, limits=limits)
    check_schedule(draft.every_minutes, draft.daily_at)
    check_kinds(draft.auto_accept)
    if len(draft.places) > MAX_TEXTS:
        raise _wrong("places", f"at most {MAX_TEXTS}")
    for place in draft.places:
        check_place(str(place["target"]))
    if len(set(draft.credentials)) != len(draft.credentials) or len(draft.credentials) > 16:
        raise _wrong("credentials", "each at most once, and at most 16")


def check_targets(
    targets: Sequence[str], exclusions: Sequence[str], *, max_hosts: int, limits: Limits
) -> int:
    """How many addresses these are; a host name counts as one.

    Host names are checked by their spelling only: asking a name server belongs to the sweep.
    Raises `InvalidInput` (field `targets`, `exclusions` or `max_hosts`).
    """
    if not targets:
        raise _wrong("targets", "name at least one address, range, CIDR or host")
    if len(targets) > MAX_TEXTS or len(exclusions) > MAX_TEXTS:
        raise _wrong("targets", f"at most {MAX_TEXTS} targets and {MAX_TEXTS} exclusions")
    if not 1 <= max_hosts <= limits.max_hosts:
        raise _wrong("max_hosts", f"must be between 1 and {limits.max_hosts:,}")
    _each("exclusions", exclusions)
    literal = [text for text in targets if not is_name(text)]
    names = len(targets) - len(literal)
    if not literal:
        return names
    try:
        addresses = parse_targets(
            literal,
            exclude=[text for text in exclusions if not is_name(text)],
            max_hosts=max_hosts,
            resolve=False,
        )
    except TargetError as wrong:
        raise _wrong("targets", str(wrong)) from wrong
    if not limits.public and (outside := public_among(addresses)):
        raise _wrong(
            "targets",
            f"{outside[0]} is a public address; only private ranges are swept "
            "unless the setting sweep_public_addresses allows it",
        )
    return names + len(addresses)


def _each(field: str, texts: Sequence[str]) -> None:
    for text in texts:
        if is_name(text):
            continue
        try:
            # An exclusion may be far larger than what is swept: only its form is checked.
            parse_targets(["127.0.0.1", "::1"], exclude=[text], max_hosts=2, resolve=False)
        except TargetError as wrong:
            if "no target is left" not in str(wrong):
                raise _wrong(field, str(wrong)) from wrong


def is_name(text: str) -> bool:
    """Whether the text is spelt like a host name (and not like an address or a range)."""
    return len(text) <= 253 and _NAME.fullmatch(text.strip()) is not None


def public_among(addresses: Iterable[str]) -> list[str]:
    """Those that are reachable in the Internet (IANA's special-purpose registries)."""
    return [a for a in addresses if ipaddress.ip_address(a.partition("%")[0]).is_global]


def contains(target: str, address: str) -> bool:
    """Whether a place's target (address or CIDR) holds the address."""
    return ipaddress.ip_address(address.partition("%")[0]) in _block(target)


def check_place(target: str) -> None:
    """Raises `InvalidInput` (field `places`) unless it is an address or a CIDR."""
    _block(target)


def _block(target: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(target.strip(), strict=False)
    except ValueError as wrong:
        raise _wrong("places", f"{target[:80]!r} is neither an address nor a CIDR") from wrong


def check_kinds(kinds: Sequence[str]) -> None:
    """Raises `InvalidInput` (field `auto_accept`) for an unknown kind."""
    known = {kind.value for kind in Kind}
    if unknown := sorted(set(kinds) - known):
        raise _wrong("auto_accept", f"unknown kind {unknown[0][:40]!r}")


def check_schedule(every_minutes: int | None, daily_at: str | None) -> None:
    """Raises `InvalidInput` for both at once, an interval out of bounds, or no time of day."""
    if every_minutes is not None and daily_at is not None:
        raise _wrong("daily_at", "give an interval or a time of day, not both")
    if every_minutes is not None and not MINUTES[0] <= every_minutes <= MINUTES[1]:
        raise _wrong("every_minutes", f"must be between {MINUTES[0]} and {MINUTES[1]:,}")
    if daily_at is not None:
        _clock_time(daily_at)


def _clock_time(text: str) -> time:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise _wrong("daily_at", "must be a time of day such as 05:30")
    return time(int(text[:2]), int(text[3:]))


def next_due(
    every_minutes: int | None,
    daily_at: str | None,
    *,
    after: datetime,
    zone: ZoneInfo,
    previous: datetime | None = None,
) -> datetime | None:
    """The next moment of the schedule after `after`, None without one.

    An interval counts on from `previous`, so that a slow minute does not shift it; what was
    missed while nothing ran is not made up for. A time of day that the clock change leaves out
    means the hour after it.
    """
    if every_minutes is not None:
        step = timedelta(minutes=every_minutes)
        start = previous or after
        return start + step * (max(0, (after - start) // step) + 1)
    if daily_at is None:
        return None
    at = _clock_time(daily_at)
    local = after.astimezone(zone)
    for days in (0, 1, 2):
        due = datetime.combine(local.date() + timedelta(days=days), at, zone).astimezone(UTC)
        if due > after:
            return due
    return None


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}", {field: [message]})
