"""The review queue: what a person decides about findings that are new or in conflict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import deciding, service as assets
from inventory.assets.deciding import NewAsset
from inventory.assets.kinds import Outcome, Status
from inventory.assets.matching import match
from inventory.assets.models import Asset
from inventory.assets.observation import Observation
from inventory.audit import service as audit
from inventory.discovery import addresses, reading_rules, readings
from inventory.discovery.addresses import Answered
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.finding_rows import is_open
from inventory.discovery.observing import observation_of, supplies_of
from inventory.discovery.review_queue import get
from inventory.errors import Conflict, InvalidInput

OLD_STATUSES = frozenset({Status.RETIRED, Status.IN_STOCK, Status.IN_REPAIR})
"""What may become of a device that was replaced."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody decides; `day` is the district's date."""

    now: datetime
    day: date


def accept(
    db: Session,
    actor: Actor,
    finding_id: int,
    *,
    at: Moment,
    new: NewAsset | None = None,
    asset_id: int | None = None,
    revision: int | None = None,
) -> DiscoveryFinding:
    """It is a new asset, or with `asset_id` that one.

    Of a conflict this makes a new asset beside the ones in conflict: identifiers that they hold
    stay with them, and the decision is remembered as long as the device looks the same.
    Raises `Conflict` where it is settled, or has meanwhile become known.
    """
    row = _open_row(db, actor, finding_id, revision)
    seen = deciding.named(
        observation_of(row, at=row.last_at), match(db, observation_of(row, at=at.now))
    )
    if asset_id is not None:
        return _attach(db, actor, row, seen, asset_id, at)
    if row.outcome is Outcome.NEW:
        deciding.require_still_new(db, actor, seen)
    else:
        seen = deciding.unclaimed(db, seen)
    wanted = new or NewAsset()
    asset = deciding.accept_new(
        db, actor, seen, now=at.now, status=wanted.status, tag=wanted.tag, prefix=wanted.prefix,
        site_id=wanted.site_id,
    )  # fmt: skip
    return _settle(db, actor, row, asset, Decision.CREATED, at)


def ignore(
    db: Session,
    actor: Actor,
    finding_id: int,
    *,
    at: Moment,
    reason: str = "",
    revision: int | None = None,
) -> DiscoveryFinding:
    """Leave it out of the inventory; later sweeps keep silent about it while it looks the same."""
    row = _open_row(db, actor, finding_id, revision)
    row.outcome = Outcome.IGNORED
    return _decide(db, actor, row, Decision.IGNORED, at, None, reason=reason)


def reopen(
    db: Session, actor: Actor, finding_id: int, *, at: Moment, revision: int | None = None
) -> DiscoveryFinding:
    """Take back that it is ignored. Raises `Conflict` for anything else."""
    row = get(db, actor, finding_id, revision=revision, lock=True)
    actor.require(Permission.DISCOVERY_REVIEW, row.site_id)
    if row.decision is not Decision.IGNORED:
        raise Conflict("only what is ignored can be reopened")
    row.outcome = Outcome.CONFLICT if row.candidates else Outcome.NEW
    row.decision, row.reviewed_by, row.reviewed_at = None, "", None
    row.revision += 1
    db.add(row)
    _record(db, actor, "finding.reopened", row, at, {})
    return row


def same_device(
    db: Session,
    actor: Actor,
    finding_id: int,
    asset_id: int,
    *,
    at: Moment,
    replace_hardware: bool = False,
    reason: str = "",
    revision: int | None = None,
) -> DiscoveryFinding:
    """Settle a conflict: it is this asset after all.

    replace_hardware  the recorded serial becomes the one observed (a new mainboard)
    Identifiers that another asset holds stay there.
    """
    row = _open_row(db, actor, finding_id, revision, Outcome.CONFLICT)
    seen = deciding.unclaimed(db, observation_of(row, at=row.last_at), but=asset_id)
    asset = deciding.accept_as(
        db, actor, asset_id, seen, now=at.now, replace_hardware=replace_hardware, reason=reason
    )
    return _settle(db, actor, row, asset, Decision.ATTACHED, at, reason=reason)


def replaced(
    db: Session,
    actor: Actor,
    finding_id: int,
    old_asset_id: int,
    *,
    at: Moment,
    old_status: Status = Status.RETIRED,
    reason: str = "",
    new: NewAsset | None = None,
    new_asset_id: int | None = None,
    revision: int | None = None,
) -> DiscoveryFinding:
    """Settle a conflict: another device stands there now.

    The old asset moves to `old_status`; the finding becomes a new asset in its place, or
    `new_asset_id`, e.g. one from stock. Raises as `assets.set_status` and `accept`.
    """
    if old_status not in OLD_STATUSES:
        allowed = ", ".join(sorted(status.value for status in OLD_STATUSES))
        raise InvalidInput(
            f"old_status is one of: {allowed}", {"old_status": [f"must be one of: {allowed}"]}
        )
    if new_asset_id == old_asset_id:
        raise InvalidInput(
            "the new asset is the old one", {"new_asset_id": ["must be another asset"]}
        )
    row = _open_row(db, actor, finding_id, revision, Outcome.CONFLICT)
    old = assets.set_status(
        db, actor, old_asset_id, old_status, now=at.now, reason=reason or "replaced by another"
    )
    seen = deciding.unclaimed(db, observation_of(row, at=row.last_at), but=new_asset_id)
    if new_asset_id is not None:
        asset = deciding.accept_as(db, actor, new_asset_id, seen, now=at.now, reason=reason)
    else:
        wanted = new or NewAsset()
        asset = deciding.accept_new(
            db, actor, seen, now=at.now, status=wanted.status, tag=wanted.tag,
            prefix=wanted.prefix, site_id=wanted.site_id or old.site_id,
        )  # fmt: skip
    return _settle(db, actor, row, asset, Decision.REPLACED, at, reason=reason)


def _open_row(
    db: Session,
    actor: Actor,
    finding_id: int,
    revision: int | None,
    outcome: Outcome | None = None,
) -> DiscoveryFinding:
    row = get(db, actor, finding_id, revision=revision, lock=True)
    actor.require(Permission.DISCOVERY_REVIEW, row.site_id)
    if not is_open(row):
        said = row.decision.value if row.decision else row.outcome.value
        raise Conflict(f"finding {row.id} is settled: {said} {row.reviewed_by}".strip())
    if outcome is not None and row.outcome is not outcome:
        raise Conflict(f"finding {row.id} is {row.outcome.value}, not a {outcome.value}")
    return row


def _attach(
    db: Session, actor: Actor, row: DiscoveryFinding, seen: Observation, asset_id: int, at: Moment
) -> DiscoveryFinding:
    if row.outcome is Outcome.CONFLICT:
        seen = deciding.unclaimed(db, seen, but=asset_id)
    asset = deciding.accept_as(db, actor, asset_id, seen, now=at.now)
    return _settle(db, actor, row, asset, Decision.ATTACHED, at)


def _settle(
    db: Session,
    actor: Actor,
    row: DiscoveryFinding,
    asset: Asset,
    decision: Decision,
    at: Moment,
    *,
    reason: str = "",
) -> DiscoveryFinding:
    """The asset gets what the finding told: address, supplies, counters."""
    if row.address:
        addresses.store(
            db, row.network_id, [Answered(asset.id, row.address, row.mac)], now=row.last_at
        )
    kept: Mapping[str, Any] = row.facts
    readings.store_supplies(db, {asset.id: supplies_of(kept)}, now=row.last_at)
    counters = reading_rules.counters(kept.get("page_count"), kept.get("page_counters", {}))
    readings.store_pages(db, {asset.id: counters}, day=at.day, now=row.last_at)
    return _decide(db, actor, row, decision, at, asset, reason=reason)


def _decide(
    db: Session,
    actor: Actor,
    row: DiscoveryFinding,
    decision: Decision,
    at: Moment,
    asset: Asset | None,
    *,
    reason: str = "",
) -> DiscoveryFinding:
    row.decision, row.reviewed_by, row.reviewed_at = decision, actor.name[:200], at.now
    row.asset_id = asset.id if asset is not None else row.asset_id
    row.revision += 1
    db.add(row)
    told = {"decision": decision, "asset": asset.tag if asset is not None else None}
    _record(db, actor, f"finding.{decision.value}", row, at, told, reason)
    db.flush()
    return row


def _record(
    db: Session,
    actor: Actor,
    action: str,
    row: DiscoveryFinding,
    at: Moment,
    more: Mapping[str, object],
    reason: str = "",
) -> None:
    about: Sequence[str] = ("vendor", "model", "serial", "name", "address")
    after = {name: getattr(row, name) for name in about if getattr(row, name)}
    audit.record(
        db, actor, action, now=at.now, subject_type="finding", subject_id=row.id,
        site_id=row.site_id, after={**after, **more}, reason=reason,
    )  # fmt: skip
