"""custody: who has what, what went along, carts; a closed row stays as it is"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"

CONDITIONS = ("good", "worn", "damaged", "broken")
OPEN = sa.text("returned_at IS NULL")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "cart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_cart_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_cart_site_id_name")),
    )
    _custody()
    op.create_table(
        "custody_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_key", sa.String(120), nullable=False),
        sa.Column("count_out", sa.Integer(), nullable=False),
        sa.Column("count_in", sa.Integer(), nullable=True),
        sa.CheckConstraint("count_out >= 0", name=op.f("ck_custody_line_count_out")),
        sa.CheckConstraint("count_in >= 0", name=op.f("ck_custody_line_count_in")),
        sa.ForeignKeyConstraint(
            ["custody_id"], ["custody.id"], name=op.f("fk_custody_line_custody_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_line")),
        sa.UniqueConstraint(
            "custody_id", "name_key", name=op.f("uq_custody_line_custody_id_name_key")
        ),
    )
    dialect = op.get_bind().dialect.name
    script = Path(__file__).parent.parent / "ddl" / f"0016_{dialect}.sql"
    for statement in script.read_text("utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)


def _custody() -> None:
    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("cart_id", sa.Integer(), nullable=True),
        sa.Column("kind", choice("kind", "assignment", "loan"), nullable=False),
        sa.Column("loan_reason", choice("loan_reason", "repair", "forgot", "other"), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("condition_out", choice("condition_out", *CONDITIONS), nullable=True),
        sa.Column("note_out", sa.String(1000), nullable=False),
        sa.Column("override", sa.String(1000), nullable=False),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.String(200), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("condition_in", choice("condition_in", *CONDITIONS), nullable=True),
        sa.Column("note_in", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NOT NULL AND place_id IS NULL AND cart_id IS NULL)"
            " OR (person_id IS NULL AND place_id IS NOT NULL AND cart_id IS NULL)"
            " OR (person_id IS NULL AND place_id IS NULL AND cart_id IS NOT NULL)",
            name=op.f("ck_custody_one_holder"),
        ),
        sa.CheckConstraint(
            "kind <> 'loan' OR due_at IS NOT NULL", name=op.f("ck_custody_loan_is_due")
        ),
        sa.CheckConstraint(
            "(kind = 'loan') = (loan_reason IS NOT NULL)", name=op.f("ck_custody_loan_has_reason")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_custody_asset_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_custody_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["site.id"], name=op.f("fk_custody_place_id")),
        sa.ForeignKeyConstraint(["cart_id"], ["cart.id"], name=op.f("fk_custody_cart_id")),
        sa.ForeignKeyConstraint(
            ["instead_of_id"], ["custody.id"], name=op.f("fk_custody_instead_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        sa.UniqueConstraint("uid", name=op.f("uq_custody_uid")),
        sa.UniqueConstraint("instead_of_id", name=op.f("uq_custody_instead_of_id")),
    )
    _index("uq_custody_open", "asset_id", unique=True, part=True)
    _index("ix_custody_open_due_at_id", "due_at", "id", part=True)
    _index("ix_custody_asset_id_id", "asset_id", "id")
    for holder in ("person_id", "place_id", "cart_id"):
        _index(f"ix_custody_{holder}_returned_at", holder, "returned_at")


def _index(name: str, *columns: str, unique: bool = False, part: bool = False) -> None:
    where = OPEN if part else None
    op.create_index(
        name, "custody", list(columns), unique=unique, sqlite_where=where, postgresql_where=where
    )
