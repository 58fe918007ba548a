"""`homeroom mdm connect`, `connections`, `test`, `sync`: over the API, to a fake vendor."""

import json
from collections.abc import Iterator

import pytest

from tests.inventory.cli.conftest import Homeroom
from tests.mdm.fakes.google import FakeGoogle

KEY = "service_account"


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    fake = FakeGoogle().start()
    fake.seed(4)
    yield fake
    fake.stop()


def connect(homeroom: Homeroom, fake: FakeGoogle, label: str, *more: str) -> list[str]:
    plain = [f"--set={name}={value}" for name, value in fake.config().items() if name != KEY]
    return ["mdm", "connect", fake.vendor, label, *plain, *more, "--secret-stdin", KEY]


def test_a_tenant_is_connected_tried_and_synced(
    homeroom: Homeroom, google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEROOM_MDM_SIMULATED", "true")
    given = google.config()[KEY]
    made = homeroom(*connect(homeroom, google, "Books", f"--address={google.url}"), given=given)
    assert made.code == 0, made.err
    tried = homeroom("mdm", "test", "Books")
    assert (tried.code, "Books answers" in tried.out) == (0, True), tried.err
    asked = homeroom("mdm", "sync", "Books")
    assert (asked.code, "queued" in asked.out) == (0, True), asked.err
    again = homeroom("mdm", "sync", "Books")
    assert again.code != 0
    assert "queued" in again.err
    (row,) = map(json.loads, homeroom("mdm", "connections", "--json").out.splitlines())
    assert (row["label"], row["mode"], row["acts"]) == ("Books", "dry_run", False)
    missing = homeroom("mdm", "test", "Nobody")
    assert missing.code != 0
    assert "Nobody" in missing.err


def test_a_wrong_option_is_named(homeroom: Homeroom) -> None:
    said = homeroom("mdm", "connect", "google_workspace", "Books", "--set", "nothing")
    assert said.code == 2
    assert "NAME=VALUE" in said.err


def test_who_connects_a_server_that_calls_us_is_told_where(homeroom: Homeroom) -> None:
    made = homeroom(
        "mdm", "connect", "nanomdm", "Macs", "--set=url=https://nano.example",
        "--secret-stdin", "webhook_key", given="a key of the webhook",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert "must call http://127.0.0.1:8000/api/v1/mdm/hooks/" in made.err
    assert made.out.strip().isdigit()
