"""/api/v1/sites: the places of the district. It lives here because the guard lies above sites."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import require_match, stamp
from inventory.http.idempotency import idempotent
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites import service
from inventory.sites.models import Site
from inventory.sites.schemas import SiteChange, SiteDraft, SiteTree, SiteView

_VIEW: Schema = SiteView()

bp = api_blueprint("sites", "/sites", "Schools, buildings and rooms.")


@bp.route("")
@guarded(Permission.SITE_READ)
@bp.response(200, SiteTree)
def tree() -> dict[str, object]:
    """The whole tree in the caller's reach, parents before children, siblings by name."""
    found = service.tree(current_db(), current_actor())
    return {"items": [site.model_dump() for site in found]}


@bp.route("", methods=["POST"])
@guarded(Permission.SITE_WRITE)
@idempotent
@bp.arguments(SiteDraft)
@bp.response(201, SiteView)
def create(given: dict[str, Any]) -> Response:
    """Add a school, a building or a room."""
    site = service.create(current_db(), current_actor(), **given, now=current_now())
    return _answer(site, 201)


@bp.route("/<int(max=2147483647):site_id>")
@guarded(Permission.SITE_READ)
@bp.response(200, SiteView)
def read(site_id: int) -> Response:
    """One place, with the way to it; its ETag is needed to change it."""
    return _answer(service.get(current_db(), current_actor(), site_id))


@bp.route("/<int(max=2147483647):site_id>", methods=["PATCH"])
@guarded(Permission.SITE_WRITE)
@bp.arguments(SiteChange)
@bp.response(200, SiteView)
def change(given: dict[str, Any], site_id: int) -> Response:
    """Rename or move a place; needs If-Match. Moving it changes who reaches what is in it."""
    db, actor = current_db(), current_actor()
    site = service.get(db, actor, site_id, lock=True)
    require_match("site", site.id, site.version)
    return _answer(service.change(db, actor, site_id, given, now=current_now()))


@bp.route("/<int(max=2147483647):site_id>", methods=["DELETE"])
@guarded(Permission.SITE_WRITE)
@bp.response(204)
def delete(site_id: int) -> None:
    """Delete a place that nothing refers to any more; needs If-Match."""
    db, actor = current_db(), current_actor()
    site = service.get(db, actor, site_id, lock=True)
    require_match("site", site.id, site.version)
    service.delete(db, actor, site_id, now=current_now())


def _answer(site: Site, status: int = 200) -> Response:
    shown = {**site.model_dump(), "path": service.path(current_db(), site.id)}
    response = jsonify(_VIEW.dump(shown))
    response.status_code = status
    return stamp(response, "site", site.id, site.version)
