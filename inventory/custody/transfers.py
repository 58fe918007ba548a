"""Devices from school to school: asked for, allowed, refused, cancelled; a device taken in hand.

The receiving school asks, the giving one allows and sends (`shipping`), the receiving one takes
them in (`receiving`). Each act needs `custody:write` at its own side only. The transfer is locked
first, then its devices.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.custody import transfer_policy as policy
from inventory.custody.transfer_models import ItemState, Transfer, TransferItem, TransferState
from inventory.errors import Forbidden, NotFound
from inventory.notices.telling import Notice, tell
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind

MAX_TEXT, MAX_WHAT, MAX_WANTED = 1000, 200, 1000
_T = TransferState
WRITE, READ = Permission.CUSTODY_WRITE, Permission.CUSTODY_READ


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """What is asked for: `what` in words, `wanted` how many."""

    from_site_id: int
    to_site_id: int
    what: str
    wanted: int = 1
    note: str = ""


def request(db: Session, actor: Actor, draft: TransferDraft, *, now: datetime) -> Transfer:
    """Ask another school for devices. Raises `Forbidden` without rights at the receiving place,
    `InvalidInput`."""
    actor.require(WRITE, draft.to_site_id)
    _require_places(db, draft.from_site_id, draft.to_site_id)
    what = entered(draft.what, "what", MAX_WHAT)
    if not what:
        raise wrong("what", "must say what is wanted")
    if not 1 <= draft.wanted <= MAX_WANTED:
        raise wrong("wanted", f"must be 1 to {MAX_WANTED}")
    transfer = Transfer(
        from_site_id=draft.from_site_id, to_site_id=draft.to_site_id, what=what,
        wanted=draft.wanted, note=entered(draft.note, "note", MAX_TEXT, lines=True),
        requested_at=now, requested_by=actor.name[:200],
    )  # fmt: skip
    db.add(transfer)
    db.flush()
    told = {"from_site_id": transfer.from_site_id, "what": what, "wanted": transfer.wanted}
    record(db, actor, "transfer.requested", transfer, now, after=told)
    notify(
        db, transfer, "transfer.requested", "Another school asks for devices",
        transfer.from_site_id, now,
    )  # fmt: skip
    return transfer


def approve(db: Session, actor: Actor, transfer_id: int, *, now: datetime) -> Transfer:
    """The giving school allows it. Raises `NotFound`, `Forbidden`, `Conflict`."""
    transfer = for_act(db, actor, transfer_id, giving=True)
    policy.require_state(transfer.state, _T.REQUESTED)
    transfer.approved_at, transfer.approved_by = now, actor.name[:200]
    move(db, actor, transfer, _T.APPROVED, "transfer.approved", now)
    return transfer


def refuse(db: Session, actor: Actor, transfer_id: int, *, reason: str, now: datetime) -> Transfer:
    """The giving school says no, and why. Raises as `approve`, and `InvalidInput`."""
    transfer = for_act(db, actor, transfer_id, giving=True)
    policy.require_state(transfer.state, _T.REQUESTED)
    _end(db, actor, transfer, _T.REFUSED, "transfer.refused", reason, now)
    return transfer


def cancel(db: Session, actor: Actor, transfer_id: int, *, reason: str, now: datetime) -> Transfer:
    """Either school calls it off before anything is sent. What is on its way is received, or said
    to be missing. Raises as `refuse`."""
    transfer = for_act(db, actor, transfer_id)
    policy.require_state(transfer.state, _T.REQUESTED, _T.APPROVED)
    for item in items_of(db, transfer.id):
        if item.state is ItemState.CHOSEN:
            settle(db, actor, item, ItemState.LEFT_OUT, now)
    _end(db, actor, transfer, _T.CANCELLED, "transfer.cancelled", reason, now)
    return transfer


def for_act(db: Session, actor: Actor, transfer_id: int, *, giving: bool | None = None) -> Transfer:
    """The transfer, locked. `giving`: the side that must act; None: either.

    Raises `NotFound` where neither place is within the actor's reach, `Forbidden` where only the
    other side may do this.
    """
    query = select(Transfer).where(Transfer.id == transfer_id).with_for_update()
    transfer = db.exec(query.execution_options(populate_existing=True)).first()
    if transfer is None or not seen_by(actor, transfer):
        raise NotFound(f"there is no transfer {transfer_id}")
    if giving is None:
        if not any(actor.may(WRITE, s) for s in (transfer.from_site_id, transfer.to_site_id)):
            raise Forbidden("only the two schools of a transfer may do this")
    else:
        actor.require(WRITE, transfer.from_site_id if giving else transfer.to_site_id)
    return transfer


def seen_by(actor: Actor, transfer: Transfer) -> bool:
    """Whether one of its places is within the actor's reach."""
    return actor.may(READ, transfer.from_site_id) or actor.may(READ, transfer.to_site_id)


def items_of(db: Session, transfer_id: int) -> list[TransferItem]:
    """Its devices in the order in which they were chosen, as they are now."""
    query = select(TransferItem).where(TransferItem.transfer_id == transfer_id)
    found = query.order_by(col(TransferItem.id)).execution_options(populate_existing=True)
    return list(db.exec(found).all())


def settle(db: Session, actor: Actor, item: TransferItem, state: ItemState, now: datetime) -> None:
    """Say what became of one device."""
    item.state, item.settled_at, item.settled_by = state, now, actor.name[:200]
    db.add(item)


def move(
    db: Session, actor: Actor, transfer: Transfer, state: TransferState, action: str,
    now: datetime, *, reason: str = "",
) -> None:  # fmt: skip
    """Into the next state, with its event."""
    before, transfer.state = transfer.state, state
    transfer.version += 1
    db.add(transfer)
    db.flush()
    record(
        db, actor, action, transfer, now, before={"state": before}, after={"state": state},
        reason=reason,
    )  # fmt: skip


def record(
    db: Session, actor: Actor, action: str, transfer: Transfer, now: datetime, *,
    after: dict[str, object], before: dict[str, object] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """An event of the transfer, at the receiving place."""
    audit.record(
        db, actor, action, now=now, subject_type="transfer", subject_id=transfer.id,
        site_id=transfer.to_site_id, before=before, after=after, reason=reason,
    )  # fmt: skip


def notify(
    db: Session, transfer: Transfer, kind: str, title: str, site_id: int, now: datetime
) -> None:
    """Tell those of one side who hand devices out that the transfer waits for them."""
    text = f"{transfer.wanted} x {transfer.what}. See /transfers/{transfer.id}"
    notice = Notice(
        kind, title, text, WRITE, site_id=site_id, subject_type="transfer", subject_id=transfer.id
    )
    tell(db, notice, now=now)


def schools(db: Session) -> list[tuple[int, str]]:
    """Every school, by name: whom one may ask. That a school is there is no secret."""
    query = select(Site).where(Site.kind == SiteKind.SCHOOL).order_by(col(Site.name), col(Site.id))
    return [(site.id, site.name) for site in db.exec(query).all()]


def _require_places(db: Session, giving: int, taking: int) -> None:
    for field, number in (("from_site_id", giving), ("to_site_id", taking)):
        site = db.get(Site, number)
        if site is None or site.kind in {SiteKind.DISTRICT, SiteKind.ROOM}:
            raise wrong(field, "must be a school or a building")
    if giving in sites.subtree(db, taking) or taking in sites.subtree(db, giving):
        raise wrong("from_site_id", "must be another school than the receiving one")


def _end(
    db: Session, actor: Actor, transfer: Transfer, state: TransferState, action: str, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    transfer.reason = entered(reason, "reason", MAX_TEXT, lines=True)
    if not transfer.reason:
        raise wrong("reason", "must say why")
    transfer.closed_at, transfer.closed_by = now, actor.name[:200]
    move(db, actor, transfer, state, action, now, reason=transfer.reason)
