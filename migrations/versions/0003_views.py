"""preferences, saved views, and indexes to count by"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _choice(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            _choice(
                "name", "language", "timezone", "theme", "density", "asset_columns", "scan_gap_ms"
            ),
            nullable=False,
        ),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_preference_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_preference")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("page", _choice("page", "assets", "discoveries"), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_key", sa.String(320), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "account_id", "page", "name_key", name=op.f("uq_saved_view_account_id_page_name_key")
        ),
    )
    op.create_index(
        "uq_saved_view_shared",
        "saved_view",
        ["page", "name_key"],
        unique=True,
        sqlite_where=sa.text("account_id IS NULL"),
        postgresql_where=sa.text("account_id IS NULL"),
    )
    op.create_index(
        "ix_asset_counted",
        "asset",
        ["category", "status", "manufacturer_id", "site_id", "last_seen_at"],
    )
    op.create_index("ix_asset_warranty_until", "asset", ["warranty_until"])
    op.create_index(
        "ix_supply_reading_current_state",
        "supply_reading",
        ["state", "asset_id", "at"],
        sqlite_where=sa.text("current = 1"),
        postgresql_where=sa.text("current"),
    )
