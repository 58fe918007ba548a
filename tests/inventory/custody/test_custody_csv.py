"""The list of what is out as a file: complete, harmless, and written down."""

import csv
import io

import pytest

from inventory.custody import custody_csv
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk, Events


def test_all_of_it_and_what_is_overdue(
    desk: Desk, browser: MakeCaller, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody_csv, "BATCH", 2)
    ada = desk.pupil("a")
    for number in range(4):
        desk.out(desk.laptop(f"L-{number}"), ada, accessories={"=cmd()": 1})
    desk.lend(desk.laptop("LATE"), desk.pupil("b"), hours=1)
    desk.out(desk.laptop("SOUTH", desk.district.south_room), ada)
    desk.clock.forward(hours=2)
    helpdesk = browser("helpdesk", desk.district.north)
    answer = helpdesk.get("/custody/handed-out.csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["tag"] for row in rows] == ["LATE", "L-0", "L-1", "L-2", "L-3"]
    assert (rows[0]["holder"], rows[0]["overdue"]) == ("Ada Example-b", "true")
    assert rows[1]["accessories"] == "'=cmd()=1"
    (exported,) = events("custody.exported")
    assert exported.actor_id == helpdesk.account_id
    seen = {e.subject_id or e.after for e in events("custody.viewed")}
    assert any(str(ada) in str(each) for each in seen)
    late = helpdesk.get("/custody/handed-out.csv?overdue=true").text
    assert late.count("\n") == 2
    assert browser("auditor").get("/custody/handed-out.csv").status_code == 403
