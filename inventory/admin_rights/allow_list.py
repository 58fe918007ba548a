"""Service accounts that may be administrator: for a while, for a reason, by the Coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.admin_rights import observed
from inventory.admin_rights.drift_models import AdminDevice, AllowedAccount, ObservedAdmin, System
from inventory.admin_rights.drift_rules import checked_pattern, checked_until
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, Forbidden, NotFound
from inventory.sites import service as sites
from inventory.sites.models import Site

MAX_REASON, MAX_EXAMPLES = 1000, 10


@dataclass(frozen=True, slots=True)
class AllowDraft:
    """As a person enters it: see `AllowedAccount`."""

    pattern: str
    until: datetime
    reason: str
    system: System | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """What an entry would mean now: accounts on devices, devices, some of the names.

    known  of the accounts, those that are somebody's here: an entry for service accounts should
           not mean people
    """

    pattern: str
    accounts: int
    devices: int
    known: int
    examples: Sequence[str]


def preview(
    db: Session, actor: Actor, pattern: str, system: System | None, site_id: int | None
) -> Covered:
    """What the entry would cover, before it is made. Raises `Forbidden`, `InvalidInput`."""
    _require(db, actor, site_id)
    cleaned = checked_pattern(pattern)
    o = ObservedAdmin
    where = _covered(db, cleaned, system, site_id)
    numbers = sa.select(
        sa.func.count(),
        sa.func.count(sa.distinct(col(o.asset_id))),
        sa.func.count(col(o.account_id)),
    )
    accounts, devices, known = db.execute(_joined(numbers).where(*where)).one()
    names = _joined(sa.select(col(o.account_key)).distinct()).where(*where)
    examples = db.execute(names.order_by(col(o.account_key)).limit(MAX_EXAMPLES)).scalars()
    return Covered(cleaned, accounts, devices, known, list(examples))


def add(db: Session, actor: Actor, draft: AllowDraft, *, now: datetime) -> AllowedAccount:
    """A new entry. Raises `Forbidden`, `InvalidInput`, `Duplicate` where there is one like it."""
    _require(db, actor, draft.site_id)
    _require_person(actor)
    reason = _said(draft.reason)
    pattern, until = checked_pattern(draft.pattern), checked_until(draft.until, now)
    a = AllowedAccount
    key = f"{draft.system or ''}:{draft.site_id or ''}"
    same = select(a.id).where(a.pattern == pattern, a.reach_key == key, col(a.removed_at).is_(None))
    old = db.exec(same).first()
    if old is not None:
        raise Duplicate(f"entry {old} says the same; remove it first, also where it has run out")
    row = AllowedAccount(
        pattern=pattern, system=draft.system, site_id=draft.site_id, reach_key=key,
        reason=reason, until=until, added_at=now, added_by=actor.name[:200], added_by_id=actor.id,
    )  # fmt: skip
    db.add(row)
    db.flush()
    _look_again(db, row, now)
    after = {"pattern": pattern, "system": row.system, "until": until}
    audit.record(
        db, actor, "allowed_account.added", now=now, subject_type="allowed_account",
        subject_id=row.id, site_id=row.site_id, after=after, reason=reason,
    )  # fmt: skip
    return row


def remove(
    db: Session, actor: Actor, entry_id: int, *, reason: str, now: datetime
) -> AllowedAccount:
    """End an entry. Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict` (it has ended)."""
    row = get(db, actor, entry_id, lock=True)
    actor.require(Permission.ADMIN_RIGHT_AUTHORISE, row.site_id)
    _require_person(actor)
    said = _said(reason)
    if row.removed_at is not None:
        raise Conflict("this entry was removed already")
    row.removed_at, row.removed_by, row.removed_reason = now, actor.name[:200], said
    row.version += 1
    db.add(row)
    db.flush()
    _look_again(db, row, now)
    audit.record(
        db, actor, "allowed_account.removed", now=now, subject_type="allowed_account",
        subject_id=row.id, site_id=row.site_id, before={"pattern": row.pattern}, reason=said,
    )  # fmt: skip
    return row


def get(db: Session, actor: Actor, entry_id: int, *, lock: bool = False) -> AllowedAccount:
    """Raises `NotFound` for an entry that is not there or of places out of reach."""
    query = select(AllowedAccount).where(AllowedAccount.id == entry_id)
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    row = db.exec(query).first()
    if row is None or not _sees(actor, row):
        raise NotFound(f"there is no entry {entry_id} in the allow-list")
    return row


def listed(
    db: Session, actor: Actor, *, after: int | None = None, limit: int
) -> Sequence[AllowedAccount]:
    """Entries that are not removed, by id: of the actor's places and of the whole district."""
    actor.require_anywhere(Permission.ADMIN_RIGHT_READ)
    query = select(AllowedAccount).where(col(AllowedAccount.removed_at).is_(None))
    reached = actor.scope(Permission.ADMIN_RIGHT_READ)
    if reached is not None:
        here = col(AllowedAccount.site_id).in_(reached)
        query = query.where(sa.or_(here, col(AllowedAccount.site_id).is_(None)))
    if after is not None:
        query = query.where(col(AllowedAccount.id) > after)
    return db.exec(query.order_by(col(AllowedAccount.id)).limit(limit)).all()


def _require(db: Session, actor: Actor, site_id: int | None) -> None:
    actor.require(Permission.ADMIN_RIGHT_AUTHORISE, site_id)
    if site_id is not None and db.get(Site, site_id) is None:
        raise wrong("site_id", f"{site_id} is no site")


def _require_person(actor: Actor) -> None:
    if actor.kind == "system":
        raise Forbidden("the allow-list is a person's to change")


def _sees(actor: Actor, row: AllowedAccount) -> bool:
    if row.site_id is None:
        return actor.holds(Permission.ADMIN_RIGHT_READ)
    return actor.may(Permission.ADMIN_RIGHT_READ, row.site_id)


def _said(reason: str) -> str:
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why")
    return cleaned


def _joined(query: Any) -> Any:
    o, d = ObservedAdmin, AdminDevice
    query = query.select_from(o).join(d, col(d.asset_id) == col(o.asset_id))
    return query.join(Asset, col(Asset.id) == col(o.asset_id))


def _covered(db: Session, pattern: str, system: System | None, site_id: int | None) -> list[Any]:
    """WHERE clauses over observed accounts, devices and assets: what the entry means."""
    key = col(ObservedAdmin.account_key)
    stem = pattern.removesuffix("*")
    where: list[Any] = [
        key == pattern if stem == pattern else key.startswith(stem, autoescape=True)
    ]
    if system is not None:
        where.append(col(AdminDevice.system) == system)
    if site_id is not None:
        where.append(col(Asset.site_id).in_(sites.subtree(db, site_id)))
    return where


def _look_again(db: Session, row: AllowedAccount, now: datetime) -> None:
    where = _covered(db, row.pattern, row.system, row.site_id)
    found = db.execute(_joined(sa.select(col(ObservedAdmin.asset_id)).distinct()).where(*where))
    ids = list(found.scalars())
    for start in range(0, len(ids), 500):
        observed.look_again(db, ids[start : start + 500], now=now)
