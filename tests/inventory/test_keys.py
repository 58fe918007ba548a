"""A new master key: everything opens afterwards, and a crash at any step costs nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from inventory import keys
from inventory.access import Permission, system_actor
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.db import Database, now
from inventory.discovery import credentials
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind, SnmpCredential
from inventory.engine.models import WorkerHeartbeat
from inventory.errors import Conflict, Misconfigured, SealBroken
from inventory.settings import Settings
from inventory.vault import Vault, read_keys, write_keys
from tests.conftest import TEST_VAULT

ACTOR = system_actor("test", Permission)
MANY = keys.BATCH + 20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "master.key"
    write_keys(path, TEST_VAULT)
    return Settings(master_key_file=str(path))


def fill(database: Database, count: int) -> None:
    with database.unit() as db:
        for number in range(count):
            draft = CredentialDraft(f"c{number}", CredentialKind.V2C, community=f"secret-{number}")
            credentials.create(db, ACTOR, draft, now=now())


def secrets(database: Database) -> list[str]:
    with database.unit(write=False) as db:
        rows = db.exec(select(SnmpCredential).order_by(SnmpCredential.id)).all()  # type: ignore[arg-type]
        return [c.community.decode() for c in credentials.opened(db, rows)]  # type: ignore[union-attr]


def test_every_secret_moves_to_the_new_key_and_the_old_one_goes(
    database: Database, settings: Settings
) -> None:
    fill(database, MANY)
    count = keys.rotate(settings, database)
    assert count == MANY + 1, "the audit chain's key as well"
    vault = read_keys(settings.key_path)
    assert len(vault.keys) == 1
    assert vault.active != "test"
    assert keys.left_behind(database, vault.active) == 0
    assert secrets(database) == [f"secret-{n}" for n in range(MANY)]
    reopened = Database(database.url, vault=vault)
    try:
        with reopened.unit(write=False) as db:
            assert audit.verify(db).broken_at is None
            assert db.exec(select(AuditEvent).where(AuditEvent.action == "keys.rotated")).one()
    finally:
        reopened.close()


def test_the_old_key_opens_nothing_afterwards(database: Database, settings: Settings) -> None:
    fill(database, 1)
    keys.rotate(settings, database)
    stolen = Database(database.url, vault=TEST_VAULT)
    try:
        with pytest.raises(SealBroken):
            secrets(stolen)
    finally:
        stolen.close()


class Crash(Exception):
    pass


def crash_at(monkeypatch: pytest.MonkeyPatch, target: object, name: str, call: int) -> None:
    """The `call`-th call of a step dies before it does anything."""
    original: Callable[..., object] = getattr(target, name)
    seen = 0

    def dying(*args: object, **options: object) -> object:
        nonlocal seen
        seen += 1
        if seen == call:
            raise Crash
        return original(*args, **options)

    monkeypatch.setattr(target, name, dying)


@pytest.mark.parametrize(
    ("step", "call"),
    [("write_keys", 1), ("_rewrap_row", 5), ("_rewrap_row", keys.BATCH + 3), ("write_keys", 2)],
)
def test_a_crash_at_any_step_is_made_good_by_the_next_run(
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    call: int,
) -> None:
    fill(database, MANY)
    with monkeypatch.context() as patch:
        crash_at(patch, keys, step, call)
        with pytest.raises(Crash):
            keys.rotate(settings, database)
    between = Database(database.url, vault=read_keys(settings.key_path))
    try:
        assert secrets(between) == [f"secret-{n}" for n in range(MANY)], "nothing was lost"
        before = set(read_keys(settings.key_path).keys)
        keys.rotate(settings, between)
        after = read_keys(settings.key_path)
        assert len(after.keys) == 1
        assert "test" not in after.keys
        assert len(before) == 1 or after.active in before, "goes on with the key it had made"
        assert keys.left_behind(between, after.active) == 0
        assert secrets(between) == [f"secret-{n}" for n in range(MANY)]
    finally:
        between.close()


def test_a_damaged_secret_stops_it_with_both_keys_kept(
    database: Database, settings: Settings
) -> None:
    fill(database, 2)
    with database.unit() as db:
        first, second = db.exec(select(SnmpCredential)).all()
        first.community = second.community
        db.add(first)
    with pytest.raises(SealBroken):
        keys.rotate(settings, database)
    assert len(read_keys(settings.key_path).keys) == 2
    assert json.loads(settings.key_path.read_text())["active"] == "test"


def test_a_key_from_the_environment_cannot_be_rotated(
    database: Database, settings: Settings
) -> None:
    with pytest.raises(Misconfigured, match="key file"):
        keys.rotate(replace(settings, master_key="x" * 43), database)


def test_a_file_with_three_keys_is_refused(database: Database, settings: Settings) -> None:
    write_keys(settings.key_path, Vault("a", {name: bytes(32) for name in "abc"}))
    with pytest.raises(Misconfigured, match="two keys"):
        keys.rotate(settings, database)


def test_it_waits_for_workers_to_be_stopped(database: Database, settings: Settings) -> None:
    fill(database, 1)
    with database.unit() as db:
        worker = WorkerHeartbeat(executor_id="server-1", started_at=now(), beat_at=now())
        db.add(worker)
    with pytest.raises(Conflict, match="server-1"):
        keys.rotate(settings, database)
    assert read_keys(settings.key_path).keys.keys() == {"test"}
    with database.unit() as db:
        worker.stopped_at = now()
        db.add(worker)
    assert keys.rotate(settings, database) == 2
