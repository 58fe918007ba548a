"""The helpdesk's lookup: one call, in scope only, near misses; and what monitors ask."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from inventory.access import Permission, system_actor
from inventory.assets import service
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.desk.schemas import LookupView
from inventory.engine import enqueue
from tests.conftest import Clock
from tests.inventory.conftest import District

ACTOR = system_actor("test", Permission)
Api = Callable[..., Any]


def asset(database: Database, clock: Clock, tag: str, site: int | None) -> int:
    with database.unit() as db:
        draft = AssetDraft(
            category=Category.PRINTER, tag=tag, site_id=site, manufacturer="HP", model="M404",
            serial=f"SN-{tag[:20]}",
        )  # fmt: skip
        return service.create(db, ACTOR, draft, now=clock()).id


def test_the_answer_has_the_shape_that_is_described(
    api: Api, district: District, database: Database, clock: Clock
) -> None:
    asset(database, clock, "N-1", district.north_room)
    answer = api("helpdesk").get("/api/v1/lookup/n-1")
    assert answer.status_code == 200
    told = LookupView().load(answer.get_json())
    assert (told["manufacturer"], told["model"], told["serial"]) == ("HP", "M404", "SN-N-1")
    assert [step["kind"] for step in told["place"]] == ["district", "school", "building", "room"]
    assert told["last_seen"] is None
    assert told["addresses"] == told["supplies"] == told["open_matters"] == []


@pytest.mark.parametrize(
    "tag", ["A/B 12", "//x", "Café ☕", "10%_x", "a'b\"c", "-- ;", "x" * 64, "..", "#7?"]
)
def test_any_tag_can_be_looked_up(
    tag: str, api: Api, district: District, database: Database, clock: Clock
) -> None:
    asset(database, clock, tag, district.north_room)
    answer = api("helpdesk").get(f"/api/v1/lookup/{quote(tag, safe='')}")
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["tag"] == tag


def test_another_schools_device_is_as_unknown_as_none(
    api: Api, district: District, database: Database, clock: Clock
) -> None:
    asset(database, clock, "S-00012", district.south_room)
    asset(database, clock, "S-00021", district.north_room)
    asset(database, clock, "D-1", None)
    caller = api("helpdesk", site=district.north)
    unseen = caller.get("/api/v1/lookup/S-00012")
    unknown = caller.get("/api/v1/lookup/S-00022")
    assert (unseen.status_code, unknown.status_code) == (404, 404)
    assert unseen.get_json()["near"] == unknown.get_json()["near"] == ["S-00021"]
    assert caller.get("/api/v1/lookup/D-1").status_code == 404
    assert api("coordinator").get("/api/v1/lookup/D-1").status_code == 200


@pytest.mark.parametrize("tag", ["%00", "%07x", "%E2%80%AE", "x" * 65, "%FF", "' OR 1=1 --"])
def test_a_tag_that_cannot_be_is_simply_unknown(tag: str, api: Api) -> None:
    answer = api("helpdesk").get(f"/api/v1/lookup/{tag}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_lookup_is_one_statement(
    api: Api, district: District, database: Database, clock: Clock, app: Flask
) -> None:
    asset(database, clock, "N-2", district.north_room)
    caller = api("helpdesk")
    assert caller.get("/api/v1/lookup/N-2").status_code == 200
    cursors = []
    sa.event.listen(database.engine, "checkout", lambda *_: cursors.append(1))
    statements: list[str] = []
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    assert caller.get("/api/v1/lookup/N-2").status_code == 200
    assert len(cursors) == 1
    assert statements == []


def test_the_server_tells_that_it_lives(client: FlaskClient) -> None:
    answer = client.get("/api/v1/health")
    assert answer.get_json()["status"] == "ok"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_unknown_query_arguments_are_refused_where_none_are_taken(
    api: Api, client: FlaskClient
) -> None:
    assert client.get("/api/v1/health?verbose=1").status_code == 422
    answer = api("helpdesk").get("/api/v1/lookup/X-1?stauts=lost")
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"query": {"stauts": ["Unknown field."]}}
    assert client.get("/api/v1/lookup/X-1?stauts=lost").status_code == 401


def test_jobs_are_listed_for_those_who_may(
    api: Api, district: District, database: Database
) -> None:
    with database.unit() as db:
        enqueue(db, "sweep", {"sweep": 7}, key="sweep-7")
    caller = api("auditor")
    items = caller.get("/api/v1/jobs").get_json()["items"]
    assert [(job["kind"], job["state"], job["payload"]) for job in items] == [
        ("sweep", "queued", {"sweep": 7})
    ]
    assert caller.get("/api/v1/jobs?state=done").get_json()["items"] == []
    assert caller.get("/api/v1/jobs?state=odd").status_code == 422
    assert caller.get("/api/v1/jobs/health").get_json()["queued"] == 1
    assert api("technician", site=district.north).get("/api/v1/jobs").status_code == 403
