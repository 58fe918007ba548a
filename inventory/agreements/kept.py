"""What was signed: for whoever may see who has a device, and for the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.agreements.models import Acceptance, Agreement, AgreementKind, SignOutcome
from inventory.assets.file_store import FileStore
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.custody.models import Custody
from inventory.errors import NotFound
from inventory.people.models import Person


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the agreement's name."""

    acceptance: Acceptance
    name: str


def of_custody(db: Session, custody: Custody) -> list[Kept]:
    """Answers for one custody, newest first: those for the device, and the person's yearly ones
    since the school year in which it was given. For whoever may read it: it checks nothing."""
    kind = sa.select(col(Asset.category)).where(col(Asset.id) == custody.asset_id).scalar_subquery()
    agreements = sa.select(col(AgreementKind.agreement_id)).where(
        col(AgreementKind.category) == kind
    )
    yearly = sa.and_(
        col(Acceptance.custody_id).is_(None), col(Acceptance.person_id) == custody.person_id,
        col(Acceptance.agreement_id).in_(agreements),
    )  # fmt: skip
    query = (
        select(Acceptance, Agreement.name)
        .join(Agreement, col(Agreement.id) == col(Acceptance.agreement_id))
        .where(sa.or_(col(Acceptance.custody_id) == custody.id, yearly))
        .order_by(col(Acceptance.id).desc())
        .limit(20)
    )
    return [Kept(acceptance, name) for acceptance, name in db.exec(query).all()]


def signed_by(db: Session, person_id: int) -> Sequence[Kept]:
    """What one person has signed, newest first. For that person: it checks nothing."""
    query = (
        select(Acceptance, Agreement.name)
        .join(Agreement, col(Agreement.id) == col(Acceptance.agreement_id))
        .where(Acceptance.person_id == person_id, Acceptance.outcome == SignOutcome.ACCEPTED)
        .order_by(col(Acceptance.id).desc())
        .limit(100)
    )
    return [Kept(acceptance, name) for acceptance, name in db.exec(query).all()]


def document(
    db: Session, actor: Actor, acceptance_id: int, store: FileStore, *, now: datetime
) -> tuple[Path, Acceptance]:
    """The kept PDF; that it was opened is written down.

    Raises `NotFound` for what is not there, is declined or forgotten, or lies out of reach;
    `Unavailable` where the file is missing.
    """
    actor.require_anywhere(Permission.CUSTODY_READ)
    found, person = _signed(db, acceptance_id)
    site = person.site_id
    if found.custody_id is not None:
        custody = db.get_one(Custody, found.custody_id)
        site = db.get_one(Asset, custody.asset_id).site_id
    if not actor.may(Permission.CUSTODY_READ, site):
        raise _missing(acceptance_id)
    return _opened(db, actor, found, site, store, now)


def own_document(
    db: Session, actor: Actor, acceptance_id: int, store: FileStore, *, now: datetime
) -> tuple[Path, Acceptance]:
    """As `document`, of what the actor has signed. Somebody else's is `NotFound`."""
    actor.require_anywhere(Permission.SELF)
    found, person = _signed(db, acceptance_id)
    if actor.id is None or person.account_id != actor.id:
        raise _missing(acceptance_id)
    return _opened(db, actor, found, person.site_id, store, now)


def _signed(db: Session, acceptance_id: int) -> tuple[Acceptance, Person]:
    found = db.get(Acceptance, acceptance_id)
    if found is None or not found.pdf_sha256 or found.erased_at is not None:
        raise _missing(acceptance_id)
    return found, db.get_one(Person, found.person_id)


def _missing(acceptance_id: int) -> NotFound:
    return NotFound(f"there is no signed agreement {acceptance_id}")


def _opened(
    db: Session, actor: Actor, found: Acceptance, site_id: int | None, store: FileStore,
    now: datetime,
) -> tuple[Path, Acceptance]:  # fmt: skip
    audit.record(
        db, actor, "agreement.opened", now=now, subject_type="person", subject_id=found.person_id,
        site_id=site_id, after={"acceptance_id": found.id},
    )  # fmt: skip
    return store.existing(found.pdf_sha256), found
