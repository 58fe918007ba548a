"""/api/v1/admin-rights/drift and /allow-list: who is administrator and should not be."""

from datetime import datetime
from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_rights import allow_list, drift, drift_listing
from inventory.admin_rights.allow_list import AllowDraft, Covered
from inventory.admin_rights.drift_listing import After, DriftFilter, Shown
from inventory.admin_rights.drift_models import AdminDrift, AllowedAccount
from inventory.admin_rights.drift_rules import Limits
from inventory.admin_rights.drift_schemas import (
    AllowedDraft,
    AllowedPage,
    AllowedRemoval,
    AllowedView,
    AllowedWanted,
    CoveredView,
    DriftArgs,
    DriftDecision,
    DriftPage,
    DriftRecord,
    DriftSummary,
    SiteArgs,
)
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.idempotency import idempotent
from inventory.http.keyset import MAX_ID, after_id, page_of_rows
from inventory.http.paging import PageArgs, decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import service as sites

bp = api_blueprint(
    "admin-drift", "/admin-rights", "Administrators of computers who should not be, and who may."
)
ONE = "/drift/<int(max=2147483647):drift_id>"
Answer = tuple[AdminDrift, dict[str, str]]
ENTRY = "/allow-list/<int(max=2147483647):entry_id>"


@bp.route("/drift")
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.arguments(DriftArgs, location="query")
@bp.response(200, DriftPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Current drift, what is there longest first."""
    limit = args["limit"]
    after = read_cursor(args["after"]) if "after" in args else None
    found = drift_listing.listed(
        current_db(), current_actor(), wanted_of(args), after=after, limit=limit + 1,
        now=current_now(),
    )  # fmt: skip
    page = found[:limit]
    more = cursor_of(page[-1]) if len(found) > limit else None
    return {"items": [body(one) for one in page], "next": more}


@bp.route("/drift/summary")
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.arguments(SiteArgs, location="query")
@bp.response(200, DriftSummary)
def summary(args: dict[str, Any]) -> dict[str, int]:
    """How the computers in your reach stand."""
    below = below_site(args)
    limits = Limits.of(runtime().settings)
    found = drift_listing.standings(
        current_db(), current_actor(), limits, sites=below, now=current_now()
    )
    return {standing.value: number for standing, number in found.items()}


@bp.route(ONE)
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.response(200, DriftRecord)
def read(drift_id: int) -> Answer:
    """One drift, also one that is gone. The ETag is what a decision must send as If-Match."""
    return answer(drift.get(current_db(), current_actor(), drift_id)[0])


@bp.route(f"{ONE}/decision", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE)
@bp.doc(parameters=[if_match()])
@bp.arguments(DriftDecision)
@bp.response(200, DriftRecord)
def decide(given: dict[str, Any], drift_id: int) -> Answer:
    """Accept it, call it resolved, or open it again; no device is touched. Needs If-Match. What is
    called resolved opens again by itself where the device still shows it."""
    db, actor = current_db(), current_actor()
    row, _ = drift.get(db, actor, drift_id, lock=True)
    require_match("drift", row.id, row.version)
    return answer(drift.decide(db, actor, drift_id, **given, now=current_now()))


@bp.route("/allow-list")
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, AllowedPage)
def allowed(args: dict[str, Any]) -> dict[str, Any]:
    """Service accounts that may be administrator, also those whose time has run out."""
    limit = args["limit"]
    rows = allow_list.listed(current_db(), current_actor(), after=after_id(args), limit=limit + 1)
    return page_of_rows(rows, limit)


@bp.route("/allow-list/preview")
@guarded(Permission.ADMIN_RIGHT_AUTHORISE)
@bp.arguments(AllowedWanted, location="query")
@bp.response(200, CoveredView)
def preview(args: dict[str, Any]) -> Covered:
    """How many observed accounts an entry would cover, before it is made."""
    return allow_list.preview(current_db(), current_actor(), **args)


@bp.route("/allow-list", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE)
@idempotent
@bp.arguments(AllowedDraft)
@bp.response(201, AllowedView)
def allow(given: dict[str, Any]) -> AllowedAccount:
    """A new entry; 422 for a pattern that means nearly anything or an end beyond a year."""
    return allow_list.add(current_db(), current_actor(), AllowDraft(**given), now=current_now())


@bp.route(f"{ENTRY}/remove", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE)
@bp.arguments(AllowedRemoval)
@bp.response(200, AllowedView)
def remove(given: dict[str, Any], entry_id: int) -> AllowedAccount:
    """End an entry; what it covered is looked at again."""
    return allow_list.remove(
        current_db(), current_actor(), entry_id, reason=given["reason"], now=current_now()
    )


def answer(row: AdminDrift) -> Answer:
    """A drift with its ETag."""
    return row, {"ETag": etag_of("drift", row.id, row.version)}


def wanted_of(args: dict[str, Any]) -> DriftFilter:
    """The filter that these arguments ask for."""
    return DriftFilter(
        args.get("kind"), args.get("state"), args.get("source"), below_site(args),
        args.get("asset_id"), args.get("older_days"),
    )  # fmt: skip


def below_site(args: dict[str, Any]) -> frozenset[int] | None:
    """The place that was asked for and all below it; None where none was."""
    return sites.subtree(current_db(), args["site_id"]) if "site_id" in args else None


def body(one: Shown) -> dict[str, Any]:
    """A drift as the list shows it."""
    return {
        **one.drift.model_dump(), "tag": one.tag, "name": one.name, "category": one.category,
        "site_id": one.site_id, "told_at": one.told_at,
    }  # fmt: skip


def cursor_of(one: Shown) -> str:
    """The place of a row in the list."""
    return encode_cursor([one.drift.first_at.isoformat(), one.drift.id])


def read_cursor(text: str) -> After:
    """Raises `InvalidInput` for what `cursor_of` did not make."""
    try:
        match decode_cursor(text):
            case [str(at), int(last)] if 0 < last <= MAX_ID:
                moment = datetime.fromisoformat(at)
                if moment.tzinfo is not None:
                    return moment, last
    except (ValueError, OverflowError):
        pass
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})
