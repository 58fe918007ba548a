"""What somebody should attend to about one asset: the badges under its name.

Each source is a function from the asset to matters; a feature that locks, holds or wipes devices
adds its source to `SOURCES`, and its badge stands on every tab of the asset's page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date, format_timedelta, gettext as _, ngettext
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.holds import active_hold
from inventory.assets.kinds import Outcome, Status
from inventory.assets.models import Asset
from inventory.assets.observed import Difference
from inventory.assets.policy import IN_USE
from inventory.commands.effects import EffectClass
from inventory.commands.models import DeviceCommand
from inventory.commands.states import TERMINAL
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.reading_models import SupplyReading
from inventory.sites.way import Way
from inventory.web.labels import label
from snmp_discovery.types import SupplyState

SILENT = timedelta(days=30)
"""A deployed device that sweeps have seen and then not for so long is worth a look."""

LATELY = timedelta(days=7)
ENDING = timedelta(days=60)
"""A warranty that ends within this time."""

MOST = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """`tone`: danger, warning or info; `href`: where it is attended to, "" for nowhere."""

    text: str
    tone: str
    icon: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the asset when its matters are asked for; `today` is the district's date,
    `transfer` the one in which it is on its way to another school."""

    asset: Asset
    way: Way
    supplies: Sequence[SupplyReading]
    differences: Sequence[Difference]
    now: datetime
    today: date
    transfer: int | None = None

    @property
    def url(self) -> str:
        return f"/assets/{self.asset.id}"


Source = Callable[[Session, Actor, About], Iterator[Matter]]


def matters_of(db: Session, actor: Actor, about: About) -> list[Matter]:
    """Everything that is open, the most pressing first."""
    rank = {"danger": 0, "warning": 1, "info": 2}
    found = [matter for source in SOURCES for matter in source(db, actor, about)]
    return sorted(found, key=lambda matter: rank.get(matter.tone, 3))


def _conflicts(db: Session, actor: Actor, about: About) -> Iterator[Matter]:
    """What sweeps saw and a person must decide."""
    scope = actor.scope(Permission.DISCOVERY_READ)
    f = DiscoveryFinding
    query = select(f.id, f.address).where(
        f.asset_id == about.asset.id, f.outcome == Outcome.CONFLICT, col(f.decision).is_(None)
    )
    if scope is not None:
        query = query.where(col(f.site_id).in_(scope))
    for id_, address in db.exec(query.order_by(col(f.id)).limit(MOST)):
        text = _("Something else was seen at %(address)s: decide which it is", address=address)
        yield Matter(text, "danger", "exclamation-triangle", f"/discoveries/{id_}")


def _holds(db: Session, actor: Actor, about: About) -> Iterator[Matter]:
    """That there is one, and no more, to whoever may read holds or would meet its refusal."""
    place = about.asset.site_id
    if not (actor.may(Permission.HOLD_READ, place) or actor.may(Permission.ASSET_WRITE, place)):
        return
    if active_hold(db, about.asset.id) is not None:
        text = _("On hold: it must not be wiped, retired, disposed of or moved")
        href = f"{about.url}/holds" if actor.may(Permission.HOLD_READ, place) else ""
        yield Matter(text, "danger", "lock", href)


def _commands(db: Session, actor: Actor, about: About) -> Iterator[Matter]:
    """Open commands that change the device, and that a vendor says it is locked or lost."""
    if not actor.may(Permission.MDM_READ, about.asset.site_id):
        return
    query = select(DeviceCommand.id, DeviceCommand.action, DeviceCommand.state).where(
        DeviceCommand.asset_id == about.asset.id,
        col(DeviceCommand.state).not_in(TERMINAL),
        col(DeviceCommand.effect_class) != EffectClass.REPORT,
    )
    for id_, action, state in db.exec(query.order_by(col(DeviceCommand.id)).limit(MOST)):
        what, where = label("command_action", action), label("command_state", state)
        text = _("%(command)s: %(state)s", command=what, state=where)
        yield Matter(text, "warning", "lock", f"/commands/{id_}")


def _transit(_db: Session, actor: Actor, about: About) -> Iterator[Matter]:
    if about.transfer is not None:
        knows = actor.may(Permission.CUSTODY_READ, about.asset.site_id)
        href = f"/transfers/{about.transfer}" if knows else ""
        yield Matter(_("On its way to another school"), "info", "arrow-right", href)


def _supplies(_db: Session, _actor: Actor, about: About) -> Iterator[Matter]:
    href = f"{about.url}/supplies"
    for row in about.supplies:
        name = row.name or row.type or _("A supply")
        if row.state is SupplyState.EMPTY:
            yield Matter(_("%(name)s is empty", name=name[:60]), "danger", "battery", href)
        elif row.state is SupplyState.LOW:
            yield Matter(_("%(name)s is low", name=name[:60]), "warning", "battery", href)


def _warranty(_db: Session, _actor: Actor, about: About) -> Iterator[Matter]:
    until, today = about.asset.warranty_until, about.today
    if until is None or about.asset.status in {Status.RETIRED, Status.DISPOSED}:
        return
    if until < today:
        text = _("The warranty ended on %(day)s", day=format_date(until, "medium"))
        yield Matter(text, "info", "shield-check", f"{about.url}#purchase")
    elif until <= today + ENDING:
        text = _("The warranty ends on %(day)s", day=format_date(until, "medium"))
        yield Matter(text, "warning", "shield-check", f"{about.url}#purchase")


def _differing(_db: Session, _actor: Actor, about: About) -> Iterator[Matter]:
    count = len({difference.field for difference in about.differences})
    if count:
        text = ngettext(
            "%(num)s value differs from what was observed",
            "%(num)s values differ from what was observed",
            count,
        )
        yield Matter(text, "warning", "eye", f"{about.url}#facts")


def _presence(_db: Session, _actor: Actor, about: About) -> Iterator[Matter]:
    """Gone and yet seen, or in use and yet silent."""
    asset, at = about.asset, about.asset.last_seen_at
    if at is None:
        return
    since, href = about.now - at, f"{about.url}/network"
    if asset.status not in IN_USE and since <= LATELY:
        text = _("Not in use, and yet seen %(ago)s", ago=_ago(since))
        yield Matter(text, "danger", "wifi", href)
    elif asset.status is Status.DEPLOYED and since > SILENT:
        yield Matter(_("Not seen for %(long)s", long=_long(since)), "warning", "eye-slash", href)


def _ago(since: timedelta) -> str:
    return str(format_timedelta(-since, add_direction=True, threshold=0.9))


def _long(since: timedelta) -> str:
    return str(format_timedelta(since, threshold=1.2))


SOURCES: tuple[Source, ...] = (
    _holds,
    _commands,
    _conflicts,
    _transit,
    _supplies,
    _presence,
    _differing,
    _warranty,
)
