"""The guard: one unit of work per request, refusals on record, and nobody fills the log."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlmodel import select

from inventory.access import Permission
from inventory.accounts.guard import guarded, public
from inventory.accounts.throttle import Buckets, neighbourhood
from inventory.app import create_app
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict
from inventory.http.unit import current_actor, current_db, current_now
from inventory.settings import Settings
from inventory.sites.models import Site, SiteKind
from tests.conftest import Clock
from tests.inventory.conftest import Caller, District, MakeCaller

Events = Callable[[str], list[Any]]


@pytest.fixture
def probe(settings: Settings, database: Database, clock: Clock) -> Flask:
    """An application of its own with three more routes."""
    app = create_app(settings, database, clock=clock)

    def add(name: str) -> None:
        current_db().add(Site(kind=SiteKind.SCHOOL, name=name, parent_id=None))
        current_db().flush()

    @guarded(Permission.SITE_WRITE)
    def write() -> str:
        add("written")
        return "done"

    @guarded(Permission.SITE_WRITE)
    def fail() -> str:
        add("half")
        audit.record(current_db(), current_actor(), "half.done", now=current_now())
        raise Conflict("no")

    @guarded(Permission.SITE_READ)
    def read() -> str:
        add("by reading")
        return "done"

    @guarded(Permission.SITE_READ, write=True)
    def stream() -> Response:
        def lines() -> Iterator[str]:
            yield "late"

        return Response(lines())

    @public("a probe of this test")
    def opened() -> str:
        return "open"

    for view, method in ((write, "POST"), (fail, "POST"), (read, "GET"), (stream, "GET"),
                         (opened, "POST")):  # fmt: skip
        app.add_url_rule(f"/api/{view.__name__}", view.__name__, view, methods=[method])
    return app


@pytest.fixture
def ask(probe: Flask, api: MakeCaller, district: District) -> Caller:
    boss = api("coordinator")
    boss.client = probe.test_client()
    return boss


def names(database: Database) -> set[str]:
    with database.unit(write=False) as db:
        return set(db.exec(select(Site.name)).all())


def test_a_write_is_committed(ask: Caller, database: Database) -> None:
    assert ask.post("/api/write").text == "done"
    assert "written" in names(database)


def test_an_error_rolls_everything_back(ask: Caller, database: Database, events: Events) -> None:
    answer = ask.post("/api/fail")
    assert (answer.status_code, answer.json["detail"]) == (409, "no")
    assert "half" not in names(database)
    assert events("half.done") == []


def test_reading_commits_nothing(ask: Caller, database: Database) -> None:
    assert ask.get("/api/read").status_code == 200
    assert "by reading" not in names(database)


def test_a_stream_is_sent_after_the_commit(ask: Caller) -> None:
    assert ask.get("/api/stream").text == "late"


def test_a_body_beyond_the_cap_is_refused_unread(
    ask: Caller, settings: Settings, probe: Flask
) -> None:
    for path in ("/api/write", "/api/opened"):
        answer = ask.post(path, data=b"x" * (settings.max_body_bytes + 1))
        assert answer.status_code == 413, path
        assert answer.content_type == "application/problem+json"


def test_refusals_are_recorded(
    client: FlaskClient, api: MakeCaller, district: District, events: Events, clock: Clock
) -> None:
    assert client.get("/api/v1/sites").status_code == 401
    clock.forward(seconds=1)
    assert api("staff", site=district.north).get("/api/v1/accounts").status_code == 403
    nobody, staff = events("access.denied")
    assert (nobody.actor_kind, nobody.actor_name, nobody.origin) == (
        "anonymous", "anonymous", "127.0.0.1",
    )  # fmt: skip
    assert '"path": "/api/v1/sites"' in nobody.after
    assert '"status": 401' in nobody.after
    assert staff.actor_name == f"staff-{district.north} via token test"
    assert '"status": 403' in staff.after


def test_a_flood_of_refusals_is_one_event_a_second(
    client: FlaskClient, district: District, events: Events, clock: Clock
) -> None:
    for _ in range(50):
        client.get("/api/v1/sites")
    clock.forward(seconds=1)
    client.get("/api/v1/sites")
    first, second = events("access.denied")
    assert "suppressed" not in first.after
    assert '"suppressed": 49' in second.after


def test_many_addresses_together_are_bounded_too(
    client: FlaskClient, district: District, events: Events
) -> None:
    for n in range(60):
        client.get("/api/v1/sites", environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
    assert len(events("access.denied")) == 20


def test_hostile_addresses_and_paths_are_recorded_safely(
    client: FlaskClient, district: District, events: Events, clock: Clock
) -> None:
    for address, path in (("\x00\x1b[31m" + "9" * 500, "/api/v1/sites"), ("::1", "/api/v1/sites")):
        client.get(path, environ_base={"REMOTE_ADDR": address})
        clock.forward(seconds=1)
    client.delete("/api/v1/tokens/7?x=%00%ff<script>")
    recorded = events("access.denied")
    assert len(recorded) == 3
    assert recorded[0].origin.isprintable()
    assert len(recorded[0].origin) <= 80


def test_401_says_how_to_sign_in(client: FlaskClient, district: District) -> None:
    answer = client.get("/api/v1/sites")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_buckets(clock: Clock) -> None:
    buckets = Buckets(burst=2, per_minute=60, most=3)
    assert [buckets.take("a", clock()) for _ in range(3)] == [0, 0, 1]
    clock.forward(milliseconds=500)
    assert buckets.take("a", clock()) == pytest.approx(0.5)
    buckets.give_back("a")
    assert buckets.take("a", clock()) == 0
    clock.forward(hours=-5)
    assert 0 < buckets.take("a", clock()) <= 1, "a clock set back neither gives nor takes"
    clock.forward(hours=10)
    assert [buckets.take("a", clock()) for _ in range(3)] == [0, 0, 1], "no more than the burst"
    for key in range(10):
        buckets.take(key, clock())
    assert len(buckets) == 3


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_neighbourhoods(address: str, key: str) -> None:
    assert neighbourhood(address) == key
