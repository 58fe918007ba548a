"""self-service: reports of devices, and whether people still have them"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0021"


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    kinds = sa.Enum("lost", "stolen", "broken", "other", name="kind", native_enum=False,
                    create_constraint=True, length=40)  # fmt: skip
    op.create_table(
        "device_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        _moment("reported_at"),
        _moment("closed_at", nullable=True),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(2000), nullable=False),
        _to("device_report", "asset_id", "asset"),
        _to("device_report", "custody_id", "custody"),
        _to("device_report", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_report")),
    )
    for column in ("asset_id", "custody_id", "person_id"):
        op.create_index(op.f(f"ix_device_report_{column}"), "device_report", [column])
    op.create_index("ix_device_report_closed_at_id", "device_report", ["closed_at", "id"])
    still = sa.text("closed_at IS NULL")
    op.create_index("uq_device_report_open", "device_report", ["custody_id"], unique=True,
                    sqlite_where=still, postgresql_where=still)  # fmt: skip
    op.create_table(
        "holding_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        _moment("asked_at"),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        _to("holding_check", "site_id", "site"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_check")),
    )
    op.create_index(op.f("ix_holding_check_site_id"), "holding_check", ["site_id"])
    op.create_table(
        "holding_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("has_it", sa.Boolean(), nullable=False),
        _moment("at"),
        _to("holding_answer", "custody_id", "custody"),
        _to("holding_answer", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_answer")),
    )
    op.create_index("ix_holding_answer_custody_id_at", "holding_answer", ["custody_id", "at"])
    op.create_index(op.f("ix_holding_answer_person_id"), "holding_answer", ["person_id"])
    dialect = op.get_bind().dialect.name
    script = Path(__file__).parent.parent / "ddl" / f"0028_{dialect}.sql"
    for statement in script.read_text("utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
