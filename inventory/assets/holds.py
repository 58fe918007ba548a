"""Holds: a frozen device is not wiped, retired, disposed of or moved until two persons let it go.

Raising a hold takes one person, releasing it two different ones: one asks, another confirms. A hold
reaches every later act at once, because each act looks in its own transaction (`require_free`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.hold_models import Hold, HoldKind
from inventory.assets.models import Asset
from inventory.assets.reach import for_change, get
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, Forbidden, NotFound

MAX_REASON, MAX_CASE, MAX_OPEN = 1000, 80, 20


def active_hold(db: Session, asset_id: int) -> Hold | None:
    """The oldest hold that is in force on the asset. For rules: it checks nobody's permission."""
    query = select(Hold).where(Hold.asset_id == asset_id, col(Hold.released_at).is_(None))
    return db.exec(query.order_by(col(Hold.id)).limit(1)).first()


def require_free(db: Session, asset_id: int, what: str) -> None:
    """Raises `Conflict` where a hold is in force; `what` says what it forbids.

    The message names no case: who may not read holds learns only that there is one.
    """
    if active_hold(db, asset_id) is not None:
        raise Conflict(f"a hold is in force on this device: it must not be {what}")


def raise_hold(
    db: Session,
    actor: Actor,
    asset_id: int,
    *,
    kind: HoldKind,
    reason: str,
    case_number: str = "",
    now: datetime,
) -> Hold:
    """Freeze a device. Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict` (too many)."""
    asset = for_change(db, actor, asset_id, Permission.HOLD_WRITE)
    _require_person(actor)
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why")
    if len(_open(db, asset.id)) >= MAX_OPEN:
        raise Conflict(f"this device is under {MAX_OPEN} holds already")
    hold = Hold(
        asset_id=asset.id, kind=kind, reason=cleaned, raised_at=now,
        case_number=entered(case_number, "case_number", MAX_CASE),
        raised_by=actor.name[:200], raised_by_id=actor.id,
    )  # fmt: skip
    db.add(hold)
    db.flush()
    after = {"kind": hold.kind, "case_number": hold.case_number}
    _record(db, actor, "hold.raised", hold.id, asset, now, after=after, reason=cleaned)
    return hold


def ask_release(
    db: Session, actor: Actor, hold_id: int, *, reason: str, version: int | None, now: datetime
) -> Hold:
    """The first of two: say why the hold may go. Asking anew replaces what was asked before."""
    hold, asset = _for_change(db, actor, hold_id, version)
    cleaned = entered(reason, "reason", MAX_REASON, lines=True)
    if not cleaned:
        raise wrong("reason", "must say why the hold may go")
    hold.release_asked_by, hold.release_asked_by_id = actor.name[:200], actor.id
    hold.release_asked_at, hold.release_reason = now, cleaned
    _record(db, actor, "hold.release_asked", hold.id, asset, now, reason=cleaned)
    return _kept(db, hold)


def keep(db: Session, actor: Actor, hold_id: int, *, version: int | None, now: datetime) -> Hold:
    """Refuse a release that was asked for: the hold stays. Anybody who may release may do it."""
    hold, asset = _for_change(db, actor, hold_id, version)
    if hold.release_asked_by_id is None:
        raise Conflict("nobody has asked to release this hold")
    hold.release_asked_by, hold.release_asked_by_id = "", None
    hold.release_asked_at, hold.release_reason = None, ""
    _record(db, actor, "hold.kept", hold.id, asset, now)
    return _kept(db, hold)


def release(db: Session, actor: Actor, hold_id: int, *, version: int | None, now: datetime) -> Hold:
    """The second of two: let it go. Raises `Forbidden` for the one who asked, `Conflict`."""
    hold, asset = _for_change(db, actor, hold_id, version)
    if hold.release_asked_by_id is None:
        raise Conflict("somebody must ask for the release first")
    if hold.release_asked_by_id == actor.id:
        raise Forbidden("a hold is released by two persons: another one must confirm")
    hold.released_by, hold.released_by_id, hold.released_at = actor.name[:200], actor.id, now
    after = {"asked_by": hold.release_asked_by}
    _record(
        db, actor, "hold.released", hold.id, asset, now, after=after, reason=hold.release_reason
    )
    return _kept(db, hold)


def read(db: Session, actor: Actor, asset_id: int, *, now: datetime) -> Sequence[Hold]:
    """Every hold of an asset, newest first; that somebody looked is recorded where there is one.

    Raises `NotFound`, `Forbidden`.
    """
    asset = get(db, actor, asset_id)
    actor.require(Permission.HOLD_READ, asset.site_id)
    query = select(Hold).where(Hold.asset_id == asset_id).order_by(col(Hold.id).desc())
    found = db.exec(query).all()
    for hold in found:
        _record(db, actor, "hold.viewed", hold.id, asset, now)
    return found


def _for_change(db: Session, actor: Actor, hold_id: int, version: int | None) -> tuple[Hold, Asset]:
    _require_person(actor)
    query = select(Hold).where(Hold.id == hold_id).with_for_update()
    hold = db.exec(query).first()
    if hold is None:
        raise NotFound(f"there is no hold {hold_id}")
    asset = for_change(db, actor, hold.asset_id, Permission.HOLD_WRITE)
    if version is not None and hold.version != version:
        raise Conflict("the hold was changed since you read it; read it again")
    if hold.released_at is not None:
        raise Conflict("this hold was released already")
    return hold, asset


def _require_person(actor: Actor) -> None:
    if actor.kind != "account" or actor.id is None:
        raise Forbidden("a hold needs a person who is signed in")


def _open(db: Session, asset_id: int) -> Sequence[Hold]:
    query = select(Hold).where(Hold.asset_id == asset_id, col(Hold.released_at).is_(None))
    return db.exec(query).all()


def _kept(db: Session, hold: Hold) -> Hold:
    hold.version += 1
    db.add(hold)
    db.flush()
    return hold


def _record(
    db: Session,
    actor: Actor,
    action: str,
    hold_id: int,
    asset: Asset,
    now: datetime,
    *,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    # Not told of the asset: its history is read by people who need not know of a case.
    audit.record(
        db, actor, action, now=now, subject_type="hold", subject_id=hold_id,
        site_id=asset.site_id, after={"asset_id": asset.id, **(after or {})}, reason=reason,
    )  # fmt: skip
