"""confirmations by password, sessions that wait for a second factor"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # They are good for minutes: asking once more is better than copying them.
    op.drop_table("step_up")
    op.create_table(
        "step_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose_hash", sa.String(64), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "password",
                "totp",
                "webauthn",
                "recovery",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("factor_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_step_up_account_id")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
            name=op.f("fk_step_up_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_up")),
    )
    with op.batch_alter_table("step_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_up_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_up_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_step_up_session_id_purpose_hash", ["session_id", "purpose_hash"], unique=False
        )

    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_login_session_assurance"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_login_session_assurance"),
            "assurance IN ('waiting', 'password', 'second_factor', 'recovery')",
        )
