"""What is shown of custody costs the same number of statements for three devices and for thirty."""

import sqlalchemy as sa

from inventory.db import Database
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk

MOST = {
    "/custody": 14,
    "/assets/1/custody": 22,
    "/api/v1/custody": 7,
    "/api/v1/assets/1/custody": 8,
}
"""A ratchet: a number may be lowered freely, raising one needs a reason. Writing down whose names
were shown is among them."""


def fill(desk: Desk, first: int, last: int) -> None:
    for n in range(first, last):
        desk.lend(desk.laptop(f"L-{n}"), desk.pupil(f"p{n}"), accessories={"charger": 1})


def again(desk: Desk, times: int) -> None:
    """The first device goes from hand to hand."""
    for _time in range(times):
        held = desk.lend(1, 1, take_over="next", override="test")
    assert held.asset_id == 1


def test_statements(desk: Desk, database: Database, browser: MakeCaller) -> None:
    person = browser("technician", desk.district.north)
    statements: list[str] = []

    def count(path: str) -> int:
        statements.clear()
        answer = person.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return sum(not s.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")) for s in statements)

    fill(desk, 1, 4)
    again(desk, 2)
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    few = {path: (count(path), count(path))[1] for path in MOST}
    fill(desk, 4, 31)
    again(desk, 20)
    many = {path: (count(path), count(path))[1] for path in MOST}
    assert {p: (few[p], many[p]) for p in MOST if many[p] > few[p]} == {}
    assert {path: many[path] for path in MOST if many[path] > MOST[path]} == {}
