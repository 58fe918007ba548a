"""imports of assets: files, their rows, and how their columns were understood"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"

STATES = ("staged", "planned", "applying", "applied", "undoing", "undone", "refused")
OUTCOMES = ("create", "update", "unchanged", "waiting", "skipped", "rejected", "conflict")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "asset_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("state", choice("state", *STATES), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("shape", sa.String(80), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("site_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("planned_at", moment, nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_import")),
    )
    with op.batch_alter_table("asset_import", schema=None) as batch_op:
        for name in ("by_id", "file_sha256"):
            batch_op.create_index(batch_op.f(f"ix_asset_import_{name}"), [name], unique=False)
    op.create_table(
        "asset_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", choice("outcome", *OUTCOMES), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("asset_version", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["asset_import.id"], name=op.f("fk_asset_import_row_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_import_row")),
    )
    with op.batch_alter_table("asset_import_row", schema=None) as batch_op:
        batch_op.create_index("ix_asset_import_row_import_id_id", ["import_id", "id"])
        batch_op.create_index(
            "ix_asset_import_row_import_id_outcome_id", ["import_id", "outcome", "id"]
        )
    op.create_table(
        "asset_import_mapping",
        sa.Column("header_sha256", sa.String(64), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("used_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("header_sha256", name=op.f("pk_asset_import_mapping")),
    )
