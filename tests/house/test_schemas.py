"""Every schema builds, refuses unknown fields, and never shows a sealed or secret column."""

import importlib
import pkgutil

import marshmallow as ma
import pytest
from sqlmodel import SQLModel

import inventory
from inventory.schema import ObjectSchema, TableSchema

SECRET_WORDS = ("password_hash", "secret_hash", "digest_key", "community", "auth_key", "priv_key")


def all_schemas() -> list[type[ma.Schema]]:
    for module in pkgutil.walk_packages(inventory.__path__, "inventory."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    found: list[type[ma.Schema]] = []
    queue: list[type[ma.Schema]] = [TableSchema, ObjectSchema]
    while queue:
        for child in queue.pop().__subclasses__():
            found.append(child)
            queue.append(child)
    return found


SCHEMAS = all_schemas()


def sealed_columns() -> set[str]:
    return {
        column.name
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sealed")
    }


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: f"{s.__module__}.{s.__name__}")
def test_a_schema_builds_and_is_strict(schema: type[ma.Schema]) -> None:
    built = schema()
    assert built.unknown == ma.RAISE
    shown = {name for name, field in built.dump_fields.items() if not field.load_only}
    assert not shown & {*sealed_columns(), *SECRET_WORDS}


@pytest.mark.parametrize(
    "schema",
    [s for s in SCHEMAS if issubclass(s, TableSchema)],
    ids=lambda s: f"{s.__module__}.{s.__name__}",
)
def test_a_table_schema_names_its_fields(schema: type[TableSchema]) -> None:
    assert schema.opts.fields, "Meta.fields is missing"
    assert not schema.opts.load_instance
