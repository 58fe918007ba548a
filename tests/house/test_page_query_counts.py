"""A ratchet of SQL statements per page: a list costs the same for three rows and for thirty.

As `test_query_counts`, for a person in a browser: the session, its grants, its preferences and
whether commands are stopped are read anew for every page. A number here may be lowered freely;
raising one needs a reason.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from inventory.db import Database
from tests.conftest import Clock
from tests.house.test_query_counts import fill
from tests.inventory.conftest import District, browser, district

__all__ = ["browser", "district"]

MOST = {
    "/": 13,
    "/assets": 10,
    "/assets?q=printer": 14,
    "/assets?category=printer&sort=-updated_at": 10,
    "/assets/1": 21,
    "/find?q=printer": 9,
    "/palette?q=printer": 9,
    "/discoveries": 6,
    "/networks": 7,
    "/credentials": 5,
    "/sweeps": 5,
    "/sites": 5,
    "/accounts": 8,
    "/audit": 9,
    "/map": 6,
}


def test_statements_per_page(
    database: Database, clock: Clock, district: District, browser: Callable[..., Any]
) -> None:
    caller = browser("coordinator")
    statements: list[str] = []

    def count(path: str) -> int:
        statements.clear()
        answer = caller.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return sum(not s.startswith(("BEGIN", "PRAGMA")) for s in statements)

    fill(database, clock, district, 1, 4)
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    few = {path: (count(path), count(path))[1] for path in MOST}
    fill(database, clock, district, 4, 31)
    # What is remembered for some seconds (facets, figures) is asked anew by the first of two.
    many = {path: (count(path), count(path))[1] for path in MOST}
    assert {p: (few[p], many[p]) for p in MOST if many[p] > few[p]} == {}
    assert {path: many[path] for path in MOST if many[path] > MOST[path]} == {}
