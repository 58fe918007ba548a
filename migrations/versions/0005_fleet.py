"""fleet"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "mdm_connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("vendor", sa.String(50), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("read_config", sa.String(60000), nullable=False),
        sa.Column("act_config", sa.String(60000), nullable=True),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "dry_run", "live", name="mode", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("create_assets", sa.Boolean(), nullable=False),
        sa.Column("tag_prefix", sa.String(40), nullable=True),
        sa.Column("write_tags", sa.Boolean(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("full_at", sa.String(5), nullable=True),
        sa.Column("next_incremental", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_full", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_tags", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_full_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(1000), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_mdm_connection_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_connection")),
        sa.UniqueConstraint("label", name=op.f("uq_mdm_connection_label")),
        sa.UniqueConstraint("uid", name=op.f("uq_mdm_connection_uid")),
    )
    with op.batch_alter_table("mdm_connection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mdm_connection_next_full"), ["next_full"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mdm_connection_next_incremental"), ["next_incremental"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_mdm_connection_site_id"), ["site_id"], unique=False)

    op.create_table(
        "mdm_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fewer_devices",
                "credential",
                "licence",
                "answers",
                "unreachable",
                "expires",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["mdm_connection.id"], name=op.f("fk_mdm_alarm_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_alarm")),
    )
    with op.batch_alter_table("mdm_alarm", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mdm_alarm_connection_id_id", ["connection_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_mdm_alarm_open",
            ["connection_id", "kind"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "mdm_sync",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "full",
                "incremental",
                name="scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "finished",
                "failed",
                "cancelled",
                "interrupted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("accept_fewer", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("runner", sa.String(32), nullable=False),
        sa.Column("job_key", sa.String(80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("nameless", sa.Integer(), nullable=False),
        sa.Column("problem_rows", sa.JSON(), nullable=False),
        sa.Column("guarded", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["mdm_connection.id"], name=op.f("fk_mdm_sync_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_sync")),
    )
    with op.batch_alter_table("mdm_sync", schema=None) as batch_op:
        batch_op.create_index("ix_mdm_sync_connection_id_id", ["connection_id", "id"], unique=False)
        batch_op.create_index(
            "ix_mdm_sync_state_heartbeat_at", ["state", "heartbeat_at"], unique=False
        )
        batch_op.create_index(
            "uq_mdm_sync_open_connection",
            ["connection_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "mdm_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.String(512), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column(
            "platform",
            sa.Enum(
                "chromeos",
                "ios",
                "ipados",
                "macos",
                "tvos",
                "android",
                "windows",
                "linux",
                "other",
                name="platform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ownership",
            sa.Enum(
                "company",
                "personal",
                "unknown",
                name="ownership",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("serial", sa.String(256), nullable=False),
        sa.Column("udid", sa.String(256), nullable=False),
        sa.Column("enrolment", sa.String(256), nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=True),
        sa.Column("managed", sa.Boolean(), nullable=True),
        sa.Column("state", sa.String(256), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=True),
        sa.Column("lost_mode", sa.Boolean(), nullable=True),
        sa.Column("encrypted", sa.Boolean(), nullable=True),
        sa.Column("passcode_set", sa.Boolean(), nullable=True),
        sa.Column("passcode_compliant", sa.Boolean(), nullable=True),
        sa.Column("compliant", sa.Boolean(), nullable=True),
        sa.Column("manufacturer", sa.String(256), nullable=False),
        sa.Column("model", sa.String(256), nullable=False),
        sa.Column("os", sa.String(256), nullable=False),
        sa.Column("os_version", sa.String(256), nullable=False),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("assigned_user", sa.String(256), nullable=False),
        sa.Column("asset_tag", sa.String(256), nullable=False),
        sa.Column("auto_update_until", sa.Date(), nullable=True),
        sa.Column("last_check_in", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "matched",
                "conflict",
                "ignored",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tag_told", sa.String(64), nullable=False),
        sa.Column("tag_error", sa.String(300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_mdm_device_asset_id")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["mdm_connection.id"], name=op.f("fk_mdm_device_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_device")),
        sa.UniqueConstraint(
            "connection_id", "vendor_id", name=op.f("uq_mdm_device_connection_id_vendor_id")
        ),
    )
    with op.batch_alter_table("mdm_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mdm_device_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index("ix_mdm_device_outcome_id", ["outcome", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mdm_device_serial"), ["serial"], unique=False)
