"""A printer with everything that its page can show."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from inventory.access import Permission, system_actor
from inventory.assets import service
from inventory.assets.kinds import Category, Outcome, Source
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.assets.sighting_models import ObservedFact, Sighting
from inventory.db import Database
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import Network, Sweep, SweepState
from inventory.discovery.reading_models import (
    AssetAddress,
    AssetPort,
    Continuity,
    PageReading,
    SupplyReading,
)
from snmp_discovery.types import Kind, SupplyState
from tests.conftest import Clock

ACTOR = system_actor("test", Permission)
HOSTILE = "<script>alert(1)</script>\"'\u202e"


def made(database: Database, clock: Clock, site: int | None, **fields: Any) -> int:
    """The id of a new printer, or of what `fields` say."""
    draft = {"category": Category.PRINTER, "manufacturer": "HP", "model": "M404dn", **fields}
    with database.unit() as db:
        return service.create(db, ACTOR, AssetDraft(site_id=site, **draft), now=clock()).id


def told(
    db: Session, asset_id: int, field: str, value: str, clock: Clock, source: Source = Source.SWEEP
) -> None:
    """A source says so of a field."""
    db.add(ObservedFact(asset_id=asset_id, field=field, value=value, source=source, at=clock(),
                        evidence="sysDescr pattern x"))  # fmt: skip


def seen(db: Session, asset_id: int, clock: Clock, n: int = 0, **facts: object) -> None:
    """A sighting, the n-th one before the newest."""
    at = clock() - timedelta(hours=n)
    db.add(
        Sighting(
            asset_id=asset_id, source=Source.SWEEP, source_ref="network 1 10.0.0.9",
            address="10.0.0.9", outcome=Outcome.MATCHED, facts=facts, reasons=["serial X1"],
            digest=f"{asset_id}-{n}", first_at=at, last_at=at,
        )
    )  # fmt: skip


def supply(db: Session, asset_id: int, clock: Clock, levels: list[int | None], **more: Any) -> None:
    """Levels of one supply, one a day, the last one now."""
    state = more.pop("state", SupplyState.OK)
    for n, level in enumerate(levels):
        last = n == len(levels) - 1
        db.add(
            SupplyReading(
                **{"supply_index": "1.1", "name": "Black Toner", "type": "toner cartridge",
                   "color": "black", **more},
                asset_id=asset_id, level_percent=level,
                state=state if last else SupplyState.OK,
                at=clock() - timedelta(days=len(levels) - 1 - n), current=last,
            )
        )  # fmt: skip


def counted(db: Session, asset_id: int, clock: Clock, values: list[int]) -> None:
    """A total page counter, one reading a day, the last one today; a smaller value is a reset."""
    epoch, before = 0, values[0]
    for n, value in enumerate(values):
        anew = value < before
        epoch += anew
        at = clock() - timedelta(days=len(values) - 1 - n)
        db.add(
            PageReading(
                asset_id=asset_id, counter="total", day=at.date(), epoch=epoch, value=value,
                added=max(0, value - before),
                continuity=Continuity.RESET if anew else Continuity.FORWARD,
                at=at, current=n == len(values) - 1,
            )
        )  # fmt: skip
        before = value


def network(db: Session, clock: Clock, site: int | None, name: str = "Office") -> tuple[int, int]:
    """The ids of a network and of a sweep of it."""
    kept = Network(name=name, site_id=site, created_at=clock(), updated_at=clock())
    db.add(kept)
    db.flush()
    sweep = Sweep(
        network_id=kept.id, state=SweepState.FINISHED, requested_by="x", requested_at=clock()
    )
    db.add(sweep)
    db.flush()
    return kept.id, sweep.id


def found(
    db: Session, asset_id: int, place: tuple[int, int], site: int | None, clock: Clock, **more: Any
) -> int:
    """A finding of a sweep about the asset."""
    kept = DiscoveryFinding(
        **{"outcome": Outcome.MATCHED, "address": "10.0.0.9", "version": "2c", **more},
        network_id=place[0], sweep_id=place[1], site_id=site, asset_id=asset_id,
        seen_key=f"{asset_id} {more.get('address')}", kind=Kind.PRINTER, fingerprint="x",
        first_at=clock(), last_at=clock(),
    )  # fmt: skip
    db.add(kept)
    db.flush()
    return kept.id


def at_address(db: Session, asset_id: int, address: str, clock: Clock, **more: Any) -> None:
    db.add(AssetAddress(asset_id=asset_id, address=address, first_at=clock(), last_at=clock(),
                        **more))  # fmt: skip


def on_port(db: Session, asset_id: int, switch: int | None, port: str, clock: Clock) -> None:
    db.add(AssetPort(asset_id=asset_id, switch_asset_id=switch, switch_name="SW-1", port=port,
                     vlan=10, source="bridge", first_at=clock(), last_at=clock()))  # fmt: skip


def last_seen(db: Session, asset_id: int, clock: Clock, **ago: float) -> None:
    asset = db.get(Asset, asset_id)
    assert asset is not None
    asset.last_seen_at = clock() - timedelta(**ago)
    asset.last_seen_source, asset.last_seen_address = Source.SWEEP, "10.0.0.9"
    db.add(asset)
