"""People by hand, imports of rosters, recovery tasks."""

import io
import os

from inventory.people import planning
from inventory.people.applying import approve
from inventory.people.planning import Upload
from inventory.people.roster_models import RecoveryTask
from inventory.people.rosters.reading import read_roster
from inventory.sites.models import Site
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def csv_of(side: Side) -> bytes:
    """One new pupil of the school."""
    school = side.db.get(Site, side.site)
    assert school is not None
    key = os.urandom(8).hex()
    return (
        f"sourcedId,givenName,familyName,role,school\n{key},Ada,{key},student,{school.name}\n"
    ).encode()


def roster_plan(side: Side) -> int:
    roster = read_roster(io.BytesIO(csv_of(side)), today=side.now.date(), partial=True)
    upload = Upload("x.csv", "0" * 64)
    return planning.plan(side.db, OPERATOR, "SIS", roster, upload, now=side.now).id


def applied_plan(side: Side) -> int:
    return approve(side.db, OPERATOR, roster_plan(side), now=side.now).id


def recovery_task(side: Side) -> int:
    task = RecoveryTask(person_id=side.get("person"), reason="left", opened_at=side.now)
    side.db.add(task)
    side.db.flush()
    return task.id


MAKERS = {
    "roster_plan": roster_plan, "applied_plan": applied_plan, "recovery_task": recovery_task,
}  # fmt: skip

PEOPLE = "/api/v1/people"
IMPORTS = f"{PEOPLE}/imports"
PLAN = f"{IMPORTS}/<int(max=2147483647):plan_id>"
WAITING, APPLIED = {"plan_id": "$roster_plan"}, {"plan_id": "$applied_plan"}
CSV = b"sourcedId,givenName,familyName,role,school\nq1,Ada,Example,student,North\n"
ADA = {"role": "student", "given_name": "Ada", "family_name": "Example", "site_id": "$site"}

ROUTES = {
    f"POST {PEOPLE}": Example(json=ADA, place=Place.OBJECT),
    f"PUT {PEOPLE}/<int(max=2147483647):person_id>/account": Example(
        path={"person_id": "$person"}, json={"account_id": "$account"}, place=Place.DISTRICT
    ),
    f"GET {IMPORTS}": Example(place=Place.DISTRICT),
    f"POST {IMPORTS}": Example(
        form={"source": "SIS", "dry_run": "true"}, files={"file": ("people.csv", CSV)},
        place=Place.DISTRICT,
    ),
    f"GET {PLAN}": Example(path=WAITING, place=Place.DISTRICT),
    f"GET {PLAN}/changes": Example(path=WAITING, place=Place.DISTRICT),
    f"GET {PLAN}/problems": Example(path=WAITING, place=Place.DISTRICT),
    f"POST {PLAN}/approve": Example(path=WAITING, json={}, place=Place.DISTRICT),
    f"POST {PLAN}/refuse": Example(path=WAITING, json={"reason": "x"}, place=Place.DISTRICT),
    f"POST {PLAN}/undo": Example(path=APPLIED, json={"reason": "x"}, place=Place.DISTRICT),
    f"GET {PEOPLE}/recovery": Example(),
    f"POST {PEOPLE}/recovery/<int(max=2147483647):task_id>/close": Example(
        path={"task_id": "$recovery_task"}, json={"note": "all is back"}, place=Place.OBJECT
    ),
}  # fmt: skip
