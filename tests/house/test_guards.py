"""What must never be changed is kept by the database itself, and a guard that is gone is told."""

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from inventory import installation
from inventory.db import Database

KEPT = ("audit_event", "command_approval", "command_pin", "command_send", "device_command")


def test_every_guard_that_a_migration_made_is_there(database: Database) -> None:
    assert installation.missing_guards(database) == []


@pytest.mark.parametrize("table", KEPT)
def test_a_guard_that_is_taken_away_is_missed(database: Database, table: str) -> None:
    taken = f"DROP TRIGGER {table}_no_delete"
    if not database.is_sqlite:
        taken = f"ALTER TABLE {table} DISABLE TRIGGER USER"
    with database.unit() as db:
        db.connection().exec_driver_sql(taken)
    missing = installation.missing_guards(database)
    assert missing
    assert all(name.startswith(table) for name in missing)


@pytest.mark.parametrize("table", KEPT)
def test_a_row_that_is_kept_is_not_replaced(database: Database, table: str) -> None:
    """SQLite deletes what REPLACE takes the place of without asking the triggers on DELETE;
    PostgreSQL has no REPLACE, and what it updates instead is refused as an UPDATE."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND "
                "(tgtype & 8) <> 0 AND (tgtype & 32) <> 0", (table,),
            ).scalar_one()  # fmt: skip
        assert found == 1, "one trigger on DELETE and TRUNCATE"
        return
    columns = SQLModel.metadata.tables[table].columns
    given = {c.name: _any_value(c) for c in columns if not c.nullable or c.name == "command_id"}
    names, marks = ", ".join(given), ", ".join("?" * len(given))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        put = f"INTO {table} ({names}) VALUES ({marks})"
        connection.exec_driver_sql(f"INSERT {put}", tuple(given.values()))
        with pytest.raises(sa.exc.IntegrityError, match="unique"):
            connection.exec_driver_sql(f"INSERT OR REPLACE {put}", tuple(given.values()))


def _any_value(column: sa.Column[object]) -> object:
    """A value that the column's CHECK lets through."""
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if isinstance(column.type, (sa.Integer, sa.Boolean)):
        return 1
    if isinstance(column.type, sa.JSON):
        return "[]"
    if column.name == "source":
        return "vendor"
    return "2026-09-01 12:00:00.000000" if "at" in column.name.split("_") else "x"
