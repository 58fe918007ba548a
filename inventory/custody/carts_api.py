"""/api/v1/carts: carts and lockers that devices are kept in."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import carts
from inventory.custody.models import Cart
from inventory.custody.schemas import CartDraft, CartPage, CartView
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("carts", "/carts", "Carts and lockers that devices are kept in.")


@bp.route("")
@guarded(Permission.CUSTODY_READ)
@bp.arguments(PageArgs, location="query")
@bp.response(200, CartPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Carts within your reach. What is in one: `GET /custody?cart_id=`."""
    limit = args["limit"]
    found = carts.listed(current_db(), current_actor(), after=after_id(args), limit=limit + 1)
    return page_of_rows(found, limit)


@bp.route("", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE)
@idempotent
@bp.arguments(CartDraft)
@bp.response(201, CartView)
def create(given: dict[str, Any]) -> Cart:
    """A new cart."""
    return carts.create(current_db(), current_actor(), **given, now=current_now())
