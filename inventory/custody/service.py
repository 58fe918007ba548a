"""Handing devices out and in. Every act locks the device first, so that of two who hand out the
same one at once exactly one does; a partial unique index is the wall behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.admin_ledger import ending
from inventory.admin_ledger.models import Cause
from inventory.assets import changing, holds, status
from inventory.assets.models import Asset
from inventory.assets.reach import for_change, holding
from inventory.assets.words import entered
from inventory.audit import service as audit
from inventory.custody import lines, policy, transit
from inventory.custody.holders import Holder, Terms, accepted, holder_of, overdue_of
from inventory.custody.models import Condition, Custody
from inventory.errors import Conflict, NotFound

MAX_TEXT = 1000
MAX_RENEWALS = 50


@dataclass(frozen=True, slots=True)
class Coming:
    """How something is handed in.

    repair    whether it goes to the repair shop; None: where it is broken
    returned  what came along: name to count; what is not named was not counted
    place_id  where it is put; None: it stays recorded where it is
    """

    condition: Condition | None = None
    repair: bool | None = None
    note: str = ""
    returned: Mapping[str, int] = field(default_factory=dict)
    place_id: int | None = None


def check_out(
    db: Session,
    actor: Actor,
    asset_id: int,
    holder: Holder,
    terms: Terms,
    *,
    take_over: str = "",
    now: datetime,
) -> Custody:
    """Hand a device out. `take_over`: why it is taken from who has it.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, and `Conflict` where it is out already, on hold,
    lost or retired, where the person has left, or something speaks against it (`policy`).
    """
    with holding(db, [asset_id]):
        asset = for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
        present = open_custody(db, asset.id)
        if present is not None:
            reason = entered(take_over, "take_over", MAX_TEXT, lines=True)
            if not reason:
                raise Conflict(f"{out_already(present)}; to take it over, give a reason")
            holds.require_free(db, asset.id, "given to somebody else")
            _close(db, actor, asset, present, Coming(note=reason), now, reason=reason)
        return give(db, actor, asset, holder, terms, now=now)


def give(
    db: Session,
    actor: Actor,
    asset: Asset,
    holder: Holder,
    terms: Terms,
    *,
    instead_of: int | None = None,
    now: datetime,
) -> Custody:
    """Open a custody of a device that is locked and with nobody. Raises as `check_out`."""
    holds.require_free(db, asset.id, "given to somebody")
    transit.require_here(db, asset.id)
    goes_to = accepted(db, actor, holder)
    policy.require_term(terms.kind, terms.loan_reason, terms.due_at, now)
    after = policy.status_out(asset.status)
    override = entered(terms.override, "override", MAX_TEXT, lines=True)
    found = policy.objections(asset.status, overdue_of(db, holder.person_id, now))
    policy.require_no_objection(found, override)
    custody = Custody(
        asset_id=asset.id, person_id=holder.person_id, place_id=holder.place_id,
        cart_id=holder.cart_id, kind=terms.kind, loan_reason=terms.loan_reason, given_at=now,
        given_by=actor.name[:200], given_by_id=actor.id, due_at=terms.due_at,
        condition_out=terms.condition, note_out=entered(terms.note, "note", MAX_TEXT, lines=True),
        override=override if found else "", instead_of_id=instead_of,
    )  # fmt: skip
    db.add(custody)
    db.flush()
    _end_rights_of_others(db, actor, asset, holder, now)
    went = lines.put_out(db, custody.id, terms.accessories)
    _put(db, actor, asset, goes_to, now)
    status.set_status(db, actor, asset.id, after, now=now)
    told = {
        "custody_id": custody.id, **holder.told(), "kind": terms.kind, "due_at": terms.due_at,
        "condition": terms.condition, "accessories": {line.name: line.count_out for line in went},
    }  # fmt: skip
    record(db, actor, "custody.given", asset, now, after=told, reason=custody.override)
    return custody


def hand_over(
    db: Session,
    actor: Actor,
    asset: Asset,
    present: Custody,
    coming: Coming,
    holder: Holder,
    terms: Terms,
    *,
    now: datetime,
) -> Custody:
    """From who has a device that is locked straight to another holder. Raises as `check_out`."""
    holds.require_free(db, asset.id, "given to somebody else")
    _close(db, actor, asset, present, coming, now, reason=coming.note)
    return give(db, actor, asset, holder, terms, now=now)


def check_in(
    db: Session, actor: Actor, custody_id: int, coming: Coming, *, now: datetime
) -> Custody:
    """Hand a device in. A hold does not stand in the way: that it came back is a fact.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict` where it is in already.
    """
    custody, asset = for_act(db, actor, custody_id)
    return close(db, actor, asset, custody, coming, now=now)


def close(
    db: Session, actor: Actor, asset: Asset, custody: Custody, coming: Coming, *, now: datetime
) -> Custody:
    """End the custody of a device that is locked, and say what becomes of it."""
    repair = policy.goes_to_repair(coming.condition, coming.repair)
    _close(db, actor, asset, custody, coming, now)
    _put(db, actor, asset, coming.place_id, now)
    after = policy.status_in(asset.status, repair=repair)
    status.set_status(db, actor, asset.id, after, now=now)
    return custody


def extend(
    db: Session, actor: Actor, custody_id: int, due_at: datetime, *, reason: str = "",
    version: int | None = None, now: datetime,
) -> Custody:  # fmt: skip
    """Move the end. Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict`."""
    custody, asset = for_act(db, actor, custody_id)
    if version is not None and custody.version != version:
        raise Conflict("it was changed since you read it; read it again")
    policy.require_ahead(due_at, now)
    if custody.renewals >= MAX_RENEWALS:
        raise Conflict(f"it was extended {MAX_RENEWALS} times already")
    before, custody.due_at = custody.due_at, due_at
    custody.renewals += 1
    custody.version += 1
    db.add(custody)
    db.flush()
    record(
        db, actor, "custody.extended", asset, now, before={"due_at": before},
        after={"custody_id": custody.id, "due_at": due_at},
        reason=entered(reason, "reason", MAX_TEXT, lines=True),
    )  # fmt: skip
    return custody


def for_act(db: Session, actor: Actor, custody_id: int) -> tuple[Custody, Asset]:
    """An open custody and its device, which is locked. Raises `NotFound`, `Forbidden`, `Conflict`.

    The device is locked before the custody is read for good, as when it is handed out.
    """
    asset_id = db.exec(select(Custody.asset_id).where(Custody.id == custody_id)).first()
    if asset_id is None:
        raise NotFound(f"there is no custody {custody_id}")
    asset = for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
    custody = db.exec(
        select(Custody).where(Custody.id == custody_id).execution_options(populate_existing=True)
    ).one()
    if custody.returned_at is not None:
        raise Conflict(f"it was handed in already, at {custody.returned_at.isoformat()}")
    return custody, asset


def open_custody(db: Session, asset_id: int) -> Custody | None:
    """Who has it. For rules: it checks nobody's permission."""
    query = select(Custody).where(Custody.asset_id == asset_id, col(Custody.returned_at).is_(None))
    return db.exec(query.execution_options(populate_existing=True)).first()


def out_already(custody: Custody) -> str:
    """Who has it, by id: a name is shown only where it is written down that it was."""
    ((what, number),) = holder_of(custody).told().items()
    due = f", due {custody.due_at.isoformat()}" if custody.due_at else ""
    who = what.removesuffix("_id")
    return (
        f"it is out already: {who} {number} has it since {custody.given_at.isoformat()}{due}"
        f" (custody {custody.id})"
    )


def record(
    db: Session, actor: Actor, action: str, asset: Asset, now: datetime, *,
    after: Mapping[str, object], before: Mapping[str, object] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """An event of the device's own history. Ids only: who may not see people reads it, too."""
    audit.record(
        db, actor, action, now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before=before, after=after, reason=reason,
    )  # fmt: skip


def _close(
    db: Session, actor: Actor, asset: Asset, custody: Custody, coming: Coming, now: datetime,
    *, reason: str = "",
) -> None:  # fmt: skip
    missing = lines.count_in(db, custody.id, coming.returned)
    # A clock that was turned back must not keep anybody from handing something in.
    custody.returned_at = max(now, custody.given_at)
    custody.taken_by, custody.taken_by_id = actor.name[:200], actor.id
    custody.condition_in = coming.condition
    custody.note_in = entered(coming.note, "note", MAX_TEXT, lines=True)
    custody.version += 1
    db.add(custody)
    db.flush()
    if custody.person_id is not None:
        ending.end_for_assets(db, actor, [asset.id], Cause.RETURNED, now=now)
    told = {
        "custody_id": custody.id, **holder_of(custody).told(), "condition": coming.condition,
        "missing": missing,
    }  # fmt: skip
    record(db, actor, "custody.returned", asset, now, after=told, reason=reason)


def _end_rights_of_others(
    db: Session, actor: Actor, asset: Asset, holder: Holder, now: datetime
) -> None:
    if holder.person_id is not None:
        # Reassigned: nobody else is administrator of what is theirs now.
        ending.end_for_assets(
            db, actor, [asset.id], Cause.RETURNED, but_person=holder.person_id, now=now
        )


def _put(db: Session, actor: Actor, asset: Asset, place_id: int | None, now: datetime) -> None:
    if place_id is not None and place_id != asset.site_id:
        changing.change(db, actor, asset.id, {"site_id": place_id}, now=now)
