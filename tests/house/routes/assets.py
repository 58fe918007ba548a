"""Assets, the catalog, and tags."""

import os

from inventory.assets import catalog, claims, custom_fields, identifying, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import Category, FieldKind
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

ASSETS = "/api/v1/assets"
ASSET = f"{ASSETS}/<int(max=2147483647):asset_id>"
MAKER = "/api/v1/catalog/manufacturers/<int(max=2147483647):maker_id>"
MODEL = "/api/v1/catalog/models/<int(max=2147483647):model_id>"
FIELD = "/api/v1/catalog/custom-fields/<int(max=2147483647):field_id>"
OF_ASSET = {"asset_id": "$asset"}


def new(side: Side, **more: str) -> Asset:
    draft = AssetDraft(category=Category.PRINTER, site_id=side.room, **more)  # type: ignore[arg-type]
    return service.create(side.db, OPERATOR, draft, now=side.now)


def asset(side: Side) -> int:
    return new(side).id


def asset_tag(side: Side) -> int:
    number = int.from_bytes(os.urandom(6))
    return int(new(side, tag=str(number)).tag)


def asset_serial(side: Side) -> int:
    number = 10**14 + int.from_bytes(os.urandom(5))
    new(side, serial=str(number))
    return number


def identifier(side: Side) -> int:
    kept = side.get("asset")
    mac = f"001b78{os.urandom(3).hex()}"
    identifying.add_identifier(side.db, OPERATOR, kept, "mac", mac, now=side.now)
    return claims.of(side.db, [kept])[kept][0].id


def maker(side: Side) -> int:
    name = f"Maker {os.urandom(6).hex()}"
    return catalog.create_manufacturer(side.db, OPERATOR, name, now=side.now).id


def model(side: Side) -> int:
    name = f"Model {os.urandom(6).hex()}"
    owner = side.get("maker")
    return catalog.create_model(side.db, OPERATOR, owner, name, now=side.now).id


def custom_field(side: Side) -> int:
    draft = FieldDraft(key=f"f{os.urandom(6).hex()}", label="F", kind=FieldKind.TEXT)
    return custom_fields.create_field(side.db, OPERATOR, draft, now=side.now).id


MAKERS = {
    "asset": asset,
    "asset_tag": asset_tag,
    "asset_serial": asset_serial,
    "identifier": identifier,
    "maker": maker,
    "other_maker": maker,
    "model": model,
    "other_model": model,
    "custom_field": custom_field,
}

ROUTES = {
    f"POST {ASSETS}": Example(
        json={"category": "printer", "site_id": "$room", "name": "X"}, place=Place.OBJECT
    ),
    f"GET {ASSETS}": Example(query={"q": "x", "status": "deployed", "sort": "-name"}),
    f"GET {ASSET}": Example(OF_ASSET, place=Place.OBJECT),
    f"PATCH {ASSET}": Example(OF_ASSET, json={"name": "Y"}, place=Place.OBJECT),
    f"GET {ASSETS}/by-tag/<rest:tag>": Example({"tag": "$asset_tag"}, place=Place.OBJECT),
    f"GET {ASSETS}/by-serial/<rest:serial>": Example(
        {"serial": "$asset_serial"}, place=Place.OBJECT
    ),
    f"POST {ASSET}/status": Example(OF_ASSET, json={"status": "deployed"}, place=Place.OBJECT),
    f"POST {ASSET}/retire": Example(OF_ASSET, json={}, place=Place.OBJECT),
    f"POST {ASSETS}/bulk": Example(
        json={"rows": [{"id": "$asset", "changes": {"name": "Z"}}]}, place=Place.OBJECT
    ),
    f"GET {ASSET}/notes": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {ASSET}/notes": Example(OF_ASSET, json={"text": "note"}, place=Place.OBJECT),
    f"GET {ASSET}/history": Example(OF_ASSET, place=Place.OBJECT),
    f"GET {ASSET}/sightings": Example(OF_ASSET, place=Place.OBJECT),
    f"GET {ASSET}/differences": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {ASSET}/identifiers": Example(
        OF_ASSET, json={"kind": "vendor:x", "value": "$unique"}, place=Place.OBJECT
    ),
    f"DELETE {ASSET}/identifiers/<int(max=2147483647):identifier_id>": Example(
        {**OF_ASSET, "identifier_id": "$identifier"}, place=Place.OBJECT
    ),
    f"GET {ASSETS}/tags/counters": Example(),
    f"POST {ASSETS}/tags/counters": Example(
        json={"prefix": "$unique", "width": 5}, place=Place.DISTRICT
    ),
    f"POST {ASSETS}/tags/reserve": Example(json={"count": 2}),
    "GET /api/v1/catalog/manufacturers": Example(query={"q": "h"}),
    "POST /api/v1/catalog/manufacturers": Example(json={"name": "$unique"}, place=Place.DISTRICT),
    f"GET {MAKER}": Example({"maker_id": "$maker"}),
    f"PATCH {MAKER}": Example(
        {"maker_id": "$maker"}, json={"provisional": True}, place=Place.DISTRICT
    ),
    f"POST {MAKER}/merge": Example(
        {"maker_id": "$maker"}, json={"into": "$other_maker"}, place=Place.DISTRICT
    ),
    "GET /api/v1/catalog/models": Example(query={"provisional": "true"}),
    "POST /api/v1/catalog/models": Example(
        json={"manufacturer_id": "$maker", "name": "$unique"}, place=Place.DISTRICT
    ),
    f"GET {MODEL}": Example({"model_id": "$model"}),
    f"PATCH {MODEL}": Example(
        {"model_id": "$model"}, json={"category": "laptop"}, place=Place.DISTRICT
    ),
    f"POST {MODEL}/merge": Example(
        {"model_id": "$model"}, json={"into": "$other_model"}, place=Place.DISTRICT
    ),
    "GET /api/v1/catalog/custom-fields": Example(),
    "POST /api/v1/catalog/custom-fields": Example(
        json={"key": "$unique", "label": "L", "kind": "text"}, place=Place.DISTRICT
    ),
    f"PATCH {FIELD}": Example(
        {"field_id": "$custom_field"}, json={"label": "M"}, place=Place.DISTRICT
    ),
}
