"""/api/v1/accounts/N/reset-factors: help for somebody who lost their second factor."""

from typing import Any

from inventory.access import Permission
from inventory.accounts import factors
from inventory.accounts.guard import guarded
from inventory.accounts.schemas import Reason
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("account_factors", "/accounts", "Second factors of other people.")


@bp.route("/<int(max=2147483647):account_id>/reset-factors", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE, session_only=True)
@bp.arguments(Reason)
@bp.response(204)
def reset(given: dict[str, Any], account_id: int) -> None:
    """Take the second factor away; ends the account's sessions and tokens."""
    factors.reset(
        current_db(), current_actor(), account_id, reason=given["reason"], now=current_now()
    )
