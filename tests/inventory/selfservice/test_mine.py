"""Only what is one's own; reports change nothing; answers are counted."""

import threading

import pytest

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Role
from inventory.assets.kinds import Status
from inventory.custody.models import Custody
from inventory.errors import Conflict, Duplicate, Forbidden, HomeroomError, InvalidInput, NotFound
from inventory.people import service as people
from inventory.people.models import Person
from inventory.selfservice import checks, mine, reports
from inventory.selfservice.models import DeviceReport, ReportKind
from tests.inventory.agreements.conftest import Office
from tests.inventory.conftest import OPERATOR, MakeCaller
from tests.inventory.custody.conftest import Events, holding_role


def staff(office: Office, person: int) -> Actor:
    """The person's account, which may do nothing but self-service."""
    account = office.district.accounts[Role.STAFF]
    with office.database.unit() as db:
        people.link_account(db, OPERATOR, person, account, now=office.clock())
    return Actor("account", account, "the.staff", (
        Grant(ROLE_PERMISSIONS[Role.STAFF], frozenset({office.district.north})),))  # fmt: skip


def tell(office: Office, actor: Actor, custody: int, kind: ReportKind, text: str) -> DeviceReport:
    with office.database.unit() as db:
        return reports.report(db, actor, custody, kind, text, now=office.clock())


def close(office: Office, actor: Actor, report: int, status: Status | None) -> DeviceReport:
    with office.database.unit() as db:
        return reports.close(db, actor, report, status=status, now=office.clock())


def test_a_report_changes_nothing_until_a_technician_decides(office: Office) -> None:
    asset, ada = office.laptop("L-1"), office.pupil("a")
    custody = office.out(asset, ada).id
    actor = staff(office, ada)
    with pytest.raises(InvalidInput):
        tell(office, actor, custody, ReportKind.OTHER, " ")
    made = tell(office, actor, custody, ReportKind.LOST, "On the bus")
    assert office.asset(asset).status is Status.DEPLOYED
    with pytest.raises(Duplicate):
        tell(office, actor, custody, ReportKind.BROKEN, "")
    with pytest.raises(Forbidden):
        close(office, actor, made.id, Status.LOST)
    south = holding_role(Role.TECHNICIAN, office.district.south)
    with pytest.raises(NotFound):
        close(office, south, made.id, Status.LOST)
    technician = holding_role(Role.TECHNICIAN, office.district.north, office.district.north_room)
    with office.database.unit() as db:
        assert [one.report.id for one in reports.listed(db, technician, limit=5)] == [made.id]
        assert reports.listed(db, south, limit=5) == []
    with pytest.raises(InvalidInput):
        close(office, technician, made.id, Status.DISPOSED)
    close(office, technician, made.id, Status.LOST)
    assert office.asset(asset).status is Status.LOST
    with office.database.unit(write=False) as db:
        assert db.get_one(Custody, custody).returned_at is None
    with pytest.raises(Conflict):
        close(office, technician, made.id, None)


def test_somebody_elses_and_what_came_back_is_not_there(office: Office) -> None:
    ada, ben = office.pupil("a"), office.pupil("b")
    theirs, gone = office.out(office.laptop("L-1"), ben).id, office.out(office.laptop("L-2"), ada)
    actor = staff(office, ada)
    office.back(gone.id)
    for custody in (theirs, gone.id, 99_999):
        with pytest.raises(NotFound):
            tell(office, actor, custody, ReportKind.LOST, "")
        with office.database.unit() as db, pytest.raises(NotFound):
            checks.answer(db, actor, custody, has_it=True, now=office.clock())
    with office.database.unit() as db:
        person = mine.person_of(db, actor)
        assert person is not None
        assert mine.held(db, person, now=office.clock()) == []
        db.get_one(Person, ada).active = False
    with office.database.unit() as db:
        assert mine.person_of(db, actor) is None
        assert mine.person_of(db, OPERATOR) is None


def test_of_two_reports_at_once_one_is_kept(office: Office) -> None:
    ada = office.pupil("a")
    custody, actor = office.out(office.laptop("L-1"), ada).id, staff(office, ada)
    start = threading.Barrier(3)
    came: list[object] = []

    def run() -> None:
        start.wait()
        try:
            came.append(tell(office, actor, custody, ReportKind.BROKEN, ""))
        except HomeroomError as refused:
            came.append(refused)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in came].count(DeviceReport) == 1, came
    assert sum(isinstance(one, Duplicate) for one in came) == 2, came


def test_who_still_has_it(office: Office) -> None:
    ada, ben = office.pupil("a"), office.pupil("b")
    first, second = (
        office.out(office.laptop("L-1"), ada).id,
        office.out(office.laptop("L-2"), ada).id,
    )
    office.out(office.laptop("L-3"), ben)
    actor, north = staff(office, ada), office.district.north
    technician = holding_role(Role.TECHNICIAN, north)

    def say(custody: int, *, has_it: bool) -> None:
        with office.database.unit() as db:
            checks.answer(db, actor, custody, has_it=has_it, now=office.clock())

    say(first, has_it=True)
    office.clock.forward(days=1)
    with office.database.unit() as db:
        checks.ask(db, technician, north, "Spring", now=office.clock())
    with office.database.unit() as db, pytest.raises(Forbidden):
        checks.ask(db, technician, office.district.south, "Spring", now=office.clock())
    office.clock.forward(hours=1)

    def counts() -> tuple[int, int, int, int]:
        with office.database.unit(write=False) as db:
            (one,) = checks.listed(db, technician)
        return one.asked, one.confirmed, one.denied, one.silent

    assert counts() == (3, 0, 0, 3)
    with office.database.unit(write=False) as db:
        person = db.get_one(Person, ada)
        assert [one.asked for one in mine.held(db, person, now=office.clock())] == [True, True]
    say(first, has_it=True)
    say(second, has_it=True)
    say(second, has_it=False)
    assert counts() == (3, 1, 1, 1)
    with office.database.unit(write=False) as db:
        person = db.get_one(Person, ada)
        assert [one.asked for one in mine.held(db, person, now=office.clock())] == [False, False]


def test_the_pages_from_signing_to_the_queue(
    office: Office, browser: MakeCaller, events: Events
) -> None:
    agreement = office.agreement().agreement.id
    asset, ada = office.laptop("L-1"), office.pupil("a")
    custody = office.out(asset, ada).id
    other = office.out(office.laptop("L-2"), office.pupil("b"))
    holder = browser("staff", office.district.north)
    assert "not linked" in holder.get("/mine").text
    with office.database.unit() as db:
        people.link_account(db, OPERATOR, ada, holder.account_id, now=office.clock())
    shown = holder.get("/mine").text
    assert "L-1" in shown
    assert "L-2" not in shown
    here = f"/mine/{custody}"
    assert holder.get(f"/mine/{other.id}/agreements/{agreement}/sign").status_code == 404
    assert holder.get(f"{here}/agreements/{agreement}/sign").status_code == 200
    signed = holder.post(f"{here}/agreements/{agreement}/sign", data={"name": "Ada"})
    assert signed.status_code == 303, signed.text
    again = holder.post(f"{here}/agreements/{agreement}/sign", data={"name": "Ada"})
    assert again.status_code == 409
    made = events("agreement.signed")[-1]
    assert made.actor_id == holder.account_id
    assert "Signed document" in holder.get("/mine").text
    assert holder.post(f"{here}/confirm", data={"has_it": "true"}).status_code == 303
    evil = "<script>alert(1)</script>"
    told = holder.post(f"{here}/report", data={"kind": "broken", "text": evil})
    assert told.status_code == 303
    assert holder.get("/reports").status_code == 403
    technician = browser("technician", office.district.north)
    queue = technician.get("/reports").text
    assert "Ada Example-a" in queue
    assert "<script>alert" not in queue
    assert "Reports of devices" in technician.get("/").text
    with office.database.unit(write=False) as db:
        (one,) = reports.listed(db, OPERATOR, limit=5)
    decided = technician.post(f"/reports/{one.report.id}/close", data={"status": "in_repair"})
    assert decided.status_code == 303
    assert office.asset(asset).status is Status.IN_REPAIR
    assert browser("technician", office.district.south).get("/reports").text.count("L-1") == 0
