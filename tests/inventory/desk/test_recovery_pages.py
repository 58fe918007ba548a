"""What is to come back: listed with what is still out, handed in from there, closed with a note."""

from inventory.people import recovery
from inventory.people.models import Person
from inventory.people.roster_models import RecoveryTask
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk, Events, desk

__all__ = ["desk"]


def _leave(desk: Desk, person_id: int) -> int:
    with desk.database.unit() as db:
        db.get_one(Person, person_id).active = False
        task = RecoveryTask(person_id=person_id, reason=recovery.LEFT, opened_at=desk.clock())
        db.add(task)
        db.flush()
        return task.id


def test_from_the_list_to_the_end(desk: Desk, browser: MakeCaller, events: Events) -> None:
    ada, elsewhere = desk.pupil("<b>a</b>"), desk.pupil("c", desk.district.south)
    held = desk.out(desk.laptop("L-1"), ada)
    task = _leave(desk, ada)
    _leave(desk, elsewhere)
    technician = browser("technician", desk.district.north)
    assert "people who left and still have something" in technician.get("/").text
    shown = technician.get("/recovery").text
    assert "Example-&lt;b&gt;a&lt;/b&gt;" in shown
    assert "Example-c" not in shown
    assert f"/custody/{held.id}/in" in shown
    assert events("person.viewed")[-1].subject_id == str(ada)
    assert "1 device is still out." in technician.get(f"/recovery/{task}/close").text
    assert "L-1" in technician.get(f"/people/{ada}").text
    assert technician.post(f"/custody/{held.id}/in", data={"condition": "good"}).status_code == 303
    person = technician.get(f"/people/{ada}").text
    assert "Had before" in person
    assert technician.post(f"/recovery/{task}/close", data={"note": " "}).status_code == 422
    assert technician.post(f"/recovery/{task}/close", data={"note": "All back"}).status_code == 303
    assert "Example-" not in technician.get("/recovery").text
    assert technician.get(f"/recovery/{task}/close").status_code == 409


def test_who_may_not_know_who_has_what_sees_no_device(desk: Desk, browser: MakeCaller) -> None:
    ada = desk.pupil("a")
    desk.out(desk.laptop("L-1"), ada)
    task = _leave(desk, ada)
    assert browser("helpdesk", desk.district.north).get("/recovery").status_code == 403
    principal = browser("school_administrator", desk.district.north)
    assert f"/recovery/{task}/close" not in principal.get("/recovery").text
    assert principal.post(f"/recovery/{task}/close", data={"note": "x"}).status_code == 403
    foreign = browser("technician", desk.district.south)
    assert foreign.get(f"/recovery/{task}/close").status_code == 404
