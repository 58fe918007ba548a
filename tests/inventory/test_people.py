"""People: from the roster only, read within a school's reach."""

import pytest

from inventory.access import Permission
from inventory.db import Database
from inventory.errors import Duplicate, Forbidden, InvalidInput
from inventory.people import service
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

URL = "/api/v1/people"


@pytest.fixture
def people(database: Database, district: District, clock: Clock) -> dict[str, int]:
    made = {}
    with database.unit() as db:
        for key, given, family, site, role in (
            ("s1", "Ada", "Osei", district.north, PersonRole.STUDENT),
            ("s2", "Bo", "O'Neil", district.north, PersonRole.STUDENT),
            ("s3", "Cy", "_100%", district.south, PersonRole.STUDENT),
            ("t1", "Dee", "Osei", district.south, PersonRole.TEACHER),
            ("d1", "Eve", "Zed", None, PersonRole.STAFF),
        ):
            draft = PersonDraft(key, role, given, family, site, grade="5")
            made[key] = service.create(db, OPERATOR, draft, now=clock()).id
    return made


def test_a_school_sees_its_own(api: MakeCaller, district: District, people: dict[str, int]) -> None:
    north = api("technician", site=district.north)
    assert [p["given_name"] for p in north.get(URL).json["items"]] == ["Bo", "Ada"]
    assert north.get(f"{URL}/{people['s1']}").json["sourced_id"] == "s1"
    for key in ("s3", "t1", "d1"):
        assert north.get(f"{URL}/{people[key]}").status_code == 404
    assert len(api("coordinator").get(URL).json["items"]) == 5


def test_the_list_pages_and_filters(
    api: MakeCaller, district: District, people: dict[str, int]
) -> None:
    boss = api("coordinator")
    seen: list[int] = []
    query: dict[str, object] = {"limit": 2}
    for _ in range(3):
        page = boss.get(URL, query_string=query).json
        seen += [person["id"] for person in page["items"]]
        query["after"] = page["next"]
    assert sorted(seen) == sorted(people.values())
    assert page["next"] is None

    def found(**query: object) -> list[str]:
        return sorted(p["sourced_id"] for p in boss.get(URL, query_string=query).json["items"])

    assert found(q="os") == ["s1", "t1"]
    assert found(q="o'") == ["s2"]
    assert found(q="_1") == ["s3"]
    assert found(q="%") == []
    assert found(role="teacher") == ["t1"]
    assert found(site_id=district.north) == ["s1", "s2"]
    assert found(active="false") == []
    for bad in ({"after": "WzFd"}, {"site_id": 10**12}, {"role": "x"}, {"limit": 0}):
        assert boss.get(URL, query_string=bad).status_code == 422


def test_only_the_roster_makes_people(database: Database, district: District, clock: Clock) -> None:
    from inventory.access import Actor, Grant

    account = Actor("account", 1, "x", (Grant(frozenset(Permission), None),))
    draft = PersonDraft("k", PersonRole.STUDENT, "A", "B")
    with database.unit() as db:
        with pytest.raises(Forbidden):
            service.create(db, account, draft, now=clock())
        service.create(db, OPERATOR, draft, now=clock())
        with pytest.raises(Duplicate):
            service.create(db, OPERATOR, draft, now=clock())
        for wrong in (
            PersonDraft("", PersonRole.STUDENT, "A", "B"),
            PersonDraft("k2", PersonRole.STUDENT, "A\x00", "B"),
            PersonDraft("k2", PersonRole.STUDENT, "A" * 121, "B"),
            PersonDraft("k2", PersonRole.STUDENT, "A", "B", 999),
        ):
            with pytest.raises(InvalidInput):
                service.create(db, OPERATOR, wrong, now=clock())


def test_no_name_is_in_the_audit_log(people: dict[str, int], events: object) -> None:
    assert callable(events)
    for event in events("person.created"):
        assert "Osei" not in event.after
        assert "sourced_id" in event.after
