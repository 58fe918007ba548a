"""Which asset an observation is of: strong identifiers first, and doubt goes to a person.

1. Serial (within its maker), SNMP engine id, IMEI, MEID, UDID, vendor ids, MAC are strong. All that
   are known must point at one asset, and that asset must not contradict with another serial.
2. Nothing known: whatever was last seen at the same place by the same source is looked at. If it is
   equal in maker, model and name, and no strong identifier speaks against it, it is the same
   device (a weak match). If it has another serial or MAC and is of the same sort, the device there
   may have been swapped or got a new mainboard: a conflict, never an overwrite.
3. Otherwise it is new. An address alone never identifies anything.

A batch costs the same number of queries whatever its size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.assets import claims, policy
from inventory.assets.catalog_models import Manufacturer, ManufacturerAlias
from inventory.assets.identifiers import MAC, SERIAL, Key
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.models import Asset, Identifier
from inventory.assets.observation import Observation, strong_keys, tidy, weak_key
from inventory.assets.sighting_models import Sighting
from inventory.assets.words import maker_key

_SORTS: tuple[frozenset[Category], ...] = (
    frozenset(
        {Category.PRINTER, Category.MULTIFUNCTION, Category.PLOTTER, Category.LABEL_PRINTER,
         Category.FAX, Category.SCANNER}
    ),
    frozenset({Category.TELEPHONE, Category.TELEPHONY}),
    frozenset({Category.NETWORK_DEVICE, Category.WIRELESS}),
    frozenset({Category.SERVER, Category.STORAGE}),
)  # fmt: skip
_ROAMING = frozenset(
    {Category.LAPTOP, Category.CHROMEBOOK, Category.TABLET, Category.MOBILE_PHONE,
     Category.WORKSTATION}
)  # fmt: skip
"""These get whatever address is free, so another one at the address means nothing."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an observation turned out to be.

    kind       NEW, MATCHED or CONFLICT
    asset_ids  the asset it matched, or the assets that a conflict is about
    reasons    plain sentences: the evidence
    keys       its strong identifiers in normal form
    weak       matched without a strong identifier
    twin       NEW only: the place in the batch of an earlier observation of the same device
    """

    kind: Outcome
    asset_ids: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    weak: bool = False
    twin: int | None = None


@dataclass(slots=True)
class _Known:
    """What must be known of an asset to match it."""

    id: int
    tag: str
    status: Status
    category: Category
    keys: list[Identifier]

    def values(self, kind: str) -> set[str]:
        return {row.value for row in self.keys if row.kind == kind}


def match(db: Session, observation: Observation) -> Match:
    """One observation; see `match_many`."""
    return match_many(db, [observation])[0]


def match_many(db: Session, observations: Sequence[Observation]) -> list[Match]:
    """A match for each observation, in order. Reads only."""
    seen = [tidy(observation) for observation in observations]
    spaces = _namespaces(db, {maker_key(one.manufacturer) for one in seen if one.manufacturer})
    keys = [strong_keys(one, spaces.get(maker_key(one.manufacturer), "")) for one in seen]
    held = claims.holders(db, [key for several in keys for key in several])
    occupants = _occupants(db, seen)
    ids = {row.asset_id for rows in held.values() for row in rows}
    known = _assets(db, ids | {asset_id for asset_id, _ in occupants.values()})
    matches = [_by_identifiers(own, {key: held[key] for key in own}, known) for own in keys]
    elsewhere = {m.asset_ids[0] for m in matches if m and m.kind is Outcome.MATCHED}
    done: list[Match] = []
    first_with: dict[Key, int] = {}
    for place, (one, own, found) in enumerate(zip(seen, keys, matches, strict=True)):
        occupant = occupants.get((one.source, one.source_ref))
        if found is None and occupant is not None and occupant[0] not in elsewhere:
            found = _by_place(one, own, known.get(occupant[0]), occupant[1])
        twin = next((first_with[key] for key in own if key in first_with), None)
        done.append(found or Match(Outcome.NEW, (), _why_new(own), own, twin=twin))
        for key in own:
            first_with.setdefault(key, place)
    return done


def _namespaces(db: Session, keys: Iterable[str]) -> dict[str, str]:
    """Spelling → the maker's own key; a maker that is not in the catalog yet keeps its spelling."""
    spellings = list(keys)
    query = (
        select(ManufacturerAlias.key, Manufacturer.key)
        .join(Manufacturer, col(Manufacturer.id) == col(ManufacturerAlias.manufacturer_id))
        .where(col(ManufacturerAlias.key).in_(spellings))
    )
    return {key: key for key in spellings} | dict(db.exec(query).all())


def _occupants(db: Session, seen: Sequence[Observation]) -> dict[tuple[str, str], tuple[int, str]]:
    """(source, source_ref) → the asset last seen there and its weak key then.

    An asset that the same source has since seen elsewhere is no occupant any more.
    """
    query = sa.select(
        col(Sighting.source),
        col(Sighting.source_ref),
        col(Sighting.asset_id),
        col(Sighting.weak_key),
        col(Sighting.last_at),
    ).where(
        col(Sighting.source_ref).in_({one.source_ref for one in seen}),
        col(Sighting.source).in_({one.source for one in seen}),
        col(Sighting.asset_id).is_not(None),
    )
    latest: dict[tuple[str, str], tuple[object, int, str]] = {}
    for source, ref, asset_id, weak, at in db.execute(query.order_by(col(Sighting.last_at))):
        if asset_id is not None:
            latest[source, ref] = (at, asset_id, weak)
    newest = select(Sighting.source, Sighting.asset_id, sa.func.max(Sighting.last_at)).where(
        col(Sighting.asset_id).in_({asset_id for _, asset_id, _ in latest.values()})
    )
    last = {
        (source, asset_id): at
        for source, asset_id, at in db.exec(
            newest.group_by(col(Sighting.source), col(Sighting.asset_id))
        )
    }
    return {
        place: (asset_id, weak)
        for place, (at, asset_id, weak) in latest.items()
        if last.get((place[0], asset_id)) == at
    }


def _assets(db: Session, asset_ids: Iterable[int]) -> dict[int, _Known]:
    wanted = list(asset_ids)
    keys = claims.of(db, wanted)
    query = sa.select(col(Asset.id), col(Asset.tag), col(Asset.status), col(Asset.category)).where(
        col(Asset.id).in_(wanted)
    )
    return {
        id_: _Known(id_, tag, status, category, keys[id_])
        for id_, tag, status, category in db.execute(query)
    }


def _by_identifiers(
    own: tuple[Key, ...], held: dict[Key, list[Identifier]], known: dict[int, _Known]
) -> Match | None:
    """None where no identifier is known."""
    reasons: list[str] = []
    hit: dict[int, None] = {}
    for key in own:
        for row in held[key]:
            hit[row.asset_id] = None
            reasons.append(f"{key.spoken()} belongs to {known[row.asset_id].tag}")
    if not hit:
        return None
    if len(hit) > 1:
        reasons.append("its identifiers belong to different assets")
        return Match(Outcome.CONFLICT, tuple(hit), tuple(reasons[:12]), own)
    asset = known[next(iter(hit))]
    against = _contradiction(own, asset, SERIAL)
    if against:
        return Match(Outcome.CONFLICT, (asset.id,), (*reasons[:8], against), own)
    if asset.status not in policy.IN_USE:
        reasons.append(f"{asset.tag} is recorded as {asset.status.value}")
    return Match(Outcome.MATCHED, (asset.id,), tuple(reasons[:12]), own)


def _contradiction(own: tuple[Key, ...], asset: _Known, kind: str) -> str:
    """A sentence where both have identifiers of this kind and share none; else ""."""
    mine = {key.value for key in own if key.kind == kind}
    theirs = asset.values(kind)
    if not mine or not theirs or mine & theirs:
        return ""
    said = next(key for key in own if key.kind == kind).spoken()
    return f"it says {said}, but {asset.tag} has {', '.join(sorted(theirs)[:3])}"


def _by_place(
    one: Observation, own: tuple[Key, ...], asset: _Known | None, weak: str
) -> Match | None:
    """What stood here before: the same by weak evidence, a swap, or None for no relation."""
    if asset is None or asset.status not in policy.IN_USE:
        return None
    against = _contradiction(own, asset, SERIAL)
    if not against and not (asset.values(SERIAL) & {k.value for k in own}):
        against = _contradiction(own, asset, MAC)
    if against:
        if not _same_sort(one.category, asset.category):
            return None
        here = f"{asset.tag} was last seen at {one.address or one.source_ref}"
        return Match(Outcome.CONFLICT, (asset.id,), (here, against), own)
    if weak and weak_key(one) == weak:
        why = (
            f"{asset.tag} was last seen at {one.address or one.source_ref} "
            "with the same maker, model and name"
        )
        return Match(Outcome.MATCHED, (asset.id,), (why,), own, weak=True)
    return None


def _same_sort(one: Category | None, other: Category) -> bool:
    if one is None or Category.OTHER in {one, other}:
        return other not in _ROAMING
    if one in _ROAMING or other in _ROAMING:
        return False
    return one is other or any(one in sort and other in sort for sort in _SORTS)


def _why_new(own: tuple[Key, ...]) -> tuple[str, ...]:
    if not own:
        return ("it has no identifier that is known",)
    return (f"{own[0].spoken()} is not known",)
