"""Record what was done, in the transaction that does it, and prove that nothing was changed since.

digest(n) = HMAC-SHA256(chain key, digest(n-1) + canonical JSON of event n). The head row is locked
for the length of the transaction, so the chain has one writer at a time.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.audit.models import AuditEvent, AuditHead
from inventory.db import insert_many, new_uid
from inventory.errors import Misconfigured
from inventory.vault import binding_of, vault_of

GENESIS = "0" * 64


def record(
    db: Session,
    actor: Actor,
    action: str,
    *,
    now: datetime,
    subject_type: str = "",
    subject_id: object = "",
    site_id: int | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """Append one event to the chain, in the caller's transaction.

    action      noun and past verb, e.g. "asset.created", "login.failed"
    before, after  only what changed; never a secret, personal data only where it is the subject
    """
    entry = Entry(subject_id, site_id, before, after, reason)
    record_many(db, actor, action, [entry], now=now, subject_type=subject_type)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many events of the same action; the fields are as in `record`."""

    subject_id: object = ""
    site_id: int | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str = ""


def record_many(
    db: Session,
    actor: Actor,
    action: str,
    entries: Sequence[Entry],
    *,
    now: datetime,
    subject_type: str = "",
) -> None:
    """As `record` for each of the entries, in their order."""
    head, key = _locked_head(db)
    events = []
    for entry in entries:
        event = _Event(
            id=head.last_id + 1,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name[:200],
            origin=actor.origin[:200],
            action=action,
            subject_type=subject_type,
            subject_id=str(entry.subject_id)[:80],
            site_id=entry.site_id,
            before=_json(entry.before),
            after=_json(entry.after),
            reason=entry.reason[:1000],
        )
        event.digest = digest_of(key, head.digest, event)
        events.append(asdict(event))
        head.last_id, head.digest = event.id, event.digest
    db.add(head)
    if len(events) == 1:
        db.add(AuditEvent(**events[0]))  # goes with whatever else the caller writes
    else:
        insert_many(db, AuditEvent, events)


def take_turn(db: Session) -> None:
    """Lock the chain now: before a savepoint, whose rollback would give the lock back."""
    _locked_head(db)


def start_chain(db: Session) -> None:
    """Make the head row of an empty database; does nothing where there is one."""
    if db.get(AuditHead, 1) is not None:
        return
    uid = new_uid()
    seal = vault_of(db).seal(
        secrets.token_bytes(32), binding=binding_of("audit_head", uid, "chain_key")
    )
    db.add(AuditHead(id=1, uid=uid, last_id=0, digest=GENESIS, chain_key=seal))
    db.flush()


def _locked_head(db: Session) -> tuple[AuditHead, bytes]:
    cached: tuple[AuditHead, bytes] | None = db.info.get("audit_head")
    if cached is not None and cached[0] in db:
        return cached
    head = db.exec(select(AuditHead).where(AuditHead.id == 1).with_for_update()).first()
    if head is None:
        raise Misconfigured("the database has no audit chain; run `homeroom init`")
    db.info["audit_head"] = head, _chain_key(db, head)
    return head, db.info["audit_head"][1]


def _chain_key(db: Session, head: AuditHead) -> bytes:
    return vault_of(db).open(
        head.chain_key, binding=binding_of("audit_head", head.uid, "chain_key")
    )


@dataclass(slots=True)
class _Event:
    """An event on its way into the table; fields as there, at a tenth of the cost."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    actor_name: str
    origin: str
    action: str
    subject_type: str
    subject_id: str
    site_id: int | None
    before: str
    after: str
    reason: str
    digest: str = ""


def digest_of(key: bytes, previous: str, event: AuditEvent | _Event) -> str:
    """The event's place in the chain, 64 hex digits."""
    body = json.dumps(
        [
            event.id, event.at.astimezone(UTC).isoformat(), event.actor_kind, event.actor_id,
            event.actor_name, event.origin, event.action, event.subject_type, event.subject_id,
            event.site_id, event.before, event.after, event.reason,
        ],
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
    return hmac.new(key, previous.encode() + body.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the first event that does not fit, None where the chain is whole.

    events    so many fit, from the first one on; `head` is the digest of the last of them
    complete  False where only a part was asked for and there is more
    """

    events: int
    head: str
    broken_at: int | None = None
    why: str = ""
    complete: bool = True


def verify(db: Session, *, after: int = 0, most: int | None = None) -> Verdict:
    """Recompute the chain in bounded memory; others may append to it meanwhile.

    after  begin behind this event: an earlier call has found everything up to it whole
    most   stop after so many events
    """
    key = _chain_key(db, _head(db))
    first = db.get(AuditEvent, after) if after else None
    if after and first is None:
        return Verdict(after - 1, GENESIS, after, "an event is missing")
    previous, expected = first.digest if first else GENESIS, after + 1
    while True:
        begun = expected
        for event in in_order(db, after=expected - 1):
            if most is not None and expected > after + most:
                return Verdict(expected - 1, previous, complete=False)
            if event.id != expected:
                return Verdict(expected - 1, previous, expected, "an event is missing")
            if not hmac.compare_digest(digest_of(key, previous, event), event.digest):
                return Verdict(expected - 1, previous, event.id, "an event was changed")
            previous, expected = event.digest, expected + 1
        head = _head(db)
        if (head.last_id, head.digest) == (expected - 1, previous):
            return Verdict(expected - 1, previous)
        # The head is ahead of what was read: events came meanwhile, or the last ones are gone.
        if head.last_id < expected or expected == begun:
            return Verdict(expected - 1, previous, expected, "the end of the chain is missing")


def _head(db: Session) -> AuditHead:
    query = select(AuditHead).where(AuditHead.id == 1).execution_options(populate_existing=True)
    head = db.exec(query).first()
    if head is None:
        raise Misconfigured("the database has no audit chain; run `homeroom init`")
    return head


def in_order(db: Session, *, after: int = 0, batch: int = 1000) -> Iterator[AuditEvent]:
    """Every event after id `after`, oldest first."""
    while True:
        page = db.exec(
            select(AuditEvent)
            .where(col(AuditEvent.id) > after)
            .order_by(col(AuditEvent.id))
            .limit(batch)
        ).all()
        yield from page
        if len(page) < batch:
            return
        after = page[-1].id
        db.expunge_all()


def search(
    db: Session,
    *,
    subject_type: str | None = None,
    subject_id: str | None = None,
    action: str | None = None,
    actor_id: int | None = None,
    since: datetime | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[AuditEvent]:
    """Newest first; `before_id` is the keyset. The caller has checked permission."""
    query = select(AuditEvent).order_by(sa.desc(col(AuditEvent.id))).limit(limit)
    for column, wanted in (
        (AuditEvent.subject_type, subject_type),
        (AuditEvent.subject_id, subject_id),
        (AuditEvent.action, action),
        (AuditEvent.actor_id, actor_id),
    ):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if since is not None:
        query = query.where(col(AuditEvent.at) >= since)
    if before_id is not None:
        query = query.where(col(AuditEvent.id) < before_id)
    return list(db.exec(query).all())


def changed(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Both sides reduced to the keys whose values differ."""
    keys = [k for k in after if before.get(k) != after[k]]
    return {k: before.get(k) for k in keys}, {k: after[k] for k in keys}


def _json(value: Mapping[str, object] | None) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value, key=str)
    return str(value)
