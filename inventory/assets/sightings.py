"""Keeping what was seen: sightings, the last time seen, observed facts, and new identifiers.

A report that says the same again moves a time and a counter; only a change adds a row. What a
person entered is never overwritten: a field is filled where it is empty, and follows later reports
only as long as no person has entered it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import claims, reach, search_doc
from inventory.assets.fields import FOLLOWS
from inventory.assets.identifiers import is_placeholder
from inventory.assets.kinds import Outcome, Source
from inventory.assets.matching import Match
from inventory.assets.models import Asset, Identifier
from inventory.assets.naming import catalogued
from inventory.assets.observation import Observation, digest_of, facts_of, tidy, weak_key
from inventory.assets.observed import note_facts
from inventory.assets.sighting_models import Sighting
from inventory.audit import service as audit
from inventory.db import insert_many

MAX_ROWS_PER_PLACE = 100
"""Sightings kept of one place: a device that always says something else stays bounded."""


def sight(
    db: Session, actor: Actor, observation: Observation, match: Match, *, now: datetime
) -> Sighting:
    """Keep one observation; see `sight_many`."""
    return sight_many(db, actor, [(observation, match)], now=now)[0]


def sight_many(
    db: Session, actor: Actor, seen: Sequence[tuple[Observation, Match]], *, now: datetime
) -> list[Sighting]:
    """Keep a batch of observations with their matches; the sightings, in order.

    A matched asset gets last seen, observed facts, empty fields filled, and those identifiers that
    nobody holds. Raises `Forbidden` where the actor may not change a matched asset.
    """
    actor.require_anywhere(Permission.ASSET_WRITE)
    tidied = [(tidy(observation), match) for observation, match in seen]
    matched = [m.asset_ids[0] for _, m in tidied if m.kind is Outcome.MATCHED]
    with reach.holding(db, matched) as assets, search_doc.together(db):
        for asset in assets.values():
            actor.require(Permission.ASSET_WRITE, asset.site_id)
        rows = _rows_at(db, [one for one, _ in tidied])
        held = claims.of(db, list(assets))
        kept = []
        for one, match in tidied:
            found = assets[match.asset_ids[0]] if match.kind is Outcome.MATCHED else None
            said = _Said(one, match, found.id if found else None)
            _forget_open(db, rows, said)
            kept.append(_keep(db, rows, said))
            if found is not None:
                _apply(db, actor, found, one, match, held[found.id], now)
    note_facts(db, [(m.asset_ids[0], o) for o, m in tidied if m.kind is Outcome.MATCHED])
    db.flush()
    return kept


def sight_first(db: Session, seen: Sequence[tuple[Observation, Match]]) -> None:
    """Keep the (tidied) observations that their assets were just made of: there is nothing to
    fill and nothing to claim."""
    rows = _rows_at(db, [one for one, _ in seen])
    fresh = []
    for one, match in seen:
        said = _Said(one, match, match.asset_ids[0])
        _forget_open(db, rows, said)
        if said.place in rows:
            _keep(db, rows, said)
        else:
            fresh.append(said.values() | {"times": 1, "decided_by": "", "decided_at": None})
    insert_many(db, Sighting, fresh)
    note_facts(db, [(match.asset_ids[0], one) for one, match in seen])


Place = tuple[str, str, str]
Rows = dict[Place, Sighting]


class _Said:
    """What an observation says, and where it is kept: (source, source_ref, digest)."""

    def __init__(self, one: Observation, match: Match, asset_id: int | None) -> None:
        self.one, self.match, self.asset_id = one, match, asset_id
        self.facts = facts_of(one)
        self.open_place = self._place(None)
        self.place = self._place(asset_id)

    def _place(self, asset_id: int | None) -> Place:
        return self.one.source, self.one.source_ref, digest_of(self.facts, asset_id)

    def values(self) -> dict[str, Any]:
        """The columns of a new `Sighting`, but for those that count."""
        one, match = self.one, self.match
        return {
            "asset_id": self.asset_id, "site_id": one.site_id, "source": one.source,
            "source_ref": one.source_ref, "address": one.address, "outcome": match.kind,
            "facts": self.facts, "digest": self.place[2], "weak_key": weak_key(one),
            "first_at": one.at, "last_at": one.at, "reasons": list(match.reasons),
            "candidates": list(match.asset_ids),
        }  # fmt: skip


def _rows_at(db: Session, seen: Sequence[Observation]) -> Rows:
    """Every sighting kept of these places, by (source, source_ref, digest)."""
    query = select(Sighting).where(
        col(Sighting.source_ref).in_({one.source_ref for one in seen}),
        col(Sighting.source).in_({one.source for one in seen}),
    )
    return {(row.source, row.source_ref, row.digest): row for row in db.exec(query)}


def _forget_open(db: Session, rows: Rows, said: _Said) -> None:
    """It waited for a person, and has meanwhile become known by another way."""
    if said.asset_id is not None and said.open_place in rows:
        db.delete(rows.pop(said.open_place))
        db.flush()


def _keep(db: Session, rows: Rows, said: _Said) -> Sighting:
    one, match = said.one, said.match
    row = rows.get(said.place)
    if row is None:
        row = Sighting(**said.values(), times=0)
        rows[said.place] = row
        _prune(db, rows, one)
    if row.outcome is not Outcome.IGNORED:
        row.outcome = match.kind
    if row.reasons != list(match.reasons) or row.candidates != list(match.asset_ids):
        row.reasons, row.candidates = list(match.reasons), list(match.asset_ids)
    row.last_at = max(row.last_at, one.at)
    row.times += 1
    db.add(row)
    return row


def _prune(db: Session, rows: Rows, one: Observation) -> None:
    """Forget the oldest rows of a place that has more than its share."""
    here = [
        (row.last_at, key)
        for key, row in rows.items()
        if key[:2] == (one.source, one.source_ref) and row.id
    ]
    for _, key in sorted(here)[: max(0, len(here) - MAX_ROWS_PER_PLACE)]:
        db.delete(rows.pop(key))


def _apply(
    db: Session,
    actor: Actor,
    asset: Asset,
    one: Observation,
    match: Match,
    held: Sequence[Identifier],
    now: datetime,
) -> None:
    if asset.last_seen_at is None or asset.last_seen_at <= one.at:
        asset.last_seen_at, asset.last_seen_source = one.at, one.source
        asset.last_seen_address = one.address or asset.last_seen_address
        db.add(asset)
    gained = claims.claim_free(db, asset.id, match.keys, one.source, now=now, held=held)
    before, after = _fill(db, actor, asset, one)
    if gained:
        after["identifiers"] = [key.spoken() for key in gained]
    if not after:
        return
    asset.version += 1
    asset.updated_at = now
    db.add(asset)
    search_doc.refresh(db, [asset.id])
    audit.record(
        db, actor, "asset.observed", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before=before, after=after,
        reason=f"{one.source.value} {one.source_ref}: {'; '.join(match.reasons[:3])}",
    )  # fmt: skip


def _fill(
    db: Session, actor: Actor, asset: Asset, one: Observation
) -> tuple[dict[str, object], dict[str, object]]:
    """Fill what is empty, and renew what only observations have filled; before and after."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    own = dict(asset.observed_fields)
    for field in FOLLOWS:
        value = getattr(one, field)
        if not value or not _fillable(actor, field, value):
            continue
        present = getattr(asset, field)
        if present == value or (present and not _follows(own, field, one.source)):
            continue
        before[field], after[field] = present, value
        setattr(asset, field, value)
        own[field] = one.source.value
    _fill_model(db, asset, one, own, before, after)
    if own != asset.observed_fields:
        asset.observed_fields = own
    return before, after


def _fillable(actor: Actor, field: str, value: object) -> bool:
    """Maker and model have their own rule; a placeholder is no serial; a place must be reached."""
    match field:
        case "manufacturer" | "model":
            return False
        case "serial":
            return not is_placeholder(str(value))
        case "site_id":
            return isinstance(value, int) and actor.may(Permission.ASSET_WRITE, value)
        case _:
            return True


def _follows(own: dict[str, str], field: str, source: Source) -> bool:
    """A serial and a place, once there, change only by a person; the rest by its own source."""
    return field in {"name", "firmware", "category"} and own.get(field) == source.value


def _fill_model(
    db: Session,
    asset: Asset,
    one: Observation,
    own: dict[str, str],
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    """Maker and model are filled together, and only where neither was recorded or only the model
    is missing and the maker is the same."""
    if asset.model_id is not None or not one.manufacturer:
        return
    if asset.manufacturer_id is not None and not one.model:
        return
    maker, model = catalogued(db, one.manufacturer, one.model, asset.category)
    if maker is None or asset.manufacturer_id not in {None, maker.id}:
        return
    if asset.manufacturer_id is None:
        asset.manufacturer_id = maker.id
        before["manufacturer"], after["manufacturer"] = "", maker.name
        own["manufacturer"] = one.source.value
    if model is not None:
        asset.model_id = model.id
        before["model"], after["model"] = "", model.name
        own["model"] = one.source.value
