"""From a caller to the viewer of a page: what the templates know of the person."""

from dataclasses import replace

from sqlmodel import Session

from inventory.access import Permission
from inventory.accounts import preferences
from inventory.accounts.identify import Caller
from inventory.accounts.preferences import Preferences
from inventory.web.viewer import Viewer


def viewer_of(caller: Caller) -> Viewer:
    """The viewer, before it is known what they have chosen; permissions that hold somewhere, and
    everywhere."""
    actor = caller.actor
    return Viewer(
        account_id=actor.id or 0,
        name=actor.name,
        csrf=caller.csrf or "",
        permissions=frozenset(p for p in Permission if actor.holds(p)),
        everywhere=frozenset(p for p in Permission if actor.scope(p) is None),
        must_change_password=caller.must_change_password,
    )


def chosen_by(db: Session, caller: Caller) -> Preferences:
    """What the caller has chosen for themselves; one query."""
    id_ = caller.actor.id
    return preferences.of_account(db, id_) if id_ is not None else Preferences()


def suited(viewer: Viewer, chosen: Preferences) -> Viewer:
    """The viewer with their words, clock and looks."""
    return replace(
        viewer, language=chosen.language, timezone=chosen.timezone, theme=chosen.theme,
        density=chosen.density, scan_gap_ms=chosen.scan_gap_ms,
    )  # fmt: skip
