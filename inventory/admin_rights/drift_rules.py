"""What drift is: observed administrators, less the technology department, less those who were
granted it, less service accounts that are allowed. Pure rules, no database.

Nothing observed is nothing known: a device that tells of nobody because no source asks it has no
drift and is not clean either (see `standing_of`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.admin_rights.account_names import MAX_KEY, AccountName
from inventory.admin_rights.drift_models import DriftKind, System
from inventory.assets.words import clean, fold, wrong
from inventory.settings import Settings

SHORTEST = 3
"""Letters that a pattern must have before its `*`."""
LONGEST = timedelta(days=366)
AGAIN, AT_LEAST = timedelta(days=3), timedelta(hours=12)
"""How old a device's word may become before its sources are asked for a newer one, and how long
they are left alone between two looks."""


class Standing(StrEnum):
    """How a computer stands. UNKNOWN: no source tells of its administrators, or told too long
    ago; ACCEPTED: all of its drift was accepted."""

    CLEAN = "clean"
    ACCEPTED = "accepted"
    DRIFT = "drift"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Limits:
    """told_days   a word older than this says nothing about today
    grace_days  so long may a granted administrator be missing on the device
    """

    told_days: int = 30
    grace_days: int = 7

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the district has set them."""
        return cls(settings.admin_told_days, settings.admin_grace_days)


@dataclass(frozen=True, slots=True)
class Who:
    """An account here that a name on a computer stands for. `staff`: the technology department."""

    account_id: int
    person_id: int | None
    staff: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of one device: every administrator by key, () for none."""

    source: str
    at: datetime
    names: Mapping[str, AccountName]


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant of a person on the device."""

    grant_id: int
    person_id: int
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Allowed:
    """An entry of the allow-list; `sites` None: the whole district, `system` None: every one."""

    pattern: str
    system: System | None
    sites: frozenset[int] | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is known of one device. `since`: when each key was first observed."""

    system: System
    site_id: int | None
    said: Sequence[Said]
    granted: Sequence[Granted] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is not as it should be."""

    kind: DriftKind
    key: str
    account: str
    sources: str
    first_at: datetime
    account_id: int | None = None
    person_id: int | None = None
    grant_id: int | None = None


def speaking(said: Iterable[Said], limits: Limits, now: datetime) -> list[Said]:
    """The sources that count: those that told lately; where none did, the one that told last."""
    rows = sorted(said, key=lambda one: (one.at, one.source))
    fresh = [one for one in rows if is_fresh(one.at, limits, now)]
    return fresh or rows[-1:]


def is_fresh(told_at: datetime, limits: Limits, now: datetime) -> bool:
    """Whether a word of that time still says something about today."""
    return told_at >= now - timedelta(days=limits.told_days)


def standing_of(
    told_at: datetime | None, open_count: int, accepted: int, limits: Limits, now: datetime
) -> Standing:
    """How a device stands. Drift stays drift where the device has gone silent since."""
    if open_count:
        return Standing.DRIFT
    if told_at is None or not is_fresh(told_at, limits, now):
        return Standing.UNKNOWN
    return Standing.ACCEPTED if accepted else Standing.CLEAN


def drifts_of(
    ground: Ground,
    who: Mapping[str, Who],
    allowed: Iterable[Allowed],
    limits: Limits,
    now: datetime,
) -> list[Drift]:
    """The drift of one device, by kind and key.

    who  whose account each key is, where that is sure; a key that it lacks is nobody's
    """
    heard = speaking(ground.said, limits, now)
    present = [g for g in ground.granted if g.holds(now)]
    may = {one.person_id for one in present}
    service = [one for one in allowed if applies(one, ground.system, ground.site_id, now)]
    found = []
    for key, (name, sources) in _observed(heard).items():
        owner = who.get(key)
        if owner is not None and (owner.staff or owner.person_id in may):
            continue
        if any(covers(one.pattern, key) for one in service):
            continue
        first = ground.since.get(key, min(one.at for one in heard if key in one.names))
        found.append(
            Drift(
                DriftKind.UNVERIFIED if owner is None else DriftKind.UNAUTHORISED,
                key, name.shown, sources, first,
                owner.account_id if owner else None, owner.person_id if owner else None,
            )
        )  # fmt: skip
    found += _missing(heard, present, who, limits)
    return sorted(found, key=lambda one: (one.kind, one.key))


def next_look(
    ground: Ground, allowed: Iterable[Allowed], limits: Limits, now: datetime
) -> datetime:
    """When the device must be looked at again though nobody changes anything: something begins,
    ends or runs out of its grace then, or its newest word grows old."""
    told = max((one.at for one in ground.said), default=now)
    moments = [max(told + AGAIN, now + AT_LEAST)]
    keys = {key for one in ground.said for key in one.names}
    for grant in ground.granted:
        moments += [grant.since, grant.until, grant.since + timedelta(days=limits.grace_days)]
    for one in allowed:
        if applies(one, ground.system, ground.site_id, now) and any(
            covers(one.pattern, key) for key in keys
        ):
            moments.append(one.until)
    return min(moment for moment in moments if moment > now)


def applies(one: Allowed, system: System, site_id: int | None, now: datetime) -> bool:
    """Whether the entry is in force for a device of this kind at this place."""
    here = one.sites is None or (site_id is not None and site_id in one.sites)
    return here and one.system in {None, system} and now < one.until


def covers(pattern: str, key: str) -> bool:
    """Whether a pattern means this name: the whole of it, or its beginning."""
    return key.startswith(pattern[:-1]) if pattern.endswith("*") else key == pattern


def checked_pattern(text: object) -> str:
    """A pattern in its comparable form. Raises `InvalidInput` for one that means nearly anything,
    or that is no name at all."""
    pattern = fold(clean(text, MAX_KEY)) if isinstance(text, str) else ""
    if "\\" in pattern:
        raise wrong("pattern", "is the account's name alone, without the domain in front")
    stem = pattern.removesuffix("*")
    if "*" in stem or "?" in stem:
        raise wrong("pattern", "may have one * at its end, and nowhere else")
    letters = sum(1 for letter in stem if letter.isalnum())
    if not stem or (pattern.endswith("*") and letters < SHORTEST):
        raise wrong("pattern", f"must be a name, or have {SHORTEST} letters before its *")
    if not letters or len(pattern) > MAX_KEY or len(stem) < 2:
        raise wrong("pattern", "must be the name of an account")
    return pattern


def checked_until(until: datetime, now: datetime) -> datetime:
    """Raises `InvalidInput` for an end that has passed or lies more than a year ahead."""
    if until <= now:
        raise wrong("until", "must lie ahead")
    if until > now + LONGEST:
        raise wrong("until", "must lie within a year: look at it anew then")
    return until


def _observed(heard: Sequence[Said]) -> dict[str, tuple[AccountName, str]]:
    """Each key with its name as the newest source tells it, and who tells of it."""
    names: dict[str, AccountName] = {}
    sources: dict[str, list[str]] = {}
    for one in heard:
        for key, name in one.names.items():
            names[key] = name
            sources.setdefault(key, []).append(one.source)
    return {key: (name, ", ".join(sorted(set(sources[key])))) for key, name in names.items()}


def _missing(
    heard: Sequence[Said], present: Iterable[Granted], who: Mapping[str, Who], limits: Limits
) -> list[Drift]:
    """Who was granted it and does not have it. Only of those whose account is known: of others
    nobody can tell which name to look for."""
    if not heard:
        return []
    newest = max(one.at for one in heard)
    seen = {who[key].person_id for one in heard for key in one.names if key in who}
    known = {one.person_id: one for one in who.values() if one.person_id is not None}
    grace = timedelta(days=limits.grace_days)
    sources = ", ".join(sorted({one.source for one in heard}))
    return [
        Drift(
            DriftKind.NOT_OBSERVED, f"grant {one.grant_id}", known[one.person_id].name, sources,
            one.since, known[one.person_id].account_id, one.person_id, one.grant_id,
        )
        for one in present
        if one.person_id in known and one.person_id not in seen and newest >= one.since + grace
    ]  # fmt: skip
