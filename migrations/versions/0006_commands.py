"""commands"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "command_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "lock",
                "unlock",
                "lost_mode_on",
                "lost_mode_off",
                "locate",
                "restart",
                "clear_passcode",
                "clear_users",
                "retire",
                "wipe",
                "disable",
                "enable",
                "sync",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "gravest",
            sa.Enum(
                "asks_report",
                "restores",
                "interrupts",
                "reveals_place",
                "locks",
                "removes_passcode",
                "removes_management_data",
                "erases_user_data",
                "erases_everything",
                name="gravest",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("cool_off_minutes", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_kind", sa.String(20), nullable=False),
        sa.Column("requested_session_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'cancelled', 'expired')",
            name=op.f("ck_command_batch_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_batch")),
        sa.UniqueConstraint("uid", name=op.f("uq_command_batch_uid")),
    )
    with op.batch_alter_table("command_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_command_batch_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index(
            "ix_command_batch_state_expires_at", ["state", "expires_at"], unique=False
        )

    op.create_table(
        "command_breaker",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tripped_by_id", sa.Integer(), nullable=True),
        sa.Column("close_asked_by", sa.String(200), nullable=False),
        sa.Column("close_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("close_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(1000), nullable=False),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tick_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_by_id <> close_asked_by_id",
            name=op.f("ck_command_breaker_two_persons"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_command_breaker_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_breaker")),
    )
    op.create_table(
        "command_breaker_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(1000), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_breaker_event")),
    )
    with op.batch_alter_table("command_breaker_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_breaker_event_at"), ["at"], unique=False)

    op.create_table(
        "command_policy_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("weakens", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT weakens OR state <> 'applied' OR decided_by_id IS NOT NULL",
            name=op.f("ck_command_policy_change_decided"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR NOT weakens OR state <> 'applied' OR asked_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_command_policy_change_two_persons"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'applied', 'refused', 'expired')",
            name=op.f("ck_command_policy_change_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_policy_change")),
    )
    with op.batch_alter_table("command_policy_change", schema=None) as batch_op:
        batch_op.create_index(
            "uq_command_policy_change_asked",
            ["name"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "command_policy_value",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_command_policy_value")),
    )
    op.create_table(
        "command_foreign_wipe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_key", sa.String(560), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(256), nullable=False),
        sa.Column("known_before", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_command_foreign_wipe_asset_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_foreign_wipe")),
        sa.UniqueConstraint("device_key", name=op.f("uq_command_foreign_wipe_device_key")),
    )
    with op.batch_alter_table("command_foreign_wipe", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_command_foreign_wipe_asset_id"), ["asset_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_command_foreign_wipe_seen_at"), ["seen_at"], unique=False
        )

    op.create_table(
        "device_command",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("connection_uid", sa.String(32), nullable=False),
        sa.Column("device_key", sa.String(560), nullable=False),
        sa.Column("vendor", sa.String(50), nullable=False),
        sa.Column("vendor_id", sa.String(512), nullable=False),
        sa.Column("platform", sa.String(20), nullable=False),
        sa.Column("ownership", sa.String(20), nullable=False),
        sa.Column("serial", sa.String(256), nullable=True),
        sa.Column("udid", sa.String(256), nullable=True),
        sa.Column("enrolment", sa.String(256), nullable=True),
        sa.Column("supervised", sa.Boolean(), nullable=True),
        sa.Column("assigned_user", sa.String(256), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "lock",
                "unlock",
                "lost_mode_on",
                "lost_mode_off",
                "locate",
                "restart",
                "clear_passcode",
                "clear_users",
                "retire",
                "wipe",
                "disable",
                "enable",
                "sync",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "effect",
            sa.Enum(
                "asks_report",
                "restores",
                "interrupts",
                "reveals_place",
                "locks",
                "removes_passcode",
                "removes_management_data",
                "erases_user_data",
                "erases_everything",
                name="effect",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "effect_class",
            sa.Enum(
                "report",
                "restore",
                "interrupt",
                "place",
                "lock",
                "passcode",
                "destroy",
                name="effect_class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_by", sa.String(20), nullable=False),
        sa.Column("cancellable", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(500), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("keep_data_plan", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("backup", sa.String(10), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("cool_off_minutes", sa.Integer(), nullable=False),
        sa.Column("break_glass", sa.Boolean(), nullable=False),
        sa.Column("binding", sa.String(64), nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_kind", sa.String(20), nullable=False),
        sa.Column("requested_session_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "cooling_off",
                "ready",
                "held",
                "dispatching",
                "uncertain",
                "needs_human",
                "dispatched",
                "acknowledged",
                "cancel_pending",
                "verified",
                "failed",
                "expired",
                "rejected",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "held_reason",
            sa.Enum(
                "breaker",
                "hold",
                "stale",
                "identity",
                "person",
                "restore",
                name="held_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("held_note", sa.String(500), nullable=False),
        sa.Column("held_from", sa.String(20), nullable=False),
        sa.Column("held_codes", sa.JSON(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(32), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("cancel_by", sa.String(200), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("vendor_state", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'held') = (held_reason IS NOT NULL)",
            name=op.f("ck_device_command_held_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'dispatching' OR lease_token <> ''",
            name=op.f("ck_device_command_sending_under_a_lease"),
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_device_command_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["command_batch.id"], name=op.f("fk_device_command_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_command")),
        sa.UniqueConstraint("uid", name=op.f("uq_device_command_uid")),
    )
    with op.batch_alter_table("device_command", schema=None) as batch_op:
        batch_op.create_index("ix_device_command_asset_id_id", ["asset_id", "id"], unique=False)
        batch_op.create_index(
            "ix_device_command_batch_id_state", ["batch_id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_device_command_requested_by_id_at",
            ["requested_by_id", "requested_at"],
            unique=False,
        )
        batch_op.create_index("ix_device_command_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_device_command_state_expires_at", ["state", "expires_at"], unique=False
        )
        batch_op.create_index(
            "uq_device_command_open",
            ["device_key", "effect_class"],
            unique=True,
            sqlite_where=sa.text(
                "state NOT IN ('verified', 'failed', 'expired', 'rejected', 'cancelled')"
            ),
            postgresql_where=sa.text(
                "state NOT IN ('verified', 'failed', 'expired', 'rejected', 'cancelled')"
            ),
        )

    op.create_table(
        "command_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("requester_id", sa.Integer(), nullable=True),
        sa.Column("approver", sa.String(200), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("binding", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(command_id IS NULL) <> (batch_id IS NULL)",
            name=op.f("ck_command_approval_of_one_thing"),
        ),
        sa.CheckConstraint(
            "requester_id IS NULL OR approver_id <> requester_id",
            name=op.f("ck_command_approval_another_person"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["command_batch.id"], name=op.f("fk_command_approval_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["command_id"], ["device_command.id"], name=op.f("fk_command_approval_command_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_approval")),
        sa.UniqueConstraint(
            "batch_id", "approver_id", name=op.f("uq_command_approval_batch_id_approver_id")
        ),
        sa.UniqueConstraint(
            "command_id", "approver_id", name=op.f("uq_command_approval_command_id_approver_id")
        ),
    )
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_command_approval_approver_id"), ["approver_id"], unique=False
        )

    op.create_table(
        "command_break_glass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(200), nullable=False),
        sa.Column("command_id", sa.Integer(), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(200), nullable=False),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("review", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"], ["device_command.id"], name=op.f("fk_command_break_glass_command_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_break_glass")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_command_break_glass_code_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_command_break_glass_uid")),
    )
    with op.batch_alter_table("command_break_glass", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_command_break_glass_command_id"), ["command_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_command_break_glass_review_due_at"), ["review_due_at"], unique=False
        )

    op.create_table(
        "command_pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("command_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("device_key", sa.String(560), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("sealed_pin", sa.String(4000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('generated', 'vendor')", name=op.f("ck_command_pin_source")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_command_pin_asset_id")),
        sa.ForeignKeyConstraint(
            ["command_id"], ["device_command.id"], name=op.f("fk_command_pin_command_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_pin")),
        sa.UniqueConstraint("uid", name=op.f("uq_command_pin_uid")),
    )
    with op.batch_alter_table("command_pin", schema=None) as batch_op:
        batch_op.create_index("ix_command_pin_asset_id_id", ["asset_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_command_pin_command_id"), ["command_id"], unique=False)

    op.create_table(
        "command_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("command_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("sealed_place", sa.String(4000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_command_place_asset_id")),
        sa.ForeignKeyConstraint(
            ["command_id"], ["device_command.id"], name=op.f("fk_command_place_command_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_place")),
        sa.UniqueConstraint("command_id", name=op.f("uq_command_place_command_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_command_place_uid")),
    )
    with op.batch_alter_table("command_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_place_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_command_place_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "command_send",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requester", sa.String(80), nullable=False),
        sa.Column("device_key", sa.String(560), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "lock",
                "unlock",
                "lost_mode_on",
                "lost_mode_off",
                "locate",
                "restart",
                "clear_passcode",
                "clear_users",
                "retire",
                "wipe",
                "disable",
                "enable",
                "sync",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("destructive", sa.Boolean(), nullable=False),
        sa.Column("break_glass", sa.Boolean(), nullable=False),
        sa.Column("lease_token", sa.String(32), nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"], ["device_command.id"], name=op.f("fk_command_send_command_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_send")),
        sa.UniqueConstraint("lease_token", name=op.f("uq_command_send_lease_token")),
    )
    with op.batch_alter_table("command_send", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_command_send_command_id"), ["command_id"], unique=False
        )
        batch_op.create_index("ix_command_send_destructive_at", ["destructive", "at"], unique=False)
        batch_op.create_index("ix_command_send_device_key_at", ["device_key", "at"], unique=False)

    # What models cannot say: an ended command stays ended, approvals and PINs are never rewritten.
    dialect = op.get_bind().dialect.name
    script = Path(__file__).parent.parent / "ddl" / f"0006_{dialect}.sql"
    for statement in script.read_text("utf-8").split("\n-- next\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
