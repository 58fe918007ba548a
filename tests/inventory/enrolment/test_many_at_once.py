"""Many laptops enrol on one morning: each becomes one asset with a tag of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inventory.db import Database
from inventory.enrolment import service
from inventory.enrolment.reports import Report
from inventory.enrolment.service import Came
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR
from tests.inventory.enrolment.test_enrolling import LAPTOP, PATH, all_assets

REPORTS, LAPTOPS, THREADS = 120, 80, 8


def test_many_laptops_enrol_at_once(api: Any, database: Database) -> None:
    station = api("coordinator")

    def enrol(number: int) -> str:
        # Every third one is started twice: a technician who was not sure.
        report = {
            **LAPTOP, "serial": f"SN{number % LAPTOPS:05}", "name": f"LT-{number % LAPTOPS}",
            "macs": [f"3C:52:82:00:{number % LAPTOPS:02X}:01"], "software": None,
        }  # fmt: skip
        for _ in range(20):
            answer = station.post(PATH, json=report)
            # SQLite has one writer; the script's curl asks again as well.
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["outcome"])

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(enrol, range(REPORTS)))
    found = all_assets(database)
    assert len(found) == len({asset.tag for asset in found}) == LAPTOPS
    assert len({asset.serial for asset in found}) == LAPTOPS
    assert outcomes.count("created") == LAPTOPS
    assert set(outcomes) <= {"created", "unchanged"}


def test_a_report_that_comes_while_the_same_is_being_kept_is_about_the_same(
    api: Any, district: Any, database: Database, clock: Clock
) -> None:
    """The second of two finds it new, and waits for the first one's serial or tag."""
    report = Report(manufacturer="Dell Inc.", serial="5GH7K33", site_id=district.north)
    again = {
        "manufacturer": "Dell Inc.",
        "serial": "5GH7K33",
        "kind": "laptop",
        "site_id": district.north,
    }
    station = api("coordinator")
    with ThreadPoolExecutor(1) as pool:
        with database.unit() as db:
            first = service.enrol(db, OPERATOR, report, now=clock())
            second = pool.submit(station.post, PATH, json=again)
            time.sleep(0.5)
        answer = second.result()
    assert first.outcome is Came.CREATED
    assert answer.get_json()["outcome"] in {"unchanged", "updated"}, answer.text
    assert answer.get_json()["tag"] == first.tag
    assert len(all_assets(database)) == 1
