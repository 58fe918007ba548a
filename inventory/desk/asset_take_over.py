"""Taking over into the record what a source observed: one field, after a person looked at both."""

from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.assets import observed, reach, service
from inventory.assets.kinds import Category, Source
from inventory.assets.models import Asset
from inventory.assets.sighting_models import ObservedFact
from inventory.desk.asset_facts import TAKEN_OVER
from inventory.errors import Conflict, InvalidInput


def take_over(
    db: Session,
    actor: Actor,
    asset_id: int,
    field: str,
    source: Source,
    value: str,
    *,
    version: int,
    now: datetime,
) -> Asset:
    """Write what `source` says of `field` into the record; the asset afterwards.

    value    what the person saw; another one has been told meanwhile: `Conflict`
    version  of the record that the person saw

    A maker is taken over together with the model that the same source tells, because a model
    belongs to its maker. Raises `NotFound`, `Forbidden`, `VersionMismatch`, `InvalidInput`.
    """
    asset = reach.for_change(db, actor, asset_id)
    if field not in TAKEN_OVER:
        raise InvalidInput("that cannot be taken over", {"field": ["cannot be taken over"]})
    told = {row.field: row for row in observed.facts(db, asset.id) if row.source is source}
    fact = told.get(field)
    if fact is None or fact.value != value:
        raise Conflict("the source tells something else by now; look again")
    return service.change(
        db, actor, asset_id, _changes(fact, told), now=now, version=version,
        reason=f"taken over from what {source.value} observed",
    )  # fmt: skip


def _changes(fact: ObservedFact, told: dict[str, ObservedFact]) -> dict[str, object]:
    match fact.field:
        case "category":
            return {"category": Category(fact.value)}
        case "site_id":
            return {"site_id": int(fact.value)}
        case "manufacturer":
            both = [name for name in ("manufacturer", "model") if name in told]
            return {name: told[name].value for name in both}
        case _:
            return {fact.field: fact.value}
