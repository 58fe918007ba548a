"""Who is told of a notice: the two kinds of recipients, each in one query."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from inventory.access import ROLE_PERMISSIONS, Permission
from inventory.accounts.models import Account, RoleGrant
from inventory.notices.models import WebhookTarget
from inventory.sites import service as sites
from inventory.sites.way import way_to

MOST = 500
"""Mail addresses of one notice; a district has some dozens of technicians."""


def addresses(db: Session, audience: Permission, site_id: int | None) -> list[str]:
    """Mail addresses of enabled accounts that hold the permission at the site, each once.

    A role reaches the subtree of its site, so that it is held there or at a place above. Site
    None, or one that is gone: only those who hold it for the whole district.
    """
    places = [step.id for step in way_to(db, site_id)]
    if not places:
        root = sites.root(db)
        places = [root.id] if root is not None else []
    roles = [role for role, held in ROLE_PERMISSIONS.items() if audience in held]
    query = (
        select(Account.email)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            col(RoleGrant.role).in_(roles),
            col(RoleGrant.site_id).in_(places),
            col(Account.disabled_at).is_(None),
            col(Account.email).is_not(None),
        )
        .distinct()
        .order_by(col(Account.email))
        .limit(MOST)
    )
    return [found for found in db.exec(query) if found]


def targets(db: Session, kind: str) -> Sequence[WebhookTarget]:
    """Targets that are switched on and want notices of this kind."""
    query = select(WebhookTarget).where(col(WebhookTarget.enabled).is_(True))
    wanted = {kind, kind.partition(".")[0]}
    return [row for row in db.exec(query) if not row.kinds or wanted & set(row.kinds)]
