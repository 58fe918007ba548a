"""Tables of custody: rows, not columns. A closed row is never changed, and none is ever deleted;
triggers of the migration see to that."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid

OPEN = sa.text("returned_at IS NULL")


class CustodyKind(StrEnum):
    """For as long as they are here, or for a while."""

    ASSIGNMENT = "assignment"
    LOAN = "loan"


class LoanReason(StrEnum):
    """Why something is lent: the own device is being repaired, was left at home, or another."""

    REPAIR = "repair"
    FORGOT = "forgot"
    OTHER = "other"


class Condition(StrEnum):
    """What state a thing is in, as somebody saw it."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    BROKEN = "broken"


class Cart(SQLModel, table=True):
    """A cart or locker that devices are kept in. `site_id`: where it stands."""

    __tablename__ = "cart"
    __table_args__ = (sa.UniqueConstraint("site_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    name: str = Field(max_length=80)
    created_at: datetime = moment()


class CartSlot(SQLModel, table=True):
    """That a device is kept in a cart, also while somebody has it. `number`: its slot, from 1."""

    __tablename__ = "cart_slot"
    __table_args__ = (
        sa.UniqueConstraint("cart_id", "number"),
        sa.CheckConstraint("number >= 1", name="number"),
    )

    id: int = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id")
    asset_id: int = Field(foreign_key="asset.id", unique=True)
    number: int
    since: datetime = moment()


class Custody(SQLModel, table=True):
    """Who has an asset: one person, one place or one cart. Open while `returned_at` is None.

    instead_of_id  the custody that a swap ended, whose device this one stands in for
    override       why it was done although something spoke against it
    renewals       how often `due_at` was moved; each move stands in the audit log
    """

    __tablename__ = "custody"
    __table_args__ = (
        sa.CheckConstraint(
            "(person_id IS NOT NULL AND place_id IS NULL AND cart_id IS NULL)"
            " OR (person_id IS NULL AND place_id IS NOT NULL AND cart_id IS NULL)"
            " OR (person_id IS NULL AND place_id IS NULL AND cart_id IS NOT NULL)",
            name="one_holder",
        ),
        sa.CheckConstraint("kind <> 'loan' OR due_at IS NOT NULL", name="loan_is_due"),
        sa.CheckConstraint("(kind = 'loan') = (loan_reason IS NOT NULL)", name="loan_has_reason"),
        sa.Index(
            "uq_custody_open", "asset_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        sa.Index(
            "ix_custody_open_due_at_id", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN
        ),
        sa.Index("ix_custody_asset_id_id", "asset_id", "id"),
        sa.Index("ix_custody_person_id_returned_at", "person_id", "returned_at"),
        sa.Index("ix_custody_place_id_returned_at", "place_id", "returned_at"),
        sa.Index("ix_custody_cart_id_returned_at", "cart_id", "returned_at"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    asset_id: int = Field(foreign_key="asset.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    place_id: int | None = Field(default=None, foreign_key="site.id")
    cart_id: int | None = Field(default=None, foreign_key="cart.id")
    kind: CustodyKind = choice(CustodyKind, "kind")
    loan_reason: LoanReason | None = choice(LoanReason, "loan_reason", default=None, nullable=True)
    given_at: datetime = moment()
    given_by: str = Field(max_length=200)
    given_by_id: int | None = Field(default=None)
    due_at: datetime | None = moment(nullable=True)
    renewals: int = Field(default=0)
    condition_out: Condition | None = choice(
        Condition, "condition_out", default=None, nullable=True
    )
    note_out: str = Field(default="", max_length=1000)
    override: str = Field(default="", max_length=1000)
    instead_of_id: int | None = Field(default=None, foreign_key="custody.id", unique=True)
    returned_at: datetime | None = moment(nullable=True)
    taken_by: str = Field(default="", max_length=200)
    taken_by_id: int | None = Field(default=None)
    condition_in: Condition | None = choice(Condition, "condition_in", default=None, nullable=True)
    note_in: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


class CustodyLine(SQLModel, table=True):
    """Something that went along: a charger, a case. `count_in` None: nobody has counted."""

    __tablename__ = "custody_line"
    __table_args__ = (
        sa.UniqueConstraint("custody_id", "name_key"),
        sa.CheckConstraint("count_out >= 0", name="count_out"),
        sa.CheckConstraint("count_in >= 0", name="count_in"),
    )

    id: int = Field(default=None, primary_key=True)
    custody_id: int = Field(foreign_key="custody.id")
    name: str = Field(max_length=60)
    name_key: str = Field(max_length=120)
    count_out: int
    count_in: int | None = Field(default=None)
