"""What is not ours to know is nowhere; who looks at what is ours is written down."""

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import ROLE_PERMISSIONS, Permission, Role
from inventory.db import Database
from inventory.people.rosters.package import Package
from tests.conftest import Clock
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.people.packages import package_11, read, user_11

CANARY = "canary-7f3a91"
SECRETS: dict[str, str | bytes] = {
    "demographics": f"sourcedId,status,birthDate,sex\ns1,,{CANARY},f\n",
    "results": f"sourcedId,status,lineItemSourcedId,studentSourcedId,score\nr,,l,s1,{CANARY}\n",
    "lineItems": f"sourcedId,status,title\nl,,{CANARY}\n",
}
UPLOAD = "/api/v1/people/imports"


def package() -> bytes:
    """Everything that must not be read, and a row that is refused beside its password."""
    return package_11(
        user_11("s1", "Ada", "Osei", password=CANARY),
        user_11("s2", "", "Osei", password=CANARY),
        f"s3,{CANARY}\n",
        user_11("s4", "A", "B", role=CANARY, password=CANARY),
        **SECRETS,
    )


def sent(caller: Any, raw: bytes, **fields: str) -> Any:
    data = {"source": "SIS", "file": (io.BytesIO(raw), "roster.zip"), **fields}
    return caller.post(UPLOAD, data=data)


def everything_in(database: Database) -> str:
    """Every cell of every table."""
    found = []
    with database.engine.connect() as connection:
        for name in sa.inspect(database.engine).get_table_names():
            quoted = database.engine.dialect.identifier_preparer.quote(name)
            found.append(str(connection.exec_driver_sql(f"SELECT * FROM {quoted}").all()))
    return "".join(found)


def test_the_forbidden_is_nowhere(
    api: MakeCaller, browser: MakeCaller, database: Database, district: District, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    answer = sent(api("coordinator"), package())
    assert answer.status_code == 201, answer.text
    plan = answer.json
    assert plan["counts"] == {"create": 1, "invalid": 3}
    problems = api("coordinator").get(f"{UPLOAD}/{plan['id']}/problems")
    approved = browser("coordinator").post(f"{UPLOAD}/{plan['id']}/approve", json={})
    assert approved.status_code == 200, approved.text
    changes = api("coordinator").get(f"{UPLOAD}/{plan['id']}/changes")
    told = answer.text + problems.text + approved.text + changes.text
    assert CANARY not in told
    assert CANARY not in everything_in(database)
    assert "Osei" in everything_in(database)
    assert CANARY not in caplog.text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


def test_no_other_file_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = Package.opened

    def watched(self: Package, name: str) -> Any:
        opened.append(name)
        return real(self, name)

    monkeypatch.setattr(Package, "opened", watched)
    read(package())
    assert opened == ["manifest.csv", "orgs.csv", "users.csv"]


def test_every_look_is_written_down(
    api: MakeCaller, browser: MakeCaller, district: District, events: Callable[[str], list[Any]]
) -> None:
    raw = package_11(user_11("s1", "Ada", "Osei"), user_11("s2", "Bo", "Osei", orgs="o-s"))
    plan = sent(api("coordinator"), raw).json["id"]
    browser("coordinator").post(f"{UPLOAD}/{plan}/approve", json={})
    assert events("person.viewed") == []
    technician = api("technician", site=district.north)
    listed = technician.get("/api/v1/people?q=osei").json["items"]
    assert [person["sourced_id"] for person in listed] == ["s1"]
    technician.get(f"/api/v1/people/{listed[0]['id']}")
    technician.get("/api/v1/people?q=nobody")
    first, second = events("person.viewed")
    assert first.subject_id == second.subject_id == str(listed[0]["id"])
    api("coordinator").get(f"{UPLOAD}/{plan}/changes")
    assert len(json.loads(events("person.viewed")[-1].after)["people"]) == 2
    assert "osei" not in json.dumps([event.after for event in events("person.viewed")])


def test_only_those_who_need_it() -> None:
    holders = {
        permission: {role.value for role in Role if permission in ROLE_PERMISSIONS[role]}
        for permission in Permission
        if permission.value.startswith("person:")
    }
    assert holders == {
        Permission.PERSON_READ: {"technician", "coordinator", "school_administrator"},
        Permission.PERSON_WRITE: {"technician", "coordinator"},
        Permission.PERSON_IMPORT: {"coordinator"},
        Permission.PERSON_APPROVE: {"coordinator"},
    }


def test_the_record_is_the_minimum(
    api: MakeCaller, browser: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    plan = sent(api("coordinator"), package_11(user_11("s1", "Ada", "Osei"))).json["id"]
    browser("coordinator").post(f"{UPLOAD}/{plan}/approve", json={})
    columns = {column["name"] for column in sa.inspect(database.engine).get_columns("person")}
    assert columns == {
        "id", "sourced_id", "role", "given_name", "family_name", "site_id", "grade", "homeroom",
        "active", "temporary", "source_id", "account_id", "version",
    }  # fmt: skip
    assert "s1@example.org" not in everything_in(database)
    assert "s1.login" not in everything_in(database)
