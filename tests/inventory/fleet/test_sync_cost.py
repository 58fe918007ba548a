"""A changed device is looked up by itself, never by going through all of its connection."""

from typing import Any

import pytest
import sqlalchemy as sa

from inventory.fleet.device_rows import hardware_of
from tests.inventory.fleet.conftest import Fleet, Start
from tests.mdm.fakes.google import FakeGoogle


def test_records_of_an_asset_are_found_by_the_asset(fleet: Fleet, start: Start) -> None:
    if not fleet.database.is_sqlite:
        pytest.skip("PostgreSQL has statistics, and plans by them")
    fake = start(FakeGoogle)
    fake.seed(8)
    first = fleet.connect(fake)
    fleet.sync(first)
    other = fleet.connect(fake, label="The same again")
    fleet.sync(other)
    rows = {row.asset_id or 0: row.vendor_id for row in fleet.devices(connection_id=first)}
    with fleet.database.unit(write=False) as db:
        asked: list[tuple[str, Any]] = []

        def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        sa.event.listen(db.get_bind(), "before_cursor_execute", note)
        try:
            found = hardware_of(db, first, set(rows), but=())
        finally:
            sa.event.remove(db.get_bind(), "before_cursor_execute", note)
        assert {id: [who for who, _ in each] for id, each in found.items()} == {
            id: [vendor_id] for id, vendor_id in rows.items()
        }
        ((statement, parameters),) = [each for each in asked if "mdm_device" in each[0]]
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(step[3]) for step in plan]
    assert len(steps) == 1
    assert "ix_mdm_device_asset_id" in steps[0], steps
