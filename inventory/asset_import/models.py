"""Tables of asset imports: the file's rows, what each would do, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment


class ImportState(StrEnum):
    """staged: its columns are to be named; planned: waits for somebody's yes; applying and undoing:
    a job is at it; refused: somebody said no."""

    STAGED = "staged"
    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"


class RowOutcome(StrEnum):
    """What a row of the file does.

    waiting   it names something unknown, and somebody has to say what that is
    skipped   somebody said so of what it names
    rejected  a value of it cannot be accepted
    conflict  it contradicts another row, or what is recorded of another asset
    """

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    CONFLICT = "conflict"


class AssetImport(SQLModel, table=True):
    """One file, or one reading of another system.

    columns    [{"name", "samples", "numbers", "mdy", "dmy", "slashed"}]: see `staging.Profile`
    options    see `options.Options`
    decisions  "kind key" → {"do": "map" | "create" | "skip", "to": id or value}
    unknown    what the rows name and nobody knows: [{"kind", "key", "text", "rows", "near", ...}]
    findings   what the guard objects to: [{"rule", "number", "of", "refused"}]
    site_ids   every place that the rows touch; None stands for no place
    by_id      the account that brought it; None for the command line
    """

    __tablename__ = "asset_import"

    id: int = Field(default=None, primary_key=True)
    source: str = Field(max_length=80)
    state: ImportState = choice(ImportState, "state", default=ImportState.STAGED)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64, index=True)
    shape: str = Field(max_length=80)
    rows: int = Field(default=0)
    columns: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    decisions: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    unknown: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    remarks: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    site_ids: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    created_at: datetime = moment()
    created_by: str = Field(max_length=200)
    by_id: int | None = Field(default=None, index=True)
    planned_at: datetime | None = moment(nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str = Field(default="", max_length=200)
    decided_by_id: int | None = None
    undone_at: datetime | None = moment(nullable=True)
    undone_by: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=1000)
    error: str = Field(default="", max_length=1000)


class AssetImportRow(SQLModel, table=True):
    """One row of the file.

    number         its line in the file; the header is line 1
    cells          its texts, one for each column
    asset_id       the asset that it is about; no foreign key: it outlives none
    asset_version  the version that `before` was read at; once applied, the one that came of it
    before, after  the fields that differ; of a new asset `before` is None
    notes          why it is rejected, what is odd about it, and what undoing left alone
    """

    __tablename__ = "asset_import_row"
    __table_args__ = (
        sa.Index("ix_asset_import_row_import_id_outcome_id", "import_id", "outcome", "id"),
        sa.Index("ix_asset_import_row_import_id_id", "import_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="asset_import.id")
    number: int
    outcome: RowOutcome = choice(RowOutcome, "outcome", default=RowOutcome.WAITING)
    tag: str = Field(default="", max_length=64)
    asset_id: int | None = None
    asset_version: int = Field(default=0)
    cells: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    before: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    notes: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)


class AssetImportMapping(SQLModel, table=True):
    """How a header was understood the last time, so that nobody has to say it twice."""

    __tablename__ = "asset_import_mapping"

    header_sha256: str = Field(primary_key=True, max_length=64)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    used_at: datetime = moment()
