"""What sources say of an asset, beside what is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.assets.identifiers import is_placeholder
from inventory.assets.kinds import Source
from inventory.assets.models import Asset
from inventory.assets.naming import catalog_of, without_maker
from inventory.assets.observation import Observation
from inventory.assets.sighting_models import ObservedFact
from inventory.assets.words import fold, maker_key, plain
from inventory.db import insert_many

FIELDS = (
    "category", "manufacturer", "model", "serial", "firmware", "name", "location", "address",
    "switch_port", "site_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a source reports otherwise than it is recorded; `at`: since when it says so."""

    field: str
    recorded: str
    observed: str
    source: Source
    at: datetime
    evidence: str


def note_facts(db: Session, seen: Sequence[tuple[int, Observation]]) -> None:
    """Keep what each observation says of its asset; only a changed value is written."""
    query = select(ObservedFact).where(
        col(ObservedFact.asset_id).in_({asset_id for asset_id, _ in seen})
    )
    present = {(row.asset_id, row.field, row.source): row for row in db.exec(query)}
    fresh: dict[tuple[int, str, Source], dict[str, object]] = {}
    for asset_id, one in seen:
        why = dict(one.evidence)
        for field in FIELDS:
            value = getattr(one, field)
            text = "" if value is None else str(value)
            row = present.get((asset_id, field, one.source))
            if not text or (row is not None and row.value == text):
                continue
            if row is not None:
                row.value, row.at, row.evidence = text, one.at, why.get(field, "")
                db.add(row)
                continue
            fresh[asset_id, field, one.source] = {
                "asset_id": asset_id, "field": field, "source": one.source, "value": text,
                "at": one.at, "evidence": why.get(field, ""),
            }  # fmt: skip
    insert_many(db, ObservedFact, list(fresh.values()))


def facts(db: Session, asset_id: int) -> list[ObservedFact]:
    """Everything that sources say of an asset, by field. The caller has checked its scope."""
    query = select(ObservedFact).where(ObservedFact.asset_id == asset_id)
    return list(db.exec(query.order_by(col(ObservedFact.field), col(ObservedFact.source))).all())


def differences(db: Session, asset: Asset) -> list[Difference]:
    """Where a source contradicts what is recorded. The caller has checked the asset's scope.

    A field that is not recorded is no difference, and neither is another way to write the same.
    """
    maker, model = catalog_of(db, asset)
    recorded = {
        "category": asset.category.value,
        "manufacturer": maker.name if maker else "",
        "model": model.name if model else "",
        "serial": asset.serial,
        "firmware": asset.firmware,
        "name": asset.name,
        "site_id": str(asset.site_id or ""),
    }
    found = []
    for fact in facts(db, asset.id):
        ours = recorded.get(fact.field, "")
        theirs = fact.value
        if fact.field == "model" and maker is not None:
            theirs = without_maker(maker, theirs)
        if ours and not is_same(fact.field, ours, theirs):
            found.append(
                Difference(fact.field, ours, fact.value, fact.source, fact.at, fact.evidence)
            )
    return found


def is_same(field: str, one: str, other: str) -> bool:
    """Whether two texts of a field say the same, however each is written."""
    match field:
        case "manufacturer":
            return maker_key(one) == maker_key(other)
        case "model":
            return plain(one) == plain(other)
        case "serial":
            return is_placeholder(other) or fold(one).split() == fold(other).split()
        case _:
            return fold(one) == fold(other)
