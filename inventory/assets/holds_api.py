"""/api/v1/assets/{id}/holds and /api/v1/holds/{id}: freezing a device, and letting it go by two."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import holds
from inventory.assets.api import ID
from inventory.assets.hold_models import Hold
from inventory.assets.hold_schemas import HoldDraft, HoldList, HoldView, ReleaseDraft
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("holds", "", "Holds: a frozen device is not wiped, retired or disposed of.")
HOLD = "<int(max=2147483647):hold_id>"


@bp.route(f"/assets/{ID}/holds")
@guarded(Permission.HOLD_READ, write=True)
@bp.response(200, HoldList)
def list_(asset_id: int) -> dict[str, Any]:
    """The holds of a device. That you looked is recorded."""
    found = holds.read(current_db(), current_actor(), asset_id, now=current_now())
    return {"items": found}


@bp.route(f"/assets/{ID}/holds", methods=["POST"])
@guarded(Permission.HOLD_WRITE, session_only=True)
@bp.arguments(HoldDraft)
@bp.response(201, HoldView)
def raise_(given: dict[str, Any], asset_id: int) -> Hold:
    """Freeze a device: one person is enough."""
    return holds.raise_hold(current_db(), current_actor(), asset_id, **given, now=current_now())


@bp.route(f"/holds/{HOLD}/ask-release", methods=["POST"])
@guarded(Permission.HOLD_WRITE, session_only=True)
@bp.arguments(ReleaseDraft)
@bp.response(200, HoldView)
def ask_release(given: dict[str, str], hold_id: int) -> Hold:
    """The first of two persons asks to let the device go."""
    return holds.ask_release(
        current_db(), current_actor(), hold_id, reason=given["reason"], version=None,
        now=current_now(),
    )  # fmt: skip


@bp.route(f"/holds/{HOLD}/release", methods=["POST"])
@guarded(Permission.HOLD_WRITE, session_only=True)
@bp.response(200, HoldView)
def release(hold_id: int) -> Hold:
    """The second of two persons lets it go; never the one who asked."""
    return holds.release(current_db(), current_actor(), hold_id, version=None, now=current_now())


@bp.route(f"/holds/{HOLD}/keep", methods=["POST"])
@guarded(Permission.HOLD_WRITE, session_only=True)
@bp.response(200, HoldView)
def keep(hold_id: int) -> Hold:
    """Refuse a release that was asked for: the hold stays."""
    return holds.keep(current_db(), current_actor(), hold_id, version=None, now=current_now())
