"""Deciding many findings at once: all of them or none, with a result for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import translate
from inventory.discovery import review
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review import Moment, NewAsset
from inventory.errors import HomeroomError, InvalidInput

MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """action: accept (as a new asset, or as `asset_id`) or ignore."""

    finding_id: int
    action: str = "accept"
    asset_id: int | None = None
    new: NewAsset | None = None
    revision: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """status: done or refused; `code` is what the row would have got by itself."""

    finding_id: int
    status: str
    asset_id: int | None = None
    decision: str = ""
    problem: str = ""
    code: int = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """applied: every row was accepted; otherwise nothing was changed."""

    applied: bool
    results: list[Result]


def bulk(
    db: Session, actor: Actor, rows: Sequence[Row], *, at: Moment, dry_run: bool = False
) -> Outcome:
    """Decide every row, or none where one is refused; each is audited by itself.

    Raises `InvalidInput` for no row, more than 500, or a finding named twice.
    """
    actor.require_anywhere(Permission.DISCOVERY_REVIEW)
    ids = [row.finding_id for row in rows]
    if not 0 < len(ids) <= MAX_ROWS:
        raise InvalidInput("too many rows", {"rows": [f"must be 1 to {MAX_ROWS}"]})
    if len(set(ids)) != len(ids):
        raise InvalidInput("a finding twice", {"rows": ["must not name a finding twice"]})
    audit.take_turn(db)
    savepoint = db.begin_nested()
    results = [_apply(db, actor, row, at) for row in rows]
    refused = any(result.status == "refused" for result in results)
    if refused or dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return Outcome(not refused and not dry_run, results)


def _apply(db: Session, actor: Actor, row: Row, at: Moment) -> Result:
    """One row in its own savepoint, so that a database's refusal spoils only this row."""
    try:
        with db.begin_nested():
            done = _decide(db, actor, row, at)
    except (HomeroomError, DBAPIError) as error:
        refused = translate(error) if isinstance(error, DBAPIError) else error
        if not isinstance(refused, HomeroomError):
            raise
        return Result(row.finding_id, "refused", problem=str(refused), code=refused.status)
    decision = done.decision.value if done.decision else ""
    return Result(row.finding_id, "done", done.asset_id, decision)


def _decide(db: Session, actor: Actor, row: Row, at: Moment) -> DiscoveryFinding:
    if row.action == "ignore":
        return review.ignore(
            db, actor, row.finding_id, at=at, reason=row.reason, revision=row.revision
        )
    if row.action != "accept":
        raise InvalidInput("unknown action", {"action": ["must be accept or ignore"]})
    return review.accept(
        db, actor, row.finding_id, at=at, new=row.new, asset_id=row.asset_id,
        revision=row.revision,
    )  # fmt: skip
