"""The audit log as a page: what happened in words, within one's reach; the chain; the CSV."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import Permission, system_actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.audit import reading, service as audit
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller

HOSTILE = "<script>alert(1)</script>\u202e"
Record = Callable[..., None]


@pytest.fixture
def record(database: Database, clock: Clock) -> Record:
    """`record(action, **of audit.record)` by the test operator, a second after the last."""

    def made(action: str, **more: Any) -> None:
        actor = more.pop("actor", OPERATOR)
        with database.unit() as db:
            audit.record(db, actor, action, now=clock.forward(seconds=1), **more)

    return made


@pytest.fixture
def reader(browser: MakeCaller, district: District) -> Caller:
    return browser("auditor")


def words(text: str) -> str:
    """The text without its tags, a blank for each."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_happened_in_words(
    reader: Caller, record: Record, district: District, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        draft = AssetDraft(
            category=Category.PRINTER, tag="T-1", name="Office", site_id=district.north
        )
        asset = assets.create(db, system_actor("test", Permission), draft, now=clock())
    record(
        "asset.changed", subject_type="asset", subject_id=asset.id, site_id=district.north,
        before={"status": "in_stock", "site_id": district.north, "name": HOSTILE,
                "odd": [1, {"a": 2}]},
        after={"status": "deployed", "site_id": district.south_room, "name": None, "odd": True,
               "seen_at": "2026-09-01T12:00:00+00:00"}, reason=HOSTILE,
    )  # fmt: skip
    text = reader.get("/audit?action=asset.changed").text
    told = words(text)
    assert "Asset changed Asset T-1 Office North School" in told
    assert "Status before: In stock → now: Deployed" in told
    assert "Place before: North School → now: Room 3, South School" in told
    assert "Sep 1, 2026, 8:00:00" in told
    assert f'href="/assets/{asset.id}"' in text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "<summary>As recorded" in text


def test_a_value_of_any_shape_is_shown(reader: Caller, record: Record) -> None:
    for n, value in enumerate((
        {}, {"": ""}, {"x" * 300: "y" * 5000}, {"deep": {"a": {"b": ["c", {"d": None}]}}},
        {"site_id": "12"}, {"site_id": True}, {"site_id": 10**30}, {"a_at": "x"}, {"n": 1.5},
        {"a_at": "2026-09-01T12:00:00"}, {"list": list(range(500))}, {"permissions": ["odd"]},
    )):  # fmt: skip
        record("thing.done", subject_type="thing", subject_id=f"s{n}", before=value, after=value)
    answer = reader.get("/audit?action=thing.done")
    assert answer.status_code == 200
    assert "12 events" in answer.text
    assert len(answer.data) < 120_000


def test_a_reader_of_one_school_sees_what_belongs_to_it(
    browser: MakeCaller, record: Record, district: District
) -> None:
    record("thing.north", site_id=district.north_room)
    record("thing.south", site_id=district.south, before={"name": "secret of south"})
    record("thing.nowhere", after={"site_id": district.south})
    record("thing.moved", site_id=district.north, after={"site_id": district.south})
    local = browser("auditor", site=district.north)
    text = local.get("/audit").text
    listed = text[text.index('id="results"') :]
    assert "Thing.north" in listed
    assert "Thing.south" not in listed
    assert "Thing.nowhere" not in listed
    assert "secret of south" not in text
    assert "South School" not in text
    assert "a place outside your reach" in listed
    assert "You see what belongs to your schools." in text
    assert "/audit/verify" not in text
    assert local.get("/audit/verify").status_code == 403
    assert "secret of south" not in local.get("/audit/events.csv").text
    asked = local.get(f"/audit?site_id={district.south}").text
    assert "0 events" in asked


def test_filters(record: Record, browser: MakeCaller, district: District, clock: Clock) -> None:
    browser("auditor")
    jane = browser("coordinator")
    jane.post("/accounts/new", data={"kind": "program", "user_name": "sync",
                                     "site_id": str(district.north)})  # fmt: skip
    record("thing.done", subject_type="thing", subject_id="7", site_id=district.south_room)
    clock.time = datetime(2026, 9, 3, 3, 30, tzinfo=UTC)  # still the 2nd in New York
    record("thing.late")
    reader = browser("auditor")

    def count(**query: object) -> int:
        answer = reader.get("/audit", query_string=query)
        assert answer.status_code == 200, answer.text
        found = re.search(r"(\d+) events?<|(\d+) events? on this page", answer.text)
        assert found
        return int(found.group(1) or found.group(2))

    assert count(actor="Coordinator-District") == 2  # the account and its role
    assert count(actor="coord") == 2
    assert count(actor_id=jane.account_id) == 2
    assert count(actor_id=4711) == 0
    by_number = reader.get(f"/audit?actor_id={jane.account_id}").text
    assert 'name="actor" value="coordinator-district"' in by_number
    assert count(actor="nobody at all") == 0
    assert count(actor="%") == 0
    assert count(actor="test oper", action="thing.done") == 1
    assert count(subject_type="thing", subject_id="7") == 1
    assert count(site_id=district.south, action="thing.done") == 1
    assert count(site_id=district.north, action="thing.done") == 0
    assert count(since="2026-09-02") == 1
    assert count(until="2026-09-02", action="thing.late") == 1
    assert count(until="2026-09-01", action="thing.late") == 0
    assert count(since="2026-09-03") == 0
    for wrong in ("since=yesterday", "site_id=x", "site_id=0", "acton=x", "after=x",
                  "after=WyJhIl0", "until=0001-01-01", "before=WzEsMl0"):  # fmt: skip
        assert reader.get(f"/audit?{wrong}").status_code == 422, wrong


def test_pages_turn_in_both_directions(
    reader: Caller, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.desk.audit_pages.ROWS", 2)
    for n in range(5):
        record("thing.done", subject_type="thing", subject_id=f"s{n}")

    def shown(address: str) -> list[str]:
        return re.findall(r"<bdi>(s\d)</bdi>", reader.get(address).text)

    def turned(address: str, way: str) -> str:
        found = re.search(rf'id="page-{way}" href="([^"]+)"', reader.get(address).text)
        assert found
        return found.group(1).replace("&amp;", "&")

    first = "/audit?action=thing.done"
    assert shown(first) == ["s4", "s3"]
    second = turned(first, "after")
    assert shown(second) == ["s2", "s1"]
    third = turned(second, "after")
    assert shown(third) == ["s0"]
    assert shown(turned(third, "before")) == ["s2", "s1"]
    part = reader.get(second, headers={"HX-Request": "true", "HX-Target": "section#results"}).text
    assert part.lstrip().startswith('<section class="panel flush" id="results"')
    assert "<form" not in part


def test_the_chain_is_whole_and_then_it_is_not(
    reader: Caller, record: Record, database: Database
) -> None:
    record("thing.done", after={"n": 1})
    text = reader.get("/audit/verify").text
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
    assert "The chain is whole." in text
    assert verdict.head in text
    assert f"{verdict.events} events were recomputed" in text
    with database.unit() as db:
        run = db.connection().exec_driver_sql
        if database.is_sqlite:
            run("DROP TRIGGER audit_event_no_update")
        else:
            run("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        run("UPDATE audit_event SET actor_name = 'somebody else' WHERE id = 2")
    text = reader.get("/audit/verify").text
    assert "The chain is broken at event 2." in text
    assert "changed in the database itself" in text


def test_a_long_chain_is_verified_in_stretches(
    reader: Caller, record: Record, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.desk.audit_pages.STEP", 4)
    with database.unit(write=False) as db:
        begun = reading.newest(db)
    for _ in range(10 - begun % 4):
        record("thing.done")
    address, steps = "/audit/verify", 0
    while True:
        text = reader.get(address).text
        more = re.search(r'href="(/audit/verify\?after=\d+)">Go on', text)
        if more is None:
            break
        assert f'hx-get="{more.group(1)}"' in text
        address, steps = more.group(1), steps + 1
    with database.unit(write=False) as db:
        assert "The chain is whole." in text
        assert audit.verify(db).head in text
        assert steps == (reading.newest(db) - 1) // 4 >= 2


def test_the_csv_holds_the_query_and_no_formula(
    reader: Caller, record: Record, district: District, events: Any
) -> None:
    for n in range(3):
        record("thing.done", subject_type="=cmd|' /C calc'!A0", subject_id=n, reason="+1",
               before={"a": HOSTILE})  # fmt: skip
    record("thing.other")
    answer = reader.get("/audit/events.csv?action=thing.done")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["subject_id"] for row in rows] == ["2", "1", "0"]
    assert {row["subject_type"] for row in rows} == {"'=cmd|' /C calc'!A0"}
    assert {row["reason"] for row in rows} == {"'+1"}
    assert [event.after for event in events("audit.exported")] == [
        '{"filter": {"action": "thing.done"}}'
    ]
    assert 'href="/audit/events.csv?action=thing.done"' in (
        reader.get("/audit?action=thing.done").text
    )


def test_a_long_csv_comes_in_batches(
    reader: Caller, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.desk.audit_csv.BATCH", 2)
    for n in range(4):
        record("thing.done", subject_id=n)
    rows = reader.get("/audit/events.csv?action=thing.done").text.splitlines()
    assert len(rows) == 5


def test_actions_are_found_along_the_index(database: Database, record: Record) -> None:
    for n in range(3):
        for action in ("b.x", "a.y", "c.z"):
            record(action, subject_id=n)
    with database.unit(write=False) as db:
        assert reading.actions(db) == ["a.y", "b.x", "c.z"]


def test_a_full_page_costs_no_more_statements(
    reader: Caller, record: Record, database: Database, district: District
) -> None:
    statements: list[str] = []

    def keep(*given: object) -> None:
        statements.append(str(given[2]))

    def count() -> int:
        statements.clear()
        assert reader.get("/audit").status_code == 200
        return sum(not each.startswith(("BEGIN", "PRAGMA")) for each in statements)

    def fill(number: int) -> None:
        for n in range(number):
            for kind in ("asset", "account", "site"):
                record("thing.done", subject_type=kind, subject_id=n + 1, site_id=district.north,
                       before={"site_id": n + 1})  # fmt: skip

    fill(1)
    sa.event.listen(database.engine, "before_cursor_execute", keep)
    few = count()
    fill(15)
    assert count() <= few <= 12
