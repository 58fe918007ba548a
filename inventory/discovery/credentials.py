"""SNMP credentials: write-only secrets, sealed to their row. District-wide.

A secret goes in here and comes out in `opened` alone, on its way to a device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import new_uid
from inventory.discovery import credential_rules as rules
from inventory.discovery.credential_rules import SECRETS, CredentialDraft
from inventory.discovery.models import (
    CredentialKind,
    Network,
    NetworkCredential,
    SnmpCredential,
)
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound
from inventory.vault import binding_of, vault_of
from snmp_discovery.types import CommunityCredential, Credential, UsmCredential, Version

_PLAIN = [f.name for f in fields(CredentialDraft) if f.name not in SECRETS]


def create(db: Session, actor: Actor, draft: CredentialDraft, *, now: datetime) -> SnmpCredential:
    """A new credential. Raises `Forbidden`, `InvalidInput` or `Duplicate` (label)."""
    actor.require_everywhere(Permission.CREDENTIAL_WRITE)
    draft = replace(draft, label=draft.label.strip())
    rules.check(draft)
    _require_free_label(db, draft.label, None)
    credential = SnmpCredential(
        uid=new_uid(),
        **{name: getattr(draft, name) for name in _PLAIN},
        created_at=now,
        updated_at=now,
    )
    _seal(db, credential, draft)
    db.add(credential)
    db.flush()
    audit.record(
        db, actor, "credential.created", now=now, subject_type="credential",
        subject_id=credential.id, after=_told(credential),
    )  # fmt: skip
    return credential


def change(
    db: Session, actor: Actor, credential_id: int, changes: Mapping[str, Any], *, now: datetime
) -> SnmpCredential:
    """Change the named fields; a secret that is not named stays. Raises as `create`.

    The kind never changes: a secret of another version is another credential.
    """
    actor.require_everywhere(Permission.CREDENTIAL_WRITE)
    credential = get(db, actor, credential_id, lock=True)
    if unknown := set(changes) - {*_PLAIN, *SECRETS} | (set(changes) & {"kind"}):
        raise InvalidInput(
            "cannot be changed", {name: ["unknown or fixed field"] for name in sorted(unknown)}
        )
    before = _told(credential)
    draft = replace(CredentialDraft(**{n: getattr(credential, n) for n in _PLAIN}), **changes)
    draft = replace(draft, label=draft.label.strip())
    rules.check(draft, has=frozenset(kept(credential)))
    _require_free_label(db, draft.label, credential.id)
    for name in _PLAIN:
        setattr(credential, name, getattr(draft, name))
    _drop_unused(credential)
    _seal(db, credential, draft)
    credential.updated_at, credential.version = now, credential.version + 1
    db.add(credential)
    old, new = audit.changed(before, _told(credential))
    new["secrets_replaced"] = [n for n in SECRETS if getattr(draft, n) is not None]
    audit.record(
        db, actor, "credential.changed", now=now, subject_type="credential",
        subject_id=credential.id, before=old, after=new,
    )  # fmt: skip
    return credential


def delete(db: Session, actor: Actor, credential_id: int, *, now: datetime) -> None:
    """Delete a credential that no network uses. Raises `Conflict` naming those that do."""
    actor.require_everywhere(Permission.CREDENTIAL_WRITE)
    credential = get(db, actor, credential_id, lock=True)
    users = db.exec(
        select(Network.name)
        .join(NetworkCredential, col(NetworkCredential.network_id) == col(Network.id))
        .where(NetworkCredential.credential_id == credential.id)
        .order_by(col(Network.name))
        .limit(5)
    ).all()
    if users:
        raise Conflict(f"still used by: {', '.join(users)}")
    audit.record(
        db, actor, "credential.deleted", now=now, subject_type="credential",
        subject_id=credential.id, before=_told(credential),
    )  # fmt: skip
    db.delete(credential)
    db.flush()


def get(db: Session, actor: Actor, credential_id: int, *, lock: bool = False) -> SnmpCredential:
    """Raises `Forbidden` or `NotFound`. Who may write networks may name credentials."""
    actor.require_anywhere(Permission.NETWORK_WRITE)
    query = select(SnmpCredential).where(SnmpCredential.id == credential_id)
    found = db.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound(f"there is no credential {credential_id}")
    return found


def all_of(db: Session, actor: Actor, *, after: int = 0, limit: int = 50) -> list[SnmpCredential]:
    """By id after `after`."""
    actor.require_anywhere(Permission.NETWORK_WRITE)
    query = select(SnmpCredential).where(col(SnmpCredential.id) > after)
    return list(db.exec(query.order_by(col(SnmpCredential.id)).limit(limit)).all())


def opened(db: Session, rows: Sequence[SnmpCredential]) -> list[Credential]:
    """The library's credentials, secrets opened, in the order of `rows`.

    Raises `SealBroken` where the master key does not fit.
    """
    return [_opened(db, row) for row in rows]


def kept(row: SnmpCredential) -> list[str]:
    """Which secrets a credential has, by their names."""
    return [name for name in SECRETS if getattr(row, name) is not None]


def mark_used(db: Session, credential_ids: Sequence[int], *, now: datetime) -> None:
    """Remember that devices were asked with these."""
    db.execute(
        sa.update(SnmpCredential)
        .where(col(SnmpCredential.id).in_(credential_ids))
        .values(used_at=now)
    )


def _opened(db: Session, row: SnmpCredential) -> Credential:
    if row.kind is CredentialKind.V3:
        return UsmCredential(
            user=row.username,
            auth_protocol=row.auth_protocol,
            auth_key=_open(db, row, "auth_key"),
            priv_protocol=row.priv_protocol,
            priv_key=_open(db, row, "priv_key"),
            context=row.context,
            label=row.label,
        )
    version = Version.V1 if row.kind is CredentialKind.V1 else Version.V2C
    return CommunityCredential((_open(db, row, "community") or "").encode(), version, row.label)


def _open(db: Session, row: SnmpCredential, column: str) -> str | None:
    seal: str | None = getattr(row, column)
    if seal is None:
        return None
    return vault_of(db).open(seal, binding=_binding(row, column)).decode()


def _seal(db: Session, row: SnmpCredential, draft: CredentialDraft) -> None:
    for name in SECRETS:
        secret: str | None = getattr(draft, name)
        if secret is not None:
            seal = vault_of(db).seal(secret.encode(), binding=_binding(row, name))
            setattr(row, name, seal)
    if draft.community is not None:
        row.default_community = rules.is_default(draft.community)


def _drop_unused(row: SnmpCredential) -> None:
    """A key whose protocol was taken away is forgotten."""
    if row.auth_protocol is None:
        row.auth_key = None
    if row.priv_protocol is None:
        row.priv_key = None


def _binding(row: SnmpCredential, column: str) -> str:
    return binding_of("snmp_credential", row.uid, column)


def _require_free_label(db: Session, label: str, own: int | None) -> None:
    taken = db.exec(select(SnmpCredential.id).where(SnmpCredential.label == label)).first()
    if taken is not None and taken != own:
        raise Duplicate(f"a credential is already labelled {label!r}")


def _told(row: SnmpCredential) -> dict[str, object]:
    """What may be said of a credential: never a secret, and of secrets only that they are set."""
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "default_community": row.default_community,
        "has": kept(row),
    }
