"""/api/v1/assets/{id}/supplies, /pages, /network: what sweeps have read of an asset over time."""

from datetime import timedelta
from typing import Any

from marshmallow import fields, validate
from sqlmodel import Session

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import service as assets
from inventory.discovery import addresses, places, readings
from inventory.discovery.reading_models import AssetAddress, AssetPort, PageReading, SupplyReading
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema, TableSchema

bp = api_blueprint("readings", "/assets", "Supplies, page counters and network places over time.")

ID = "<int(max=2147483647):asset_id>"


class SinceArgs(ObjectSchema):
    """How far back."""

    days = fields.Integer(load_default=90, validate=validate.Range(min=1, max=3660))


class SupplyReadingView(TableSchema):
    """A supply's state from `at` on; `level_percent` null where the device does not tell it."""

    class Meta(TableSchema.Meta):
        model = SupplyReading
        fields = ("supply_index", "name", "type", "color", "level_percent", "state", "at")


class SuppliesView(ObjectSchema):
    """What holds now, and what changed in the time asked for, oldest first."""

    current = fields.List(fields.Nested(SupplyReadingView))
    history = fields.List(fields.Nested(SupplyReadingView))


class PageCounterView(TableSchema):
    """A page counter. `epoch` grows whenever it began anew."""

    class Meta(TableSchema.Meta):
        model = PageReading
        fields = ("counter", "value", "day", "epoch", "continuity", "at")


class DayView(ObjectSchema):
    """Pages counted on a day."""

    day = fields.Date()
    pages = fields.Integer()


class PagesView(ObjectSchema):
    """The counters as they stand, and the pages of each day that has a reading."""

    counters = fields.List(fields.Nested(PageCounterView))
    per_day = fields.List(fields.Nested(DayView))


class StayView(TableSchema):
    """A stay at an address at which the device answered."""

    class Meta(TableSchema.Meta):
        model = AssetAddress
        fields = ("address", "mac", "network_id", "first_at", "last_at", "current")


class PortView(TableSchema):
    """The switch port behind which the device was found."""

    class Meta(TableSchema.Meta):
        model = AssetPort
        fields = ("switch_asset_id", "switch_name", "port", "vlan", "source", "first_at", "last_at")


class NetworkPlaceView(ObjectSchema):
    """Addresses, the present ones first, and the switch port."""

    addresses = fields.List(fields.Nested(StayView))
    switch_port = fields.Nested(PortView, allow_none=True)


def _readable(asset_id: int) -> Session:
    """The session, once the asset is known to lie in the caller's reach."""
    db = current_db()
    assets.get(db, current_actor(), asset_id)
    return db


@bp.route(f"/{ID}/supplies")
@guarded(Permission.ASSET_READ)
@bp.arguments(SinceArgs, location="query")
@bp.response(200, SuppliesView)
def supplies(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """A printer's supplies now, and how they changed (at most 1,000 changes)."""
    db = _readable(asset_id)
    since = current_now() - timedelta(days=args["days"])
    return {
        "current": readings.current_supplies(db, asset_id),
        "history": readings.supply_history(db, asset_id, since=since),
    }


@bp.route(f"/{ID}/pages")
@guarded(Permission.ASSET_READ)
@bp.arguments(SinceArgs, location="query")
@bp.response(200, PagesView)
def pages(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """Page counters, and the pages of each day; never negative when a counter began anew."""
    db = _readable(asset_id)
    today = current_now().astimezone(runtime().settings.zone).date()
    since = today - timedelta(days=args["days"])
    return {
        "counters": list(readings.current_counters(db, asset_id).values()),
        "per_day": readings.pages_per_day(db, asset_id, since=since, until=today),
    }


@bp.route(f"/{ID}/network")
@guarded(Permission.ASSET_READ)
@bp.response(200, NetworkPlaceView)
def network(asset_id: int) -> dict[str, Any]:
    """Where on the network the device is and was."""
    db = _readable(asset_id)
    return {
        "addresses": addresses.of_asset(db, asset_id),
        "switch_port": places.port_of(db, asset_id),
    }
