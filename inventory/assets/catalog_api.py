"""/api/v1/catalog: manufacturers, models and custom fields; /api/v1/assets/tags: tags to come."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import catalog, custom_fields, merging, tags
from inventory.assets.catalog_models import AssetModel, CustomField, Manufacturer
from inventory.assets.catalog_schemas import (
    CatalogArgs,
    CounterDraft,
    CountersView,
    CounterView,
    CustomFieldChange,
    CustomFieldDraft,
    CustomFieldsView,
    CustomFieldView,
    ManufacturerChange,
    ManufacturerDraft,
    ManufacturerPage,
    ManufacturerView,
    MergeSchema,
    ModelArgs,
    ModelChange,
    ModelDraft,
    ModelPage,
    ModelView,
    RangeView,
    ReserveSchema,
)
from inventory.assets.models import TagCounter
from inventory.assets.schemas import MAX_ID
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.idempotency import idempotent
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("catalog", "", "Manufacturers, models, custom fields, and tags to come.")

MAKER = "/catalog/manufacturers/<int(max=2147483647):maker_id>"
MODEL = "/catalog/models/<int(max=2147483647):model_id>"
FIELD = "/catalog/custom-fields/<int(max=2147483647):field_id>"
Tagged = tuple[Any, dict[str, str]]


def _key(args: dict[str, Any]) -> tuple[str, int] | None:
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [str(key), int(last)] if 0 < last <= MAX_ID and key.isprintable():
            return key, last
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})


def _page(rows: list[Any], limit: int) -> dict[str, Any]:
    more, rows = len(rows) > limit, rows[:limit]
    return {"items": rows, "next": encode_cursor([rows[-1].key, rows[-1].id]) if more else None}


def _tagged(row: Manufacturer | AssetModel | CustomField) -> Tagged:
    return row, {"ETag": etag_of(row.__tablename__, row.id, row.version)}


@bp.route("/catalog/manufacturers")
@guarded(Permission.ASSET_READ)
@bp.arguments(CatalogArgs, location="query")
@bp.response(200, ManufacturerPage)
def list_manufacturers(args: dict[str, Any]) -> dict[str, Any]:
    """Manufacturers by name. A provisional one came with an asset and awaits confirmation."""
    limit = args["limit"]
    rows = catalog.list_manufacturers(
        current_db(), current_actor(), q=args["q"], after=_key(args), limit=limit + 1
    )
    return _page(rows, limit)


@bp.route("/catalog/manufacturers", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@idempotent
@bp.arguments(ManufacturerDraft)
@bp.response(201, ManufacturerView)
def create_manufacturer(draft: dict[str, str]) -> Tagged:
    """A new manufacturer. 409 where another spelling of it is known."""
    made = catalog.create_manufacturer(
        current_db(), current_actor(), draft["name"], now=current_now()
    )
    return _tagged(made)


@bp.route(MAKER)
@guarded(Permission.ASSET_READ)
@bp.response(200, ManufacturerView)
def get_manufacturer(maker_id: int) -> Tagged:
    """One manufacturer."""
    return _tagged(catalog.get_manufacturer(current_db(), current_actor(), maker_id))


@bp.route(MAKER, methods=["PATCH"])
@guarded(Permission.CATALOG_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(ManufacturerChange)
@bp.response(200, ManufacturerView)
def change_manufacturer(changes: dict[str, Any], maker_id: int) -> Tagged:
    """Rename or confirm. The old name stays as a spelling of it."""
    db, actor = current_db(), current_actor()
    maker = catalog.get_manufacturer(db, actor, maker_id, lock=True)
    require_match("manufacturer", maker.id, maker.version)
    return _tagged(catalog.change_manufacturer(db, actor, maker_id, changes, now=current_now()))


@bp.route(f"{MAKER}/merge", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@bp.arguments(MergeSchema)
@bp.response(200, ManufacturerView)
def merge_manufacturer(wanted: dict[str, int], maker_id: int) -> Tagged:
    """Give everything of this manufacturer to another one, and let this one go."""
    return _tagged(
        merging.merge_manufacturers(
            current_db(), current_actor(), maker_id, wanted["into"], now=current_now()
        )
    )


@bp.route("/catalog/models")
@guarded(Permission.ASSET_READ)
@bp.arguments(ModelArgs, location="query")
@bp.response(200, ModelPage)
def list_models(args: dict[str, Any]) -> dict[str, Any]:
    """Models by name."""
    limit = args["limit"]
    rows = catalog.list_models(
        current_db(), current_actor(), q=args["q"], manufacturer_id=args.get("manufacturer_id"),
        provisional=args.get("provisional"), after=_key(args), limit=limit + 1,
    )  # fmt: skip
    return _page(rows, limit)


@bp.route("/catalog/models", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@idempotent
@bp.arguments(ModelDraft)
@bp.response(201, ModelView)
def create_model(draft: dict[str, Any]) -> Tagged:
    """A new model of a manufacturer."""
    made = catalog.create_model(
        current_db(), current_actor(), draft["manufacturer_id"], draft["name"],
        category=draft["category"], part_number=draft["part_number"], now=current_now(),
    )  # fmt: skip
    return _tagged(made)


@bp.route(MODEL)
@guarded(Permission.ASSET_READ)
@bp.response(200, ModelView)
def get_model(model_id: int) -> Tagged:
    """One model."""
    return _tagged(catalog.get_model(current_db(), current_actor(), model_id))


@bp.route(MODEL, methods=["PATCH"])
@guarded(Permission.CATALOG_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(ModelChange)
@bp.response(200, ModelView)
def change_model(changes: dict[str, Any], model_id: int) -> Tagged:
    """Rename, confirm, or say what it is. The old name stays as a spelling of it."""
    db, actor = current_db(), current_actor()
    model = catalog.get_model(db, actor, model_id, lock=True)
    require_match("asset_model", model.id, model.version)
    return _tagged(catalog.change_model(db, actor, model_id, changes, now=current_now()))


@bp.route(f"{MODEL}/merge", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@bp.arguments(MergeSchema)
@bp.response(200, ModelView)
def merge_model(wanted: dict[str, int], model_id: int) -> Tagged:
    """Give every asset of this model to another model of the same manufacturer."""
    return _tagged(
        merging.merge_models(
            current_db(), current_actor(), model_id, wanted["into"], now=current_now()
        )
    )


@bp.route("/catalog/custom-fields")
@guarded(Permission.ASSET_READ)
@bp.response(200, CustomFieldsView)
def list_custom_fields() -> dict[str, Any]:
    """The district's own fields, archived ones included."""
    return {"items": custom_fields.list_fields(current_db(), current_actor())}


@bp.route("/catalog/custom-fields", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@idempotent
@bp.arguments(CustomFieldDraft)
@bp.response(201, CustomFieldView)
def create_custom_field(draft: dict[str, Any]) -> Tagged:
    """A new field; its key and kind stay for good."""
    made = custom_fields.create_field(
        current_db(), current_actor(), custom_fields.FieldDraft(**draft), now=current_now()
    )
    return _tagged(made)


@bp.route(FIELD, methods=["PATCH"])
@guarded(Permission.CATALOG_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(CustomFieldChange)
@bp.response(200, CustomFieldView)
def change_custom_field(changes: dict[str, Any], field_id: int) -> Tagged:
    """Change a field's rule or archive it. Values in assets stay as they are."""
    db, actor = current_db(), current_actor()
    field = custom_fields.get_field(db, actor, field_id, lock=True)
    require_match("custom_field", field.id, field.version)
    return _tagged(custom_fields.change_field(db, actor, field_id, changes, now=current_now()))


@bp.route("/assets/tags/counters")
@guarded(Permission.ASSET_READ)
@bp.response(200, CountersView)
def list_counters() -> dict[str, Any]:
    """The series that tags are taken from."""
    return {"items": tags.list_counters(current_db(), current_actor())}


@bp.route("/assets/tags/counters", methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@idempotent
@bp.arguments(CounterDraft)
@bp.response(201, CounterView)
def create_counter(draft: dict[str, Any]) -> TagCounter:
    """A further series of tags."""
    return tags.create_counter(current_db(), current_actor(), **draft, now=current_now())


@bp.route("/assets/tags/reserve", methods=["POST"])
@guarded(Permission.ASSET_BULK)
@idempotent
@bp.arguments(ReserveSchema)
@bp.response(201, RangeView)
def reserve_tags(wanted: dict[str, Any]) -> dict[str, Any]:
    """Set tags aside for a pre-printed roll; they are given only by naming them."""
    made, first, last = tags.reserve(current_db(), current_actor(), **wanted, now=current_now())
    return {**made.model_dump(), "first_tag": first, "last_tag": last}
