"""From a caller to the viewer of a page: what the templates know of the person."""

from inventory.access import Permission
from inventory.accounts.identify import Caller
from inventory.web.viewer import Viewer


def viewer_of(caller: Caller) -> Viewer:
    """The viewer; permissions that hold somewhere, and everywhere."""
    actor = caller.actor
    return Viewer(
        account_id=actor.id or 0,
        name=actor.name,
        csrf=caller.csrf or "",
        permissions=frozenset(p for p in Permission if actor.holds(p)),
        everywhere=frozenset(p for p in Permission if actor.scope(p) is None),
        must_change_password=caller.must_change_password,
    )
