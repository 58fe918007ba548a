"""Whose account a name on a computer is: by user name and mail address, and never by a guess."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Role
from inventory.accounts.models import Account, RoleGrant
from inventory.admin_rights.drift_rules import Who
from inventory.assets.words import fold
from inventory.people.models import Person

TECHNOLOGY = (Role.TECHNICIAN, Role.COORDINATOR)
"""Who has one of these roles anywhere is of the technology department."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account with the names that it may have on a computer."""

    who: Who
    user_name: str
    email: str


def directory(db: Session) -> dict[str, Who]:
    """Every key that stands for exactly one account."""
    staff = sa.select(col(RoleGrant.account_id)).where(col(RoleGrant.role).in_(TECHNOLOGY))
    query = (
        sa.select(
            col(Account.id), col(Account.user_name), col(Account.email), col(Account.disabled_at),
            col(Person.id), col(Person.active), col(Account.id).in_(staff),
        ).outerjoin(Person, col(Person.account_id) == col(Account.id))
    )  # fmt: skip
    return known_names(
        Entry(
            Who(
                id_, person, bool(technology) and disabled is None and active is not False, name
            ),
            name, email or "",
        )
        for id_, name, email, disabled, person, active, technology in db.execute(query)
    )  # fmt: skip


def known_names(entries: Iterable[Entry]) -> dict[str, Who]:
    """Keys to accounts. A name that could be two accounts' stands for none: it is in no answer."""
    found: dict[str, dict[int, Who]] = {}
    for entry in entries:
        mail = fold(entry.email)
        for key in {fold(entry.user_name), mail, mail.partition("@")[0]} - {""}:
            found.setdefault(key, {})[entry.who.account_id] = entry.who
    return {key: next(iter(of.values())) for key, of in found.items() if len(of) == 1}


def among(known: Mapping[str, Who], keys: Iterable[str]) -> dict[str, Who]:
    """The known ones of these keys."""
    return {key: known[key] for key in keys if key in known}
