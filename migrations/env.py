"""Alembic's environment: our models only; the engine's own tables are not ours to migrate."""

from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from inventory import tables
from inventory.db import UtcDateTime, throwaway_engine

assert tables.MODULES


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """SQLModel's string and our moment as plain SQLAlchemy types, so revisions import no app."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String({item.length})" if item.length else "sa.Text()"
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_object(
    item: Any, name: str | None, kind: str, reflected: bool, compare_to: object
) -> bool:
    """Leave alone the engine's tables and what raw DDL made (search index, triggers)."""
    if kind == "table":
        return name in SQLModel.metadata.tables
    return True


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        include_object=include_object,
        render_as_batch=True,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Iterable[sa.Connection] = context.config.attributes.get("connections", ())
for connection in given:
    run(connection)
if not given:
    engine = throwaway_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as own:
        run(own)
