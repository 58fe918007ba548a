"""Self-service: one's own devices, the queue of reports, asking people."""

from sqlmodel import select

from inventory.access import Permission, system_actor
from inventory.agreements import signing
from inventory.agreements.rules import Signature
from inventory.custody import service
from inventory.custody.holders import Holder, Terms
from inventory.people.models import Person
from inventory.selfservice import reports
from inventory.selfservice.models import ReportKind
from tests.house.routes import Example, Place, Side
from tests.house.routes.agreements import desk
from tests.house.routes.assets import new
from tests.inventory.conftest import OPERATOR

ALL = system_actor("holder", Permission)


def own_custody(side: Side) -> int:
    """A device that the side's owner has."""
    person = side.db.exec(select(Person).where(Person.account_id == side.owner)).first()
    if person is None:
        person = side.db.get_one(Person, side.get("person"))
        person.account_id = side.owner
        side.db.add(person)
        side.db.flush()
    holder = Holder(person_id=person.id)
    asset = new(side).id
    return service.check_out(side.db, OPERATOR, asset, holder, Terms(), now=side.now).id


def own_acceptance(side: Side) -> int:
    return signing.on_screen(
        side.db, OPERATOR, side.get("own_custody"), side.get("agreement"), Signature("Ada"),
        desk(), now=side.now,
    ).id  # fmt: skip


def device_report(side: Side) -> int:
    custody = side.get("own_custody")
    actor = type(ALL)("account", side.owner, "holder", ALL.grants)
    return reports.report(
        side.db, actor, custody, ReportKind.BROKEN, "It fell.", now=side.now
    ).id  # fmt: skip


MAKERS = {
    "own_custody": own_custody, "own_acceptance": own_acceptance, "device_report": device_report,
}  # fmt: skip
ONE = "/mine/<int(max=2147483647):custody_id>"
SIGN = f"{ONE}/agreements/<int(max=2147483647):agreement_id>/sign"
PDF = "/mine/signed/<int(max=2147483647):acceptance_id>/pdf"
CLOSE = "/reports/<int(max=2147483647):report_id>/close"
MINE, TO_SIGN = {"custody_id": "$own_custody"}, {
    "custody_id": "$own_custody", "agreement_id": "$agreement",
}  # fmt: skip
REPORT = {"report_id": "$device_report"}
OWN, OBJECT = Place.OWN, Place.OBJECT

ROUTES = {
    "GET /mine": Example(),
    f"GET {ONE}/report": Example(path=MINE, place=OWN),
    f"POST {ONE}/report": Example(path=MINE, form={"kind": "lost", "text": "On a bus"}, place=OWN),
    f"POST {ONE}/confirm": Example(path=MINE, form={"has_it": "true"}, place=OWN),
    f"GET {SIGN}": Example(path=TO_SIGN, place=OWN),
    f"POST {SIGN}": Example(path=TO_SIGN, form={"name": "Ada"}, place=OWN),
    f"GET {PDF}": Example(path={"acceptance_id": "$own_acceptance"}, place=OWN),
    "GET /reports": Example(query={"closed": "true"}),
    f"GET {CLOSE}": Example(path=REPORT, place=OBJECT),
    f"POST {CLOSE}": Example(path=REPORT, form={"note": "Seen."}, place=OBJECT),
    "GET /checks": Example(),
    "POST /checks": Example(form={"site_id": "$site", "title": "Spring"}, place=OBJECT),
}  # fmt: skip
