"""Asking for admin rights on one's own computer, over HTTP."""

from sqlmodel import select

from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.people import service as people
from tests.inventory.agreements.conftest import Office
from tests.inventory.conftest import OPERATOR, MakeCaller


def test_one_asks_sees_it_and_takes_it_back(office: Office, browser: MakeCaller) -> None:
    ada = office.pupil("a")
    custody, other = office.out(office.laptop("L-1"), ada).id, office.pupil("b")
    theirs = office.out(office.laptop("L-2"), other).id
    holder = browser("staff", office.district.north)
    with office.database.unit() as db:
        people.link_account(db, OPERATOR, ada, holder.account_id, now=office.clock())
    here = f"/mine/{custody}/admin-rights"
    assert holder.get(f"/mine/{theirs}/admin-rights").status_code == 404
    assert here in holder.get("/mine").text
    assert holder.post(here, data={"reason": "Robotics <b>", "hours": "73"}).status_code == 422
    assert holder.post(here, data={"reason": "Robotics <b>", "hours": "8"}).status_code == 303
    shown = holder.get(here).text
    assert "Robotics &lt;b&gt;" in shown
    assert "waits for the Coordinator" in shown
    assert holder.post(here, data={"reason": "Again", "hours": "8"}).status_code == 409
    with office.database.unit(write=False) as db:
        grant = db.exec(select(AdminGrant)).one()
        assert (grant.person_id, grant.temporary) == (ada, True)
    assert holder.post(f"/mine/{theirs}/admin-rights/{grant.id}/end").status_code == 404
    assert holder.post(f"{here}/{grant.id}/end").status_code == 303
    with office.database.unit(write=False) as db:
        assert db.get_one(AdminGrant, grant.id).state is GrantState.WITHDRAWN
    assert "withdrawn" in holder.get(here).text


def test_anothers_rights_do_not_end_by_ones_own_page(office: Office, browser: MakeCaller) -> None:
    """Also for who might end them elsewhere, with a reason of their own."""
    ada, ben = office.pupil("a"), office.pupil("b")
    here, theirs = (
        f"/mine/{office.out(office.laptop(tag), person).id}/admin-rights"
        for tag, person in (("L-1", ada), ("L-2", ben))
    )
    pupil = browser("staff", office.district.north)
    technician = browser("technician", office.district.north)
    with office.database.unit() as db:
        for person, caller in ((ada, technician), (ben, pupil)):
            people.link_account(db, OPERATOR, person, caller.account_id, now=office.clock())
    assert pupil.post(theirs, data={"reason": "Robotics", "hours": "8"}).status_code == 303
    with office.database.unit(write=False) as db:
        grant = db.exec(select(AdminGrant)).one()
    assert technician.post(f"{here}/{grant.id}/end").status_code == 404
    with office.database.unit(write=False) as db:
        assert db.get_one(AdminGrant, grant.id).state is GrantState.REQUESTED
