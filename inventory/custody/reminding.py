"""Each school day in the afternoon: those who hand devices out are told how much is overdue."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Permission, system_actor
from inventory.assets.models import Asset
from inventory.custody import listing
from inventory.custody.listing import CustodyFilter
from inventory.custody.models import Custody
from inventory.db import now
from inventory.engine import JobContext
from inventory.notices.telling import Notice, tell
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind

KIND = "custody.overdue"
NAMED = 20
"""So many tags stand in one notice; the page shows the rest."""
ACTOR = system_actor("overdue devices", {Permission.CUSTODY_READ})


def remind(ctx: JobContext) -> None:
    """The job: every school in a unit of work of its own."""
    with ctx.database.unit(write=False) as db:
        query = select(Site).where(Site.kind == SiteKind.SCHOOL).order_by(col(Site.id))
        schools = [(site.id, site.name) for site in db.exec(query).all()]
    for site_id, name in schools:
        with ctx.database.unit() as db:
            tell_overdue(db, site_id, name, now=now())
        ctx.heartbeat()


def tell_overdue(db: Session, site_id: int, name: str, *, now: datetime) -> int:
    """Tell of what is overdue at a school, by tags and without a person's name; how much it is."""
    wanted = CustodyFilter(overdue=True, sites=sites.subtree(db, site_id))
    count = listing.counted(db, ACTOR, wanted, now=now)
    if count:
        query = (
            sa.select(col(Asset.tag))
            .join(Custody, col(Custody.asset_id) == col(Asset.id))
            .where(*listing.clauses(ACTOR, wanted, now))
            .order_by(col(Custody.due_at), col(Custody.id))
            .limit(NAMED)
        )
        tags = list(db.execute(query).scalars())
        more = f" and {count - len(tags)} more" if count > len(tags) else ""
        text = f"Longest overdue first: {', '.join(tags)}{more}. See /custody?overdue=true"
        title = f"{count} overdue at {name}"
        tell(
            db,
            Notice(
                KIND, title, text, Permission.CUSTODY_WRITE, site_id=site_id, subject_type="site",
                subject_id=site_id,
            ),
            now=now,
        )  # fmt: skip
    return count
