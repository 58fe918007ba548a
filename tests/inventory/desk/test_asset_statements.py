"""The asset's page costs a few SQL statements, and no more for a device with a long life."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from inventory.assets import notes, service
from inventory.assets.kinds import Category
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

SET_ASIDE = ("BEGIN", "PRAGMA", "UPDATE login_session")
"""Transactions, and when the session was last used."""

MOST = {"": 21, "/network": 20, "/supplies": 16, "/files": 14, "/history": 17}
"""May be lowered freely; raising one needs a reason in the commit. Counted after a first request,
so that the session is remembered."""


def live(database: Database, clock: Clock, kept: int, place: District, first: int) -> None:
    """Another stretch of a device's life."""
    with database.unit() as db:
        net = world.network(db, clock, place.north, f"net {first}")
        for n in range(first, first + 6):
            clock.forward(minutes=1)
            changes = {"name": f"n{n}", "site_id": (place.north_lab, place.north_room)[n % 2]}
            service.change(db, world.ACTOR, kept, changes, now=clock())
            notes.add_note(db, world.ACTOR, kept, f"note {n}", now=clock())
            world.seen(db, kept, clock, n, name=f"n{n}", site_id=place.north)
            world.supply(db, kept, clock, [50 - n], supply_index=f"{n}", name=f"S{n}")
            world.at_address(db, kept, f"10.0.0.{n}", clock, network_id=net[0])
            world.found(db, kept, net, place.north, clock, address=f"10.0.0.{n}")
    for n in range(first, first + 6):
        device = world.made(
            database, clock, place.north_room, model=f"M{n}", category=Category.CAMERA
        )
        with database.unit() as db:
            world.on_port(db, device, kept, str(n), clock)


def test_statements_do_not_grow(
    database: Database, clock: Clock, district: District, browser: Callable[..., Any]
) -> None:
    kept = world.made(database, clock, district.north_room, serial="S1")
    with database.unit() as db:
        world.on_port(db, kept, kept, "1", clock)
        world.counted(db, kept, clock, [1, 2])
    caller = browser("coordinator")
    statements: list[str] = []

    def count(tab: str) -> int:
        statements.clear()
        answer = caller.get(f"/assets/{kept}{tab}")
        assert answer.status_code == 200, answer.text
        return sum(not s.startswith(SET_ASIDE) for s in statements)

    live(database, clock, kept, district, 1)
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    few = {tab: (count(tab), count(tab))[1] for tab in MOST}
    live(database, clock, kept, district, 7)
    many = {tab: count(tab) for tab in MOST}
    assert {tab: (few[tab], many[tab]) for tab in MOST if many[tab] > few[tab]} == {}
    over = {tab: many[tab] for tab in MOST if many[tab] > MOST[tab]}
    assert over == {}, f"more statements than before: {over}"
