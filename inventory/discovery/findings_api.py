"""/api/v1/discoveries: the review of what sweeps found."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_schemas import (
    AcceptSchema,
    DecisionBulk,
    DecisionBulkView,
    IgnoreSchema,
)
from inventory.assets.many_decisions import Outcome
from inventory.assets.many_decisions_api import answer, rows_of
from inventory.discovery import review, review_bulk, review_queue
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.finding_schemas import (
    FindingDetail,
    FindingListArgs,
    FindingPage,
    ResolveSchema,
)
from inventory.discovery.review import Moment
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("discoveries", "/discoveries", "What sweeps found, and what is made of it.")

ID = "<int(max=2147483647):finding_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def moment() -> Moment:
    now = current_now()
    return Moment(now, now.astimezone(runtime().settings.zone).date())


def shown(row: DiscoveryFinding) -> Shown:
    """The body with its evidence, and the ETag."""
    db, actor = current_db(), current_actor()
    body = {
        **row.model_dump(),
        "reasons": review_queue.reasons(db, actor, row),
        "candidates": review_queue.candidates(db, actor, row),
    }
    return body, {"ETag": etag_of("finding", row.id, row.revision)}


def matched(finding_id: int) -> int:
    """The revision that the caller has looked at."""
    row = review_queue.get(current_db(), current_actor(), finding_id, lock=True)
    require_match("finding", row.id, row.revision)
    return row.revision


@bp.route("")
@guarded(Permission.DISCOVERY_READ)
@bp.arguments(FindingListArgs, location="query")
@bp.response(200, FindingPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Findings in your reach, newest first; by default those that wait for a person."""
    db, actor = current_db(), current_actor()
    limit, before = args.pop("limit"), after_id(args)
    args.pop("after", None)
    wanted = review_queue.Wanted(**args)
    rows = review_queue.visible(db, actor, wanted, before=before, limit=limit + 1)
    count, capped = review_queue.count(db, actor, wanted)
    return {**page_of_rows(rows, limit), "count": count, "count_capped": capped}


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ)
@bp.response(200, FindingDetail)
def get(finding_id: int) -> Shown:
    """One finding: what it told, why it says so, and the assets it may be, side by side."""
    return shown(review_queue.get(current_db(), current_actor(), finding_id))


@bp.route(f"/{ID}/accept", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(AcceptSchema)
@bp.response(200, FindingDetail)
def accept(given: dict[str, Any], finding_id: int) -> Shown:
    """It becomes a new asset, or is `asset_id`. Needs If-Match."""
    asset_id = given.pop("asset_id", None)
    return shown(
        review.accept(
            current_db(), current_actor(), finding_id, at=moment(), new=NewAsset(**given),
            asset_id=asset_id, revision=matched(finding_id),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/ignore", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(IgnoreSchema)
@bp.response(200, FindingDetail)
def ignore(given: dict[str, Any], finding_id: int) -> Shown:
    """Leave it out, also when later sweeps see it again unchanged. Needs If-Match."""
    return shown(
        review.ignore(
            current_db(), current_actor(), finding_id, at=moment(), **given,
            revision=matched(finding_id),
        )
    )  # fmt: skip


@bp.route(f"/{ID}/reopen", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.response(200, FindingDetail)
def reopen(finding_id: int) -> Shown:
    """Take back that it is ignored. Needs If-Match."""
    return shown(
        review.reopen(
            current_db(), current_actor(), finding_id, at=moment(), revision=matched(finding_id)
        )
    )


@bp.route(f"/{ID}/resolve", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.doc(parameters=[if_match()])
@bp.arguments(ResolveSchema)
@bp.response(200, FindingDetail)
def resolve(given: dict[str, Any], finding_id: int) -> Shown:
    """Settle a conflict: the same device after all, or another one in its place. Needs If-Match.

    A device of its own beside those in conflict is what `accept` makes.
    """
    db, actor, revision = current_db(), current_actor(), matched(finding_id)
    if given["decision"] == "same":
        row = review.same_device(
            db, actor, finding_id, given["asset_id"], at=moment(), revision=revision,
            replace_hardware=given["replace_hardware"], reason=given["reason"],
        )  # fmt: skip
        return shown(row)
    row = review.replaced(
        db, actor, finding_id, given["asset_id"], at=moment(), revision=revision,
        old_status=given["old_status"], reason=given["reason"],
        new=NewAsset(**given["new"]) if "new" in given else None,
        new_asset_id=given.get("new_asset_id"),
    )  # fmt: skip
    return shown(row)


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW)
@bp.arguments(DecisionBulk)
@bp.response(200, DecisionBulkView)
@bp.alt_response(422, description="A row was refused: nothing was changed; `results` tells why")
def bulk(wanted: dict[str, Any]) -> Outcome | Response:
    """Decide up to 500 findings: all or none. `dry_run` tells what would happen."""
    dry_run = wanted["dry_run"]
    outcome = review_bulk.bulk(
        current_db(), current_actor(), rows_of(wanted), at=moment(), dry_run=dry_run
    )
    return answer(outcome, dry_run=dry_run)
