"""/enrol: the commands, the scripts, a token for a number of devices, what came of it."""

import html
import re
from pathlib import Path
from typing import Any

import pytest

from tests.inventory.enrolment.test_enrolling import LAPTOP, PATH, told

SCRIPTS = Path(__file__).parents[3] / "inventory/enrolment/scripts"


def test_a_token_is_made_used_and_seen(browser: Any, district: Any, client: Any) -> None:
    technician = browser("technician", site=district.north)
    assert "No token for it" in technician.get("/enrol").text
    form = {"label": "<b>cart", "uses": "2", "days": "7", "site_id": district.north}
    made = technician.post("/enrol/token", data=form)
    assert made.status_code == 200, made.text
    (text,) = set(re.findall(r"hrm_[\w-]{20,}", made.text))
    bearer = {"Authorization": f"Bearer {text}"}
    hostile = {**LAPTOP, "name": "<script>alert(1)</script>"}
    assert client.post(PATH, json=hostile, headers=bearer).status_code == 200
    assert client.get("/api/v1/assets", headers=bearer).status_code == 403
    shown = technician.get("/enrol").text
    assert text not in shown
    assert "<b>cart" not in shown
    assert "<script>alert" not in shown
    assert '<td class="num">1</td>' in shown
    assert html.escape("<script>alert(1)</script>") in shown


@pytest.mark.parametrize(
    "wrong", [{"uses": "0"}, {"uses": "many"}, {"days": "31"}, {"label": ""}, {"site_id": "999"}]
)
def test_a_mistake_keeps_what_was_typed(browser: Any, district: Any, wrong: dict[str, str]) -> None:
    form = {"label": "cart 3", "uses": "17", "days": "7", **wrong}
    answer = browser("technician", site=district.north).post("/enrol/token", data=form)
    assert answer.status_code == 422
    assert "hrm_" not in answer.text
    assert "17" in answer.text or "uses" in wrong


@pytest.mark.parametrize("name", ["enrol.sh", "enrol.ps1"])
def test_the_scripts_are_there_to_keep(browser: Any, district: Any, name: str) -> None:
    answer = browser("technician", site=district.north).get(f"/enrol/scripts/{name}")
    assert answer.data == (SCRIPTS / name).read_bytes()
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_what_is_in_doubt_is_told_without_other_schools(
    api: Any, browser: Any, district: Any
) -> None:
    north, south = api("technician", site=district.north), api("technician", site=district.south)
    told(north, {**LAPTOP, "tag": "N-1"})
    told(north, {**LAPTOP, "tag": "N-2"})
    told(south, {**LAPTOP, "name": "at the other school"})
    seen = browser("technician", site=district.north).get("/enrol").text
    assert "it bears the tag N-1, not N-2" in seen
    assert "another place" not in seen
    other = browser("technician", site=district.south).get("/enrol").text
    assert "N-1" not in other
    assert "the inventory has this computer at another place" in other


def test_who_may_not_enrol_is_refused(browser: Any) -> None:
    helpdesk = browser("helpdesk")
    assert 'href="/enrol"' not in helpdesk.get("/").text
    for path in ("/enrol", "/enrol/scripts/enrol.sh"):
        assert helpdesk.get(path).status_code == 403
    form = {"label": "x", "uses": "1", "days": "1"}
    refused = helpdesk.post("/enrol/token", data=form)
    assert refused.status_code == 422
    assert "lacks device:enrol" in refused.text
    assert browser("coordinator").get("/enrol/scripts/..%2fservice.py").status_code == 404
    assert browser("coordinator").get("/enrol/scripts/service.py").status_code == 404
