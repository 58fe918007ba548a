"""Five-field cron lines: minute, hour, day of month, month, day of week (0 and 7 are Sunday).

Each field is `*` or a list of numbers, ranges and steps (`*/15`, `1-5`, `8-18/2`). As in
Vixie cron, a day matches either day field when both are restricted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@dataclass(frozen=True)
class Cron:
    """A parsed line: the numbers that each field allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def matches(self, local: datetime) -> bool:
        """Whether the line fires in this minute of local time."""
        if local.minute not in self.minutes or local.hour not in self.hours:
            return False
        if local.month not in self.months:
            return False
        by_date = local.day in self.days
        by_weekday = local.isoweekday() % 7 in self.weekdays
        return (by_date or by_weekday) if self.either_day else (by_date and by_weekday)


def parse(line: str) -> Cron:
    """Raises `ValueError` saying which field is wrong."""
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(f"a cron line has five fields, not {len(fields)}: {line!r}")
    sets = [_numbers(text, low, high) for text, (low, high) in zip(fields, _BOUNDS, strict=True)]
    weekdays = frozenset(day % 7 for day in sets[4])
    # Cron's old rule turns on the first character: `*/2` does not restrict, `0-31` does.
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    return Cron(sets[0], sets[1], sets[2], sets[3], weekdays, either)


def _numbers(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        first, dash, last = span.partition("-")
        numbers = [first] if span != "*" else []
        numbers += [last] if dash else []
        numbers += [step_text] if slash else []
        if not all(n.isascii() and n.isdigit() for n in numbers):
            raise ValueError(f"not a cron field: {text!r}")
        start = low if span == "*" else int(first)
        # `5/10` means from 5 to the end.
        end = int(last) if dash else (high if span == "*" or slash else start)
        step = int(step_text) if slash else 1
        if not (low <= start <= end <= high and step >= 1):
            raise ValueError(f"a cron field beyond {low}-{high}: {text!r}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def latest(cron: Cron, now: datetime, zone: tzinfo, *, back: int = 60) -> str | None:
    """The newest minute within `back` minutes that fires, as local `YYYY-MM-DDTHH:MM`."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    for ago in range(back + 1):
        local = (minute - timedelta(minutes=ago)).astimezone(zone)
        if cron.matches(local):
            return local.strftime("%Y-%m-%dT%H:%M")
    return None
