"""What a person or a network's rule makes of an observation: a new asset, or one that is known."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import claims, identifiers
from inventory.assets.changing import change
from inventory.assets.identifiers import ENGINE, MAC, SERIAL
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.matching import Match, match
from inventory.assets.models import Asset
from inventory.assets.observation import Observation, tidy
from inventory.assets.reach import for_change
from inventory.assets.service import AssetDraft, create
from inventory.assets.sightings import sight
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.errors import Conflict


@dataclass(frozen=True, slots=True)
class NewAsset:
    """How a new asset is to be: its tag or the prefix to take one from, its place, its status."""

    tag: str | None = None
    prefix: str | None = None
    site_id: int | None = None
    status: Status = Status.DEPLOYED


def draft_of(
    seen: Observation,
    *,
    status: Status = Status.DEPLOYED,
    tag: str | None = None,
    prefix: str | None = None,
    site_id: int | None = None,
) -> AssetDraft:
    """A draft of the asset that an observation describes; `site_id` overrules the observed one.

    Identifiers are not in it: `sight` gives the asset those that nobody holds.
    """
    one = tidy(seen)
    return AssetDraft(
        category=one.category or Category.OTHER,
        tag=tag,
        prefix=prefix,
        status=status,
        manufacturer=one.manufacturer,
        model=one.model if one.manufacturer else "",
        site_id=site_id if site_id is not None else one.site_id,
        name=one.name,
        serial=one.serial,
        firmware=one.firmware,
        source=one.source,
    )


def named(seen: Observation, found: Match) -> Observation:
    """Without a serial that identifies nothing: a placeholder is not recorded."""
    if any(key.kind == SERIAL for key in found.keys):
        return seen
    return replace(seen, serial="")


def require_still_new(db: Session, actor: Actor, seen: Observation) -> None:
    """Raises `Conflict` where it has become known since somebody looked at it."""
    found = match(db, seen)
    if found.kind is Outcome.NEW:
        return
    tags = []
    for asset_id in found.asset_ids[:3]:
        asset = db.get(Asset, asset_id)
        visible = asset is not None and actor.may(Permission.ASSET_READ, asset.site_id)
        tags.append(asset.tag if asset is not None and visible else "another asset")
    raise Conflict(f"it has become known since: {', '.join(tags)}; attach it instead")


def unclaimed(db: Session, seen: Observation, *, but: int | None = None) -> Observation:
    """The observation without the identifiers that other assets than `but` hold."""
    keys = match(db, seen).keys
    foreign = {
        (key.kind, key.value)
        for key, rows in claims.holders(db, keys).items()
        if any(row.asset_id != but for row in rows)
    }
    kinds = {kind for kind, _ in foreign}
    own_serial = any(key.kind == SERIAL for key in keys)

    def free(kind: str, value: str) -> bool:
        return not {(k.kind, k.value) for k in identifiers.usable(kind, [value])} & foreign

    return replace(
        seen,
        serial=seen.serial if own_serial and SERIAL not in kinds else "",
        engine_id="" if ENGINE in kinds else seen.engine_id,
        identifiers=tuple((kind, value) for kind, value in seen.identifiers if free(kind, value)),
        macs=tuple(mac for mac in seen.macs if free(MAC, mac)),
    )


def accept_new(
    db: Session,
    actor: Actor,
    seen: Observation,
    *,
    now: datetime,
    status: Status = Status.DEPLOYED,
    tag: str | None = None,
    prefix: str | None = None,
    site_id: int | None = None,
) -> Asset:
    """Make an asset of an observation and keep the sighting.

    Raises as `service.create`: `Duplicate` where its serial belongs to an asset, also one that an
    earlier observation of the same batch became.
    """
    draft = draft_of(seen, status=status, tag=tag, prefix=prefix, site_id=site_id)
    asset = create(db, actor, draft, now=now)
    keys = match(db, seen).keys
    accepted = Match(Outcome.MATCHED, (asset.id,), (f"accepted as {asset.tag}",), keys)
    sight(db, actor, seen, accepted, now=now)
    return asset


def accept_as(
    db: Session,
    actor: Actor,
    asset_id: int,
    seen: Observation,
    *,
    now: datetime,
    replace_hardware: bool = False,
    reason: str = "",
) -> Asset:
    """Decide that an observation is of this asset.

    replace_hardware: it got a new mainboard or was exchanged under the same tag: its serial and
    its identifiers of the kinds that were observed become the observed ones.
    Raises `Conflict` where an identifier belongs to another asset, or where the serial contradicts
    and `replace_hardware` was not said; `NotFound`, `Forbidden`.
    """
    asset = for_change(db, actor, asset_id, Permission.ASSET_WRITE)
    reason = entered(reason, "reason", 1000, lines=True)
    one, found = tidy(seen), match(db, seen)
    held = claims.of(db, [asset_id])[asset_id]
    if replace_hardware:
        _replace(db, actor, asset, one, found, now, reason)
    elif _contradicts(found, {row.value for row in held if row.kind == SERIAL}):
        raise Conflict(f"{asset.tag} has another serial number; say that its hardware was replaced")
    claims.claim(db, actor, asset, found.keys, one.source, now=now)
    why = (f"accepted as {asset.tag} by {actor.name}", *found.reasons)
    sight(db, actor, seen, Match(Outcome.MATCHED, (asset.id,), why, found.keys), now=now)
    return asset


def _contradicts(found: Match, serials: set[str]) -> bool:
    said = {key.value for key in found.keys if key.kind == SERIAL}
    return bool(said and serials and not said & serials)


def _replace(
    db: Session,
    actor: Actor,
    asset: Asset,
    one: Observation,
    found: Match,
    now: datetime,
    reason: str,
) -> None:
    gone: list[str] = []
    for kind in sorted({key.kind for key in found.keys} - {SERIAL}):
        gone += claims.release(db, asset, kind, keep=found.keys)
    if any(key.kind == SERIAL for key in found.keys):
        change(db, actor, asset.id, {"serial": one.serial}, now=now, reason=reason)
    audit.record(
        db, actor, "asset.hardware_replaced", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before={"identifiers": gone},
        after={"identifiers": [key.spoken() for key in found.keys]}, reason=reason,
    )  # fmt: skip
