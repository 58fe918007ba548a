"""Many laptops enrol on one morning: each becomes one asset with a tag of its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inventory.db import Database
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
