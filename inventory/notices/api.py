"""/api/v1/notice-targets and /api/v1/notice-deliveries: webhooks, and what became of notices."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now
from inventory.notices import listing, targets, trying
from inventory.notices.models import WebhookTarget
from inventory.notices.schemas import (
    DeliveryArgs,
    DeliveryPage,
    HookTargetChange,
    HookTargetDraft,
    HookTargetList,
    HookTargetMade,
    HookTargetView,
)
from inventory.notices.targets import TargetDraft

bp = api_blueprint("notices", "", "Notices by mail and by signed webhooks.")

TARGETS = "/notice-targets"
ID = f"{TARGETS}/<int(max=2147483647):target_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


@bp.route(TARGETS)
@guarded(Permission.NOTICE_WRITE)
@bp.response(200, HookTargetList)
def list_targets() -> dict[str, Any]:
    """Every target, for whoever looks after notices of the whole district."""
    return {"items": targets.all_of(current_db(), current_actor())}


# No Idempotency-Key here: its record would hold the secret. Labels are unique.
@bp.route(TARGETS, methods=["POST"])
@guarded(Permission.NOTICE_WRITE, session_only=True)
@bp.arguments(HookTargetDraft)
@bp.response(201, HookTargetMade)
def create(given: dict[str, Any]) -> Shown:
    """A new target; its secret is in this answer and nowhere else."""
    draft = TargetDraft(**{**given, "kinds": tuple(given["kinds"])})
    row, secret = targets.create(current_db(), current_actor(), draft, now=current_now())
    answer, headers = _shown(row, secret=secret)
    return answer, {**headers, "Location": f"/api/v1/notice-targets/{row.id}"}


@bp.route(ID)
@guarded(Permission.NOTICE_WRITE)
@bp.response(200, HookTargetView)
def get(target_id: int) -> Shown:
    """One target, without its secret."""
    return _shown(targets.get(current_db(), current_actor(), target_id))


@bp.route(ID, methods=["PATCH"])
@guarded(Permission.NOTICE_WRITE, session_only=True)
@bp.doc(parameters=[if_match()])
@bp.arguments(HookTargetChange)
@bp.response(200, HookTargetView)
def change(changes: dict[str, Any], target_id: int) -> Shown:
    """Change the named fields; needs If-Match."""
    _matched(target_id)
    return _shown(
        targets.change(current_db(), current_actor(), target_id, changes, now=current_now())
    )


@bp.route(ID, methods=["DELETE"])
@guarded(Permission.NOTICE_WRITE, session_only=True)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def delete(target_id: int) -> None:
    """Delete a target; what waits for it is given up. Needs If-Match."""
    _matched(target_id)
    targets.delete(current_db(), current_actor(), target_id, now=current_now())


@bp.route(f"{ID}/secret", methods=["POST"])
@guarded(Permission.NOTICE_WRITE, session_only=True)
@bp.response(200, HookTargetMade)
def renew(target_id: int) -> Shown:
    """A new secret in the place of the old one, which signs nothing from now on."""
    row, secret = targets.renew(current_db(), current_actor(), target_id, now=current_now())
    return _shown(row, secret=secret)


@bp.route(f"{ID}/test", methods=["POST"])
@guarded(Permission.NOTICE_WRITE)
@bp.response(204)
def test(target_id: int) -> None:
    """Send the target a notice of the kind `notice.test`; the list of deliveries tells the end."""
    trying.try_target(current_db(), current_actor(), target_id, now=current_now())


@bp.route("/notice-deliveries")
@guarded(Permission.NOTICE_WRITE)
@bp.arguments(DeliveryArgs, location="query")
@bp.response(200, DeliveryPage)
def list_deliveries(args: dict[str, Any]) -> dict[str, Any]:
    """What was sent, waits or was given up, newest first; 90 days of it."""
    limit = args["limit"]
    rows = listing.deliveries(
        current_db(), current_actor(), state=args.get("state"), before=_before(args),
        limit=limit + 1,
    )  # fmt: skip
    more = encode_cursor([rows[limit - 1].id]) if len(rows) > limit else None
    return {"items": rows[:limit], "next": more}


def _before(args: dict[str, Any]) -> int | None:
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [int(last)] if 0 < last < 2**31:
            return last
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})


def _shown(row: WebhookTarget, **more: str) -> Shown:
    told = {**row.model_dump(exclude={"sealed_key_text"}), **more}
    return told, {"ETag": etag_of("notice_target", row.id, row.version)}


def _matched(target_id: int) -> None:
    row = targets.get(current_db(), current_actor(), target_id, lock=True)
    require_match("notice_target", row.id, row.version)
