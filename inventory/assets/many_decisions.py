"""Deciding about many observations at once: all of them or none, with a result for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inventory.assets.deciding import NewAsset
from inventory.assets.together import all_or_none, require_distinct
from inventory.errors import HomeroomError, InvalidInput

ACCEPT, IGNORE = "accept", "ignore"
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be made of one observation.

    id      of what was seen: a finding, or a vendor's device
    action  accept (as a new asset, or as `asset_id`) or ignore
    """

    id: int
    action: str = ACCEPT
    asset_id: int | None = None
    new: NewAsset | None = None
    revision: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """status: done or refused; `code` is what the row would have got by itself."""

    id: int
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

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(result.status == REFUSED for result in self.results)


def require_rows(rows: Sequence[Row], what: str) -> None:
    """Raises `InvalidInput` for no row, more than 500, one twice, or an unknown action."""
    require_distinct([row.id for row in rows], what)
    if any(row.action not in {ACCEPT, IGNORE} for row in rows):
        raise InvalidInput("unknown action", {"action": ["must be accept or ignore"]})


def decide_all(
    db: Session, rows: Sequence[Row], decide: Callable[[Row], Result], *, dry_run: bool
) -> Outcome:
    """`decide` every row, or none where one is refused."""
    return Outcome(*all_or_none(db, rows, decide, _refused, dry_run=dry_run))


def _refused(row: Row, error: HomeroomError) -> Result:
    return Result(row.id, REFUSED, problem=str(error), code=error.status)
