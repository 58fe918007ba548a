"""/api/v1/mdm-connections: vendors' tenants. Their settings go in and never come out."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.fleet import connections, hooks, listing, syncs, testing
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from inventory.fleet.models import MdmConnection, MdmSync
from inventory.fleet.schemas import (
    ConnectionChange,
    ConnectionDraftSchema,
    ConnectionPage,
    ConnectionView,
    SyncAsk,
    SyncView,
    TrialView,
)
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("mdm-connections", "/mdm-connections", "Tenants of MDM vendors; write-only.")

ID = "<int(max=2147483647):connection_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def bodies(rows: list[MdmConnection]) -> list[dict[str, Any]]:
    """Connections with how they are, in two more queries; never a setting."""
    health = listing.health_of(current_db(), rows, now=current_now())
    return [
        {
            **row.model_dump(exclude={"read_config", "act_config"}),
            "acts": row.act_config is not None,
            "hook_url": hooks.address_of(runtime().settings, row),
            "health": health[row.id],
        }
        for row in rows
    ]


def shown(row: MdmConnection) -> Shown:
    return bodies([row])[0], {"ETag": etag_of("mdm-connection", row.id, row.version)}


def limits() -> Limits:
    return Limits.of(runtime().settings)


@bp.route("")
@guarded(Permission.MDM_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, ConnectionPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Connections in your reach with their health, oldest first."""
    limit = args["limit"]
    rows = connections.visible(
        current_db(), current_actor(), after=after_id(args) or 0, limit=limit + 1
    )
    return page_of_rows(rows, limit, bodies)


# No Idempotency-Key here: its record would hold a digest of the secrets. Labels are unique, so a
# request that is sent twice is refused the second time.
@bp.route("", methods=["POST"])
@guarded(Permission.MDM_WRITE)
@bp.arguments(ConnectionDraftSchema)
@bp.response(201, ConnectionView)
def create(given: dict[str, Any]) -> Shown:
    """A new connection. It is synced by its schedule, and commands over it are a dry run."""
    row = connections.create(
        current_db(), current_actor(), ConnectionDraft(**given), limits=limits(), now=current_now()
    )
    body, headers = shown(row)
    return body, {**headers, "Location": f"/api/v1/mdm-connections/{row.id}"}


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ)
@bp.response(200, ConnectionView)
def get(connection_id: int) -> Shown:
    """One connection. The ETag is what a change must send as If-Match."""
    return shown(connections.get(current_db(), current_actor(), connection_id))


@bp.route(f"/{ID}", methods=["PATCH"])
@guarded(Permission.MDM_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(ConnectionChange)
@bp.response(200, ConnectionView)
def change(changes: dict[str, Any], connection_id: int) -> Shown:
    """Change the named fields; needs If-Match. A credential that acts, and going live, take a
    person."""
    _matched(connection_id)
    return shown(
        connections.change(
            current_db(), current_actor(), connection_id, changes, limits=limits(),
            now=current_now(),
        )
    )  # fmt: skip


@bp.route(f"/{ID}", methods=["DELETE"])
@guarded(Permission.MDM_WRITE)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def delete(connection_id: int) -> None:
    """Forget a connection with its credentials and devices; assets stay. Needs If-Match."""
    _matched(connection_id)
    connections.delete(current_db(), current_actor(), connection_id, now=current_now())


# A unit that only reads, and is over before the vendor is asked: nobody waits for the vendor.
@bp.route(f"/{ID}/test", methods=["POST"])
@guarded(Permission.MDM_WRITE, write=False)
@bp.response(200, TrialView)
def test(connection_id: int) -> testing.Trial:
    """Ask the vendor for one page; 200 also where it refuses, with `ok` false and its `error`."""
    db = current_db()
    ready = testing.prepare(db, current_actor(), connection_id)
    db.rollback()
    return testing.attempt(ready)


@bp.route(f"/{ID}/syncs", methods=["POST"])
@guarded(Permission.MDM_WRITE)
@bp.arguments(SyncAsk)
@bp.response(202, SyncView)
def sync(asked: dict[str, Any], connection_id: int) -> MdmSync:
    """Ask for a sync; 409 while one is under way. Its progress is in the connection's health."""
    return syncs.request_sync(
        current_db(), current_actor(), connection_id, now=current_now(), **asked
    )


def _matched(connection_id: int) -> None:
    row = connections.get(current_db(), current_actor(), connection_id, lock=True)
    require_match("mdm-connection", row.id, row.version)
