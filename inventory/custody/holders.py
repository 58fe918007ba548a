"""To whom or where a device goes: one person, one place or one cart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.custody import carts
from inventory.custody.models import Condition, Custody, CustodyKind, LoanReason
from inventory.errors import Conflict, InvalidInput
from inventory.people import service as people
from inventory.sites.models import Site


@dataclass(frozen=True, slots=True)
class Holder:
    """Exactly one of the three."""

    person_id: int | None = None
    place_id: int | None = None
    cart_id: int | None = None

    def told(self) -> dict[str, object]:
        """For the audit log: an id, never a name."""
        return {
            name: value
            for name in ("person_id", "place_id", "cart_id")
            if (value := getattr(self, name)) is not None
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """How something is handed out.

    accessories  what goes along: name to count
    override     why, where something speaks against it (`policy.objections`)
    """

    kind: CustodyKind = CustodyKind.ASSIGNMENT
    loan_reason: LoanReason | None = None
    due_at: datetime | None = None
    condition: Condition | None = None
    note: str = ""
    accessories: Mapping[str, int] = field(default_factory=dict)
    override: str = ""


def holder_of(custody: Custody) -> Holder:
    return Holder(custody.person_id, custody.place_id, custody.cart_id)


def accepted(db: Session, actor: Actor, holder: Holder) -> int | None:
    """Check that somebody or something may be given devices by this actor; where devices then are,
    None where that does not change (with a person).

    Raises `InvalidInput`, `NotFound` (outside the actor's schools), `Forbidden`, `Conflict` (left).
    """
    if len(holder.told()) != 1:
        raise InvalidInput(
            "say who gets it", {"person_id": ["name one person, one place or one cart"]}
        )
    if holder.person_id is not None:
        if not people.get(db, actor, holder.person_id).active:
            raise Conflict("this person has left; nothing is handed out to them")
        return None
    if holder.cart_id is not None:
        return carts.get(db, actor, holder.cart_id, Permission.CUSTODY_WRITE).site_id
    place = db.get(Site, holder.place_id)
    if place is None:
        raise InvalidInput("no such place", {"place_id": [f"{holder.place_id} is no place"]})
    actor.require(Permission.CUSTODY_WRITE, place.id)
    return place.id


def overdue_of(db: Session, person_id: int | None, now: datetime) -> int:
    """How many things somebody should have brought back by now."""
    if person_id is None:
        return 0
    query = select(sa.func.count()).where(
        Custody.person_id == person_id,
        col(Custody.returned_at).is_(None),
        col(Custody.due_at) < now,
    )
    return db.exec(query.select_from(Custody)).one()
