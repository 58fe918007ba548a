"""agreements: texts that never change, links that work once, and what was signed"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0023"

CATEGORIES = (
    "printer", "multifunction", "plotter", "label_printer", "fax", "scanner", "camera",
    "projector", "telephone", "telephony", "mobile_phone", "tablet", "chromebook", "laptop",
    "workstation", "server", "storage", "network_device", "wireless", "ups", "other",
)  # fmt: skip


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("audience", choice("audience", "students", "staff", "everyone"), nullable=False),
        sa.Column("per", choice("per", "device", "year"), nullable=False),
        sa.Column("loans", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("name", name=op.f("uq_agreement_name")),
    )
    op.create_table(
        "agreement_kind",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("category", choice("category", *CATEGORIES), nullable=False),
        _to("agreement_kind", "agreement_id", "agreement"),
        sa.PrimaryKeyConstraint("agreement_id", "category", name=op.f("pk_agreement_kind")),
    )
    _version()
    _link()
    _acceptance()
    dialect = op.get_bind().dialect.name
    script = Path(__file__).parent.parent / "ddl" / f"0022_{dialect}.sql"
    for statement in script.read_text("utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)


def _version() -> None:
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_en", sa.String(20_000), nullable=False),
        sa.Column("text_es", sa.String(20_000), nullable=False),
        sa.Column("sha256_en", sa.String(64), nullable=False),
        sa.Column("sha256_es", sa.String(64), nullable=False),
        _moment("published_at"),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        _moment("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=False),
        _to("agreement_version", "agreement_id", "agreement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint(
            "agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")
        ),
    )
    _part("uq_agreement_version_in_force", "agreement_version", ["agreement_id"],
          "withdrawn_at IS NULL")  # fmt: skip


def _link() -> None:
    op.create_table(
        "agreement_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        _moment("made_at"),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _to("agreement_link", "version_id", "agreement_version"),
        _to("agreement_link", "custody_id", "custody"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_agreement_link_secret_hash")),
    )
    _indexes("agreement_link", "version_id", "custody_id", "expires_at")


def _acceptance() -> None:
    table = "agreement_acceptance"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=True),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("outcome", choice("outcome", "accepted", "declined"), nullable=False),
        sa.Column("how", choice("how", "link", "screen", "own"), nullable=False),
        sa.Column("language", choice("language", "en", "es"), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("signed_name", sa.String(120), nullable=False),
        sa.Column("strokes", sa.String(24_000), nullable=False),
        _moment("signed_at"),
        sa.Column("signed_from", sa.String(80), nullable=False),
        sa.Column("witness", sa.String(200), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        _moment("erased_at", nullable=True),
        sa.CheckConstraint(
            "outcome = 'declined' OR signed_name <> '' OR erased_at IS NOT NULL",
            name=op.f("ck_agreement_acceptance_signed"),
        ),
        _to(table, "agreement_id", "agreement"),
        _to(table, "version_id", "agreement_version"),
        _to(table, "person_id", "person"),
        _to(table, "custody_id", "custody"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_acceptance")),
        sa.UniqueConstraint("uid", name=op.f("uq_agreement_acceptance_uid")),
    )
    _indexes(table, "version_id", "person_id", "custody_id", "pdf_sha256")
    op.create_index(
        "ix_agreement_acceptance_agreement_id_person_id", table, ["agreement_id", "person_id"]
    )
    _part("uq_agreement_acceptance_device", table, ["custody_id", "agreement_id"],
          "outcome = 'accepted' AND custody_id IS NOT NULL")  # fmt: skip
    _part("uq_agreement_acceptance_year", table, ["person_id", "version_id", "school_year"],
          "outcome = 'accepted' AND custody_id IS NULL")  # fmt: skip


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _part(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, unique=True, sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )  # fmt: skip
