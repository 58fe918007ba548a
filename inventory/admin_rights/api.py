"""/api/v1/admin-rights: who may be administrator of which device, until when, and who said so."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_ledger.models import AdminGrant
from inventory.admin_rights import listing, service
from inventory.admin_rights.confirming import binding_of, confirmed_at
from inventory.admin_rights.listing import GrantFilter
from inventory.admin_rights.policy import Wish
from inventory.admin_rights.schemas import (
    AdminGrantArgs,
    AdminGrantDraft,
    AdminGrantEnd,
    AdminGrantNo,
    AdminGrantPage,
    AdminGrantView,
    AdminGrantYes,
)
from inventory.admin_rights.service import Yes
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db, current_now
from inventory.sites import service as sites

bp = api_blueprint("admin-rights", "/admin-rights", "Administrator rights: asked for, authorised.")
ONE = "/<int(max=2147483647):grant_id>"
Made = tuple[dict[str, Any], dict[str, str]]


@bp.route("")
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.arguments(AdminGrantArgs, location="query")
@bp.response(200, AdminGrantPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Grants and requests in your reach, newest first."""
    db, limit = current_db(), args["limit"]
    below = sites.subtree(db, args["site_id"]) if "site_id" in args else None
    wanted = GrantFilter(
        args.get("state"), args["ends_soon"], args.get("asset_id"), args.get("person_id"), below
    )
    rows = listing.listed(
        db, current_actor(), wanted, after=after_id(args), limit=limit + 1, now=current_now()
    )
    return page_of_rows(rows, limit, lambda found: [shown(row) for row in found])


@bp.route("", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_REQUEST)
@idempotent
@bp.arguments(AdminGrantDraft)
@bp.response(201, AdminGrantView)
def request(given: dict[str, Any]) -> Made:
    """Ask on somebody's behalf. A token may ask, and never authorises."""
    return made(service.request(current_db(), current_actor(), Wish(**given), now=current_now()))


@bp.route("/mine", methods=["POST"])
@guarded(Permission.SELF, session_only=True)
@idempotent
@bp.arguments(AdminGrantDraft)
@bp.response(201, AdminGrantView)
def ask(given: dict[str, Any]) -> Made:
    """Ask for yourself, on a device that you have."""
    return made(service.ask(current_db(), current_actor(), Wish(**given), now=current_now()))


@bp.route(ONE)
@guarded(Permission.ADMIN_RIGHT_READ)
@bp.response(200, AdminGrantView)
def read(grant_id: int) -> dict[str, Any]:
    """One grant or request."""
    return shown(listing.get(current_db(), current_actor(), grant_id))


@bp.route(f"{ONE}/authorise", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, session_only=True)
@bp.arguments(AdminGrantYes)
@bp.response(200, AdminGrantView)
def authorise(given: dict[str, Any], grant_id: int) -> dict[str, Any]:
    """Yes, after a step-up for its `binding`; never by the one who asked or for oneself."""
    db, actor = current_db(), current_actor()
    grant = listing.get(db, actor, grant_id)
    yes = Yes(confirmed_at(db, actor, grant), given["seen"], given["note"])
    return shown(service.authorise(db, actor, grant_id, yes, now=current_now()))


@bp.route(f"{ONE}/refuse", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, session_only=True)
@bp.arguments(AdminGrantNo)
@bp.response(200, AdminGrantView)
def refuse(given: dict[str, Any], grant_id: int) -> dict[str, Any]:
    """No."""
    return shown(
        service.refuse(
            current_db(),
            current_actor(),
            grant_id,
            reason=given["reason"],
            version=given["seen"],
            now=current_now(),
        )
    )


@bp.route(f"{ONE}/revoke", methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_REQUEST)
@bp.arguments(AdminGrantEnd)
@bp.response(200, AdminGrantView)
def revoke(given: dict[str, Any], grant_id: int) -> dict[str, Any]:
    """End it early, or withdraw what nobody has decided."""
    return shown(
        service.revoke(current_db(), current_actor(), grant_id, **given, now=current_now())
    )


def shown(grant: AdminGrant) -> dict[str, Any]:
    """A grant as the clock shows it."""
    now = current_now()
    return {
        **grant.model_dump(), "state": listing.standing(grant, now),
        "in_force": service.effective(grant, now), "binding": binding_of(grant),
    }  # fmt: skip


def made(grant: AdminGrant) -> Made:
    """The answer to a new request."""
    return shown(grant), {"Location": f"/api/v1/admin-rights/{grant.id}"}
