"""carts: which devices are kept in one, also while somebody has them"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "cart_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cart_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_cart_slot_number")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_cart_slot_asset_id")),
        sa.ForeignKeyConstraint(["cart_id"], ["cart.id"], name=op.f("fk_cart_slot_cart_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_slot")),
        sa.UniqueConstraint("asset_id", name=op.f("uq_cart_slot_asset_id")),
        sa.UniqueConstraint("cart_id", "number", name=op.f("uq_cart_slot_cart_id_number")),
    )
