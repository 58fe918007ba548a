"""Pages of imports, over HTTP: from the file to undoing, and what a form keeps."""

import io
import re
from typing import Any

import pytest

from inventory.asset_import import targets
from inventory.asset_import.models import ImportState, RowOutcome
from inventory.web.labels import LABELS
from tests.inventory.conftest import Caller, District, MakeCaller

EVIL = "<script>x</script>"


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


def uploaded(caller: Caller, text: str) -> Any:
    return caller.post("/imports/new", data={"file": (io.BytesIO(text.encode()), "list.csv")})


def place_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_every_word_is_there() -> None:
    assert LABELS["import_state"].keys() == {each.value for each in ImportState}
    assert LABELS["row_outcome"].keys() == {each.value for each in RowOutcome}
    assert set(targets.NAMES) <= LABELS["import_field"].keys()


def test_from_the_file_to_undoing(boss: Caller, district: District) -> None:
    text = "Tag,Kind,Maker,Location,Notes\n" + "".join(
        f"A-{n},laptop,Dell,North School,{EVIL}\n" for n in range(60)
    )
    columns = place_of(uploaded(boss, text))
    shown = boss.get(columns).text
    assert '<option value="tag" selected>' in shown and "&lt;script&gt;" in shown
    names = {f"column_{n}": name for n, name in enumerate(
        ("tag", "category", "manufacturer", "place", "description")
    )}  # fmt: skip
    form = {**names, "match": "tag", "status": "in_stock"}
    wrong = boss.post(columns, data={**form, "column_4": "tag"})
    assert wrong.status_code == 422 and "two columns are tag" in wrong.text
    one = place_of(boss.post(columns, data=form))
    asked = boss.get(one).text
    assert "60 of 60 rows name something unknown" in asked
    assert "It is new: make it" in asked and "Approve and apply" not in asked
    assert boss.post(f"{one}/approve").status_code == 409
    place_of(boss.post(f"{one}/plan", data={"unknown_0": "create"}))
    planned = boss.get(one).text
    assert "Approve and apply" in planned and EVIL not in planned
    more = re.search(r'href="(/imports/\d+\?after=\d+)"', planned)
    assert more and "A-59" in boss.get(more[1]).text
    assert "There is no such row" in boss.get(f"{one}?outcome=conflict").text
    place_of(boss.post(f"{one}/approve"))
    assert "Undo the import" in boss.get(one).text
    assert boss.get("/assets?q=A-59").text.count("A-59") >= 1
    assert "Applied" in boss.get("/imports").text
    assert boss.post(f"{one}/undo", data={"reason": " "}).status_code == 422
    place_of(boss.post(f"{one}/undo", data={"reason": "wrong file"}))
    assert "Undone" in boss.get(one).text
    assert boss.get(f"{one}/outcome.csv").text.startswith("row,outcome,tag")


def test_what_stands_beside_the_file(boss: Caller) -> None:
    assert "Choose a file first" in boss.post("/imports/new").text
    answer = uploaded(boss, 'tag\n"open\n')
    assert answer.status_code == 422 and "is not CSV" in answer.text


def test_another_ones_import_is_invisible(browser: MakeCaller, district: District) -> None:
    columns = place_of(uploaded(browser("coordinator"), "tag\nA-1\n"))
    technician = browser("technician", site=district.north)
    assert technician.get(columns).status_code == 404
    assert columns.rpartition("/")[0] not in technician.get("/imports").text
