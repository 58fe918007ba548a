"""an alarm for tags that a vendor does not take"""

from alembic import op

revision = "0014"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("mdm_alarm", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_mdm_alarm_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_mdm_alarm_kind"),
            "kind IN ('fewer_devices', 'credential', 'licence', 'answers', 'unreachable', "
            "'expires', 'tags')",
        )
