"""Who is told: who holds the permission there, has an address and may still sign in."""

from datetime import timedelta

import pytest

from inventory import jobs
from inventory.access import Permission, Role
from inventory.accounts import service as accounts
from inventory.engine import Engine
from inventory.errors import InvalidInput
from inventory.notices import recipients, sending, writing
from inventory.notices.models import NoticeRow
from inventory.settings import Settings
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.notices.conftest import Desk
from tests.inventory.notices.post_office import Hearer

APPROVE = Permission.COMMAND_APPROVE


def told(desk: Desk, audience: Permission, site: int | None) -> list[str]:
    with desk.database.unit(write=False) as db:
        found = recipients.addresses(db, audience, site)
    return [address.partition("@")[0] for address in found]


def test_the_holders_of_a_permission_at_a_place(desk: Desk, district: District) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.person("north", Role.TECHNICIAN, district.north)
    desk.person("south", Role.TECHNICIAN, district.south)
    desk.person("helper", Role.HELPDESK, district.north)
    gone = desk.person("gone", Role.TECHNICIAN, district.north)
    with desk.database.unit() as db:
        accounts.disable(db, OPERATOR, gone, now=desk.clock())
        accounts.create_account(
            db, OPERATOR, user_name="mute", grants=[(Role.COORDINATOR, None)], now=desk.clock()
        )
    assert told(desk, APPROVE, district.north_room) == ["coordinator", "north"]
    assert told(desk, APPROVE, district.south) == ["coordinator", "south"]
    assert told(desk, APPROVE, None) == ["coordinator"]
    assert told(desk, APPROVE, 99_999) == ["coordinator"]
    assert told(desk, Permission.MDM_READ, district.north) == ["coordinator", "helper", "north"]


def test_one_address_is_told_once(desk: Desk, district: District) -> None:
    one = desk.person("first", Role.TECHNICIAN, district.north, "both@school.example")
    desk.person("second", Role.TECHNICIAN, district.north, "both@school.example")
    with desk.database.unit() as db:
        accounts.grant_role(db, OPERATOR, one, Role.COORDINATOR, now=desk.clock())
    assert told(desk, APPROVE, district.north) == ["both"]


def test_an_address_is_a_plain_one(desk: Desk, district: District) -> None:
    bad = [
        "a b@x.example", "a@x.example\nBcc: all@x.example", "@x", "a@", 'a"b@x.example', "é@x.y",
        "a@x..y", f"{'a' * 65}@x.example", "a@x.example,b@x.example", "<a@x.example>",
    ]  # fmt: skip
    for text in bad:
        with pytest.raises(InvalidInput):
            desk.person("bad", Role.TECHNICIAN, district.north, text)


def test_targets_choose_kinds(desk: Desk, hears: Hearer) -> None:
    desk.target(hears.url, label="all")
    desk.target(hears.url, label="breaker", kinds=("breaker",))
    desk.target(hears.url, label="held", kinds=("command.held", "mdm"))
    desk.target(hears.url, label="off", enabled=False)
    for kind, labels in (
        ("breaker.opened", {"all", "breaker"}),
        ("command.held", {"all", "held"}),
        ("command.heldback", {"all"}),
        ("mdm.credential", {"all", "held"}),
    ):
        with desk.database.unit(write=False) as db:
            assert {row.label for row in recipients.targets(db, kind)} == labels, kind


def test_what_is_told_is_rolled_back_with_its_cause(desk: Desk) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    with pytest.raises(ZeroDivisionError), desk.database.unit() as db:
        writing.write(db, desk.notice(), desk.clock())
        _ = 1 / 0
    assert desk.deliveries() == []
    desk.write()
    assert [row.address for row in desk.deliveries()] == ["coordinator@school.example"]


def test_old_notices_are_forgotten(desk: Desk) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    desk.clock.forward(days=writing.KEPT / timedelta(days=1) - 1)
    desk.write()
    desk.clock.forward(days=2)
    with desk.database.unit() as db:
        assert writing.purge(db, desk.clock()) == 1
    assert len(desk.deliveries()) == 1
    with desk.database.unit(write=False) as db:
        assert db.get(NoticeRow, desk.deliveries()[0].notice_id) is not None


def test_the_engine_knows_the_job(desk: Desk, settings: Settings) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    engine = Engine(settings, desk.database, jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES)
    assert [job.kind for job in engine.jobs()] == [sending.KIND]
    engine.close()
