"""Agreements and their texts: made, published, withdrawn. A published text is never changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.agreements.models import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Agreement,
    AgreementKind,
    AgreementVersion,
    Audience,
    Per,
)
from inventory.agreements.rules import digest
from inventory.assets.kinds import Category
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, NotFound

MOST = 1000
"""Agreements of one district; more is a program that runs wild."""


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    """What is asked of whom. `kinds`: of devices."""

    name: str
    audience: Audience
    per: Per
    kinds: Collection[Category]
    loans: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The words in both languages; `es` "" where nobody has translated it."""

    en: str
    es: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement with its kinds of devices and its texts, newest first."""

    agreement: Agreement
    kinds: Sequence[Category]
    versions: Sequence[AgreementVersion]

    @property
    def current(self) -> AgreementVersion | None:
        """The text in force, if there is one."""
        return next((one for one in self.versions if one.withdrawn_at is None), None)


def create(db: Session, actor: Actor, draft: AgreementDraft, text: Text, *, now: datetime) -> Known:
    """Ask something new of people. Raises `Forbidden`, `InvalidInput`, `Duplicate`, `Conflict`."""
    actor.require_everywhere(Permission.AGREEMENT_WRITE)
    name = entered(draft.name, "name", NAME_LENGTH)
    if not name:
        raise wrong("name", "is empty")
    if not draft.kinds:
        raise wrong("kinds", "must name at least one kind of device")
    if db.exec(select(Agreement.id).where(Agreement.name == name)).first() is not None:
        raise Duplicate("there is an agreement of that name")
    if db.exec(select(sa.func.count()).select_from(Agreement)).one() >= MOST:
        raise Conflict(f"there are {MOST} agreements already")
    agreement = Agreement(
        name=name, audience=draft.audience, per=draft.per, loans=draft.loans, created_at=now,
        created_by=actor.name[:200],
    )  # fmt: skip
    db.add(agreement)
    db.flush()
    kinds = sorted(set(draft.kinds))
    db.add_all(AgreementKind(agreement_id=agreement.id, category=kind) for kind in kinds)
    db.flush()
    told = {
        "name": name, "audience": draft.audience, "per": draft.per, "loans": draft.loans,
        "kinds": kinds,
    }  # fmt: skip
    _record(db, actor, "agreement.created", agreement.id, told, now)
    return Known(agreement, kinds, [_publish(db, actor, agreement, 1, text, now)])


def publish(
    db: Session, actor: Actor, agreement_id: int, text: Text, *, now: datetime
) -> AgreementVersion:
    """Put a new text in force; the one before is withdrawn. Who has signed that stays as it is,
    and signs the new one at the next hand-out. Raises `Forbidden`, `NotFound`, `InvalidInput`."""
    agreement = _locked(db, actor, agreement_id)
    newest = db.exec(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement_id)
        .order_by(col(AgreementVersion.number).desc())
    ).first()
    number = newest.number + 1 if newest else 1
    if newest is not None and newest.withdrawn_at is None:
        _end(db, actor, newest, now)
    return _publish(db, actor, agreement, number, text, now)


def withdraw(db: Session, actor: Actor, agreement_id: int, *, now: datetime) -> AgreementVersion:
    """Ask nobody any more, until there is a new text. Raises `Forbidden`, `NotFound`, `Conflict`
    where no text is in force."""
    _locked(db, actor, agreement_id)
    present = db.exec(
        select(AgreementVersion).where(
            AgreementVersion.agreement_id == agreement_id,
            col(AgreementVersion.withdrawn_at).is_(None),
        )
    ).first()
    if present is None:
        raise Conflict("no text of this agreement is in force")
    _end(db, actor, present, now)
    _record(db, actor, "agreement.withdrawn", agreement_id, {"number": present.number}, now)
    return present


def listed(db: Session, actor: Actor) -> list[Known]:
    """All agreements by name, with their texts. Raises `Forbidden`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    return _known(db, db.exec(select(Agreement).order_by(col(Agreement.name))).all())


def get(db: Session, actor: Actor, agreement_id: int) -> Known:
    """Raises `Forbidden`, `NotFound`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    found = db.get(Agreement, agreement_id)
    if found is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    return _known(db, [found])[0]


def _known(db: Session, found: Sequence[Agreement]) -> list[Known]:
    ids = [one.id for one in found]
    kinds: dict[int, list[Category]] = {}
    of = select(AgreementKind).where(col(AgreementKind.agreement_id).in_(ids))
    for kind in db.exec(of.order_by(col(AgreementKind.category))).all():
        kinds.setdefault(kind.agreement_id, []).append(kind.category)
    texts: dict[int, list[AgreementVersion]] = {}
    query = select(AgreementVersion).where(col(AgreementVersion.agreement_id).in_(ids))
    for text in db.exec(query.order_by(col(AgreementVersion.number).desc())).all():
        texts.setdefault(text.agreement_id, []).append(text)
    return [Known(one, kinds.get(one.id, []), texts.get(one.id, [])) for one in found]


def _locked(db: Session, actor: Actor, agreement_id: int) -> Agreement:
    actor.require_everywhere(Permission.AGREEMENT_WRITE)
    found = db.exec(select(Agreement).where(Agreement.id == agreement_id).with_for_update()).first()
    if found is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    return found


def _publish(
    db: Session, actor: Actor, agreement: Agreement, number: int, text: Text, now: datetime
) -> AgreementVersion:
    english = entered(text.en, "text_en", TEXT_LENGTH, lines=True)
    spanish = entered(text.es, "text_es", TEXT_LENGTH, lines=True)
    if not english:
        raise wrong("text_en", "is empty")
    version = AgreementVersion(
        agreement_id=agreement.id, number=number, text_en=english, text_es=spanish,
        sha256_en=digest(english), sha256_es=digest(spanish) if spanish else "", published_at=now,
        published_by=actor.name[:200], published_by_id=actor.id,
    )  # fmt: skip
    db.add(version)
    db.flush()
    told = {"number": number, "sha256_en": version.sha256_en, "sha256_es": version.sha256_es}
    _record(db, actor, "agreement.published", agreement.id, told, now)
    return version


def _end(db: Session, actor: Actor, version: AgreementVersion, now: datetime) -> None:
    version.withdrawn_at, version.withdrawn_by = now, actor.name[:200]
    db.add(version)
    db.flush()


def _record(
    db: Session, actor: Actor, action: str, agreement_id: int, after: dict[str, object],
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        db, actor, action, now=now, subject_type="agreement", subject_id=agreement_id, after=after
    )
