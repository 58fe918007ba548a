"""What a person decides about a vendor's device that no rule could settle.

The same services decide about it as about what a sweep found, so that matching is one. Later syncs
keep to the decision: what is ignored stays ignored, and what is an asset stays that asset as long
as the vendor tells the same hardware.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import deciding
from inventory.assets.deciding import NewAsset
from inventory.assets.kinds import Outcome
from inventory.assets.matching import match
from inventory.assets.models import Asset
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.errors import Conflict
from inventory.fleet import waiting
from inventory.fleet.models import MdmConnection, MdmDevice

Both = tuple[MdmDevice, MdmConnection]


def accept(
    db: Session,
    actor: Actor,
    device_id: int,
    *,
    now: datetime,
    new: NewAsset | None = None,
    revision: int | None = None,
) -> MdmDevice:
    """It is a new asset; place and prefix are the connection's where none is given.

    Of a conflict this makes an asset beside the ones in conflict: identifiers that they hold stay
    with them. Raises `Conflict` where it is settled or has meanwhile become known; `Forbidden`,
    `NotFound`, `VersionMismatch`, and as `deciding.accept_new`.
    """
    row, connection = _open(db, actor, device_id, revision)
    seen = waiting.seen(row, connection, now=now)
    seen = deciding.named(seen, match(db, seen))
    if row.outcome is Outcome.NEW:
        deciding.require_still_new(db, actor, seen)
    else:
        seen = deciding.unclaimed(db, seen)
    wanted = new or NewAsset()
    asset = deciding.accept_new(
        db, actor, seen, now=now, status=wanted.status, tag=wanted.tag,
        prefix=wanted.prefix or connection.tag_prefix, site_id=wanted.site_id,
    )  # fmt: skip
    return _settle(db, actor, (row, connection), asset, "accepted", now)


def attach(
    db: Session,
    actor: Actor,
    device_id: int,
    asset_id: int,
    *,
    now: datetime,
    replace_hardware: bool = False,
    reason: str = "",
    revision: int | None = None,
) -> MdmDevice:
    """It is this asset. Identifiers that another asset holds stay there.

    replace_hardware  its hardware was replaced, or its record was wrong: what is recorded of it
                      becomes what the vendor tells
    Raises as `accept` and `deciding.accept_as`.
    """
    row, connection = _open(db, actor, device_id, revision)
    seen = deciding.unclaimed(db, waiting.seen(row, connection, now=now), but=asset_id)
    asset = deciding.accept_as(
        db, actor, asset_id, seen, now=now, replace_hardware=replace_hardware, reason=reason
    )
    return _settle(db, actor, (row, connection), asset, "attached", now, reason=reason)


def ignore(
    db: Session,
    actor: Actor,
    device_id: int,
    *,
    now: datetime,
    reason: str = "",
    revision: int | None = None,
) -> MdmDevice:
    """It is not ours: it stays out of the inventory, also when the vendor tells of it again."""
    row, connection = _open(db, actor, device_id, revision)
    row.outcome, row.asset_id, row.candidates = Outcome.IGNORED, None, []
    return _decide(db, actor, (row, connection), "ignored", now, {}, reason=reason)


def reopen(
    db: Session, actor: Actor, device_id: int, *, now: datetime, revision: int | None = None
) -> MdmDevice:
    """Take back that it is ignored: it is matched anew. Raises `Conflict` for anything else."""
    row, connection = _held(db, actor, device_id, revision)
    if not waiting.left_out_by_person(row):
        raise Conflict("only what a person ignored can be reopened")
    found = match(db, waiting.seen(row, connection, now=now))
    row.outcome, row.reasons = found.kind, list(found.reasons)
    row.asset_id = found.asset_ids[0] if found.kind is Outcome.MATCHED else None
    row.candidates = list(found.asset_ids) if found.kind is Outcome.CONFLICT else []
    row.decided_by, row.decided_at = "", None
    row.revision += 1
    db.add(row)
    _record(db, actor, "reopened", (row, connection), now, {"outcome": found.kind})
    db.flush()
    return row


def _held(db: Session, actor: Actor, device_id: int, revision: int | None) -> Both:
    row, connection = waiting.get(db, actor, device_id, revision=revision, lock=True)
    actor.require(Permission.DISCOVERY_REVIEW, connection.site_id)
    return row, connection


def _open(db: Session, actor: Actor, device_id: int, revision: int | None) -> Both:
    row, connection = _held(db, actor, device_id, revision)
    if not waiting.is_open(row):
        raise Conflict(f"the device is settled: {row.outcome.value} {row.decided_by}".strip())
    return row, connection


def _settle(
    db: Session,
    actor: Actor,
    both: Both,
    asset: Asset,
    verb: str,
    now: datetime,
    *,
    reason: str = "",
) -> MdmDevice:
    row = both[0]
    row.outcome, row.asset_id, row.candidates = Outcome.MATCHED, asset.id, []
    row.reasons = [waiting.said(verb, asset, actor)]
    return _decide(db, actor, both, verb, now, {"asset": asset.tag}, reason=reason)


def _decide(
    db: Session,
    actor: Actor,
    both: Both,
    verb: str,
    now: datetime,
    more: Mapping[str, object],
    *,
    reason: str = "",
) -> MdmDevice:
    row = both[0]
    row.decided_by, row.decided_at = actor.name[:200], now
    row.revision += 1
    db.add(row)
    _record(db, actor, verb, both, now, more, reason)
    db.flush()
    return row


def _record(
    db: Session,
    actor: Actor,
    verb: str,
    both: Both,
    now: datetime,
    more: Mapping[str, object],
    reason: str = "",
) -> None:
    row, connection = both
    after = {**waiting.spoken(row, connection), **more}
    audit.record(
        db, actor, f"mdm_device.{verb}", now=now, subject_type="mdm_device", subject_id=row.id,
        site_id=connection.site_id, after=after, reason=entered(reason, "reason", 1000, lines=True),
    )  # fmt: skip
