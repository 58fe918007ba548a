"""Places to choose from in a form: those where the actor may do something, with their way down."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.sites.models import Site, SiteKind
from inventory.sites.service import MAX_SITES

BETWEEN = " \u203a "
MOST = 3_000
"""So many places are still a list to choose from; beyond it rooms are left out."""

Row = tuple[int, int | None, SiteKind, str]


def pickable(
    db: Session, actor: Actor, permission: Permission, *, present: int | None = None
) -> list[tuple[int, str]]:
    """(id, names from the school down) of every place where the actor holds `permission`; by name,
    what lies in a place behind it. Above the actor's reach nothing is named. One query.

    present  a room that is listed in any case
    """
    actor.require_anywhere(permission)
    query = (
        sa.select(col(Site.id), col(Site.parent_id), col(Site.kind), col(Site.name))
        .order_by(col(Site.name), col(Site.id))
        .limit(MAX_SITES)
    )
    reached = actor.scope(permission)
    if reached is not None:
        query = query.where(col(Site.id).in_(reached))
    rows: list[Row] = [(row[0], row[1], row[2], row[3]) for row in db.execute(query)]
    many = len(rows) > MOST
    return [
        (id_, label)
        for id_, label, kind in _walked(rows)
        if not many or kind is not SiteKind.ROOM or id_ == present
    ]


def _walked(rows: Sequence[Row]) -> Iterator[tuple[int, str, SiteKind]]:
    known = {row[0] for row in rows}
    below: dict[int | None, list[tuple[int, SiteKind, str]]] = {}
    for id_, parent, kind, name in rows:
        below.setdefault(parent if parent in known else None, []).append((id_, kind, name))
    stack = [(one, "") for one in reversed(below.get(None, []))]
    while stack:
        (id_, kind, name), above = stack.pop()
        yield id_, above + name, kind
        inner = "" if kind is SiteKind.DISTRICT else f"{above}{name}{BETWEEN}"
        stack += [(one, inner) for one in reversed(below.get(id_, []))]
