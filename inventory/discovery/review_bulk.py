"""Deciding many findings at once: all of them or none, with a result for each."""

from collections.abc import Sequence

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.many_decisions import (
    DONE,
    IGNORE,
    Outcome,
    Result,
    Row,
    decide_all,
    require_rows,
)
from inventory.discovery import review
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review import Moment


def bulk(
    db: Session, actor: Actor, rows: Sequence[Row], *, at: Moment, dry_run: bool = False
) -> Outcome:
    """Decide every row, or none where one is refused; each is audited by itself.

    Raises `InvalidInput` for no row, more than 500, or a finding named twice.
    """
    actor.require_anywhere(Permission.DISCOVERY_REVIEW)
    require_rows(rows, "finding")

    def decide(row: Row) -> Result:
        done = _decide(db, actor, row, at)
        decision = done.decision.value if done.decision else ""
        return Result(row.id, DONE, done.asset_id, decision)

    return decide_all(db, rows, decide, dry_run=dry_run)


def _decide(db: Session, actor: Actor, row: Row, at: Moment) -> DiscoveryFinding:
    if row.action == IGNORE:
        return review.ignore(db, actor, row.id, at=at, reason=row.reason, revision=row.revision)
    return review.accept(
        db, actor, row.id, at=at, new=row.new, asset_id=row.asset_id, revision=row.revision
    )
