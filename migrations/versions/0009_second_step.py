"""sessions that wait for a second factor"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_login_session_assurance"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_login_session_assurance"),
            "assurance IN ('waiting', 'password', 'second_factor', 'recovery')",
        )
