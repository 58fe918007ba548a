"""transfers: devices from school to school; photos that belong to a custody"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0019"

STATES = ("requested", "approved", "in_transit", "closed", "refused", "cancelled")
ITEM_STATES = ("chosen", "in_transit", "received", "damaged", "missing", "left_out")
OPEN = sa.text("state IN ('chosen', 'in_transit')")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _transfer()
    op.create_table(
        "transfer_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("state", choice("state", *ITEM_STATES), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_item_transfer_id")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_transfer_item_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_item")),
        sa.UniqueConstraint(
            "transfer_id", "asset_id", name=op.f("uq_transfer_item_transfer_id_asset_id")
        ),
    )
    op.create_index(
        "uq_transfer_item_open", "transfer_item", ["asset_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index("ix_transfer_item_asset_id_id", "transfer_item", ["asset_id", "id"])
    op.create_table(
        "custody_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("side", choice("side", "out", "in"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["custody_id"], ["custody.id"], name=op.f("fk_custody_photo_custody_id")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_custody_photo_attachment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_photo")),
        sa.UniqueConstraint(
            "custody_id", "side", "attachment_id",
            name=op.f("uq_custody_photo_custody_id_side_attachment_id"),
        ),
    )  # fmt: skip
    op.create_index("ix_custody_photo_attachment_id", "custody_photo", ["attachment_id"])


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("from_site_id", sa.Integer(), nullable=False),
        sa.Column("to_site_id", sa.Integer(), nullable=False),
        sa.Column("state", choice("state", *STATES), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("in_hand", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(200), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_by", sa.String(200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_site_id <> to_site_id", name=op.f("ck_transfer_two_places")),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_transfer_wanted")),
        sa.ForeignKeyConstraint(
            ["from_site_id"], ["site.id"], name=op.f("fk_transfer_from_site_id")
        ),
        sa.ForeignKeyConstraint(["to_site_id"], ["site.id"], name=op.f("fk_transfer_to_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("uid", name=op.f("uq_transfer_uid")),
    )
    for side in ("from_site_id", "to_site_id"):
        op.create_index(f"ix_transfer_{side}_state", "transfer", [side, "state"])
