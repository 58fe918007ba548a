"""Who has what: for who may know it. The edge that shows a person writes down that it did."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.custody import lines
from inventory.custody.models import Cart, Custody, CustodyKind, CustodyLine
from inventory.db import UtcDateTime
from inventory.errors import NotFound
from inventory.people.models import Person
from inventory.sites.models import Site

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Sorts what has no end behind everything that has one."""

Due = tuple[datetime, int]
"""The moment when it is due (`NEVER` for none) and the id: the order of the list."""


@dataclass(frozen=True, slots=True)
class Held:
    """A custody with the words that people know its parts by."""

    custody: Custody
    tag: str
    asset_name: str
    category: Category
    status: Status
    site_id: int | None
    person: Person | None
    place: str
    cart: str
    lines: Sequence[CustodyLine]

    @property
    def holder(self) -> str:
        """The person's, place's or cart's name."""
        if self.person is not None:
            return f"{self.person.given_name} {self.person.family_name}"
        return self.place or self.cart

    def overdue(self, now: datetime) -> bool:
        custody = self.custody
        return custody.returned_at is None and custody.due_at is not None and custody.due_at < now


@dataclass(frozen=True, slots=True)
class CustodyFilter:
    """None: all. `sites`: where the device is, these places and nothing below them."""

    kind: CustodyKind | None = None
    overdue: bool | None = None
    person_id: int | None = None
    place_id: int | None = None
    cart_id: int | None = None
    sites: frozenset[int] | None = None


def open_ones(
    db: Session,
    actor: Actor,
    wanted: CustodyFilter,
    *,
    after: Due | None = None,
    limit: int,
    now: datetime,
) -> list[Held]:
    """What is out within the actor's reach: what is overdue longest first, what has no end last."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    due = sa.func.coalesce(col(Custody.due_at), sa.literal(NEVER, UtcDateTime()))
    query = _rows().where(*clauses(actor, wanted, now)).order_by(due, col(Custody.id)).limit(limit)
    if after is not None:
        moment, number = after
        query = query.where(
            sa.tuple_(due, col(Custody.id))
            > sa.tuple_(sa.literal(moment, UtcDateTime()), sa.literal(number))
        )
    return _held(db, db.execute(query).all())


def clauses(actor: Actor, wanted: CustodyFilter, now: datetime) -> list[Any]:
    """WHERE clauses over `Custody` joined with `Asset`: open, wanted, within reach."""
    found: list[Any] = [
        col(Custody.returned_at).is_(None), *reach.within(actor, Permission.CUSTODY_READ)
    ]  # fmt: skip
    for column, value in (
        (Custody.kind, wanted.kind),
        (Custody.person_id, wanted.person_id),
        (Custody.place_id, wanted.place_id),
        (Custody.cart_id, wanted.cart_id),
    ):
        if value is not None:
            found.append(col(column) == value)
    if wanted.overdue is not None:
        late = col(Custody.due_at) < now
        found.append(late if wanted.overdue else sa.func.coalesce(~late, sa.true()))
    if wanted.sites is not None:
        found.append(col(Asset.site_id).in_(wanted.sites))
    return found


def one(db: Session, actor: Actor, custody_id: int) -> Held:
    """Raises `NotFound` for what is not there or not within the actor's reach."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    within = reach.within(actor, Permission.CUSTODY_READ)
    found = db.execute(_rows().where(col(Custody.id) == custody_id, *within)).all()
    if not found:
        raise NotFound(f"there is no custody {custody_id}")
    return _held(db, found)[0]


def of_asset(
    db: Session, actor: Actor, asset_id: int, *, after: int | None = None, limit: int
) -> list[Held]:
    """The whole story of a device, newest first, from below the id `after`."""
    asset = reach.get(db, actor, asset_id)
    actor.require(Permission.CUSTODY_READ, asset.site_id)
    query = _rows().where(col(Custody.asset_id) == asset_id)
    if after is not None:
        query = query.where(col(Custody.id) < after)
    return _held(db, db.execute(query.order_by(col(Custody.id).desc()).limit(limit)).all())


def holder_of(db: Session, actor: Actor, asset_id: int) -> Held | None:
    """Who has a device now; None where nobody has it, or where the actor may not know."""
    query = _rows().where(
        col(Custody.asset_id) == asset_id,
        col(Custody.returned_at).is_(None),
        *reach.within(actor, Permission.CUSTODY_READ),
    )
    found = _held(db, db.execute(query).all())
    return found[0] if found else None


def of_assets(db: Session, actor: Actor, asset_ids: Collection[int]) -> dict[int, Held]:
    """Who has these devices now, by the device; as `holder_of`, for many at once."""
    query = _rows().where(
        col(Custody.asset_id).in_(asset_ids),
        col(Custody.returned_at).is_(None),
        *reach.within(actor, Permission.CUSTODY_READ),
    )
    return {held.custody.asset_id: held for held in _held(db, db.execute(query).all())}


def of_people(
    db: Session, actor: Actor, person_ids: Collection[int], *, out: bool, limit: int
) -> list[Held]:
    """What these people have (`out`), or had; newest first, within the actor's reach."""
    ended = col(Custody.returned_at)
    query = _rows().where(
        col(Custody.person_id).in_(person_ids),
        ended.is_(None) if out else ended.is_not(None),
        *reach.within(actor, Permission.CUSTODY_READ),
    )
    return _held(db, db.execute(query.order_by(col(Custody.id).desc()).limit(limit)).all())


def people_in(held: Iterable[Held]) -> list[int]:
    """The ids of the persons who are shown, each once."""
    return sorted({h.person.id for h in held if h.person is not None})


def _rows() -> Any:
    return (
        sa.select(Custody, Asset, Person, col(Site.name), col(Cart.name))
        .join(Asset, col(Asset.id) == col(Custody.asset_id))
        .outerjoin(Person, col(Person.id) == col(Custody.person_id))
        .outerjoin(Site, col(Site.id) == col(Custody.place_id))
        .outerjoin(Cart, col(Cart.id) == col(Custody.cart_id))
    )


def _held(db: Session, rows: Sequence[Any]) -> list[Held]:
    went = lines.of(db, [custody.id for custody, *_more in rows])
    return [
        Held(
            custody, asset.tag, asset.name, asset.category, asset.status, asset.site_id, person,
            place or "", cart or "", went.get(custody.id, []),
        )
        for custody, asset, person, place, cart in rows
    ]  # fmt: skip


def counted(db: Session, actor: Actor, wanted: CustodyFilter, *, now: datetime) -> int:
    """How many `open_ones` there are."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    query = select(sa.func.count()).select_from(Custody)
    query = query.join(Asset, col(Asset.id) == col(Custody.asset_id))
    return db.exec(query.where(*clauses(actor, wanted, now))).one()
