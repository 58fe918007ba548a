"""What has happened in the demo district: a roster, devices handed out, a cart, a broken laptop,
computers that enrolled themselves."""

import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.custody import cart_acts, carts, service as custody, swapping
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.custody.service import Coming
from inventory.db import Database
from inventory.enrolment import service as enrolment
from inventory.enrolment.reports import Report
from inventory.people import applying, planning
from inventory.people.models import Person, PersonRole
from inventory.people.planning import Upload
from inventory.people.rosters.reading import read_roster
from inventory.sites.models import Site
from tests.demo.seed import ACTOR, FAMILY, GIVEN

SOURCE = "Student information system"
HEAD = "sourcedId,givenName,familyName,role,school,grade,homeroom\n"
STUDENTS, TEACHERS, IN_CART = 150, 30, 12
SUMMER = timedelta(days=80)
"""How long ago the school year began."""


def import_people(database: Database, *, now: datetime) -> int:
    """The roster of the year, applied; and a later one that waits for a decision. Their number."""
    with database.unit(write=False) as db:
        query = select(Site.name).where(Site.kind == "school").order_by(col(Site.id))
        schools = list(db.exec(query))
    people = _people(schools)
    first = _planned(database, people, "roster-september.csv", now - SUMMER)
    with database.unit() as db:
        applying.approve(db, ACTOR, first, now=now - SUMMER)
    later = [
        *people[2:],
        {**people[0], "school": schools[-1]},
        {"sourcedId": "demo-new-1", "givenName": "Zoe", "familyName": "Winter", "role": "student",
         "school": schools[0], "grade": "03", "homeroom": "3-A"},
    ]  # fmt: skip
    _planned(database, later, "roster-november.csv", now)
    return len(people)


def _people(schools: Sequence[str]) -> list[dict[str, str]]:
    pick = random.Random(1851)
    found = []
    for number in range(STUDENTS + TEACHERS):
        student = number < STUDENTS
        grade = number % 12 + 1
        found.append(
            {"sourcedId": f"demo-{number:04}", "givenName": pick.choice(GIVEN),
             "familyName": pick.choice(FAMILY), "role": "student" if student else "teacher",
             "school": schools[number % len(schools)], "grade": f"{grade:02}" if student else "",
             "homeroom": f"{grade}-{'AB'[number % 2]}" if student else ""}
        )  # fmt: skip
    return found


def _planned(database: Database, people: Sequence[dict[str, str]], name: str, now: datetime) -> int:
    rows = HEAD + "".join(",".join(each.values()) + "\n" for each in people)
    roster = read_roster(io.BytesIO(rows.encode()), today=now.date())
    with database.unit() as db:
        return planning.plan(db, ACTOR, SOURCE, roster, Upload(name, f"{len(rows):064}"),
                             now=now).id  # fmt: skip


def buy(db: Session, *, now: datetime) -> None:
    """When and from what each managed device was bought: a batch a year."""
    lots = {
        Category.CHROMEBOOK: (3, "E-Rate", True, 31900), Category.TABLET: (5, "Town", False, 32900),
        Category.LAPTOP: (2, "Town", False, 74900),
        Category.MOBILE_PHONE: (4, "Town", False, 49900),
    }  # fmt: skip
    query = select(Asset).where(col(Asset.category).in_(lots)).order_by(col(Asset.id))
    for number, asset in enumerate(db.exec(query).all()):
        years, fund, federal, cost = lots[asset.category]
        bought = now.date().replace(month=7, day=1 + number % 3 * 7, year=now.year - number % years)
        assets.change(
            db, ACTOR, asset.id,
            {"purchase_date": bought, "funding_source": fund, "federal_funds": federal,
             "cost_cents": cost, "warranty_until": bought.replace(year=bought.year + 3)},
            now=now,
        )  # fmt: skip


def hand_out(db: Session, schools: Sequence[int], *, now: datetime) -> None:
    """Chromebooks to pupils, laptops to teachers, a cart, loans, and a swap."""
    for school in schools:
        books = _free(db, school, Category.CHROMEBOOK)
        kept, given = books[:IN_CART], books[IN_CART:]
        _fill_cart(db, school, kept, now - SUMMER)
        _assign(db, given, _persons(db, school, PersonRole.STUDENT), {"charger": 1}, now - SUMMER)
        laptops = _free(db, school, Category.LAPTOP)
        half = len(laptops) // 2
        teachers = _persons(db, school, PersonRole.TEACHER)
        _assign(db, laptops[:half], teachers, {"charger": 1, "case": 1}, now - SUMMER)
        _lend(db, laptops[half : half + 3], _persons(db, school, PersonRole.STUDENT), now)
        if len(laptops) > half + 3:
            _swap(db, laptops[0], laptops[half + 3], now)


def _free(db: Session, school: int, category: Category) -> list[Asset]:
    query = select(Asset).where(Asset.site_id == school, Asset.category == category)
    return list(db.exec(query.order_by(col(Asset.id))))


def _persons(db: Session, school: int, role: PersonRole) -> list[int]:
    query = select(Person.id).where(Person.site_id == school, Person.role == role)
    return list(db.exec(query.order_by(col(Person.id))))


def _fill_cart(db: Session, school: int, books: Sequence[Asset], then: datetime) -> None:
    if not books:
        return
    name = f"{db.get_one(Site, school).name.split()[0]} cart A"
    cart = carts.create(db, ACTOR, name=name, site_id=school, now=then)
    for book in books:
        cart_acts.put_in(db, ACTOR, cart.id, book.id, now=then)


def _assign(
    db: Session, devices: Sequence[Asset], people: Sequence[int], along: dict[str, int],
    then: datetime,
) -> None:  # fmt: skip
    terms = Terms(condition=Condition.GOOD, accessories=along)
    for device, person in zip(devices, people, strict=False):
        custody.check_out(db, ACTOR, device.id, Holder(person_id=person), terms, now=then)


def _lend(db: Session, devices: Sequence[Asset], people: Sequence[int], now: datetime) -> None:
    """The first is overdue since yesterday, the second due today, the third in two days."""
    for days, device, person in zip((-1, 0, 2), devices, reversed(people), strict=False):
        due = (now + timedelta(days=days)).replace(hour=20, minute=0, second=0, microsecond=0)
        terms = Terms(CustodyKind.LOAN, LoanReason.FORGOT, due, Condition.GOOD)
        out = min(now, due) - timedelta(days=2)
        custody.check_out(db, ACTOR, device.id, Holder(person_id=person), terms, now=out)


def _swap(db: Session, broken: Asset, spare: Asset, now: datetime) -> None:
    present = custody.open_custody(db, broken.id)
    if present is None:
        return
    coming = Coming(condition=Condition.BROKEN, repair=True, note="The screen is cracked.",
                    returned={"charger": 1, "case": 1})  # fmt: skip
    swapping.swap(db, ACTOR, present.id, spare.id, coming, Terms(accessories={"charger": 1}),
                  now=now - timedelta(days=1))  # fmt: skip


def enrol_some(db: Session, school: int, *, now: datetime) -> None:
    """Six computers of a lab that told of themselves; the last one is worth a look."""
    for number in range(6):
        odd = number == 5
        name = f"LAB-{number + 1:02}"
        today = now.date() - timedelta(days=45 if odd else 0)
        enrolment.enrol(
            db, ACTOR,
            Report(
                manufacturer="Dell Inc.", model="OptiPlex 7010", serial=f"DEMOLAB{number + 1:02}",
                kind=Category.WORKSTATION, name=name, system="windows",
                system_version="Windows 11 Education 24H2", macs=(f"3C:52:82:00:10:{number:02X}",),
                encrypted=not odd, firewall=True,
                antimalware=({"product": "Microsoft Defender", "running": True,
                              "definitions_on": today.isoformat()},),
                administrators=(f"{name}\\Administrator", *(["SCHOOL\\kbaker"] if odd else [])),
                software=(("Firefox", "132.0"), ("LibreOffice", "24.8")), site_id=school,
            ),
            now=now - timedelta(hours=number),
        )  # fmt: skip
