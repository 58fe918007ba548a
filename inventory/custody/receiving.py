"""The receiving school's part of a transfer: what arrived, and a device that is there already.

A device changes its school when it is received. Whoever receives it needs no rights at the school
that it comes from: that school gave it away, or the device is in the receiver's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Grant, Permission
from inventory.assets import changing, status
from inventory.assets.kinds import Status
from inventory.assets.models import Asset, AssetTag
from inventory.assets.reach import holding
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.custody import service, shipping, transfer_policy as policy, transfers, transit
from inventory.custody.service import Coming
from inventory.custody.transfer_models import ItemState, Transfer, TransferItem, TransferState
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.sites import service as sites
from inventory.sites.naming import BETWEEN

LENT = frozenset({Permission.ASSET_READ, Permission.ASSET_WRITE, Permission.CUSTODY_WRITE})
_T, _I = TransferState, ItemState


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of devices, by their ids.

    place_id  where they are put; None: the receiving place itself
    """

    received: Sequence[int] = ()
    damaged: Sequence[int] = ()
    missing: Sequence[int] = ()
    place_id: int | None = None
    note: str = ""


def receive(
    db: Session, actor: Actor, transfer_id: int, arrival: Arrival, *, now: datetime
) -> Transfer:
    """Say what arrived; the transfer is closed when nothing of it is on its way any more.

    What is missing is recorded as lost, and stays with the school that sent it. Raises `NotFound`,
    `Forbidden`, `InvalidInput`, `Conflict` for what is not on its way with this transfer.
    """
    transfer = transfers.for_act(db, actor, transfer_id, giving=False)
    policy.require_state(transfer.state, _T.IN_TRANSIT)
    outcomes = _outcomes(arrival)
    place = _place(db, transfer.to_site_id, arrival.place_id)
    note = entered(arrival.note, "note", transfers.MAX_TEXT, lines=True)
    going = {i.asset_id: i for i in transfers.items_of(db, transfer.id) if i.state is _I.IN_TRANSIT}
    if unknown := sorted(set(outcomes) - set(going)):
        numbers = ", ".join(map(str, unknown[: policy.TOLD]))
        raise Conflict(f"not on their way with this transfer: devices {numbers}")
    with holding(db, outcomes) as held:
        for id_, outcome in outcomes.items():
            _arrived(db, actor, transfer, held[id_], going[id_], outcome, place, note, now)
    if len(outcomes) == len(going):
        transfer.closed_at, transfer.closed_by = now, actor.name[:200]
        transfers.move(db, actor, transfer, _T.CLOSED, "transfer.closed", now, reason=note)
    return transfer


@dataclass(frozen=True, slots=True)
class Foreign:
    """A device of another school that is in somebody's hands. `home`: the names of its place."""

    asset_id: int
    tag: str
    home: str
    from_site_id: int
    transfer_id: int | None


def whose(db: Session, actor: Actor, tag: str, to_site_id: int) -> Foreign:
    """To which school a device belongs that was scanned here: by exactly its tag, and only for
    whoever may take it over. Raises `NotFound`, `Forbidden`, `Conflict` where it is at home."""
    actor.require(Permission.CUSTODY_WRITE, to_site_id)
    asset = _by_tag(db, tag)
    home = asset.site_id
    if home is None:
        raise NotFound(f"there is no device {tag[:64]} of another school")
    if home in sites.subtree(db, to_site_id):
        raise Conflict(f"{asset.tag} belongs here already")
    number = transit.open_in(db, [asset.id]).get(asset.id)
    return Foreign(asset.id, asset.tag, BETWEEN.join(sites.path(db, home)[1:]), home, number)


def take_in_hand(
    db: Session, actor: Actor, tag: str, to_site_id: int, *, note: str = "", now: datetime
) -> Transfer:
    """Take over a device of another school that is here: request, shipment and receipt in one act.

    Where it is on its way here, it is received with its transfer. Raises as `whose`, and `Conflict`
    where it may not go (`transfer_policy.objection`).
    """
    foreign = whose(db, actor, tag, to_site_id)
    if foreign.transfer_id is not None:
        coming = db.get(Transfer, foreign.transfer_id)
        if coming is not None and coming.to_site_id == to_site_id:
            arrival = Arrival(received=[foreign.asset_id], note=note)
            return receive(db, actor, coming.id, arrival, now=now)
    said = entered(note, "note", transfers.MAX_TEXT, lines=True)
    with holding(db, [foreign.asset_id]) as held:
        asset = held[foreign.asset_id]
        if asset.site_id != foreign.from_site_id:
            raise Conflict("it was moved just now; scan it again")
        shipping.require_may_go(db, [asset])
        name = actor.name[:200]
        transfer = Transfer(
            from_site_id=foreign.from_site_id, to_site_id=to_site_id, state=_T.CLOSED,
            what=asset.tag, wanted=1, note=said, in_hand=True, requested_at=now, requested_by=name,
            shipped_at=now, shipped_by=name, closed_at=now, closed_by=name,
        )  # fmt: skip
        db.add(transfer)
        db.flush()
        item = TransferItem(transfer_id=transfer.id, asset_id=asset.id)
        told = {"from_site_id": transfer.from_site_id, "tag": asset.tag}
        transfers.record(db, actor, "transfer.taken_in_hand", transfer, now, after=told)
        _arrived(db, actor, transfer, asset, item, _I.RECEIVED, to_site_id, said, now)
    return transfer


def lent(actor: Actor, *places: int | None) -> Actor:
    """The actor with the rights that receiving takes, at these places and for this act alone."""
    known = frozenset(place for place in places if place is not None)
    return replace(actor, grants=(*actor.grants, Grant(LENT, known)))


def _arrived(
    db: Session, actor: Actor, transfer: Transfer, asset: Asset, item: TransferItem,
    outcome: ItemState, place: int, note: str, now: datetime,
) -> None:  # fmt: skip
    able = lent(actor, asset.site_id, place)
    came_from, reason = asset.site_id, f"transfer {transfer.id}" + (f": {note}" if note else "")
    transfers.settle(db, actor, item, outcome, now)
    db.flush()
    if outcome is _I.MISSING:
        if asset.status in policy.GOES:
            missed = f"missing from {reason}"[: transfers.MAX_TEXT]
            status.set_status(db, able, asset.id, Status.LOST, reason=missed, now=now)
    else:
        present = service.open_custody(db, asset.id)
        if present is not None:
            service.close(db, able, asset, present, Coming(note=reason[:1000]), now=now)
        changing.change(db, able, asset.id, {"site_id": place}, reason=reason[:1000], now=now)
        after = policy.status_arrived(asset.status, damaged=outcome is _I.DAMAGED)
        status.set_status(db, able, asset.id, after, now=now)
    audit.record(
        db, actor, "custody.arrived", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, reason=note, before={"site_id": came_from},
        after={"transfer_id": transfer.id, "outcome": outcome, "site_id": asset.site_id},
    )  # fmt: skip


def _outcomes(arrival: Arrival) -> dict[int, ItemState]:
    found: dict[int, ItemState] = {}
    for name, ids, state in (
        ("received", arrival.received, _I.RECEIVED), ("damaged", arrival.damaged, _I.DAMAGED),
        ("missing", arrival.missing, _I.MISSING),
    ):  # fmt: skip
        for id_ in ids:
            if found.setdefault(id_, state) is not state:
                raise wrong(name, f"names device {id_}, of which something else is said too")
    if not found:
        raise InvalidInput("say what arrived", {"received": ["name the devices"]})
    return found


def _place(db: Session, to_site_id: int, place_id: int | None) -> int:
    if place_id is None:
        return to_site_id
    if place_id not in sites.subtree(db, to_site_id):
        raise wrong("place_id", "must lie in the receiving school")
    return place_id


def _by_tag(db: Session, tag: str) -> Asset:
    unknown = NotFound(f"there is no device {tag[:64]} of another school")
    try:
        key = tag_key(clean_tag(tag))
    except InvalidInput as strange:
        raise unknown from strange
    query = select(Asset).join(AssetTag, col(AssetTag.asset_id) == col(Asset.id))
    asset = db.exec(query.where(AssetTag.tag_key == key)).first()
    if asset is None:
        raise unknown
    return asset
