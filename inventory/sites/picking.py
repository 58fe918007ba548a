"""Places to choose from in a form, as the pairs that a select takes."""

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.sites.models import SiteKind
from inventory.sites.naming import choices

MOST = 3_000
"""So many places are still a list to choose from; beyond it rooms are left out."""


def pickable(
    db: Session, actor: Actor, permission: Permission, *, present: int | None = None
) -> list[tuple[int, str]]:
    """(id, names from the school down) of every place where the actor holds `permission`, the
    whole before its parts; one query.

    present  a room that is listed in any case
    """
    actor.require_anywhere(permission)
    found = choices(db, actor, permission, rooms=True)
    many = len(found) > MOST
    return [
        (spot.id, spot.way)
        for spot in found
        if not many or spot.kind is not SiteKind.ROOM or spot.id == present
    ]
