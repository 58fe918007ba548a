"""The history of an asset, told: each entry with its words, its changes and who was behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.custom_fields import definitions
from inventory.assets.history import Entry
from inventory.desk.asset_words import Ways, field_label, value_text
from inventory.sites.way import ways_to
from inventory.web.labels import label

SILENT = frozenset({"file", "sha256"})
"""Keys of events that say nothing to a reader."""

COMPARED = (
    "category", "manufacturer", "model", "serial", "firmware", "name", "location", "address",
    "switch_port", "macs", "engine_id", "site_id",
)  # fmt: skip
"""What two sightings by one source are compared by."""

_ICONS = {
    "asset.created": "plus-lg", "asset.changed": "pencil", "asset.status_changed": "arrow-right",
    "asset.observed": "eye", "asset.hardware_replaced": "tools", "asset.file_added": "upload",
    "asset.file_changed": "pencil", "asset.file_removed": "trash", "sighting": "wifi",
    "note": "chat-left-text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, in words; "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """An entry of the time line.

    by        the actor's name, or the source's words for a sighting
    detail    one line more: the address of a sighting, the name of a file
    first     an event that has no "before": its changes are what was recorded
    last_at, times   of a sighting that repeated itself
    reasons   why a sighting was taken for this asset
    """

    kind: str
    id: int
    at: datetime
    title: str
    icon: str
    by: str
    detail: str = ""
    reason: str = ""
    text: str = ""
    changes: Sequence[Change] = field(default_factory=tuple)
    first: bool = False
    last_at: datetime | None = None
    times: int = 0
    reasons: Sequence[str] = field(default_factory=tuple)


def story_of(db: Session, actor: Actor, entries: Sequence[Entry]) -> list[Chapter]:
    """The entries, newest first, in words. At most two statements, however many entries."""
    ways = _ways(db, actor, entries)
    own = _own_labels(db, entries)
    told = []
    for place, entry in enumerate(entries):
        if entry.kind == "sighting":
            told.append(_sighting(entry, _before(entries[place + 1 :], entry), ways))
        elif entry.kind == "note":
            told.append(
                Chapter("note", entry.id, entry.at, _("Note"), _ICONS["note"], entry.by,
                        text=str(entry.details["text"]))
            )  # fmt: skip
        else:
            told.append(_event(entry, ways, own))
    return told


def _event(entry: Entry, ways: Ways, own: Mapping[str, str]) -> Chapter:
    before = entry.details["before"] or {}
    after = entry.details["after"] or {}
    first = entry.title in {"asset.created", "asset.file_added"}
    of_file = entry.title.startswith("asset.file_")
    changes = [] if of_file and entry.title != "asset.file_changed" else [
        change
        for key in dict.fromkeys([*after, *before])
        if key not in SILENT
        for change in _changes(key, before.get(key), after.get(key), ways, own)
    ]  # fmt: skip
    return Chapter(
        kind="event",
        id=entry.id,
        at=entry.at,
        title=_title(entry.title),
        icon=_ICONS.get(entry.title, "journal-text"),
        by=entry.by,
        detail=str((after or before).get("name", "")) if of_file else "",
        reason=str(entry.details["reason"] or ""),
        changes=changes,
        first=first,
    )


def _title(action: str) -> str:
    known = {
        "asset.created": _("Entered the inventory"), "asset.changed": _("Changed"),
        "asset.status_changed": _("Moved to another status"),
        "asset.observed": _("Filled in from what was observed"),
        "asset.hardware_replaced": _("Hardware replaced"),
        "asset.file_added": _("File added"), "asset.file_changed": _("File described"),
        "asset.file_removed": _("File removed"),
    }  # fmt: skip
    return known.get(action) or action.removeprefix("asset.").replace("_", " ").capitalize()


def _changes(
    key: str, before: object, after: object, ways: Ways, own: Mapping[str, str]
) -> list[Change]:
    if key == "custom":
        old = before if isinstance(before, Mapping) else {}
        new = after if isinstance(after, Mapping) else {}
        return [
            Change(own.get(name, name), value_text("", old.get(name), ways),
                   value_text("", new.get(name), ways))
            for name in sorted({*old, *new})
            if old.get(name) != new.get(name)
        ]  # fmt: skip
    texts = value_text(key, before, ways), value_text(key, after, ways)
    return [Change(field_label(key), *texts)] if any(texts) else []


def _sighting(entry: Entry, before: Entry | None, ways: Ways) -> Chapter:
    facts = entry.details["facts"]
    earlier = before.details["facts"] if before is not None else None
    changes = [] if earlier is None else [
        Change(field_label(key), value_text(key, earlier.get(key), ways),
               value_text(key, facts.get(key), ways))
        for key in COMPARED
        if earlier.get(key) != facts.get(key)
    ]  # fmt: skip
    reasons = [str(reason) for reason in entry.details["reasons"]]
    if before is not None and before.details["reasons"] == entry.details["reasons"]:
        reasons = []  # once said is enough
    source = label("source", entry.by)
    return Chapter(
        kind="sighting",
        id=entry.id,
        at=entry.at,
        title=_("Seen by %(source)s", source=source),
        icon=_ICONS["sighting"],
        by="",
        detail=str(entry.details["address"] or ""),
        changes=changes,
        last_at=datetime.fromisoformat(entry.details["last_at"]),
        times=entry.details["times"],
        reasons=reasons,
    )


def _before(older: Sequence[Entry], entry: Entry) -> Entry | None:
    """The sighting by the same source before this one, if it is among the entries."""
    same = (one for one in older if one.kind == "sighting" and one.by == entry.by)
    return next(same, None)


def _ways(db: Session, actor: Actor, entries: Sequence[Entry]) -> Ways:
    """The ways to every place that the entries name and the reader may know of."""
    wanted: set[int] = set()
    for entry in entries:
        for part in ("before", "after", "facts"):
            value = (entry.details.get(part) or {}).get("site_id")
            if isinstance(value, int) and actor.may(Permission.SITE_READ, value):
                wanted.add(value)
    return ways_to(db, wanted)


def _own_labels(db: Session, entries: Sequence[Entry]) -> Mapping[str, str]:
    parts = ((entry.details.get(part) or {}) for entry in entries for part in ("before", "after"))
    if not any("custom" in part for part in parts):
        return {}
    return {one.key: one.label for one in definitions(db)}
