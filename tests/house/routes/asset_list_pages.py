"""The asset list, its columns and filters, saved views, and changes in bulk."""

import os

import sqlalchemy as sa
from sqlmodel import col

from inventory.access import Actor, Grant, Permission
from inventory.desk import saved_views
from inventory.desk.models import SavedView, ViewPage
from inventory.desk.saved_views import ViewDraft
from tests.house.routes import Example, Place, Side


def kept_view(side: Side) -> int:
    """A view of the owner's own."""
    # Hostile requests make more of them than one may have.
    side.db.execute(sa.delete(SavedView).where(col(SavedView.account_id) == side.owner))
    grant = Grant(frozenset({Permission.SELF, Permission.ASSET_READ}), None)
    owner = Actor("account", side.owner, "owner", (grant,))
    draft = ViewDraft(ViewPage.ASSETS, f"view {os.urandom(4).hex()}", "status=lost")
    return saved_views.save(side.db, owner, draft, now=side.now).id


VIEW = {"view_id": "$kept_view"}
OWN = Place.OWN
ROUTES = {
    "GET /assets": Example(query={"category": "printer", "sort": "-tag"}),
    "GET /assets/filter": Example(query={"category": "printer"}),
    "GET /assets/columns": Example(),
    "POST /assets/columns": Example(form={"columns": "tag", "density": "compact"}),
    "GET /assets/bulk": Example(query={"id": "$typed_asset", "back": "q=x"}),
    "POST /assets/bulk": Example(
        form={"rows": "1:1", "tick": "supplier", "supplier": "ACME", "step": "preview"}
    ),
    "GET /views": Example(query={"page": "assets"}),
    "GET /views/new": Example(query={"query": "status=lost"}),
    "POST /views/new": Example(form={"page": "assets", "query": "q=x", "name": "$unique"}),
    "GET /views/<int(max=2147483647):view_id>": Example(path=VIEW, place=OWN),
    "POST /views/<int(max=2147483647):view_id>": Example(
        path=VIEW, form={"name": "$unique", "version": 1}, place=OWN
    ),
    "GET /views/<int(max=2147483647):view_id>/delete": Example(path=VIEW, place=OWN),
    "POST /views/<int(max=2147483647):view_id>/delete": Example(
        path=VIEW, form={"version": 1}, place=OWN
    ),
    "GET /views/<int(max=2147483647):view_id>/share": Example(path=VIEW, place=Place.DISTRICT),
    "POST /views/<int(max=2147483647):view_id>/share": Example(
        path=VIEW, form={"version": 1}, place=Place.DISTRICT
    ),
    "POST /views/<int(max=2147483647):view_id>/move": Example(
        path=VIEW, form={"place": 0}, place=OWN
    ),
}
MAKERS = {"kept_view": kept_view}
