"""`homeroom enroll`: a file of computers, good rows and bad ones, a busy server, a killed run."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlmodel import select
from werkzeug.serving import make_server

from inventory.access import Permission, Role
from inventory.accounts import service as accounts
from inventory.accounts.tokens import create_token
from inventory.assets.models import Asset
from inventory.cli.enrol_rows import MOST_LINE, rows_of
from inventory.db import Database
from inventory.enrolment.models import EnrolledState
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import OPERATOR, District

LAPTOP: dict[str, Any] = {"manufacturer": "Dell", "model": "Latitude 3140", "kind": "laptop"}


def rows(count: int) -> str:
    return "".join(json.dumps({**LAPTOP, "serial": f"SN{n:05}"}) + "\n" for n in range(count))


def all_assets(database: Database) -> list[Asset]:
    with database.unit(write=False) as db:
        return list(db.exec(select(Asset).order_by(Asset.id)).all())


def test_json_lines_come_to_an_outcome_each(
    homeroom: Homeroom, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "laptops.ndjson"
    lines = [
        json.dumps({**LAPTOP, "serial": "5GH7K33", "tag": "W-1"}),
        "",
        json.dumps({**LAPTOP, "serial": "5GH7K33"}),
        json.dumps({**LAPTOP, "serial": "9ZZ9Z99", "tag": "W-1"}),
        "{not json",
        '{"serial": NaN}',
        "[" * 50_000,
        json.dumps({"serial": "X1", "colour": "red"}),
        json.dumps({**LAPTOP, "serial": "To be filled by O.E.M."}),
        json.dumps({**LAPTOP, "serial": "7YY7Y77", "site_id": 99}),
    ]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    said = homeroom("enroll", str(file), "--json")
    assert said.code == 3, said.err
    told = [json.loads(line) for line in said.out.splitlines()]
    assert [each["line"] for each in told] == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert [each["outcome"] for each in told] == [
        "created", "unchanged", "conflict", *["rejected"] * 6,
    ]  # fmt: skip
    assert (told[0]["tag"], told[0]["reasons"]) == ("W-1", [])
    assert all(each["reasons"] for each in told[2:])
    assert "colour" in told[6]["reasons"][0]
    assert said.err.endswith("9 rows: 1 created, 1 unchanged, 1 conflict, 6 rejected\n")
    assert [asset.tag for asset in all_assets(database)] == ["W-1"]


def test_a_table_is_read_by_its_header(
    homeroom: Homeroom, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "laptops.csv"
    file.write_text(
        "\ufeffSerial,manufacturer,kind,macs,encrypted,software,administrators,name\n"
        '5GH7K33,Dell,Laptop,3C:52:82:11:22:33;3C:52:82:11:22:34,yes,Firefox=132.0;Zoom,,"a\nb"\n'
        "\n"
        "7YY7Y77,Dell,laptop,,perhaps\n"
        "8XX8X88,Dell,laptop,,,,,,one too many\n"
        "9ZZ9Z99,Dell,laptop\n",
        "utf-8",
    )
    said = homeroom("enroll", str(file))
    assert said.code == 3
    tags = [asset.tag for asset in all_assets(database)]
    assert said.out.splitlines() == [
        f"line 2  created  {tags[0]}",
        "line 5  rejected  encrypted: 'perhaps' is neither true nor false",
        "line 6  rejected  has 9 cells for 8 columns",
        f"line 7  created  {tags[1]}",
    ]
    with database.unit(write=False) as db:
        state = db.get_one(EnrolledState, all_assets(database)[0].id)
    assert (state.encrypted, state.administrators) == (True, None)
    assert state.software == [["Firefox", "132.0"], ["Zoom", ""]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"serial,colour\nA1,red\n", "unknown column 'colour'"),
        (b"serial;kind\nA1;laptop\n", "unknown column 'serial;kind'"),
        (b"serial,serial\nA1,A2\n", "twice"),
        (b'[{"serial": "A1"}]', "one JSON object on each line"),
        ("serial,name\nA1,Zoé\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("serial\nA1\n".encode("utf-16"), "UTF-16"),
        (b"serial\nA1," + b"x" * MOST_LINE + b"\n", "line 2 has more than"),
        (b'serial,name\n"A1,x\n' * 2, "the CSV is broken at line"),
    ],
)
def test_what_is_no_such_file_is_told_before_anything_is_sent(
    homeroom: Homeroom, database: Database, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "laptops"
    file.write_bytes(content)
    said = homeroom("enroll", str(file))
    assert (said.code, said.out) == (1, "")
    assert told in said.err
    assert all_assets(database) == []
    assert homeroom("enroll", str(tmp_path / "gone")).code == 1


def test_a_trial_changes_nothing_and_does_not_stand_for_the_real_run(
    homeroom: Homeroom, database: Database
) -> None:
    trial = homeroom("enroll", "-", "--dry-run", given=rows(2))
    assert trial.out == "line 1  created\nline 2  created\n"
    assert trial.err == "Trial, nothing is changed: 2 rows: 2 created\n"
    assert all_assets(database) == []
    assert homeroom("enroll", "-", given=rows(2)).code == 0
    first, second = all_assets(database)
    # The same file again is answered from what was kept; --again asks anew.
    repeated = homeroom("enroll", "-", given=rows(2))
    assert repeated.out == f"line 1  created  {first.tag}\nline 2  created  {second.tag}\n"
    anew = homeroom("enroll", "-", "--again", given=rows(2))
    assert anew.out == f"line 1  unchanged  {first.tag}\nline 2  unchanged  {second.tag}\n"
    assert homeroom("enroll", "-").err == "0 rows: none\n"


class Door:
    """What stands before a server: refuses the first requests as one that is overloaded."""

    def __init__(self, app: Any, refusals: list[tuple[str, str]]) -> None:
        self.app, self.refusals, self.asked = app, refusals, 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        if not self.refusals:
            return list(self.app(environ, start))
        status, wait = self.refusals.pop()
        start(status, [("Retry-After", wait), ("Content-Length", "0")])
        return []


@pytest.fixture
def door(app: Any) -> Iterator[tuple[str, Door]]:
    standing = Door(app, [])
    listening = make_server("127.0.0.1", 0, standing, threaded=True)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.port}", standing
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def token_file(database: Database, district: District, clock: Clock, tmp_path: Path) -> Path:
    """Good for nothing but enrolling, at one school."""
    with database.unit() as db:
        account, _ = accounts.create_account(
            db, OPERATOR, user_name="imaging.station", grants=[(Role.INTEGRATION, district.north)],
            now=clock(),
        )  # fmt: skip
        _, text = create_token(
            db, OPERATOR, account.id, label="start of year", permissions=[Permission.ENROL],
            lifetime=timedelta(days=2), now=clock(),
        )  # fmt: skip
    (tmp_path / "token").write_text(text + "\n")
    return tmp_path / "token"


def test_a_busy_server_is_asked_again(
    homeroom: Homeroom, database: Database, door: tuple[str, Door], token_file: Path
) -> None:
    url, standing = door
    standing.refusals = [("503 Busy", "0"), ("429 Slow Down", "0"), ("503 Busy", "soon")]
    said = homeroom("enroll", "-", "--server", url, "--token-file", str(token_file), given=rows(2))
    assert said.code == 0, said.err
    assert (standing.asked, len(all_assets(database))) == (5, 2)
    standing.refusals = [("503 Busy", "0")] * 100
    given = rows(4)
    said = homeroom("enroll", "-", "--server", url, "--token-file", str(token_file), given=given)
    assert said.code == 1
    assert "line 1: HTTP 503" in said.err
    assert "run it again" in said.err


def test_who_may_not_enrol_is_told_at_the_first_row(
    homeroom: Homeroom, door: tuple[str, Door], token_file: Path, district: District
) -> None:
    url, standing = door
    remote = ("--server", url, "--token-file", str(token_file))
    elsewhere = json.dumps({**LAPTOP, "serial": "A1", "site_id": district.south})
    said = homeroom("enroll", "-", *remote, given=elsewhere + "\n" + rows(1))
    assert said.code == 3
    assert "rejected" in said.out.splitlines()[0]
    assert "created" in said.out.splitlines()[1]
    token_file.write_text("hrm_aaaaaaaa_b")
    standing.asked = 0
    said = homeroom("enroll", "-", *remote, given=rows(5))
    assert (said.code, said.out, standing.asked) == (4, "", 1)


def test_a_killed_run_is_run_again_and_repeats_nothing(
    homeroom: Homeroom, database: Database, door: tuple[str, Door], token_file: Path,
    tmp_path: Path, events: Any,
) -> None:  # fmt: skip
    url, _ = door
    file = tmp_path / "laptops.ndjson"
    file.write_text(rows(30))
    options = ["enroll", str(file), "--server", url, "--token-file", str(token_file), "--json"]
    running = subprocess.Popen(
        [sys.executable, "-m", "inventory.cli", *options], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    before = [json.loads(running.stdout.readline()) for _ in range(5)]
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL
    assert len(all_assets(database)) < 30
    said = homeroom(*options)
    assert said.code == 0, said.err
    after = [json.loads(line) for line in said.out.splitlines()]
    assert after[:5] == before
    assert [each["outcome"] for each in after] == ["created"] * 30
    assert len({each["tag"] for each in after}) == len(all_assets(database)) == 30
    assert len(events("device.enrolled")) == 30


def test_two_thousand_rows(
    homeroom: Homeroom, door: tuple[str, Door], token_file: Path, tmp_path: Path
) -> None:
    """The server at the other end answers at once: what is looked at is this end."""
    url, standing = door
    asked: list[str] = []

    def answering(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ["HTTP_IDEMPOTENCY_KEY"])
        start("200 OK", [("Content-Type", "application/json")])
        return [b'{"outcome": "created", "tag": "W-1", "asset_id": 1, "reasons": []}']

    standing.app = answering
    file = tmp_path / "laptops.ndjson"
    file.write_text(rows(1999) + "{\n")
    said = homeroom("enroll", str(file), "--server", url, "--token-file", str(token_file))
    assert said.code == 3
    assert said.err == "2000 rows: 1999 created, 1 rejected\n"
    assert len(said.out.splitlines()) == 2000
    assert len(set(asked)) == len(asked) == 1999


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "laptops.ndjson"
    file.write_text(rows(20_000))
    with file.open("rb") as source:
        tracemalloc.start()
        count = sum(1 for _ in rows_of(source).rows)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 20_000
    assert most < 200_000 < file.stat().st_size
