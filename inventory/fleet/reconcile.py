"""From a vendor's devices to the inventory, a batch at a time: matched, new, or in doubt.

An unchanged device costs a comparison and its share of two statements. A batch may be repeated
without harm.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.accepting import Newcomer, accept_many
from inventory.assets.identifiers import VENDOR
from inventory.assets.kinds import Outcome
from inventory.assets.matching import match_many
from inventory.assets.models import Asset, AssetTag
from inventory.assets.sightings import sight_many
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.errors import InvalidInput
from inventory.fleet import describing, device_rows
from inventory.fleet.arriving import Arrival, Ground, Known, Tally
from mdm.types import Device, Ownership

MAX_REMARKS = 20
WAITING = (Outcome.NEW, Outcome.CONFLICT)


def reconcile(db: Session, ground: Ground, devices: Sequence[Device], *, now: datetime) -> Tally:
    """Bring some devices of one connection into the inventory.

    Raises what the database refuses.
    """
    latest = {device.vendor_id: device for device in devices}
    known = device_rows.known(db, ground.connection_id, list(latest))
    tally = Tally(seen=len(latest))
    quiet: list[tuple[Known, Device]] = []
    arrivals: list[Arrival] = []
    for device in latest.values():
        facts = describing.facts_of(device)
        mark, row = describing.fingerprint(device, facts), known.get(device.vendor_id)
        if row is not None and _is_quiet(row, mark, ground):
            quiet.append((row, device))
        else:
            seen = describing.observation_of(ground.origin, device, now=now)
            arrivals.append(Arrival(device, facts, mark, row, seen))
    settled: list[Arrival] = []
    while arrivals:
        # Of several that claim one serial, one is settled first, and the others see it.
        round_, arrivals = _without_twins(arrivals)
        _settle(db, ground, round_, settled, tally, now)
        settled += round_
    device_rows.touch(db, ground.sync_id, quiet, now=now)
    again = [one for one in settled if one.same_doubt]
    device_rows.touch(
        db, ground.sync_id, [(one.known, one.device) for one in again if one.known], now=now
    )
    fresh = [one for one in settled if not one.same_doubt]
    device_rows.write(db, ground, fresh, now=now)
    _count(tally, quiet, again, fresh)
    return tally


def _is_quiet(row: Known, fingerprint: str, ground: Ground) -> bool:
    if row.fingerprint != fingerprint or row.gone_at is not None:
        return False
    return row.outcome not in WAITING or not ground.full


def _without_twins(arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
    """Those with distinct hardware ids, and the rest."""
    taken: set[str] = set()
    first: list[Arrival] = []
    later: list[Arrival] = []
    for one in arrivals:
        ids = {"".join(one.seen.serial.upper().split()), *one.seen.macs}
        ids |= {value for kind, value in one.seen.identifiers if not kind.startswith(VENDOR)}
        ids.discard("")
        (later if ids & taken else first).append(one)
        taken |= ids
    return first, later


def _settle(
    db: Session,
    ground: Ground,
    arrivals: Sequence[Arrival],
    before: Sequence[Arrival],
    tally: Tally,
    now: datetime,
) -> None:
    """Decide what each one is, make the new assets, and keep the sightings."""
    for one, found in zip(arrivals, match_many(db, [a.seen for a in arrivals]), strict=True):
        one.match, one.outcome, one.reasons = found, found.kind, found.reasons
        one.candidates = found.asset_ids
        if found.kind is Outcome.MATCHED:
            one.asset_id = found.asset_ids[0]
    _find_rivals(db, ground, arrivals, before)
    _keep_to_decisions(db, arrivals)
    for one in arrivals:
        _leave_alone(one)
    makers = [one for one in arrivals if _may_become_asset(ground, one)]
    bearers = _bearers(db, makers)
    newcomers = []
    for one in makers:
        bearer = bearers.get(_tag_of(one.device))
        if bearer is None:
            newcomers.append(one)
        else:
            told = f"its tag at the vendor is {one.device.asset_tag}, which {bearer[1]} bears"
            _doubt(one, (*one.reasons, told), (bearer[0],))
    made = accept_many(
        db,
        ground.actor,
        [Newcomer(one.seen, one.match.keys) for one in newcomers],
        prefix=ground.prefix,
        now=now,
    )
    for one, asset in zip(newcomers, made, strict=True):
        one.outcome, one.asset_id, one.created = Outcome.MATCHED, asset.id, True
        one.reasons = (f"accepted as {asset.tag}",)
    _sight(db, ground, arrivals, tally, now)


def _doubt(one: Arrival, reasons: tuple[str, ...], candidates: tuple[int, ...]) -> None:
    one.outcome, one.asset_id, one.reasons = Outcome.CONFLICT, None, reasons
    one.candidates = candidates


def _find_rivals(
    db: Session, ground: Ground, arrivals: Sequence[Arrival], before: Sequence[Arrival]
) -> None:
    """Two records of one connection that claim the same asset must not contradict each other."""
    matched = [one for one in arrivals if one.asset_id is not None]
    own = {one.device.vendor_id for one in (*arrivals, *before)}
    holders = device_rows.hardware_of(db, ground.connection_id, matched_ids(matched), but=own)
    for one in (*(b for b in before if b.asset_id is not None), *matched):
        assert one.asset_id is not None
        mine = describing.hardware(one.facts, one.device.udid or "")
        there = holders.setdefault(one.asset_id, [])
        for other_id, other in there if one in matched else []:
            kind = describing.contradiction(mine, other)
            if kind:
                why = f"record {other_id} of the same connection claims it with another {kind}"
                _doubt(one, (*one.reasons, why), (one.asset_id,))
                break
        else:
            there.append((one.device.vendor_id, mine))


def _keep_to_decisions(db: Session, arrivals: Sequence[Arrival]) -> None:
    """What a person said it is it stays, as long as the vendor tells the same hardware."""
    doubtful = {
        one.known.id: one
        for one in arrivals
        if one.outcome is not Outcome.MATCHED and one.known is not None
        and one.known.outcome is Outcome.MATCHED and one.known.decided_by
    }  # fmt: skip
    for id_, (serial, hardware) in device_rows.decided(db, doubtful.keys()).items():
        one = doubtful[id_]
        mine = describing.hardware(one.facts, one.device.udid or "")
        same_serial = (one.device.serial or "").casefold() == serial.casefold()
        if same_serial and not describing.contradiction(mine, hardware):
            assert one.known is not None
            one.outcome, one.asset_id = Outcome.MATCHED, one.known.asset_id
            one.reasons = (f"decided by {one.known.decided_by}", *one.reasons)


def matched_ids(arrivals: Iterable[Arrival]) -> set[int]:
    return {one.asset_id for one in arrivals if one.asset_id is not None}


def _leave_alone(one: Arrival) -> None:
    """What somebody ignored stays ignored, and a person's own device is none of the district's."""
    if one.outcome is Outcome.MATCHED:
        return
    known = one.known
    if known is not None and known.outcome is Outcome.IGNORED and known.decided_by:
        one.outcome = Outcome.IGNORED
    elif one.outcome is Outcome.NEW and _is_somebodys(one):
        one.outcome, one.reasons = Outcome.IGNORED, ("it is personally owned",)


def _is_somebodys(one: Arrival) -> bool:
    """It is personal, or was when the vendor last told whose it is."""
    was_left_alone = one.known is not None and one.known.outcome is Outcome.IGNORED
    untold = one.device.ownership is Ownership.UNKNOWN
    return describing.is_personal(one.device) or (was_left_alone and untold)


def _may_become_asset(ground: Ground, one: Arrival) -> bool:
    """An id of the vendor alone does not identify a piece of hardware."""
    hardware = any(not key.kind.startswith(VENDOR) for key in one.match.keys)
    return ground.create_assets and one.outcome is Outcome.NEW and hardware


def _tag_of(device: Device) -> str:
    with suppress(InvalidInput):
        return tag_key(clean_tag(device.asset_tag or ""))
    return ""


def _bearers(db: Session, arrivals: Sequence[Arrival]) -> Mapping[str, tuple[int, str]]:
    """Comparable tag → the asset that bears it or has borne it, and its present tag."""
    wanted = {_tag_of(one.device) for one in arrivals} - {""}
    if not wanted:
        return {}
    query = (
        sa.select(col(AssetTag.tag_key), col(Asset.id), col(Asset.tag))
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .where(col(AssetTag.tag_key).in_(wanted))
    )
    return {key: (asset_id, tag) for key, asset_id, tag in db.execute(query)}


def _sight(
    db: Session, ground: Ground, arrivals: Sequence[Arrival], tally: Tally, now: datetime
) -> None:
    pairs = []
    for one in arrivals:
        if one.created or one.same_doubt or one.outcome is Outcome.IGNORED:
            continue
        ids = (one.asset_id,) if one.asset_id is not None else one.candidates
        pairs.append(
            (one.seen, replace(one.match, kind=one.outcome, asset_ids=ids, reasons=one.reasons))
        )
        if one.asset_id is not None and one.reasons and "is recorded as" in one.reasons[-1]:
            tally.remarks.append(f"{one.device.vendor_id} was seen: {one.reasons[-1]}")
    if pairs:
        sight_many(db, ground.actor, pairs, now=now)


def _count(
    tally: Tally,
    quiet: Sequence[tuple[Known, Device]],
    again: Sequence[Arrival],
    fresh: Sequence[Arrival],
) -> None:
    tally.unchanged = len(quiet) + len(again)
    for one in fresh:
        if one.known is None:
            tally.new += 1
        elif one.known.fingerprint == one.fingerprint and one.known.gone_at is None:
            tally.unchanged += 1  # it is the inventory that has changed
        else:
            tally.changed += 1
        tally.returned += one.known is not None and one.known.gone_at is not None
        tally.created += one.created
    waiting = [row for row, _ in quiet if row.outcome in WAITING]
    tally.waiting = len(waiting) + sum(one.outcome in WAITING for one in (*again, *fresh))
