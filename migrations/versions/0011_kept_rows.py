"""a PIN is only sealed anew under another key, what was sent is only answered, and no row that is
kept can be replaced"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    script = Path(__file__).parent.parent / "ddl" / f"0011_{dialect}.sql"
    for statement in script.read_text("utf-8").split("\n-- next\n"):
        op.get_bind().exec_driver_sql(statement)
