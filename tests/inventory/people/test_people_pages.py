"""Pages of people and of imports, over HTTP."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from inventory.people.models import PersonRole
from inventory.people.roster_models import ChangeKind, PlanState, ProblemKind
from inventory.people.snapshots import FIELDS, OTHERS
from inventory.web.labels import LABELS
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.people.packages import package_11, user_11

EVIL = "<script>x</script>"
PUPILS = [user_11(f"s{n:02}", f"Given{n:02}", f"Family{n:02}") for n in range(60)]


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


def uploaded(caller: Caller, raw: bytes, **fields: str) -> Any:
    data = {"source": "SIS", "file": (io.BytesIO(raw), "roster.zip"), **fields}
    return caller.post("/people/imports", data=data)


def place_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_from_the_file_to_undoing(boss: Caller) -> None:
    place = place_of(uploaded(boss, package_11(*PUPILS, user_11("x", "", EVIL))))
    shown = boss.get(place).text
    assert "Waits for approval" in shown
    assert "users.csv:62" in shown
    assert "Approve and apply" in shown
    assert shown.count("<tr>") > 50
    more = re.search(r'href="(/people/imports/\d+\?after=\d+)"', shown)
    assert more
    assert "Family59" in boss.get(more[1]).text
    assert boss.post(f"{place}/approve").status_code == 303
    listed = boss.get("/people").text
    assert "Family00" in listed
    after = re.search(r'href="(/people\?after=[^"]+)"', listed)
    assert after
    assert "Family59" in boss.get(after[1]).text
    assert boss.get("/people?q=family07").text.count('href="/people/') == 2
    assert "Applied" in boss.get("/people/imports").text
    refused = boss.post(f"{place}/undo", data={"reason": " "})
    assert refused.status_code == 422
    assert "Family00" not in refused.text
    assert boss.post(f"{place}/undo", data={"reason": "wrong file"}).status_code == 303
    assert "Nobody at your schools" in boss.get("/people").text


def test_the_guard_is_answered_on_the_page(boss: Caller) -> None:
    boss.post(f"{place_of(uploaded(boss, package_11(*PUPILS)))}/approve")
    place = place_of(uploaded(boss, package_11(*PUPILS[10:])))
    assert "10 of 60 people would leave at once" in boss.get(place).text
    wrong = boss.post(f"{place}/approve", data={"number": "9", "reason": "moved away"})
    assert wrong.status_code == 422
    assert "10 is the number to name" in wrong.text
    assert 'value="moved away"' in wrong.text
    right = boss.post(f"{place}/approve", data={"number": "10", "reason": "moved away"})
    assert right.status_code == 303
    assert "Family00" in boss.get("/people?left=true").text
    gone = re.search(r'href="(/people/\d+)"', boss.get("/people?left=true").text)
    assert gone
    assert "what they have is to come back" in boss.get(gone[1]).text


def test_files_that_are_refused_keep_what_was_typed(boss: Caller) -> None:
    for raw in (b"", b"PK nonsense", b"a,b\n1,2\n"):
        answer = uploaded(boss, raw, source="PowerSchool")
        assert answer.status_code == 422
        assert 'value="PowerSchool"' in answer.text
        assert 'id="file-error"' in answer.text
    assert boss.post("/people/imports", data={"source": "x"}).status_code == 422
    assert "Nothing was imported yet" in boss.get("/people/imports").text


def test_hostile_names_are_text(boss: Caller) -> None:
    users = [user_11("e", EVIL, EVIL), user_11("<b>", "A", EVIL)]
    assert uploaded(boss, package_11(*users), source=EVIL).status_code == 422
    place = place_of(uploaded(boss, package_11(*users)))
    pages = boss.get(place).text + boss.get("/people/imports").text
    boss.post(f"{place}/approve")
    pages += boss.get("/people").text
    assert "<script>x" not in pages
    assert "&lt;script&gt;x" in pages


def test_another_school_sees_nobody(
    boss: Caller, browser: MakeCaller, district: District, events: Callable[[str], list[Any]]
) -> None:
    boss.post(f"{place_of(uploaded(boss, package_11(*PUPILS[:2])))}/approve")
    before = len(events("person.viewed"))
    south = browser("technician", site=district.south)
    assert "Family00" not in south.get("/people").text
    assert south.get("/people/1").status_code == 404
    north = browser("technician", site=district.north)
    assert "Family00" in north.get("/people").text
    assert "Family00" in north.get("/people/1").text
    assert 'href="/people/imports"' not in north.get("/people").text
    assert len(events("person.viewed")) == before + 3
    assert browser("helpdesk", site=district.north).get("/people").status_code == 403


def test_every_member_has_its_word() -> None:
    for kind, members in (
        ("person_role", PersonRole), ("plan_state", PlanState), ("change_kind", ChangeKind),
        ("problem_kind", ProblemKind),
    ):  # fmt: skip
        assert set(LABELS[kind]) == {member.value for member in members}, kind
    assert set(LABELS["person_field"]) == {*FIELDS, OTHERS}
