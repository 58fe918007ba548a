"""people from directories, what sources call schools, imports applied by a job"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0026"

ROLES = ("student", "teacher", "staff")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "roster_directory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("kind", "google", "graph", "ldap"), nullable=False),
        sa.Column("config", sa.String(80000), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("daily_at", sa.String(5), nullable=True),
        sa.Column("auto_most", sa.Integer(), nullable=True),
        sa.Column("rest_role", choice("rest_role", *ROLES), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["roster_source.id"], name=op.f("fk_roster_directory_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_directory")),
        sa.UniqueConstraint("source_id", name=op.f("uq_roster_directory_source_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_roster_directory_uid")),
    )
    with op.batch_alter_table("roster_directory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_directory_next_at"), ["next_at"], unique=False)

    op.create_table(
        "roster_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory_id", sa.Integer(), nullable=False),
        sa.Column("state", choice("state", "queued", "running", "done", "failed"), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["directory_id"], ["roster_directory.id"], name=op.f("fk_roster_read_directory_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["roster_plan.id"], name=op.f("fk_roster_read_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_read")),
    )
    open_ = sa.text("state IN ('queued', 'running')")
    with op.batch_alter_table("roster_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_read_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            "ix_roster_read_directory_id_id", ["directory_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_roster_read_open",
            ["directory_id"],
            unique=True,
            sqlite_where=open_,
            postgresql_where=open_,
        )

    op.create_table(
        "roster_org",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", choice("kind", "org", "unit", "department", "group"), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("role", choice("role", *ROLES), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_roster_org_site_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["roster_source.id"], name=op.f("fk_roster_org_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_org")),
        sa.UniqueConstraint(
            "source_id", "kind", "key", name=op.f("uq_roster_org_source_id_kind_key")
        ),
    )
    with op.batch_alter_table("roster_org", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_org_site_id"), ["site_id"], unique=False)

    with op.batch_alter_table("roster_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("error", sa.String(1000), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f("ck_roster_plan_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_roster_plan_state"),
            "state IN ('planned', 'applying', 'applied', 'failed', 'undone', 'refused')",
        )
    with op.batch_alter_table("roster_plan", schema=None) as batch_op:
        batch_op.alter_column("error", server_default=None)
