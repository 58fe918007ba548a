"""hooks"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "mdm_memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("sealed_value", sa.String(60000), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["mdm_connection.id"], name=op.f("fk_mdm_memory_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_memory")),
        sa.UniqueConstraint("connection_id", "key", name=op.f("uq_mdm_memory_connection_id_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_mdm_memory_uid")),
    )
