"""An event of the log as a person reads it: what was which before, and what is it now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlmodel import Session

from inventory.access import Actor
from inventory.audit.models import AuditEvent
from inventory.sites.naming import Spot, spots
from inventory.web.labels import LABELS, label
from inventory.web.showing import visible

MOST_CHANGES, MOST_TEXT = 40, 300
PLACES = ("site_id", "parent_id")
"""Fields that hold the number of a place."""

Shown = str | datetime | None
"""A value in words, a moment to be told in the reader's zone, or nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field; None where there was or is nothing."""

    field: str
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class EventView:
    """spot     the place that it belongs to, where the reader may know it
    changes  the fields that differ, or that it tells of
    raw      before and after as the log has them, for who wants it exactly
    """

    event: AuditEvent
    spot: Spot | None
    changes: Sequence[Change]
    raw: str

    @property
    def name(self) -> str:
        """What the subject is called, as far as the event itself tells; "" where it does not."""
        found = {change.field: change.after or change.before for change in self.changes}
        known = (found.get(field) for field in ("tag", "user_name", "name", "label", "network"))
        return next((text for text in known if isinstance(text, str)), "")


def views_of(db: Session, actor: Actor, events: Sequence[AuditEvent]) -> list[EventView]:
    """The events in words; one query for the names of all places in them."""
    told = [(event, _object(event.before), _object(event.after)) for event in events]
    ids = {event.site_id for event in events}
    for _event, before, after in told:
        ids |= {*_places_in(before), *_places_in(after)}
    words = _Words(spots(db, actor, ids))
    return [
        EventView(
            event, words.places.get(event.site_id or 0), words.changes(before, after), _raw(event)
        )
        for event, before, after in told
    ]


def field_label(field: str) -> str:
    """The word for a field of an event."""
    return label("audit_field" if field in LABELS["audit_field"] else "field", field)


@dataclass(frozen=True, slots=True)
class _Words:
    """Values in words; `places` are those that the reader may know."""

    places: Mapping[int, Spot]

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
        fields = [*after, *(name for name in before if name not in after)]
        found = (
            Change(name, self.shown(name, before.get(name)), self.shown(name, after.get(name)))
            for name in fields[:MOST_CHANGES]
        )
        return [each for each in found if each.before is not None or each.after is not None]

    def shown(self, field: str, value: Any) -> Shown:
        if value is None or value == "" or value == [] or value == {}:
            return None
        if isinstance(value, str) and field.endswith(("_at", "_until")):
            return _moment(value)
        return self.plainly(field, value)[:MOST_TEXT]

    def plainly(self, field: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, int) and field in PLACES:
            spot = self.places.get(value)
            return spot.label if spot is not None else str(_("a place outside your reach"))
        if isinstance(value, list):
            return ", ".join(self.plainly(field, each) for each in value[:MOST_CHANGES])
        if isinstance(value, Mapping):
            pairs = [(name, each) for name, each in value.items() if each not in (None, "", [])]
            return "; ".join(f"{field_label(k)}: {self.plainly(k, v)}" for k, v in pairs)
        return _word(field, str(value))


_LISTS = {
    "kind": ("site_kind", "credential_kind"), "permissions": ("permission",),
    "auto_accept": ("category",),
}  # fmt: skip
"""Fields whose values have their words under another name."""


def _word(field: str, value: str) -> str:
    """The word for a member of a closed list, else the text itself."""
    for kind in _LISTS.get(field, (field,)):
        if value in LABELS.get(kind, {}):
            return str(LABELS[kind][value])
    return value


def _places_in(value: Any, field: str = "") -> Iterator[int]:
    """The numbers of places anywhere in it."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _places_in(each, name)
    elif isinstance(value, list):
        for each in value[:MOST_CHANGES]:
            yield from _places_in(each, field)
    elif field in PLACES and isinstance(value, int) and 0 < value < 2**31:
        yield value


def _moment(value: str) -> Shown:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value[:MOST_TEXT]
    return at if at.tzinfo is not None else value[:MOST_TEXT]


def _object(stored: str) -> dict[str, Any]:
    found = json.loads(stored)
    return found if isinstance(found, dict) else {}


def _raw(event: AuditEvent) -> str:
    sides = {"before": json.loads(event.before), "after": json.loads(event.after)}
    text = json.dumps(sides, ensure_ascii=False, indent=1)
    if text.isascii() and "\x7f" not in text:
        return text
    # What would be invisible, or rearrange the page, stands there as JSON escapes it.
    return "".join(c if visible(c) == c else json.dumps(c)[1:-1] for c in text)
