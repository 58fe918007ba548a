"""A ratchet of SQL statements per endpoint: a list costs the same for three rows and for thirty.

A number here may be lowered freely; raising one needs a reason in the commit. Counted after a
first request, so that the token is remembered; transaction statements do not count. A lookup's one
statement goes past SQLAlchemy, and is counted in tests/inventory/desk.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from inventory.access import Permission, system_actor
from inventory.accounts import service as accounts
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.discovery import credentials, networks
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind
from inventory.discovery.network_rules import Limits, NetworkDraft
from tests.conftest import Clock
from tests.inventory.conftest import District, api, district

__all__ = ["api", "district"]

ACTOR = system_actor("test", Permission)

MOST = {
    "/assets": 2,
    "/assets?q=printer": 5,
    "/assets?category=printer&sort=-updated_at": 2,
    "/assets/1": 9,
    "/assets/by-tag/T-1": 9,
    "/assets/1/history": 4,
    "/assets/1/files": 2,
    "/assets/1/supplies": 3,
    "/assets/1/pages": 3,
    "/assets/1/network": 3,
    "/lookup/T-1": 0,
    "/catalog/manufacturers": 1,
    "/catalog/models": 1,
    "/networks": 3,
    "/credentials": 1,
    "/sweeps": 1,
    "/discoveries": 2,
    "/accounts": 2,
    "/sites": 1,
    "/people": 1,
    "/audit": 1,
}


def fill(database: Database, clock: Clock, place: District, first: int, last: int) -> None:
    with database.unit() as db:
        for n in range(first, last):
            draft = AssetDraft(
                category=Category.PRINTER, tag=f"T-{n}", name=f"printer {n}", serial=f"SER-{n}",
                manufacturer=f"Maker {n % 7}", model=f"M{n}", site_id=place.north_room,
            )  # fmt: skip
            assets.create(db, ACTOR, draft, now=clock())
            key = credentials.create(
                db, ACTOR, CredentialDraft(f"c{n}", CredentialKind.V2C, community="x1"),
                now=clock(),
            )  # fmt: skip
            network = NetworkDraft(f"n{n}", [f"10.0.{n}.0/28"], credentials=[key.id])
            networks.create(db, ACTOR, network, limits=Limits(), now=clock())
            accounts.create_account(db, ACTOR, user_name=f"user.{n}", now=clock())


def test_statements_per_endpoint(
    database: Database,
    clock: Clock,
    district: District,
    api: Callable[..., Any],
) -> None:
    caller = api("coordinator")
    statements: list[str] = []

    def count(path: str) -> int:
        statements.clear()
        answer = caller.get(f"/api/v1{path}")
        assert answer.status_code == 200, (path, answer.get_json())
        return sum(not s.startswith(("BEGIN", "PRAGMA")) for s in statements)

    fill(database, clock, district, 1, 4)
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    few = {path: (count(path), count(path))[1] for path in MOST}
    fill(database, clock, district, 4, 31)
    many = {path: count(path) for path in MOST}
    assert {p: (few[p], many[p]) for p in MOST if many[p] > few[p]} == {}
    over = {path: many[path] for path in MOST if many[path] > MOST[path]}
    assert over == {}, f"more statements than before: {over}"
