"""admin rights: the ledger of grants, and campaigns that review them"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0028"

OPEN = sa.text("state IN ('requested', 'active')")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "admin_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_admin_review_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_review")),
    )
    op.create_index(op.f("ix_admin_review_site_id"), "admin_review", ["site_id"])

    op.create_table(
        "admin_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(40), nullable=True),
        sa.Column("level", choice("level", "administrator", "elevate"), nullable=False),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            choice("state", "requested", "active", "refused", "withdrawn", "expired", "revoked"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("ticket", sa.String(80), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.Column(
            "cause",
            choice("cause", "time", "person", "review", "returned", "left", "status"),
            nullable=True,
        ),
        sa.Column("end_note", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('active', 'expired', 'revoked') OR decided_by_id IS NOT NULL",
            name=op.f("ck_admin_grant_authorised_by_somebody"),
        ),
        sa.CheckConstraint(
            "(asset_id IS NOT NULL AND site_id IS NULL AND category IS NULL) OR (asset_id IS NULL AND site_id IS NOT NULL AND category IS NOT NULL)",
            name=op.f("ck_admin_grant_one_reach"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_admin_grant_ends_after_start")),
        sa.CheckConstraint(
            "requested_by_id IS NULL OR decided_by_id IS NULL OR requested_by_id <> decided_by_id",
            name=op.f("ck_admin_grant_two_people"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_admin_grant_asset_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_admin_grant_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_admin_grant_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["account.id"], name=op.f("fk_admin_grant_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_admin_grant_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_grant")),
        sa.UniqueConstraint("uid", name=op.f("uq_admin_grant_uid")),
    )
    op.create_index("ix_admin_grant_asset_id_id", "admin_grant", ["asset_id", "id"])
    op.create_index(op.f("ix_admin_grant_decided_by_id"), "admin_grant", ["decided_by_id"])
    op.create_index(
        "ix_admin_grant_open_asset",
        "admin_grant",
        ["asset_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_admin_grant_open_end",
        "admin_grant",
        ["ends_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_admin_grant_person_id_id", "admin_grant", ["person_id", "id"])
    op.create_index(op.f("ix_admin_grant_requested_by_id"), "admin_grant", ["requested_by_id"])
    op.create_index(op.f("ix_admin_grant_site_id"), "admin_grant", ["site_id"])
    op.create_index("ix_admin_grant_state_id", "admin_grant", ["state", "id"])
    op.create_index(
        "uq_admin_grant_open_asset",
        "admin_grant",
        ["person_id", "asset_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "uq_admin_grant_open_group",
        "admin_grant",
        ["person_id", "site_id", "category"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )

    op.create_table(
        "admin_review_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("end_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["admin_grant.id"], name=op.f("fk_admin_review_item_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["admin_review.id"], name=op.f("fk_admin_review_item_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_review_item")),
        sa.UniqueConstraint(
            "review_id", "grant_id", name=op.f("uq_admin_review_item_review_id_grant_id")
        ),
    )
    op.create_index(op.f("ix_admin_review_item_grant_id"), "admin_review_item", ["grant_id"])
