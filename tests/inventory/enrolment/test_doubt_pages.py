"""/enrol/doubts: what a computer told beside what is recorded, and a person's decision."""

import re
from typing import Any

import pytest
from sqlmodel import select

from inventory.assets.models import Asset
from inventory.db import Database
from tests.inventory.enrolment.test_enrolling import LAPTOP, all_assets, told

LIST = "/enrol/doubts"


@pytest.fixture
def doubt(api: Any, browser: Any, district: Any) -> str:
    """The path of a report of North School's that bears another tag than the asset has."""
    north = api("technician", site=district.north)
    assert told(north, {**LAPTOP, "tag": "N-1"})["outcome"] == "created"
    assert told(north, {**LAPTOP, "tag": "N-2"})["outcome"] == "conflict"
    (path,) = re.findall(
        rf'href="({LIST}/\d+)"', browser("technician", district.north).get(LIST).text
    )
    return str(path)


def test_it_is_the_asset_that_is_there(
    api: Any, browser: Any, district: Any, doubt: str, database: Database, events: Any
) -> None:
    technician = browser("technician", district.north)
    assert f'href="{LIST}"' in technician.get("/enrol").text
    assert f'href="{LIST}"' in technician.get("/").text
    shown = technician.get(doubt).text
    assert "it bears the tag N-1, not N-2" in shown
    assert "Side by side" in shown
    assert technician.post(doubt, data={"decision": "same", "tag": ""}).status_code == 422
    form = {"decision": "same", "tag": "n-1", "reason": "an old label"}
    assert technician.post(doubt, data=form).status_code == 303
    assert events("enrolment.attached")[0].reason == "an old label"
    assert technician.post(doubt, data=form).status_code == 409
    assert len(all_assets(database)) == 1
    assert f'href="{LIST}"' not in technician.get("/").text
    told(api("technician", site=district.north), {**LAPTOP, "tag": "N-2"})
    assert "No computer is in doubt" in technician.get(LIST).text, "the same is not asked again"


def test_it_is_another_computer(
    browser: Any, district: Any, doubt: str, database: Database
) -> None:
    technician = browser("technician", district.north)
    taken = technician.post(doubt, data={"decision": "new", "tag": "N-1"})
    assert taken.status_code in {409, 422}
    assert technician.post(doubt, data={"decision": "new", "tag": "N-2"}).status_code == 303
    with database.unit(write=False) as db:
        made = db.exec(select(Asset).where(Asset.tag == "N-2")).one()
    assert (made.serial, made.site_id) == ("", district.north), "the serial stays with N-1"


def test_nothing_comes_of_it(
    browser: Any, district: Any, doubt: str, database: Database, events: Any
) -> None:
    technician = browser("technician", district.north)
    assert technician.post(doubt, data={"decision": "maybe"}).status_code == 422
    assert technician.post(doubt, data={"decision": "ignore"}).status_code == 303
    assert len(events("enrolment.ignored")) == 1
    assert "It is decided." in technician.get(doubt).text
    assert len(all_assets(database)) == 1


def test_other_schools_and_who_does_not_review_are_refused(
    browser: Any, district: Any, doubt: str
) -> None:
    other = browser("technician", district.south)
    assert doubt not in other.get(LIST).text
    helper = browser("helpdesk", district.north)
    form = {"decision": "ignore"}
    assert [other.get(doubt).status_code, other.post(doubt, data=form).status_code] == [404, 404]
    assert [helper.get(LIST).status_code, helper.post(doubt, data=form).status_code] == [403, 403]
