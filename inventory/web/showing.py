"""How values look on a page: moments in the viewer's zone, money, and text from outside.

Every text from a device, a vendor or a file is hostile. Jinja escapes it; `told` also makes what is
invisible in it visible, and isolates its writing direction, so that it cannot rearrange the page.
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta

from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_timedelta,
    get_timezone,
    gettext as _,
)
from markupsafe import Markup, escape

from inventory.http.unit import current_now

NOTHING = "\u2013"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def told(text: object, most: int = 200) -> Markup:
    """A text from outside, on one line, cut after `most` characters; a dash where there is none."""
    plain = str(text if text is not None else "").strip()
    if not plain:
        return Markup('<span class="text-body-secondary">{}</span>').format(NOTHING)
    cut = plain if len(plain) <= most else plain[: most - 1] + "…"
    return Markup("<bdi>{}</bdi>").format(visible(cut))


def visible(text: str) -> str:
    """The text with every control and direction mark shown as a box."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if c in _BIDI or _hidden(c) else c for c in text)


def _hidden(c: str) -> bool:
    return c != "\n" and unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def paragraph(text: object) -> Markup:
    """A text of several lines, kept as lines."""
    lines = [escape(visible(line)) for line in str(text or "").splitlines()]
    return Markup("<br>").join(lines)


def moment(at: datetime | None) -> Markup:
    """Date and time in the viewer's zone, as a <time>."""
    if at is None:
        return Markup('<span class="text-body-secondary">{}</span>').format(_("never"))
    return Markup('<time datetime="{}">{}</time>').format(_iso(at), format_datetime(at, "medium"))


def ago(at: datetime | None) -> Markup:
    """How long ago, with the exact moment as its title."""
    if at is None:
        return Markup('<span class="text-body-secondary">{}</span>').format(_("never"))
    step = at - current_now()
    if abs(step) < timedelta(seconds=45):
        text = _("just now")
    else:
        text = format_timedelta(step, add_direction=True, threshold=0.9)
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        _iso(at), format_datetime(at, "medium"), zone_name(), text
    )


def day(on: date | None) -> str:
    """A date; a dash where there is none."""
    return format_date(on, "medium") if on is not None else NOTHING


def number(value: float | None) -> str:
    return format_decimal(value) if value is not None else NOTHING


def money(cents: int | None) -> str:
    """US dollars from cents."""
    return f"${cents // 100:,}.{cents % 100:02}" if cents is not None else NOTHING


def span(seconds: float | None) -> str:
    """A stretch of time in words."""
    if seconds is None:
        return NOTHING
    return str(format_timedelta(timedelta(seconds=seconds), threshold=0.95))


def zone_name() -> str:
    """The short name of the viewer's zone, such as EST."""
    return current_now().astimezone(get_timezone() or UTC).strftime("%Z")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
