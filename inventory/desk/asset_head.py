"""What stands above every tab of an asset's page: what it is, where, in which state, last seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.models import Asset
from inventory.assets.naming import catalog_of
from inventory.assets.observed import Difference, differences
from inventory.desk.asset_matters import About, Matter, matters_of
from inventory.desk.asset_tabs import Extent, extent_of
from inventory.discovery import readings
from inventory.discovery.reading_models import SupplyReading
from inventory.sites.way import Way, way_to


@dataclass(frozen=True, slots=True)
class Head:
    """maker, model   names, "" where not recorded
    way            from the district down to where it is
    supplies       as last told
    differences    where a source contradicts the record
    may_change     the viewer may change this asset
    """

    asset: Asset
    maker: str
    model: str
    way: Way
    supplies: Sequence[SupplyReading]
    differences: Sequence[Difference]
    matters: Sequence[Matter]
    extent: Extent
    may_change: bool

    @property
    def title(self) -> str:
        """Maker and model, else its name; "" where neither is recorded."""
        return " ".join(part for part in (self.maker, self.model) if part) or self.asset.name


def head_of(db: Session, actor: Actor, asset_id: int, *, now: datetime, today: date) -> Head:
    """`today` is the district's date. Raises `NotFound` outside the actor's scope."""
    asset = reach.get(db, actor, asset_id)
    maker, model = catalog_of(db, asset)
    way = way_to(db, asset.site_id)
    supplies = readings.current_supplies(db, asset_id)
    differing = differences_of(db, asset, way)
    extent = extent_of(db, asset_id)
    about = About(asset, way, supplies, differing, now, today, extent.transfer)
    return Head(
        asset=asset,
        maker=maker.name if maker else "",
        model=model.name if model else "",
        way=way,
        supplies=supplies,
        differences=differing,
        matters=matters_of(db, actor, about),
        extent=extent,
        may_change=actor.may(Permission.ASSET_WRITE, asset.site_id),
    )


def differences_of(db: Session, asset: Asset, way: Way) -> list[Difference]:
    """As `observed.differences`, but a room is no contradiction to the school that it lies in:
    a sweep knows the place of a network, a person that of the device."""
    around = {str(step.id) for step in way}
    return [
        found
        for found in differences(db, asset)
        if not (found.field == "site_id" and found.observed in around)
    ]
