"""The catalog's pages: makers, models, the district's own fields."""

import os

from inventory.access import Permission, system_actor
from inventory.assets import catalog, custom_fields
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import FieldKind
from tests.house.routes import Example, Place, Side

ACTOR = system_actor("test", Permission)


def listed_maker(side: Side) -> int:
    name = f"Maker {os.urandom(6).hex()}"
    return catalog.create_manufacturer(side.db, ACTOR, name, now=side.now).id


def other_maker(side: Side) -> int:
    return listed_maker(side)


def listed_model(side: Side) -> int:
    maker = side.get("listed_maker")
    return catalog.create_model(side.db, ACTOR, maker, f"M{os.urandom(6).hex()}", now=side.now).id


def other_model(side: Side) -> int:
    return listed_model(side)


def listed_field(side: Side) -> int:
    known = [one for one in custom_fields.definitions(side.db) if one.key.startswith("house_")]
    if known:
        known[0].version = 1
        side.db.add(known[0])
        side.db.flush()
        return known[0].id
    draft = FieldDraft(key="house_rule", label="House rule", kind=FieldKind.TEXT)
    return custom_fields.create_field(side.db, ACTOR, draft, now=side.now).id


MAKER, MODEL = {"maker_id": "$listed_maker"}, {"model_id": "$listed_model"}
FIELD = {"field_id": "$listed_field"}
ALL = Place.DISTRICT
ROUTES = {
    "GET /catalog": Example(query={"q": "h"}),
    "GET /catalog/makers/new": Example(place=ALL),
    "POST /catalog/makers/new": Example(form={"name": "$unique"}, place=ALL),
    "GET /catalog/makers/<int(max=2147483647):maker_id>": Example(path=MAKER, place=ALL),
    "POST /catalog/makers/<int(max=2147483647):maker_id>": Example(
        path=MAKER, form={"name": "$unique", "version": 1}, place=ALL
    ),
    "POST /catalog/makers/<int(max=2147483647):maker_id>/confirm": Example(
        path=MAKER, form={"version": 1}, place=ALL
    ),
    "GET /catalog/makers/<int(max=2147483647):maker_id>/merge": Example(path=MAKER, place=ALL),
    "POST /catalog/makers/<int(max=2147483647):maker_id>/merge": Example(
        path=MAKER, form={"version": 1, "into": "$other_listed_maker", "into_version": 1}, place=ALL
    ),
    "GET /catalog/models": Example(query={"q": "h", "provisional": "true"}),
    "GET /catalog/models/new": Example(query={"manufacturer_id": "$listed_maker"}, place=ALL),
    "POST /catalog/models/new": Example(
        form={"manufacturer": "$unique", "name": "$unique"}, place=ALL
    ),
    "GET /catalog/models/<int(max=2147483647):model_id>": Example(path=MODEL, place=ALL),
    "POST /catalog/models/<int(max=2147483647):model_id>": Example(
        path=MODEL, form={"name": "$unique", "version": 1}, place=ALL
    ),
    "POST /catalog/models/<int(max=2147483647):model_id>/confirm": Example(
        path=MODEL, form={"version": 1}, place=ALL
    ),
    "GET /catalog/models/<int(max=2147483647):model_id>/merge": Example(path=MODEL, place=ALL),
    "POST /catalog/models/<int(max=2147483647):model_id>/merge": Example(
        path=MODEL, form={"version": 1, "into": "$other_listed_model", "into_version": 1}, place=ALL
    ),
    "GET /catalog/fields": Example(),
    "GET /catalog/fields/new": Example(place=ALL),
    "POST /catalog/fields/new": Example(form={"key": "Wrong key", "label": "x"}, place=ALL),
    "GET /catalog/fields/<int(max=2147483647):field_id>": Example(path=FIELD, place=ALL),
    "POST /catalog/fields/<int(max=2147483647):field_id>": Example(
        path=FIELD, form={"version": 1, "label": "House rule"}, place=ALL
    ),
}
MAKERS = {
    "listed_maker": listed_maker, "other_listed_maker": other_maker, "listed_model": listed_model,
    "other_listed_model": other_model, "listed_field": listed_field,
}  # fmt: skip
