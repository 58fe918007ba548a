"""The page of background jobs: health, the list, failures in plain words, updates that pause."""

import re
from datetime import UTC, datetime

import pytest

from inventory.db import Database
from inventory.desk.job_words import exact_error, plain_error
from inventory.engine import Job, JobContext, JobPolicy, enqueue
from inventory.engine.models import WorkerHeartbeat
from inventory.errors import Conflict
from inventory.jobs import HANDLERS
from inventory.web.labels import LABELS
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.engine.conftest import Launch, engine_on, launch, until

__all__ = ["launch"]


@pytest.fixture
def reader(browser: MakeCaller, district: District) -> Caller:
    return browser("auditor")


def add(database: Database, kind: str, key: str, **payload: int | str) -> None:
    with database.unit() as db:
        enqueue(db, kind, payload, key=key)


def tiles(text: str) -> dict[str, str]:
    found = re.findall(r"<strong>([^<]*)</strong> <small>([^<]*)</small>", text)
    return {name: number for number, name in found}


def test_what_waits_is_told_and_that_nobody_is_at_work(reader: Caller, database: Database) -> None:
    add(database, "sweep", "1.1", sweep=7)
    add(database, "odd.kind", "<script>", text="<script>alert(1)</script>")
    text = reader.get("/jobs").text
    assert tiles(text)["waiting"] == "2"
    assert tiles(text)["workers at work"] == "0"
    assert "Nobody is at work" in text
    assert "Sweep of a network" in text
    assert '<a class="fw-normal" href="/sweeps/7">Sweep 7</a>' in text
    assert "<script>alert" not in text


def test_a_failure_is_told_in_plain_words(
    reader: Caller, database: Database, launch: Launch
) -> None:
    def conflict(job: JobContext) -> None:
        raise Conflict("the network was <b>deleted</b>")

    def fault(job: JobContext) -> None:
        raise KeyError("secret")

    once = JobPolicy(attempts=1)
    engine = launch(
        {"sweep": conflict, "retention": fault}, policies={"sweep": once, "retention": once},
        role="server",
    )  # fmt: skip
    add(database, "sweep", "1.1", sweep=7)
    add(database, "retention", "1")
    until(lambda: len(engine.jobs(state="failed")) == 2)
    text = reader.get("/jobs?state=failed").text
    assert tiles(text)["failed in the last 24 hours"] == "2"
    assert tiles(text)["workers at work"] == "1"
    assert "Nobody is at work" not in text
    assert "the network was &lt;b&gt;deleted&lt;/b&gt;" in text
    assert "A fault in the program itself (KeyError)" in text
    assert "secret" not in text
    assert "At work" in text
    assert "in the server" in text
    assert "2 jobs on this page" in text
    assert "1 job on this page" in reader.get("/jobs?state=failed&kind=sweep").text
    assert "No such job" in reader.get("/jobs?state=running").text


def job(error: str) -> Job:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return Job("sweep:1", "sweep", {}, "failed", error, "w", 0, at, at, at, "1.sweep:1")


@pytest.mark.parametrize(
    ("error", "told", "exact"),
    [
        ("given up: its worker died 5 times while running it", "died 5 times", True),
        ("this program knows no job of kind 'x'", "has no such job", True),
        ("ValueError in inventory.discovery.sweep_run:88", "(ValueError)", True),
        ("KeyError in unknown", "(KeyError)", True),
        ("another writer holds the database; try again", "another writer holds", False),
        ("", "", False),
    ],
)
def test_errors_in_plain_words(app: object, error: str, told: str, exact: bool) -> None:
    with app.test_request_context():  # type: ignore[attr-defined]
        assert told in plain_error(job(error))
        assert exact_error(job(error)) == (error if exact else "")


def test_updates_can_be_paused(reader: Caller, database: Database) -> None:
    live = reader.get("/jobs?kind=sweep").text
    assert 'hx-get="/jobs?kind=sweep" hx-trigger="every 5s"' in live
    pause = re.search(r'href="(/jobs\?[^"]*live=0[^"]*)"', live)
    assert pause
    still = reader.get(pause.group(1).replace("&amp;", "&")).text
    assert "every 5s" not in still
    assert "Go on updating" in still
    part = reader.get("/jobs?kind=sweep", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="results" hx-get')


def test_pages_by_cursor(
    reader: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.desk.job_pages.ROWS", 2)
    for n in range(3):
        add(database, "sweep", f"{n}.1", sweep=n)
    first = reader.get("/jobs").text
    following = re.search(r'id="page-after" href="([^"]+)"', first)
    assert following
    second = reader.get(following.group(1).replace("&amp;", "&")).text
    assert second.count("Sweep of a network</span>") == 1
    assert 'id="page-after"' not in second
    # While it renews itself, it stays on its page.
    assert f'hx-get="{following.group(1)}"' in second
    for wrong in ("after=x", "state=odd", "live=2", "stauts=x"):
        assert reader.get(f"/jobs?{wrong}").status_code == 422, wrong


def test_only_readers_of_the_whole_district(browser: MakeCaller, district: District) -> None:
    assert browser("technician", site=district.north).get("/jobs").status_code == 403
    assert browser("helpdesk").get("/jobs").status_code == 403
    assert browser("technician").get("/jobs").status_code == 200


def test_a_silent_worker_is_not_at_work(reader: Caller, database: Database) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with database.unit() as db:
        db.add(WorkerHeartbeat(executor_id="old-<b>", host="h", started_at=long_ago,
                               beat_at=long_ago))  # fmt: skip
    text = reader.get("/jobs").text
    assert "Silent" in text
    assert "old-&lt;b&gt;" in text
    assert tiles(text)["workers at work"] == "0"


def test_every_kind_of_job_has_its_word(database: Database) -> None:
    assert set(HANDLERS) <= set(LABELS["job_kind"])
    assert engine_on(database, HANDLERS).handlers
