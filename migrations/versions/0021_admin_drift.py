"""observed administrators, drift, and the service accounts that are allowed"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0025"

SYSTEMS = ("windows", "macos", "linux")


def moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def choice(column, check, words, nullable=False):
    kind = sa.Enum(*words, name=check, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("mdm_device", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mdm_device_asset_id_revision", ["asset_id", "platform", "revision"], unique=False
        )
    _devices()
    _observed()
    _drift()
    _allowed()


def _devices() -> None:
    op.create_table(
        "admin_device",
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        choice("system", op.f("ck_admin_device_system"), SYSTEMS),
        moment("told_at", nullable=True),
        sa.Column("fleet_mark", sa.BigInteger(), nullable=False),
        sa.Column("asset_version", sa.Integer(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("accepted_count", sa.Integer(), nullable=False),
        moment("look_at", nullable=True),
        moment("looked_at"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_admin_device_asset_id")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_admin_device")),
    )
    with op.batch_alter_table("admin_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_device_look_at"), ["look_at"], unique=False)
        batch_op.create_index(
            "ix_admin_device_counted",
            ["asset_id", "open_count", "accepted_count", "told_at"],
            unique=False,
        )


def _observed() -> None:
    op.create_table(
        "observed_admin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("account_key", sa.String(400), nullable=False),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("staff", sa.Boolean(), nullable=False),
        moment("observed_at"),
        moment("first_at"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_observed_admin_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observed_admin")),
        sa.UniqueConstraint(
            "asset_id", "account_key", "source",
            name=op.f("uq_observed_admin_asset_id_account_key_source"),
        ),
    )
    with op.batch_alter_table("observed_admin", schema=None) as batch_op:
        batch_op.create_index(
            "ix_observed_admin_known", ["account_key", "account_id", "staff"], unique=False
        )


def _drift() -> None:
    current = sa.text("closed_at IS NULL")
    op.create_table(
        "admin_drift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        choice("kind", op.f("ck_admin_drift_kind"), ("unauthorised", "unverified", "not_observed")),
        choice("state", op.f("ck_admin_drift_state"), ("open", "accepted", "resolved")),
        sa.Column("account_key", sa.String(400), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("sources", sa.String(200), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        moment("first_at"),
        moment("opened_at"),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        moment("decided_at", nullable=True),
        sa.Column("note", sa.String(1000), nullable=False),
        moment("closed_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_admin_drift_asset_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_admin_drift_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_admin_drift_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_drift")),
    )
    with op.batch_alter_table("admin_drift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_drift_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_admin_drift_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_admin_drift_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_admin_drift_current", ["asset_id", "kind", "account_key"], unique=True,
            sqlite_where=current, postgresql_where=current,
        )
        batch_op.create_index(
            "ix_admin_drift_first_at_id", ["first_at", "id"], unique=False,
            sqlite_where=current, postgresql_where=current,
        )


def _allowed() -> None:
    current = sa.text("removed_at IS NULL")
    op.create_table(
        "allowed_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.String(400), nullable=False),
        choice("system", op.f("ck_allowed_account_system"), SYSTEMS, nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("reach_key", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        moment("until"),
        moment("added_at"),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        moment("removed_at", nullable=True),
        sa.Column("removed_by", sa.String(200), nullable=False),
        sa.Column("removed_reason", sa.String(1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_allowed_account_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowed_account")),
    )
    with op.batch_alter_table("allowed_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowed_account_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allowed_account_until"), ["until"], unique=False)
        batch_op.create_index(
            "uq_allowed_account_current", ["pattern", "reach_key"], unique=True,
            sqlite_where=current, postgresql_where=current,
        )
