"""How far an installation has come towards its first sweep: read from what is there, remembered
nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.discovery import listings
from inventory.discovery.listings import Line
from inventory.discovery.models import SnmpCredential, Sweep
from inventory.discovery.paged import Span
from inventory.sites.models import Site, SiteKind

SCHOOL, CREDENTIAL, NETWORK, SWEEP = "school", "credential", "network", "sweep"
STEPS = (SCHOOL, CREDENTIAL, NETWORK, SWEEP)
MANY = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there, within the actor's reach.

    credentials  how many the district has; None for who may not know
    networks     by name, at most `MANY`
    sweep_id     the newest sweep
    """

    schools: Sequence[Site]
    credentials: int | None
    networks: Sequence[Line]
    sweep_id: int | None

    def done(self, step: str) -> bool:
        there: dict[str, object] = {
            SCHOOL: self.schools, CREDENTIAL: self.credentials, NETWORK: self.networks,
            SWEEP: self.sweep_id,
        }  # fmt: skip
        return bool(there[step])

    @property
    def next(self) -> str | None:
        """The first step that is not done; None where all are."""
        return next((step for step in STEPS if not self.done(step)), None)

    @property
    def ready(self) -> Sequence[Line]:
        """Networks that have a credential, and so can be swept."""
        return [line for line in self.networks if line.credentials]


def progress(db: Session, actor: Actor) -> Progress:
    """Raises `Forbidden` for who may not see networks."""
    schools = select(Site).where(Site.kind == SiteKind.SCHOOL)
    reached = actor.scope(Permission.SITE_READ)
    if reached is not None:
        schools = schools.where(col(Site.id).in_(reached))
    count = None
    if actor.holds(Permission.NETWORK_WRITE):
        count = db.exec(select(sa.func.count()).select_from(SnmpCredential)).one()
    newest: Sequence[tuple[Sweep, object]] = listings.sweeps_page(db, actor, Span(limit=1)).rows
    return Progress(
        db.exec(schools.order_by(col(Site.name)).limit(MANY)).all(),
        count,
        listings.networks_page(db, actor, Span(limit=MANY)).rows,
        newest[0][0].id if newest else None,
    )
