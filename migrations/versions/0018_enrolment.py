"""what computers tell of themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "enrolled_state",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(20), nullable=False),
        sa.Column("system_version", sa.String(200), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=True),
        sa.Column("firewall", sa.Boolean(), nullable=True),
        sa.Column("antimalware", sa.JSON(), nullable=True),
        sa.Column("administrators", sa.JSON(), nullable=True),
        sa.Column("software", sa.JSON(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("told_by", sa.String(200), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_enrolled_state_asset_id")
        ),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_enrolled_state")),
    )
    with op.batch_alter_table("enrolled_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolled_state_told_at"), ["told_at"], unique=False)
