"""The page of the settings: what is in force and whence; no secret; it changes nothing."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from inventory.db import Database
from inventory.desk.settings_pages import GROUPS
from inventory.http.unit import EXTENSION, Runtime
from inventory.settings import Settings, file_of, load, origins
from inventory.web.labels import LABELS
from tests.conftest import TEST_VAULT, Clock
from tests.inventory.conftest import Caller, District, MakeCaller

KEY = "bm90IGEgcmVhbCBrZXksIGp1c3QgMzIgYnl0ZXMgISE="


@pytest.fixture
def reader(browser: MakeCaller, district: District) -> Caller:
    return browser("auditor")


def row_of(text: str, name: str) -> str:
    found = re.search(rf'<th scope="row"><span class="mono">{name}</span>.*?</tr>', text, re.DOTALL)
    assert found, name
    return found.group(0)


def test_values_and_where_they_come_from(
    app: Flask, settings: Settings, database: Database, clock: Clock, reader: Caller,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = tmp_path / "homeroom.toml"
    file.write_text(f'database_url = "{settings.database_url}"\nsession_hours = 9\nport = 8123\n')
    monkeypatch.setenv("HOMEROOM_CONFIG", str(file))
    monkeypatch.setenv("HOMEROOM_PORT", "8999")
    monkeypatch.setenv("HOMEROOM_DISTRICT", "<script>alert(1)</script>")
    app.extensions[EXTENSION] = Runtime(load(), database, clock)
    text = reader.get("/settings").text
    assert "File" in row_of(text, "session_hours")
    assert "Environment" in row_of(text, "port")
    assert "8999" in row_of(text, "port")
    assert "HOMEROOM_PORT" in row_of(text, "port")
    assert "Usual value" in row_of(text, "threads")
    assert "request threads of each web process" in row_of(text, "threads")
    assert str(file) in text
    assert "<script>alert" not in text
    assert "start again" not in text
    file.write_text("session_hours = 8\n")
    later = reader.get("/settings").text
    assert "9" in row_of(later, "session_hours")
    assert "changed; start again" in row_of(later, "session_hours")
    assert "Some settings were changed after the server started." in later
    file.write_text("session_hours = [broken")
    broken = reader.get("/settings")
    assert broken.status_code == 200
    assert "cannot be read now" in broken.text


def test_no_secret_is_shown(
    app: Flask, settings: Settings, database: Database, clock: Clock, reader: Caller
) -> None:
    secret = replace(
        settings, master_key=KEY, database_url="postgresql+psycopg://hr:pa55word@db.example/hr"
    )
    app.extensions[EXTENSION] = Runtime(secret, database, clock)
    text = reader.get("/settings").text
    assert KEY not in text
    assert "pa55word" not in text
    assert "postgresql+psycopg://hr:***@db.example/hr" in text
    assert "set, and not shown" in row_of(text, "master_key")
    keys = {raw.hex() for raw in TEST_VAULT.keys.values()}
    assert not [key for key in keys if key in text]


def test_what_is_installed(reader: Caller, database: Database) -> None:
    text = reader.get("/settings").text
    assert re.search(r"SQLite \d|PostgreSQL \d", text)
    assert ("SQLite" in text) is database.is_sqlite or "PostgreSQL" in text
    assert re.search(r"<dd>(SQLite|PostgreSQL) [\d.]+, [\d.]+ (KiB|MiB)", text)
    assert "the newest" in text
    assert '<span class="mono"><bdi>test</bdi></span>' in text  # the vault's active key, by name
    assert "it cannot change them" in text
    assert "<form method" not in text[text.index('id="main"') :]


def test_an_old_database_is_told(reader: Caller, database: Database) -> None:
    with database.unit() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    text = reader.get("/settings").text
    assert "revision 0001" in text
    assert "this program has" in text


def test_only_for_readers_of_the_whole_district(browser: MakeCaller, district: District) -> None:
    assert browser("auditor", site=district.north).get("/settings").status_code == 403
    assert browser("superintendent").get("/settings").status_code == 403
    assert browser("coordinator").get("/settings").status_code == 200


def test_every_setting_stands_in_one_group_with_a_name() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= set(Settings.__dataclass_fields__)
    assert set(LABELS["setting_group"]) == {*GROUPS, "other"}


def test_origins(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("port = 1\nthreads = 2\nsession_hours = 12\n")
    environ = {"HOMEROOM_CONFIG": str(file), "HOMEROOM_PORT": "3"}
    settings = load(environ)
    found = origins(settings, environ)
    assert (found["port"].source, found["threads"].source) == ("environment", "file")
    assert found["session_hours"].source == "file"  # though it is the usual value
    assert found["host"].source == "default"
    assert not any(origin.pending for origin in found.values())
    by_hand = origins(replace(settings, port=77), environ)["port"]
    assert (by_hand.source, by_hand.pending) == ("start", True)
    assert set(LABELS["setting_source"]) == {"default", "file", "environment", "start"}
    assert file_of({}, file) == file
