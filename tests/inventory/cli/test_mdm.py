"""`homeroom mdm`: a simulated vendor on loopback, asked without any database."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.cli import run
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.http import Fault

SETTINGS = [
    "mdm",
    "devices",
    "--vendor",
    "google_workspace",
    "--set",
    f"admin={FakeGoogle.subject}",
]


@pytest.fixture(autouse=True)
def no_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as fake:
        fake.seed(40)
        fake.page_size = 15
        yield fake


@pytest.fixture
def asked(google: FakeGoogle, tmp_path: Path) -> list[str]:
    key = tmp_path / "key.json"
    key.write_text(google.account_key())
    return [*SETTINGS, "--address", google.url, "--secret-file", f"service_account={key}"]


def test_devices_as_json_and_no_file_is_made(
    google: FakeGoogle, asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*asked, "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["vendor_id"] for record in records] == google.ids()
    book = google.record(records[0]["vendor_id"])
    assert records[0]["serial"] == book["serialNumber"]
    assert records[0]["auto_update_until"] == book["autoUpdateThrough"]
    assert records[0]["platform"] == "chromeos"
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_devices_as_a_table(
    google: FakeGoogle, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    google.record(google.ids()[0])["model"] = "Chromebook \x1b[31m[bold]x"
    assert run(asked) == 0
    said = capsys.readouterr()
    assert google.record(google.ids()[0])["serialNumber"] in said.out
    assert "\x1b" not in said.out
    assert "40 devices" in said.err


def test_a_row_that_cannot_be_read_is_partly_done(
    google: FakeGoogle, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    google.record(google.ids()[0])["deviceId"] = None
    assert run([*asked, "--json"]) == 3
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 39
    assert "deviceId" in said.err


def test_a_broken_list_is_gone_on_with(
    google: FakeGoogle, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    google.fail(Fault.PAYMENT, on=lambda call: "pageToken" in call.query)
    assert run([*asked, "--json"]) == 1
    said = capsys.readouterr()
    cursor = said.err.split("--resume '")[1].split("'")[0]
    assert run([*asked, "--json", "--resume", cursor]) == 0
    lines = said.out.splitlines() + capsys.readouterr().out.splitlines()
    assert [json.loads(line)["vendor_id"] for line in lines] == google.ids()


def test_secrets_come_by_environment_or_standard_input(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GOOGLE_KEY", google.account_key())
    base = [*SETTINGS, "--address", google.url, "--json"]
    assert run([*base, "--secret-env", "service_account=GOOGLE_KEY"]) == 0
    given = tmp_path / "stdin"
    given.write_text(google.account_key())
    with given.open() as stream, monkeypatch.context() as patch:
        patch.setattr("sys.stdin", stream)
        assert run([*base, "--secret-stdin", "service_account"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 80


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set", "service_account=x"], "is a secret"),
        (["--secret-env", "service_account=NOT_THERE"], "no NOT_THERE"),
        (["--secret-file", "service_account=/no/such/file"], "cannot be read"),
        (["--set", "colour=blue"], "colour"),
        (["--set", "mobile"], "NAME=VALUE"),
        (["--set", "mobile=perhaps"], "one of yes, no"),
        ([], "service_account is missing"),
        (["--address", "https://admin.example.org"], "this machine"),
    ],
)
def test_unusable_options_are_usage_errors(
    options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*SETTINGS, *options]) == 2
    assert says in capsys.readouterr().err


def test_a_refused_credential_has_its_own_exit_code(
    google: FakeGoogle, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    google.revoked = True
    assert run(asked) == 4
    said = capsys.readouterr().err
    assert "Google Workspace" in said
    assert "Traceback" not in said
    assert "PRIVATE" not in said


def test_vendors_tell_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mdm", "vendors", "--json"]) == 0
    known = {v["vendor"]: v for v in map(json.loads, capsys.readouterr().out.splitlines())}
    settings = {item["name"]: item for item in known["google_workspace"]["settings"]}
    assert settings["service_account"]["secret"] is True
    assert settings["admin"]["required"] is True
    assert {row["effect"] for row in known["google_workspace"]["capabilities"]} >= {"locks"}
    assert run(["mdm", "vendors"]) == 0
    assert "service_account*" in capsys.readouterr().out
    assert run(["mdm", "devices", "--vendor", "nobody"]) == 2
    assert "google_workspace" in capsys.readouterr().err
