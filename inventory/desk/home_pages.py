"""/: what waits for somebody, and the fleet at a glance."""

from flask import Blueprint, Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.web.pages import page

bp = Blueprint("home", __name__)


@bp.route("/")
@guarded(Permission.SELF, page=True)
def show() -> Response:
    """The first page."""
    return page("desk/home.html")
