"""The giving school's part of a transfer: which devices go, and that they went."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.hold_models import Hold
from inventory.assets.models import Asset, AssetTag
from inventory.assets.reach import for_change, holding
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import wrong
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.custody import service, transfer_policy as policy, transfers, transit
from inventory.custody.models import Custody
from inventory.custody.service import Coming
from inventory.custody.transfer_models import ItemState, Transfer, TransferItem, TransferState
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.sites import service as sites

MOST = 500
"""Devices in one transfer."""
_T = TransferState


def choose(
    db: Session, actor: Actor, transfer_id: int, tags: Sequence[str], *, now: datetime
) -> list[TransferItem]:
    """Put devices on the list of what is to go: all of them or none.

    Raises `NotFound`, `Forbidden`, `InvalidInput` naming every tag that is unknown or elsewhere,
    `Conflict` naming every device that may not go, and why.
    """
    transfer = transfers.for_act(db, actor, transfer_id, giving=True)
    policy.require_state(transfer.state, _T.APPROVED)
    ids = _ids_of(db, actor, tags, sites.subtree(db, transfer.from_site_id))
    there = {item.asset_id: item for item in transfers.items_of(db, transfer.id)}
    new = [id_ for id_ in ids if id_ not in there or there[id_].state is not ItemState.CHOSEN]
    if len(there) + len(new) > MOST:
        raise Conflict(f"one transfer has at most {MOST} devices")
    with holding(db, new) as held:
        require_may_go(db, list(held.values()))
        for id_ in new:
            item = there.get(id_) or TransferItem(transfer_id=transfer.id, asset_id=id_)
            item.state, item.settled_at, item.settled_by = ItemState.CHOSEN, None, ""
            db.add(item)
        db.flush()
        if new:
            transfers.record(db, actor, "transfer.chosen", transfer, now, after={"assets": new})
    return transfers.items_of(db, transfer.id)


def leave_out(
    db: Session, actor: Actor, transfer_id: int, asset_id: int, *, now: datetime
) -> list[TransferItem]:
    """Take a device from the list again. Raises `NotFound`, `Forbidden`, `Conflict`."""
    transfer = transfers.for_act(db, actor, transfer_id, giving=True)
    policy.require_state(transfer.state, _T.APPROVED)
    found = transfers.items_of(db, transfer.id)
    item = next((i for i in found if i.asset_id == asset_id and i.state is ItemState.CHOSEN), None)
    if item is None:
        raise NotFound(f"there is no device {asset_id} on the list of transfer {transfer_id}")
    transfers.settle(db, actor, item, ItemState.LEFT_OUT, now)
    db.flush()
    transfers.record(db, actor, "transfer.left_out", transfer, now, after={"assets": [asset_id]})
    return found


def ship(
    db: Session, actor: Actor, transfer_id: int, *, tags: Sequence[str] = (), now: datetime
) -> Transfer:
    """Send what is on the list, and what these tags name. A device that a place or a cart has is
    handed in from there. Raises as `choose`."""
    if tags:
        choose(db, actor, transfer_id, tags, now=now)
    transfer = transfers.for_act(db, actor, transfer_id, giving=True)
    policy.require_state(transfer.state, _T.APPROVED)
    going = [i for i in transfers.items_of(db, transfer.id) if i.state is ItemState.CHOSEN]
    if not going:
        raise Conflict("there is no device on the list; say first which ones go")
    with holding(db, [item.asset_id for item in going]) as held:
        require_may_go(db, list(held.values()), but=transfer.id)
        for item in going:
            asset = for_change(db, actor, item.asset_id, Permission.CUSTODY_WRITE)
            present = service.open_custody(db, asset.id)
            if present is not None:
                note = f"sent away with transfer {transfer.id}"
                service.close(db, actor, asset, present, Coming(note=note), now=now)
            item.state = ItemState.IN_TRANSIT
            db.add(item)
        transfer.shipped_at, transfer.shipped_by = now, actor.name[:200]
        transfers.move(db, actor, transfer, _T.IN_TRANSIT, "transfer.shipped", now)
        transfers.notify(
            db, transfer, "transfer.shipped", "Devices are on their way to your school",
            transfer.to_site_id, now,
        )  # fmt: skip
        told = {"transfer_id": transfer.id, "to_site_id": transfer.to_site_id}
        entries = [Entry(a.id, a.site_id, None, told) for a in held.values()]
        audit.record_many(db, actor, "custody.sent", entries, now=now, subject_type="asset")
    return transfer


def require_may_go(db: Session, assets: Sequence[Asset], *, but: int | None = None) -> None:
    """Raises `Conflict` naming every device that may not go; three queries for all of them.

    but  the transfer that has them rightly
    """
    ids = [asset.id for asset in assets]
    out = _those(db, sa.select(col(Custody.asset_id)).where(
        col(Custody.asset_id).in_(ids), col(Custody.returned_at).is_(None),
        col(Custody.person_id).is_not(None),
    ))  # fmt: skip
    held = _those(db, sa.select(col(Hold.asset_id)).where(
        col(Hold.asset_id).in_(ids), col(Hold.released_at).is_(None)
    ))  # fmt: skip
    where = {asset: number for asset, number in transit.open_in(db, ids).items() if number != but}
    refused = [
        (asset.tag, why)
        for asset in sorted(assets, key=lambda a: a.tag_key)
        if (why := policy.objection(
            asset.status, out_to_person=asset.id in out, held=asset.id in held,
            elsewhere=where.get(asset.id),
        ))
    ]  # fmt: skip
    policy.require_all_go(refused)


def _those(db: Session, query: Any) -> set[int]:
    return set(db.execute(query).scalars())


def _ids_of(db: Session, actor: Actor, tags: Sequence[str], within: Iterable[int]) -> list[int]:
    """The assets of these tags, each once, at these places. Raises `InvalidInput` for the rest."""
    if not tags:
        raise wrong("tags", "must name the devices")
    if len(tags) > MOST:
        raise wrong("tags", f"must not be more than {MOST}")
    keys: dict[str, str] = {}
    strange: list[str] = []
    for tag in tags:
        try:
            keys.setdefault(tag_key(clean_tag(tag)), tag)
        except InvalidInput:
            strange.append(f"{tag[:64]}: no tag looks like that")
    query = (
        select(AssetTag.tag_key, Asset.id, Asset.site_id)
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .where(col(AssetTag.tag_key).in_(list(keys)))
    )
    places = frozenset(within)
    found = {
        key: id_
        for key, id_, site in db.exec(query).all()
        if site in places and actor.may(Permission.CUSTODY_WRITE, site)
    }
    strange += [f"{tag}: is no device of this school" for k, tag in keys.items() if k not in found]
    if strange:
        raise InvalidInput("; ".join(strange[: policy.TOLD]), {"tags": list(strange)})
    return list(dict.fromkeys(found[key] for key in keys))
