"""The audit chain: append-only, in the same transaction, and every break is found."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from inventory.access import Permission, system_actor
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import HomeroomError
from tests.conftest import Clock

ACTOR = system_actor("test", [Permission.AUDIT_READ])


def write(database: Database, clock: Clock, count: int) -> None:
    with database.unit() as db:
        for n in range(count):
            audit.record(db, ACTOR, "thing.done", now=clock(), subject_id=n, after={"n": n})


def test_a_whole_chain_verifies(database: Database, clock: Clock) -> None:
    write(database, clock, 3)
    write(database, clock, 2)
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
    assert (verdict.events, verdict.broken_at) == (5, None)


def test_an_event_is_gone_with_its_transaction(database: Database, clock: Clock) -> None:
    with pytest.raises(RuntimeError), database.unit() as db:
        audit.record(db, ACTOR, "thing.done", now=clock())
        raise RuntimeError
    with database.unit(write=False) as db:
        assert audit.verify(db).events == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"]
)
def test_the_database_refuses_to_change_events(
    database: Database, clock: Clock, statement: str
) -> None:
    write(database, clock, 2)
    with pytest.raises((DBAPIError, HomeroomError)), database.unit() as db:
        db.connection().exec_driver_sql(statement)
    with database.unit(write=False) as db:
        assert audit.verify(db).events == 2


def without_triggers(database: Database, statement: str) -> None:
    """What somebody who owns the database file can do."""
    with database.unit() as db:
        run = db.connection().exec_driver_sql
        if database.is_sqlite:
            run("DROP TRIGGER audit_event_no_update")
            run("DROP TRIGGER audit_event_no_delete")
        else:
            run("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        run(statement)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_event SET actor_name = 'somebody else' WHERE id = 3", 3),
        ("UPDATE audit_event SET after = '{\"n\": 9}' WHERE id = 2", 2),
        ("DELETE FROM audit_event WHERE id = 2", 2),
        ("DELETE FROM audit_event WHERE id = 5", 5),
        ("UPDATE audit_event SET digest = 'f' WHERE id = 5", 5),
    ],
)
def test_a_change_behind_the_triggers_is_found(
    database: Database, clock: Clock, statement: str, broken_at: int
) -> None:
    write(database, clock, 5)
    without_triggers(database, statement)
    with database.unit(write=False) as db:
        assert audit.verify(db).broken_at == broken_at


def test_unusual_values_survive_the_round_trip(database: Database, clock: Clock) -> None:
    with database.unit() as db:
        audit.record(
            db, ACTOR, "a.b", now=clock(), reason="\x07 é \u202e", after={"at": clock(), "s": {1}}
        )
    with database.unit(write=False) as db:
        assert audit.verify(db).broken_at is None
        assert sa.inspect(db.get_bind()).has_table("audit_event")


def test_a_part_of_the_chain_is_verified_behind_what_is_known_to_fit(
    database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        for n in range(5):
            audit.record(db, ACTOR, "thing.done", now=clock(), after={"n": n})
    with database.unit(write=False) as db:
        whole = audit.verify(db)
        assert (whole.events, whole.complete) == (5, True)
        part = audit.verify(db, most=2)
        assert (part.events, part.broken_at, part.complete) == (2, None, False)
        rest = audit.verify(db, after=2, most=3)
        assert rest == whole
        beyond = audit.verify(db, after=6)
        assert (beyond.broken_at, beyond.why) == (6, "an event is missing")


def test_whoever_writes_while_the_chain_is_verified_does_not_break_it(
    database: Database, clock: Clock
) -> None:
    """The head was read before the event that came meanwhile: that is no missing end."""
    with database.unit() as db:
        audit.record(db, ACTOR, "thing.done", now=clock())
    wrote = []

    def write(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        reads = "FROM audit_event" in statement and not connection.get_execution_options().get(
            "homeroom_write"
        )
        if reads and not wrote:
            wrote.append(True)
            with database.unit() as other:
                audit.record(other, ACTOR, "thing.meanwhile", now=clock())

    sa.event.listen(database.engine, "before_cursor_execute", write)
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
    assert wrote
    assert verdict.broken_at is None
    with database.unit(write=False) as db:
        assert audit.verify(db).events == 2
