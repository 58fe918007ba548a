"""Many decisions at once: all of them or none, with a result for each."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from inventory.audit import service as audit
from inventory.db import translate
from inventory.errors import HomeroomError, InvalidInput

MAX_ROWS = 500

Row = TypeVar("Row")
Result = TypeVar("Result")


def require_distinct(ids: Sequence[int], what: str) -> None:
    """Raises `InvalidInput` for no row, more than `MAX_ROWS`, or one that is named twice."""
    if not 0 < len(ids) <= MAX_ROWS:
        raise InvalidInput("too many rows", {"rows": [f"must be 1 to {MAX_ROWS}"]})
    if len(set(ids)) != len(ids):
        raise InvalidInput(f"a {what} twice", {"rows": [f"must not name a {what} twice"]})


def all_or_none(
    db: Session,
    rows: Sequence[Row],
    decide: Callable[[Row], Result],
    refuse: Callable[[Row, HomeroomError], Result],
    *,
    dry_run: bool = False,
) -> tuple[bool, list[Result]]:
    """Whether every row was decided and is kept, and what became of each.

    `refuse` makes the result of a row that `decide` raised for. Each row has its own savepoint, so
    that a database's refusal spoils only this row; where one is refused, all are taken back.
    """
    audit.take_turn(db)
    savepoint = db.begin_nested()
    results: list[Result] = []
    refused = False
    for row in rows:
        try:
            with db.begin_nested():
                results.append(decide(row))
        except (HomeroomError, DBAPIError) as error:
            known = translate(error) if isinstance(error, DBAPIError) else error
            if not isinstance(known, HomeroomError):
                raise
            results.append(refuse(row, known))
            refused = True
    if refused or dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return not refused and not dry_run, results
