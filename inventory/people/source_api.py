"""/api/v1/people/sources and /schools: directories are asked, and what they call schools."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.people.source_schemas import (
    DirectoryChange,
    DirectoryDraftSchema,
    DirectoryPage,
    DirectoryTrialView,
    DirectoryView,
    OrgArgs,
    OrgDecision,
    OrgPage,
    OrgView,
    ReadList,
    ReadView,
)
from inventory.people.sources import orgs, reads, service, trying
from inventory.people.sources.config import DirectoryDraft
from inventory.people.sources.models import RosterDirectory, RosterOrg, RosterRead
from inventory.people.sources.opening import Trial
from inventory.people.sources.service import Limits

bp = api_blueprint("people_sources", "/people", "Directories that people come from.")

ID = "/sources/<int(max=2147483647):directory_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def bodies(rows: list[RosterDirectory]) -> list[dict[str, Any]]:
    """Directories with the names of their sources, in one more query; never a setting."""
    names = service.names(current_db(), rows)
    return [{**row.model_dump(exclude={"config"}), "source": names[row.id]} for row in rows]


def shown(row: RosterDirectory) -> Shown:
    return bodies([row])[0], {"ETag": etag_of("roster-directory", row.id, row.version)}


@bp.route("/sources")
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, DirectoryPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Directories, oldest first."""
    limit = args["limit"]
    rows = service.listed(current_db(), current_actor(), after=after_id(args) or 0, limit=limit + 1)
    return page_of_rows(rows, limit, bodies)


# No Idempotency-Key here: its record would hold a digest of the secrets. Names are unique, so a
# request that is sent twice is refused the second time.
@bp.route("/sources", methods=["POST"])
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(DirectoryDraftSchema)
@bp.response(201, DirectoryView)
def create(given: dict[str, Any]) -> Shown:
    """Add a directory. Nobody is asked yet: test it, then ask for a read."""
    row = service.create(
        current_db(), current_actor(), DirectoryDraft(**given), limits=_limits(),
        now=current_now(),
    )  # fmt: skip
    body, headers = shown(row)
    return body, {**headers, "Location": f"/api/v1/people/sources/{row.id}"}


@bp.route(ID)
@guarded(Permission.PERSON_IMPORT)
@bp.response(200, DirectoryView)
def get(directory_id: int) -> Shown:
    """One directory. The ETag is what a change must send as If-Match."""
    return shown(service.get(current_db(), current_actor(), directory_id))


@bp.route(ID, methods=["PATCH"])
@guarded(Permission.PERSON_IMPORT)
@bp.doc(parameters=[if_match()])
@bp.arguments(DirectoryChange)
@bp.response(200, DirectoryView)
def change(changes: dict[str, Any], directory_id: int) -> Shown:
    """Change the named fields; needs If-Match. Other settings take the secrets anew."""
    _matched(directory_id)
    row = service.change(
        current_db(), current_actor(), directory_id, changes, limits=_limits(), now=current_now()
    )
    return shown(row)


@bp.route(ID, methods=["DELETE"])
@guarded(Permission.PERSON_IMPORT)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def delete(directory_id: int) -> None:
    """Forget how it is asked; its people stay. Needs If-Match."""
    _matched(directory_id)
    service.delete(current_db(), current_actor(), directory_id, now=current_now())


# A unit that only reads, and is over before the directory is asked: nobody waits for it.
@bp.route(f"{ID}/test", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, write=False)
@bp.response(200, DirectoryTrialView)
def test(directory_id: int) -> Trial:
    """Ask for the first page; 200 also where it refuses, with `ok` false and its `error`."""
    db = current_db()
    ready = trying.prepare(db, current_actor(), directory_id)
    db.rollback()
    return trying.attempt(ready)


@bp.route(f"{ID}/sync", methods=["POST"])
@guarded(Permission.PERSON_IMPORT)
@bp.response(202, ReadView)
def sync(directory_id: int) -> RosterRead:
    """Ask for everybody, and plan what changes; 409 while one is under way."""
    return reads.request(current_db(), current_actor(), directory_id, now=current_now())


@bp.route(f"{ID}/syncs")
@guarded(Permission.PERSON_IMPORT)
@bp.response(200, ReadList)
def syncs(directory_id: int) -> dict[str, Any]:
    """The last times that it was asked, each with the number of its import."""
    return {"items": reads.recent(current_db(), current_actor(), directory_id)}


@bp.route("/schools")
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(OrgArgs, location="query")
@bp.response(200, OrgPage)
def schools(args: dict[str, Any]) -> dict[str, Any]:
    """What sources call schools, units, departments and groups."""
    limit = args["limit"]
    rows = orgs.listed(
        current_db(), current_actor(), source_id=args.get("source_id"), open_only=args["open"],
        after=after_id(args), limit=limit + 1,
    )  # fmt: skip

    def bodies_of(kept: list[tuple[RosterOrg, str]]) -> list[dict[str, Any]]:
        return [{**row.model_dump(), "source": name} for row, name in kept]

    return page_of_rows(rows, limit, bodies_of, key=lambda each: int(each[0].id))


@bp.route("/schools/<int(max=2147483647):org_id>", methods=["PATCH"])
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(OrgDecision)
@bp.response(200, OrgView)
def decide(given: dict[str, Any], org_id: int) -> dict[str, Any]:
    """Say which place it is, what its people are, or that they are not ours."""
    db, actor = current_db(), current_actor()
    row = orgs.decide(db, actor, org_id, given, now=current_now())
    return {**row.model_dump(), "source": orgs.source_name(db, row)}


def _limits() -> Limits:
    return Limits.of(runtime().settings)


def _matched(directory_id: int) -> None:
    row = service.get(current_db(), current_actor(), directory_id, lock=True)
    require_match("roster-directory", row.id, row.version)
