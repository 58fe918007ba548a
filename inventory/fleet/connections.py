"""Connections: make, change, list, delete. Their settings go in and never come out.

A credential that acts, and the step from "dry run" to "live", take a person: a token cannot.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.reach import require_site
from inventory.audit import service as audit
from inventory.db import new_uid
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound
from inventory.fleet import alarms, connection_rules as rules, opening, schedule
from inventory.fleet.connection_rules import COLUMNS, Config, ConnectionDraft, Limits
from inventory.fleet.hook_models import MdmMemory
from inventory.fleet.models import (
    OPEN_SYNCS,
    AlarmKind,
    MdmAlarm,
    MdmConnection,
    MdmDevice,
    MdmSync,
    Mode,
)

_ACTING = {"act_config", "mode"}


def create(
    db: Session, actor: Actor, draft: ConnectionDraft, *, limits: Limits, now: datetime
) -> MdmConnection:
    """A new connection; it is due for its first full sync at once. No request is made.

    Raises `Forbidden`, `InvalidInput` or `Duplicate` (label).
    """
    actor.require(Permission.MDM_WRITE, draft.site_id)
    if draft.act_config is not None or draft.mode is not Mode.DRY_RUN:
        _require_person(actor)
    draft = replace(draft, label=draft.label.strip())
    _check(db, draft, limits.simulated, None)
    uid = new_uid()
    row = MdmConnection(
        uid=uid, vendor=draft.vendor, created_at=now, updated_at=now,
        read_config=opening.seal(db, uid, "read_config", draft.config),
        **{name: getattr(draft, name) for name in COLUMNS},
    )  # fmt: skip
    _seal_acting(db, row, draft.act_config)
    plan(row, limits, now=now)
    row.next_full = now if row.enabled else None
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "mdm_connection.created", now=now, subject_type="mdm_connection",
        subject_id=row.id, site_id=row.site_id, after=_told(row) | {"vendor": row.vendor},
    )  # fmt: skip
    return row


def change(
    db: Session,
    actor: Actor,
    connection_id: int,
    changes: Mapping[str, Any],
    *,
    limits: Limits,
    now: datetime,
) -> MdmConnection:
    """Change the named fields. Of `config` and `act_config` only the named settings change; None
    takes one away, and None for `act_config` all of it.

    Another `address` or vendor's URL keeps the old secrets from being sent there: whoever changes
    where a connection leads must give its secrets anew. Raises as `create`, and `NotFound`.
    """
    row = _writable(db, actor, connection_id)
    if unknown := set(changes) - {*COLUMNS, "config", "act_config"}:
        raise InvalidInput("unknown field", {name: ["unknown field"] for name in sorted(unknown)})
    if _ACTING & set(changes):
        _require_person(actor)
    if "site_id" in changes:
        actor.require(Permission.MDM_WRITE, changes["site_id"])
    before = _told(row)
    acting = opening.opened(db, row, "act_config") if row.act_config else None
    old = rules.draft_of(row, opening.opened(db, row, "read_config"), acting)
    draft = replace(old, **_merged(old, changes))
    draft = replace(draft, label=draft.label.strip())
    _require_own_secrets(old, draft, changes)
    _check(db, draft, limits.simulated or draft.address == old.address, row.id)
    _take(db, row, draft, changes)
    if {"every_minutes", "full_at", "enabled"} & set(changes):
        row.next_full = row.next_incremental = None
        plan(row, limits, now=now)
    if {"write_tags", "act_config", "mode", "enabled"} & set(changes):
        _plan_tags(db, actor, row, now=now)
    row.updated_at, row.version = now, row.version + 1
    db.add(row)
    if "token_expires_at" in changes:
        alarms.settle(db, actor, row, {AlarmKind.EXPIRES}, now=now)
    told_before, told_after = audit.changed(before, _told(row))
    told_after["settings_replaced"] = sorted({"config", "act_config"} & set(changes))
    audit.record(
        db, actor, "mdm_connection.changed", now=now, subject_type="mdm_connection",
        subject_id=row.id, site_id=row.site_id, before=told_before, after=told_after,
    )  # fmt: skip
    return row


def delete(db: Session, actor: Actor, connection_id: int, *, now: datetime) -> None:
    """Forget a connection, its credentials, what it told of devices, its syncs; assets stay.

    Raises `NotFound`, and `Conflict` while it is being synced.
    """
    row = _writable(db, actor, connection_id)
    busy = select(MdmSync.id).where(
        MdmSync.connection_id == row.id, col(MdmSync.state).in_(OPEN_SYNCS)
    )
    if db.exec(busy).first() is not None:
        raise Conflict(f"{row.label} is being synced; cancel that first")
    for table in (MdmDevice, MdmSync, MdmAlarm, MdmMemory):
        db.execute(sa.delete(table).where(col(table.connection_id) == row.id))
    audit.record(
        db, actor, "mdm_connection.deleted", now=now, subject_type="mdm_connection",
        subject_id=row.id, site_id=row.site_id, before=_told(row),
    )  # fmt: skip
    db.delete(row)
    db.flush()


def get(db: Session, actor: Actor, connection_id: int, *, lock: bool = False) -> MdmConnection:
    """Raises `NotFound` for what is not there or outside the actor's sites."""
    query = select(MdmConnection).where(MdmConnection.id == connection_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.exec(query).first()
    if row is None or not actor.may(Permission.MDM_READ, row.site_id):
        raise NotFound(f"there is no connection {connection_id}")
    return row


def visible(db: Session, actor: Actor, *, after: int = 0, limit: int = 50) -> list[MdmConnection]:
    """Connections within the actor's sites, by id after `after`."""
    actor.require_anywhere(Permission.MDM_READ)
    query = select(MdmConnection).where(col(MdmConnection.id) > after)
    scope = actor.scope(Permission.MDM_READ)
    if scope is not None:
        query = query.where(col(MdmConnection.site_id).in_(scope))
    return list(db.exec(query.order_by(col(MdmConnection.id)).limit(limit)).all())


def plan(row: MdmConnection, limits: Limits, *, now: datetime) -> None:
    """Set what of the schedule comes next; what has come is moved on."""
    if not row.enabled:
        row.next_full = row.next_incremental = row.next_tags = None
        return
    if row.next_full is None or row.next_full <= now:
        row.next_full = schedule.next_at(row.full_at, after=now, zone=limits.zone)
    if row.next_incremental is None or row.next_incremental <= now:
        row.next_incremental = schedule.next_interval(
            row.every_minutes, after=now, previous=row.next_incremental
        )


def _plan_tags(db: Session, actor: Actor, row: MdmConnection, *, now: datetime) -> None:
    """They are due at once; where none are written any more, nothing is wrong with it either."""
    row.next_tags = None
    if not (row.enabled and row.write_tags and row.act_config and row.mode is Mode.LIVE):
        alarms.settle(db, actor, row, {AlarmKind.TAGS}, now=now)


def _writable(db: Session, actor: Actor, connection_id: int) -> MdmConnection:
    row = get(db, actor, connection_id, lock=True)
    actor.require(Permission.MDM_WRITE, row.site_id)
    return row


def _require_person(actor: Actor) -> None:
    if actor.kind == "token":
        raise Forbidden("a credential that acts, and going live, take a person, not a token")


def _check(db: Session, draft: ConnectionDraft, simulated: bool, own: int | None) -> None:
    rules.check(draft, simulated=simulated)
    require_site(db, draft.site_id)
    taken = db.exec(select(MdmConnection.id).where(MdmConnection.label == draft.label)).first()
    if taken is not None and taken != own:
        raise Duplicate(f"a connection is already labelled {draft.label!r}")


def _merged(old: ConnectionDraft, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(changes)
    if "config" in changes:
        merged["config"] = rules.laid_over(old.config, changes["config"])
    if changes.get("act_config") is not None:
        merged["act_config"] = rules.laid_over(old.act_config or {}, changes["act_config"])
    return merged


def _require_own_secrets(
    old: ConnectionDraft, new: ConnectionDraft, changes: Mapping[str, Any]
) -> None:
    """A secret that is kept goes only where it went before: who may change an address must not
    be able to have the vendor's secrets sent to one of their own."""
    secret = {item.name for item in rules.vendor_of(old.vendor).fields if item.secret}
    pairs: tuple[tuple[str, Config | None, Config | None], ...] = (
        ("config", old.config, new.config), ("act_config", old.act_config, new.act_config),
    )  # fmt: skip
    for name, before, after in pairs:
        if before is None or after is None:
            continue
        moved = old.address != new.address or any(
            before.get(key) != value and rules.may_lead(value)
            for key, value in after.items()
            if key not in secret
        )
        kept = sorted((secret & set(after)) - set(changes.get(name) or ()))
        if moved and kept:
            raise rules.wrong(name, f"leads elsewhere now: give {', '.join(kept)} anew")


def _take(
    db: Session, row: MdmConnection, draft: ConnectionDraft, changes: Mapping[str, Any]
) -> None:
    """Write the draft into the row; only named settings are sealed anew."""
    for name in COLUMNS:
        setattr(row, name, getattr(draft, name))
    if "config" in changes:
        row.read_config = opening.seal(db, row.uid, "read_config", draft.config)
        row.heard_since = None  # another credential may see other devices
    if "act_config" in changes:
        _seal_acting(db, row, draft.act_config)


def _seal_acting(db: Session, row: MdmConnection, config: Config | None) -> None:
    row.act_config = None if config is None else opening.seal(db, row.uid, "act_config", config)


def _told(row: MdmConnection) -> dict[str, object]:
    """What may be said of a connection: never a setting, and that one acts only as such."""
    return {name: getattr(row, name) for name in COLUMNS} | {"acts": row.act_config is not None}
