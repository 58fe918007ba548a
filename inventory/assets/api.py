"""/api/v1/assets: create, read, change, list, bulk, and the life of an asset."""

from typing import Any

from flask import Response, request

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import bulk, reach, service
from inventory.assets.asking import filter_of
from inventory.assets.list_schemas import AssetListArgs, AssetPageView
from inventory.assets.listing import Key, key_of, list_assets
from inventory.assets.models import Asset
from inventory.assets.schemas import (
    AssetChangeSchema,
    AssetDraftSchema,
    AssetsView,
    AssetView,
    BulkSchema,
    BulkView,
    RetireSchema,
    SerialArgs,
    StatusSchema,
)
from inventory.assets.sheet import sheet
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.idempotency import idempotent
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.paths import allow_rest
from inventory.http.problem import problem
from inventory.http.unit import current_actor, current_db, current_now, local_now

bp = api_blueprint("assets", "/assets", "The devices: what they are, where, in which state.")
allow_rest(bp)

ID = "<int(max=2147483647):asset_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def shown(asset: Asset) -> Shown:
    """The body and the ETag of one asset."""
    return sheet(current_db(), asset), {"ETag": etag_of("asset", asset.id, asset.version)}


def matched(asset_id: int, permission: Permission) -> int:
    """The version that the caller read. Raises where If-Match is missing or names another one;
    the row is locked, so nobody changes it in between."""
    asset = reach.for_change(current_db(), current_actor(), asset_id, permission)
    require_match("asset", asset.id, asset.version)
    return asset.version


def match_if_given(asset_id: int, permission: Permission) -> None:
    """A move between states is checked against the present one, so If-Match is optional."""
    if request.headers.get("If-Match"):
        matched(asset_id, permission)


@bp.route("", methods=["POST"])
@guarded(Permission.ASSET_WRITE)
@idempotent
@bp.arguments(AssetDraftSchema)
@bp.response(201, AssetView)
def create(draft: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A new asset. Its tag is the given one, or the next of a counter."""
    pairs = [(pair["kind"], pair["value"]) for pair in draft.pop("identifiers", [])]
    asset = service.create(
        current_db(), current_actor(), service.AssetDraft(**draft, identifiers=pairs),
        now=current_now(),
    )  # fmt: skip
    body, headers = shown(asset)
    return body, {**headers, "Location": f"/api/v1/assets/{asset.id}"}


@bp.route("")
@guarded(Permission.ASSET_READ)
@bp.arguments(AssetListArgs, location="query")
@bp.response(200, AssetPageView)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Assets in your reach, filtered, sorted and searched; page by `next` and `previous`."""
    sort, limit = args.pop("sort"), args.pop("limit")
    after, before = (_key(args.pop(name, None), sort) for name in ("after", "before"))
    if after is not None and before is not None:
        raise InvalidInput("one of the two", {"before": ["not together with after"]})
    page = list_assets(
        current_db(), current_actor(), filter_of(args, at=local_now()),
        sort=sort, after=after, before=before, limit=limit,
    )  # fmt: skip
    return {
        "items": page.rows,
        "next": encode_cursor([sort, *page.after]) if page.after else None,
        "previous": encode_cursor([sort, *page.before]) if page.before else None,
        "count": page.count,
        "count_capped": page.capped,
        "exact": page.exact,
    }


def _key(cursor: str | None, sort: str) -> Key | None:
    return None if cursor is None else key_of(decode_cursor(cursor), sort)


@bp.route(f"/{ID}")
@guarded(Permission.ASSET_READ)
@bp.response(200, AssetView)
def get(asset_id: int) -> Shown:
    """One asset. The ETag is what a change must send as If-Match."""
    return shown(service.get(current_db(), current_actor(), asset_id))


# A tag may begin with a slash or hold two in a row; they are part of it.
@bp.route("/by-tag/<rest:tag>", merge_slashes=False)
@guarded(Permission.ASSET_READ)
@bp.response(200, AssetView)
def by_tag(tag: str) -> Shown:
    """The asset that bears this tag or has borne it. Unknown tags answer with near misses."""
    return shown(service.by_tag(current_db(), current_actor(), tag))


@bp.route("/by-serial/<rest:serial>", merge_slashes=False)
@guarded(Permission.ASSET_READ)
@bp.arguments(SerialArgs, location="query")
@bp.response(200, AssetsView)
def by_serial(args: dict[str, str], serial: str) -> dict[str, Any]:
    """Every asset with this serial number; two makers may have used the same one."""
    db = current_db()
    found = service.by_serial(db, current_actor(), serial, manufacturer=args["manufacturer"])
    return {"items": [sheet(db, asset) for asset in found]}


@bp.route(f"/{ID}", methods=["PATCH"])
@guarded(Permission.ASSET_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(AssetChangeSchema)
@bp.response(200, AssetView)
def change(changes: dict[str, Any], asset_id: int) -> Shown:
    """Change the named fields. Needs If-Match with the ETag that was read."""
    version = matched(asset_id, Permission.ASSET_WRITE)
    return shown(
        service.change(
            current_db(), current_actor(), asset_id, changes, now=current_now(), version=version
        )
    )


@bp.route(f"/{ID}/status", methods=["POST"])
@guarded(Permission.ASSET_WRITE)
@bp.doc(parameters=[if_match(required=False)])
@bp.arguments(StatusSchema)
@bp.response(200, AssetView)
def set_status(wanted: dict[str, Any], asset_id: int) -> Shown:
    """Move the asset to another state. Some moves need a reason; some are not allowed."""
    match_if_given(asset_id, Permission.ASSET_READ)
    return shown(
        service.set_status(
            current_db(), current_actor(), asset_id, wanted["status"],
            now=current_now(), reason=wanted["reason"],
        )
    )  # fmt: skip


@bp.route(f"/{ID}/retire", methods=["POST"])
@guarded(Permission.ASSET_RETIRE)
@bp.doc(parameters=[if_match(required=False)])
@bp.arguments(RetireSchema)
@bp.response(200, AssetView)
def retire(wanted: dict[str, Any], asset_id: int) -> Shown:
    """Take the asset out of service; its record stays."""
    match_if_given(asset_id, Permission.ASSET_RETIRE)
    return shown(
        service.retire(
            current_db(), current_actor(), asset_id, now=current_now(), reason=wanted["reason"]
        )
    )


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.ASSET_BULK)
@idempotent
@bp.arguments(BulkSchema)
@bp.response(200, BulkView)
@bp.alt_response(422, description="A row was refused: nothing was changed; `results` tells why")
def bulk_change(wanted: dict[str, Any]) -> bulk.BulkOutcome | Response:
    """Change up to 1,000 assets: all rows or none. `dry_run` tells what would happen."""
    rows = [bulk.BulkRow(r["id"], r["changes"], r.get("version")) for r in wanted["rows"]]
    outcome = bulk.bulk_change(
        current_db(), current_actor(), rows,
        now=current_now(), dry_run=wanted["dry_run"], reason=wanted["reason"],
    )  # fmt: skip
    refused = sum(result.status == "refused" for result in outcome.results)
    if not refused or wanted["dry_run"]:
        return outcome
    body = BulkView().dump(outcome)
    return problem(422, "Nothing was changed", f"{refused} of {len(rows)} rows are refused", **body)
