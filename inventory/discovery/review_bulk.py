"""Deciding many findings at once: all of them or none, with a result for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.deciding import NewAsset
from inventory.assets.together import all_or_none, require_distinct
from inventory.discovery import review
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review import Moment
from inventory.errors import HomeroomError, InvalidInput


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
    require_distinct([row.finding_id for row in rows], "finding")

    def decide(row: Row) -> Result:
        done = _decide(db, actor, row, at)
        decision = done.decision.value if done.decision else ""
        return Result(row.finding_id, "done", done.asset_id, decision)

    applied, results = all_or_none(db, rows, decide, _refused, dry_run=dry_run)
    return Outcome(applied, results)


def _refused(row: Row, error: HomeroomError) -> Result:
    return Result(row.finding_id, "refused", problem=str(error), code=error.status)


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
