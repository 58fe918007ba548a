"""The wall: what the models promise is what both databases enforce, after the migrations."""

import enum

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from inventory import installation, tables
from inventory.db import Database

assert tables.MODULES


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda o, n, kind, r, c: (
                    kind != "table" or n in SQLModel.metadata.tables
                ),
                "compare_type": False,
            },
        )
        differences = compare_metadata(context, SQLModel.metadata)
    # Indexes made by raw DDL are not in the metadata, and that is their point.
    assert [d for d in differences if not str(d[0]).startswith("remove_index")] == []


def test_enum_checks_equal_the_python_enums(database: Database) -> None:
    found = sa.inspect(database.engine)
    seen, missing = 0, []
    for name, table in SQLModel.metadata.tables.items():
        checks = " ".join(c["sqltext"] for c in found.get_check_constraints(name))
        for column in table.columns:
            if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
                members: type[enum.Enum] = column.type.enum_class
                seen += 1
                missing += [
                    f"{name}.{column.name}: {member.value}"
                    for member in members
                    if f"'{member.value}'" not in checks
                ]
    assert missing == []
    assert seen > 20, "hardly any column was looked at"


def _leading_columns(table: sa.Table) -> set[str]:
    groups = [index.columns for index in table.indexes]
    groups += [c.columns for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    groups.append(table.primary_key.columns)
    return {next(iter(columns)).name for columns in groups if len(columns)}


def test_every_foreign_key_has_an_index() -> None:
    missing = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.foreign_keys and column.name not in _leading_columns(table)
    ]
    assert missing == []


def test_sealed_columns_stand_beside_a_uid() -> None:
    for table in SQLModel.metadata.sorted_tables:
        if any(column.info.get("sealed") for column in table.columns):
            assert "uid" in table.columns, table.name


def test_every_earlier_revision_upgrades(database_url: str) -> None:
    config = installation.alembic_config(database_url)
    script = ScriptDirectory.from_config(config)
    revisions = [r.revision for r in script.walk_revisions()][::-1]
    assert revisions[-1] == script.get_current_head()
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    _wipe(engine)
    # Each step is an upgrade of its own, from a database that stood at the revision before; the
    # template that all tests copy is the one from nothing to the newest in one go.
    for revision in [*revisions, "head"]:
        installation.migrate(database_url, revision)
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        assert present == (revisions[-1] if revision == "head" else revision)


def _wipe(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
            return
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        rows = connection.exec_driver_sql(
            "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' "
            "AND type IN ('trigger', 'table') ORDER BY type DESC"
        ).all()
        virtual = [n for _, n in rows if n.endswith("_fts")]
        for kind, name in rows:
            if kind == "trigger":
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for name in virtual:
            connection.exec_driver_sql(f'DROP TABLE "{name}"')
        for kind, name in rows:
            if kind == "table" and not any(name.startswith(v) for v in virtual):
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
