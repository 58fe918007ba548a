"""people of rosters: schools beside the first, sources, plans, changes, recovery tasks"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0018"

STATES = ("planned", "applied", "undone", "refused")
KINDS = ("create", "adopt", "deactivate", "reactivate", "role", "site", "update")
PROBLEMS = ("invalid", "orphan", "conflict")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "roster_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("max_leaving_percent", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_source")),
        sa.UniqueConstraint("name", name=op.f("uq_roster_source_name")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("homeroom", sa.String(80), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("temporary", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_person_source_id"), "roster_source", ["source_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_person_account_id"), "account", ["account_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_person_account_id"), ["account_id"])
        batch_op.create_index(batch_op.f("ix_person_source_id"), ["source_id"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.alter_column("homeroom", server_default=None)
        batch_op.alter_column("temporary", server_default=None)

    op.create_table(
        "person_site",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_site_person_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_person_site_site_id")),
        sa.PrimaryKeyConstraint("person_id", "site_id", name=op.f("pk_person_site")),
    )
    with op.batch_alter_table("person_site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_site_site_id"), ["site_id"], unique=False)

    op.create_table(
        "roster_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("state", choice("state", *STATES), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("shape", sa.String(40), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["roster_source.id"], name=op.f("fk_roster_plan_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_plan")),
    )
    with op.batch_alter_table("roster_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_plan_source_id"), ["source_id"], unique=False)

    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("kind", *KINDS), nullable=False),
        sa.Column("sourced_id", sa.String(200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_version", sa.Integer(), nullable=False),
        sa.Column("account_ended", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["roster_plan.id"], name=op.f("fk_roster_change_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
    )
    with op.batch_alter_table("roster_change", schema=None) as batch_op:
        batch_op.create_index("ix_roster_change_person_id", ["person_id"], unique=False)
        batch_op.create_index(
            "ix_roster_change_plan_id_kind_id", ["plan_id", "kind", "id"], unique=False
        )

    op.create_table(
        "roster_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("kind", *PROBLEMS), nullable=False),
        sa.Column("file", sa.String(80), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("sourced_id", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["roster_plan.id"], name=op.f("fk_roster_problem_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_problem")),
    )
    with op.batch_alter_table("roster_problem", schema=None) as batch_op:
        batch_op.create_index("ix_roster_problem_plan_id_id", ["plan_id", "id"], unique=False)

    op.create_table(
        "recovery_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_task_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["roster_plan.id"], name=op.f("fk_recovery_task_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_task")),
    )
    with op.batch_alter_table("recovery_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_task_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            "ix_recovery_task_person_id_id", ["person_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_recovery_task_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
