"""Targets of webhooks: a matter of the whole district. A target's secret is shown once, when it is
made or renewed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import new_uid
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound, VersionMismatch
from inventory.notices import signing
from inventory.notices.models import (
    LABEL_LENGTH,
    URL_LENGTH,
    DeliveryState,
    NoticeDelivery,
    WebhookTarget,
)
from inventory.notices.plain import one_line
from inventory.outbound import check_hook_url
from inventory.vault import binding_of, vault_of

MOST, MOST_KINDS = 50, 20
_KIND = re.compile(r"[a-z][a-z_]{0,39}(\.[a-z_]{1,39})?")
_COLUMN = "sealed_key_text"
CHANGEABLE = ("label", "url", "kinds", "enabled")


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """`kinds`: as `WebhookTarget.kinds`, e.g. ("breaker", "command.held")."""

    label: str
    url: str
    kinds: tuple[str, ...] = ()
    enabled: bool = True


def create(
    db: Session, actor: Actor, draft: TargetDraft, *, now: datetime
) -> tuple[WebhookTarget, str]:
    """A new target and its secret. Raises `Forbidden`, `InvalidInput`, `Duplicate`, `Conflict`."""
    actor.require_everywhere(Permission.NOTICE_WRITE)
    if db.exec(select(sa.func.count(col(WebhookTarget.id)))).one() >= MOST:
        raise Conflict(f"there are {MOST} targets already")
    row = WebhookTarget(
        uid=new_uid(), label="", url="", sealed_key_text="", created_at=now,
        created_by=actor.name[:200],
    )  # fmt: skip
    _take(
        db, row,
        {"label": draft.label, "url": draft.url, "kinds": draft.kinds, "enabled": draft.enabled},
    )  # fmt: skip
    secret = _new_secret(db, row)
    db.add(row)
    db.flush()
    _record(db, actor, "created", row, now, after=told(row))
    return row, secret


def change(
    db: Session,
    actor: Actor,
    target_id: int,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    version: int | None = None,
) -> WebhookTarget:
    """Change what is named of `CHANGEABLE`; where `version` is given, only of that one.

    Raises as `create`, and `NotFound`, `VersionMismatch`.
    """
    row = get(db, actor, target_id, lock=True)
    _require_version(row, version)
    before = told(row)
    _take(db, row, changes)
    old, new = audit.changed(before, told(row))
    if new:
        row.version += 1
        db.add(row)
        db.flush()
        _record(db, actor, "changed", row, now, before=old, after=new)
    return row


def renew(
    db: Session, actor: Actor, target_id: int, *, now: datetime, version: int | None = None
) -> tuple[WebhookTarget, str]:
    """A new secret; the old one signs nothing from now on. Raises `NotFound`, `Forbidden`, and
    `VersionMismatch` where `version` is given and not the present one."""
    row = get(db, actor, target_id, lock=True)
    _require_version(row, version)
    secret = _new_secret(db, row)
    row.version += 1
    db.add(row)
    _record(db, actor, "key_renewed", row, now)
    return row, secret


def delete(db: Session, actor: Actor, target_id: int, *, now: datetime) -> None:
    """Delete a target; what waits for it is given up. Raises `NotFound`, `Forbidden`."""
    row = get(db, actor, target_id, lock=True)
    mine = sa.update(NoticeDelivery).where(col(NoticeDelivery.target_id) == row.id)
    db.execute(
        mine.where(col(NoticeDelivery.state) == DeliveryState.WAITING).values(
            state=DeliveryState.DEAD, error="the target was deleted"
        )
    )
    db.execute(mine.values(target_id=None))
    _record(db, actor, "deleted", row, now, before=told(row))
    db.delete(row)
    db.flush()


def get(db: Session, actor: Actor, target_id: int, *, lock: bool = False) -> WebhookTarget:
    """Raises `Forbidden` or `NotFound`."""
    actor.require_everywhere(Permission.NOTICE_WRITE)
    query = select(WebhookTarget).where(WebhookTarget.id == target_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.exec(query).first()
    if found is None:
        raise NotFound(f"there is no target {target_id}")
    return found


def all_of(db: Session, actor: Actor) -> Sequence[WebhookTarget]:
    """Every target by its label; there are at most `MOST`."""
    actor.require_everywhere(Permission.NOTICE_WRITE)
    return db.exec(select(WebhookTarget).order_by(col(WebhookTarget.label))).all()


def secret_of(db: Session, row: WebhookTarget) -> str:
    """The secret, opened to sign with it. Raises `SealBroken`."""
    return vault_of(db).open(row.sealed_key_text, binding=_binding(row)).decode()


def told(row: WebhookTarget) -> dict[str, object]:
    """What the audit log says of a target. Its path may hold a key of the receiving side."""
    return {"label": row.label, "url": row.url, "kinds": row.kinds, "enabled": row.enabled}


def _require_version(row: WebhookTarget, version: int | None) -> None:
    if version is not None and row.version != version:
        raise VersionMismatch("somebody else changed this webhook since you read it")


def _take(db: Session, row: WebhookTarget, changes: Mapping[str, Any]) -> None:
    if unknown := set(changes) - set(CHANGEABLE):
        raise InvalidInput("cannot be changed", {name: ["unknown field"] for name in unknown})
    if "label" in changes:
        row.label = one_line(changes["label"], LABEL_LENGTH)
        if not row.label:
            raise InvalidInput("a target needs a name", {"label": ["must not be empty"]})
        same = select(WebhookTarget.id).where(WebhookTarget.label == row.label)
        if row.id is not None:
            same = same.where(WebhookTarget.id != row.id)
        with db.no_autoflush:
            if db.exec(same).first() is not None:
                raise Duplicate(f"a target is already named {row.label!r}")
    if "url" in changes:
        if len(changes["url"]) > URL_LENGTH:
            raise InvalidInput("too long", {"url": [f"at most {URL_LENGTH} characters"]})
        check_hook_url(changes["url"])
        row.url = changes["url"]
    if "kinds" in changes:
        row.kinds = _kinds(changes["kinds"])
    if "enabled" in changes:
        row.enabled = changes["enabled"]


def _kinds(given: Sequence[str]) -> list[str]:
    wrong = [kind for kind in given if not _KIND.fullmatch(kind)]
    if wrong or len(given) > MOST_KINDS:
        message = "are short names like breaker or command.held"
        raise InvalidInput(f"kinds {message}", {"kinds": [message]})
    return sorted(set(given))


def _new_secret(db: Session, row: WebhookTarget) -> str:
    secret = signing.new_secret()
    row.sealed_key_text = vault_of(db).seal(secret.encode(), binding=_binding(row))
    return secret


def _binding(row: WebhookTarget) -> str:
    return binding_of("notice_target", row.uid, _COLUMN)


def _record(
    db: Session,
    actor: Actor,
    what: str,
    row: WebhookTarget,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        db, actor, f"notice_target.{what}", now=now, subject_type="notice_target",
        subject_id=row.id, before=before or {}, after=after or {},
    )  # fmt: skip
