"""tokens that enrol a number of devices"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("uses_left", sa.Integer(), nullable=True))
