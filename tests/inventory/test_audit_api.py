"""The audit log through the API: for readers of the whole district only."""

import json

import pytest

from inventory.access import Permission
from inventory.audit import service as audit
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

URL = "/api/v1/audit"


@pytest.fixture
def log(database: Database, district: District, clock: Clock) -> None:
    with database.unit() as db:
        for n in range(5):
            audit.record(
                db, OPERATOR, "thing.done", now=clock.forward(minutes=1), subject_type="thing",
                subject_id=n, after={"n": n, "text": "<b> é \u202e"},
            )  # fmt: skip


def test_newest_first_with_pages(api: MakeCaller, log: None) -> None:
    reader = api("auditor")
    query: dict[str, object] = {"action": "thing.done", "limit": 2}
    seen = []
    for _ in range(3):
        page = reader.get(URL, query_string=query).json
        seen += [item["after"]["n"] for item in page["items"]]
        query["after"] = page["next"]
    assert (seen, page["next"]) == ([4, 3, 2, 1, 0], None)
    assert page["items"][0]["before"] is None
    assert page["items"][0]["actor_name"] == "test operator"


def test_filters(api: MakeCaller, log: None, clock: Clock) -> None:
    reader = api("auditor")

    def count(**query: object) -> int:
        return len(reader.get(URL, query_string=query).json["items"])

    assert count(subject_type="thing", subject_id="3") == 1
    assert count(subject_type="nothing") == 0
    assert count(action="thing.done", since=clock().isoformat()) == 1
    assert count(actor_id=4711) == 0
    for bad in (
        {"since": "yesterday"},
        {"since": "2026-09-01T00:00:00"},
        {"after": "x"},
        {"after": "WyJhIl0"},
        {"actor_id": "x"},
        {"limit": 501},
        {"acton": "x"},
    ):
        assert reader.get(URL, query_string=bad).status_code == 422, bad


@pytest.mark.parametrize("path", [URL, f"{URL}/verify", f"{URL}/export"])
def test_a_school_is_not_enough(api: MakeCaller, district: District, path: str) -> None:
    assert api("auditor", site=district.north).get(path).status_code == 403
    narrowed = api("auditor", permissions={Permission.AUDIT_READ}, site_id=district.north)
    assert narrowed.get(path).status_code == 403
    assert api("technician").get(path).status_code == 403
    assert api("superintendent").get(path).status_code == 200


def test_verify(api: MakeCaller, database: Database, log: None) -> None:
    reader = api("auditor")
    whole = reader.get(f"{URL}/verify").json
    assert whole["broken_at"] is None
    assert whole["events"] > 5
    with database.unit() as db:
        run = db.connection().exec_driver_sql
        if database.is_sqlite:
            run("DROP TRIGGER audit_event_no_update")
        else:
            run("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        run("UPDATE audit_event SET actor_name = 'x' WHERE id = 7")
    assert reader.get(f"{URL}/verify").json["broken_at"] == 7


def test_export_is_one_object_a_line_and_itself_an_event(
    api: MakeCaller, database: Database, log: None
) -> None:
    reader = api("auditor")
    answer = reader.get(f"{URL}/export")
    assert answer.content_type == "application/x-ndjson"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["id"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[-1]["action"] == "audit.exported"
    assert lines[-1]["actor_name"] == "auditor-district via token test"
    assert all(line["digest"] for line in lines)
    rest = reader.get(f"{URL}/export", query_string={"after": len(lines) - 1})
    assert len(rest.text.splitlines()) == 2
    with database.unit(write=False) as db:
        assert audit.verify(db).broken_at is None
