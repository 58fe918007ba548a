"""/api/v1/networks: what is swept, and asking for a sweep."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import networks, places, sweeps
from inventory.discovery.models import Network
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.schemas import (
    HeardPage,
    NetworkChange,
    NetworkDraftSchema,
    NetworkListArgs,
    NetworkPage,
    NetworkView,
    SweepView,
)
from inventory.discovery.sweeps_api import sweep_body
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("networks", "/networks", "What is swept: ranges, schedules, rules.")

ID = "<int(max=2147483647):network_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def bodies(rows: list[Network]) -> list[dict[str, Any]]:
    """Networks with their credentials' labels and their newest sweeps, in two more queries."""
    db, ids = current_db(), [row.id for row in rows]
    used, last = networks.credentials_of(db, ids), sweeps.last_of(db, ids)
    return [
        {
            **row.model_dump(),
            "credentials": used[row.id],
            "last_sweep": sweep_body(last[row.id], row) if row.id in last else None,
        }
        for row in rows
    ]


def shown(row: Network) -> Shown:
    return bodies([row])[0], {"ETag": etag_of("network", row.id, row.version)}


def limits() -> Limits:
    return Limits.of(runtime().settings)


@bp.route("")
@guarded(Permission.DISCOVERY_READ)
@bp.arguments(NetworkListArgs, location="query")
@bp.response(200, NetworkPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Networks in your reach, oldest first."""
    limit = args["limit"]
    rows = networks.visible(
        current_db(), current_actor(), after=after_id(args) or 0, limit=limit + 1,
        site_id=args.get("site_id"),
    )  # fmt: skip
    return page_of_rows(rows, limit, bodies)


@bp.route("", methods=["POST"])
@guarded(Permission.NETWORK_WRITE)
@idempotent
@bp.arguments(NetworkDraftSchema)
@bp.response(201, NetworkView)
def create(given: dict[str, Any]) -> Shown:
    """A new network. Targets are checked now; host names are looked up by each sweep."""
    row = networks.create(
        current_db(), current_actor(), NetworkDraft(**given), limits=limits(), now=current_now()
    )
    body, headers = shown(row)
    return body, {**headers, "Location": f"/api/v1/networks/{row.id}"}


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ)
@bp.response(200, NetworkView)
def get(network_id: int) -> Shown:
    """One network. The ETag is what a change must send as If-Match."""
    return shown(networks.get(current_db(), current_actor(), network_id))


@bp.route(f"/{ID}", methods=["PATCH"])
@guarded(Permission.NETWORK_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(NetworkChange)
@bp.response(200, NetworkView)
def change(changes: dict[str, Any], network_id: int) -> Shown:
    """Change the named fields; needs If-Match."""
    _matched(network_id)
    return shown(
        networks.change(
            current_db(), current_actor(), network_id, changes, limits=limits(), now=current_now()
        )
    )


@bp.route(f"/{ID}", methods=["DELETE"])
@guarded(Permission.NETWORK_WRITE)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def delete(network_id: int) -> None:
    """Delete a network with its sweeps and findings; assets stay. Needs If-Match."""
    _matched(network_id)
    networks.delete(current_db(), current_actor(), network_id, now=current_now())


@bp.route(f"/{ID}/sweeps", methods=["POST"])
@guarded(Permission.DISCOVERY_RUN)
@idempotent
@bp.response(202, SweepView)
def sweep(network_id: int) -> Shown:
    """Ask for a sweep; 409 while one is under way. Watch it under /api/v1/sweeps/{id}."""
    db, actor = current_db(), current_actor()
    asked = sweeps.request_sweep(db, actor, network_id, now=current_now())
    body = sweep_body(asked, networks.get(db, actor, network_id))
    return body, {"Location": f"/api/v1/sweeps/{asked.id}"}


@bp.route(f"/{ID}/heard")
@guarded(Permission.DISCOVERY_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, HeardPage)
def heard(args: dict[str, Any], network_id: int) -> dict[str, Any]:
    """MACs that switches have learnt and that belong to nothing known."""
    db, limit = current_db(), args["limit"]
    networks.get(db, current_actor(), network_id)
    rows = places.heard(db, network_id, after=after_id(args) or 0, limit=limit + 1)
    return page_of_rows(rows, limit)


def _matched(network_id: int) -> None:
    row = networks.get(current_db(), current_actor(), network_id, lock=True)
    require_match("network", row.id, row.version)
