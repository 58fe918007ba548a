"""`homeroom people`: an import from the file to its undoing, on the command line."""

import json
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from inventory.db import Database
from inventory.sites import service as sites
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import OPERATOR, District, MakeCaller
from tests.inventory.people.packages import package_11, user_11

PUPILS = [user_11(f"s{n}", f"Given{n}", f"Family{n}") for n in range(1, 31)]


def written(folder: Path, *users: str) -> str:
    path = folder / "roster.zip"
    path.write_bytes(package_11(*users))
    return str(path)


def test_an_import_by_hand(homeroom: Homeroom, district: District, tmp_path: Path) -> None:
    file = written(tmp_path, *PUPILS)
    dry = homeroom("people", "import", file, "--source", "SIS", "--dry-run", "--json")
    assert dry.code == 0, dry.err
    assert json.loads(dry.out)["counts"] == {"create": 30}
    assert homeroom("people", "plans", "--json").out == ""

    made = homeroom("people", "import", file, "--source", "SIS")
    assert made.code == 0, made.err
    assert "create" in made.out
    # A trial may use up a number: PostgreSQL's sequences never go back.
    (plan,) = map(json.loads, homeroom("people", "plans", "--json").out.splitlines())
    number = str(plan["id"])
    assert homeroom("people", "approve", number).code == 0
    assert "applied" in homeroom("people", "plans").out
    changes = homeroom("people", "changes", number, "--kind", "create", "--json").out.splitlines()
    assert len(changes) == 30
    assert homeroom("people", "approve", number).code == 5
    assert homeroom("people", "undo", number, "--reason", "test").code == 0
    assert homeroom("people", "undo", number).code == 2


def test_the_guard_and_rows_that_cannot_be_used(
    homeroom: Homeroom, district: District, tmp_path: Path
) -> None:
    homeroom("people", "import", written(tmp_path, *PUPILS), "--source", "SIS")
    homeroom("people", "approve", "1")
    odd = written(tmp_path, *PUPILS, user_11("x", "", "B"))
    said = homeroom("people", "import", odd, "--source", "SIS")
    assert said.code == 3
    assert "users.csv:32 givenName: x is empty" in said.err
    few = written(tmp_path, *PUPILS[5:])
    said = homeroom("people", "import", few, "--source", "sis")
    assert said.code == 5
    assert "--accept 5 --reason WHY" in said.err
    assert homeroom("people", "approve", "3").code == 1
    assert homeroom("people", "approve", "3", "--accept", "5", "--reason", "moved").code == 0
    assert homeroom("people", "refuse", "2").code == 5


def test_files_that_are_no_roster(homeroom: Homeroom, district: District, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK nonsense")
    said = homeroom("people", "import", str(path), "--source", "SIS")
    assert (said.code, said.out) == (1, "")
    assert "no zip archive" in said.err
    assert homeroom("people", "import", "nowhere.zip", "--source", "SIS").code == 2


def test_a_partial_file_lets_nobody_go(
    homeroom: Homeroom, district: District, tmp_path: Path, database: Database, clock: Clock
) -> None:
    with database.unit(write=False) as db:
        school = sites.get(db, OPERATOR, district.north).name
    path = tmp_path / "people.csv"
    path.write_text(f"sourcedId,givenName,familyName,role,school\na,A,B,student,{school}\n")
    homeroom("people", "import", str(path), "--source", "SIS")
    homeroom("people", "approve", "1")
    path.write_text(f"sourcedId,givenName,familyName,role,school\nc,C,D,student,{school}\n")
    said = homeroom("people", "import", str(path), "--source", "SIS", "--partial", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["counts"] == {"create": 1}


def test_another_server_plans_for_a_token_and_decides_for_none(
    homeroom: Homeroom, district: District, app: Flask, api: MakeCaller, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(api("coordinator").secret)
    file = written(tmp_path, *PUPILS)
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=listening.serve_forever, daemon=True).start()
    try:
        remote = ("--server", f"http://127.0.0.1:{listening.port}", "--token-file",
                  str(tmp_path / "token"))  # fmt: skip
        said = homeroom("people", "import", file, "--source", "SIS", "--json", *remote)
        assert said.code == 0, said.err
        assert json.loads(said.out)["counts"] == {"create": 30}
        said = homeroom("people", "import", file, "--source", "", *remote)
        assert said.code == 1
        assert "source" in said.err
        said = homeroom("people", "approve", "1", *remote)
        assert (said.code, said.out) == (4, "")
    finally:
        listening.shutdown()
        listening.server_close()
