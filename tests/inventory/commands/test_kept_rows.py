"""PINs, approvals and what was sent stay as they were written, whoever writes SQL by hand."""

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from inventory import keys
from inventory.commands import escrow
from inventory.db import Database
from inventory.errors import HomeroomError
from inventory.settings import Settings
from inventory.vault import write_keys
from mdm.types import Platform
from tests.conftest import TEST_VAULT
from tests.inventory.commands.world import World

UNDER_ANOTHER_KEY = "'v1.other.' || substr(sealed_pin, 9)"


@pytest.fixture
def kept(world: World) -> World:
    """A wipe that was sent, and answered, with two PINs beside it."""
    command = world.sent(world.assets(Platform.CHROMEOS)[0])
    with world.database.unit() as db:
        for pin, source in (("310495", escrow.GENERATED), ("4711", escrow.VENDOR)):
            assert escrow.keep_pin(db, command, pin, source, now=world.clock())
    return world


def pins(world: World) -> list[str]:
    with world.database.unit() as db:
        found = escrow.reveal_pins(db, world.person("asker"), 1, now=world.clock())
    return sorted(each.pin for each in found)


def run(database: Database, statement: str) -> None:
    with database.unit() as db:
        db.connection().exec_driver_sql(statement)


BY_HAND = (
    "DELETE FROM command_pin",
    "DELETE FROM command_pin WHERE id = 1",
    "UPDATE command_pin SET sealed_pin = ''",
    "UPDATE command_pin SET sealed_pin = sealed_pin",
    "UPDATE command_pin SET sealed_pin = 'v1.test.AAAA.BBBB'",
    "UPDATE command_pin SET sealed_pin = 'v1.other'",
    "UPDATE command_pin SET sealed_pin = (SELECT p.sealed_pin FROM command_pin p WHERE id = 2)",
    "UPDATE command_pin SET device_key = 'another device' WHERE id = 1",
    "UPDATE command_pin SET source = 'vendor' WHERE id = 1",
    "UPDATE command_pin SET at = '2020-01-01 00:00:00' WHERE id = 1",
    f"UPDATE command_pin SET uid = 'x', sealed_pin = {UNDER_ANOTHER_KEY} WHERE id = 1",
    f"UPDATE command_pin SET id = 99, sealed_pin = {UNDER_ANOTHER_KEY} WHERE id = 1",
    "UPDATE command_send SET answer = 'refused', note = 'takes nothing from the budget'",
    "UPDATE command_send SET at = '2020-01-01 00:00:00'",
    "DELETE FROM command_send",
    "UPDATE command_approval SET approver_id = 1",
    "DELETE FROM command_approval",
    "DELETE FROM device_command",
)


def test_plain_sql_is_refused(kept: World) -> None:
    for statement in BY_HAND:
        with pytest.raises((DBAPIError, HomeroomError)):
            run(kept.database, statement)
            print(f"not refused: {statement}")
    assert pins(kept) == ["310495", "4711"]


def test_not_even_everything_at_once_is_thrown_away(kept: World) -> None:
    if kept.database.is_sqlite:
        statements = ["REPLACE INTO command_pin SELECT * FROM command_pin WHERE id = 1",
                      "UPDATE OR REPLACE command_pin SET id = 2 WHERE id = 1"]  # fmt: skip
    else:
        statements = ["TRUNCATE command_pin", "TRUNCATE device_command CASCADE",
                      "INSERT INTO command_pin SELECT * FROM command_pin WHERE id = 1 "
                      "ON CONFLICT (id) DO UPDATE SET sealed_pin = ''"]  # fmt: skip
    for statement in statements:
        with pytest.raises((DBAPIError, HomeroomError)):
            run(kept.database, statement)
    assert pins(kept) == ["310495", "4711"]


def test_a_new_master_key_seals_pins_anew(kept: World, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    write_keys(path, TEST_VAULT)
    keys.rotate(Settings(master_key_file=str(path)), kept.database)
    assert keys.left_behind(kept.database, kept.database.info["vault"].active) == 0  # type: ignore[attr-defined]
    assert pins(kept) == ["310495", "4711"]


def test_what_was_sent_is_answered_once(kept: World) -> None:
    """Before there is an answer it may be written, and nothing else of the row."""
    with kept.database.unit() as db:
        db.connection().exec_driver_sql(
            "INSERT INTO command_send (command_id, attempt, at, requester, device_key, action, "
            "destructive, break_glass, lease_token, answer, note) SELECT command_id, 2, at, "
            "requester, device_key, action, destructive, break_glass, 'another', '', '' "
            "FROM command_send"
        )
    with pytest.raises((DBAPIError, HomeroomError)):
        run(kept.database, "UPDATE command_send SET requester = 'x' WHERE attempt = 2")
    run(kept.database, "UPDATE command_send SET answer = 'refused' WHERE attempt = 2")
    with pytest.raises((DBAPIError, HomeroomError)):
        run(kept.database, "UPDATE command_send SET answer = 'lost' WHERE attempt = 2")
