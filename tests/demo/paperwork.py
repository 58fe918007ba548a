"""What the demo district has on paper: an agreement that some have signed, a transfer on its way, a
teacher with an account of her own, a report, admin rights that are granted and asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Permission, Role
from inventory.accounts import passwords, service as accounts
from inventory.accounts.models import Account
from inventory.admin_rights import allow_list, service as rights
from inventory.admin_rights.allow_list import AllowDraft
from inventory.admin_rights.policy import Wish
from inventory.admin_rights.service import Yes
from inventory.agreements import signing, texts
from inventory.agreements.models import Audience, Per
from inventory.agreements.rules import Signature
from inventory.agreements.texts import AgreementDraft, Text
from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.custody import shipping, transfers
from inventory.custody.models import Custody
from inventory.custody.transfers import TransferDraft
from inventory.people import service as people
from inventory.people.models import Person, PersonRole
from inventory.selfservice import reports
from inventory.selfservice.models import ReportKind
from inventory.settings import Settings
from tests.demo.seed import ACTOR, Seeded

SIGNED, SENT = 12, 4
TEXT = Text(
    "I take care of this device and bring it back when I leave.\n\n"
    "I tell the technology department at once when it is lost or broken.",
    "Cuido este equipo y lo devuelvo cuando me voy.\n\n"
    "Aviso de inmediato al departamento de tecnología si se pierde o se daña.",
)


def agree(db: Session, settings: Settings, *, now: datetime) -> None:
    """An agreement for pupils' devices; a dozen have signed it."""
    draft = AgreementDraft(
        "Device use agreement", Audience.STUDENTS, Per.DEVICE,
        (Category.CHROMEBOOK, Category.LAPTOP), loans=True,
    )  # fmt: skip
    made = texts.create(db, ACTOR, draft, TEXT, now=now)
    desk = signing.desk_of(settings, "demo")
    query = (
        select(Custody, Person)
        .join(Person, col(Person.id) == col(Custody.person_id))
        .where(Person.role == PersonRole.STUDENT, col(Custody.returned_at).is_(None))
        .order_by(col(Custody.id))
        .limit(SIGNED)
    )
    for custody, person in db.exec(query).all():
        signature = Signature(f"{person.given_name} {person.family_name}", "10,40 60,15 110,45")
        signing.on_screen(db, ACTOR, custody.id, made.agreement.id, signature, desk, now=now)


def move(db: Session, schools: Sequence[int], *, now: datetime) -> None:
    """Some tablets are on their way to another school; a second wish waits for a yes."""
    giving, taking = schools[:2]
    wanted = TransferDraft(giving, taking, "Tablets for the art room", SENT)
    then = now - timedelta(days=2)
    transfer = transfers.request(db, ACTOR, wanted, now=then)
    transfers.approve(db, ACTOR, transfer.id, now=then)
    query = select(Asset.tag).where(
        Asset.site_id == giving, Asset.category == Category.TABLET, Asset.status == Status.DEPLOYED
    )
    tags = db.exec(query.order_by(col(Asset.id)).limit(SENT)).all()
    shipping.ship(db, ACTOR, transfer.id, tags=tags, now=now - timedelta(days=1))
    more = TransferDraft(taking, giving, "Spare Chromebooks for testing week", 10)
    transfers.request(db, ACTOR, more, now=now - timedelta(hours=3))


def teach(db: Session, told: Seeded, school: int, *, now: datetime) -> None:
    """A teacher who signs in: her laptop has a cracked screen, and admin rights for a while. What
    every computer has of itself is allowed."""
    query = (
        select(Custody, Asset, Person)
        .join(Asset, col(Asset.id) == col(Custody.asset_id))
        .join(Person, col(Person.id) == col(Custody.person_id))
        .where(
            col(Custody.returned_at).is_(None), Asset.category == Category.LAPTOP,
            Person.role == PersonRole.TEACHER, Asset.site_id == school,
        )
        .order_by(col(Custody.id))
    )  # fmt: skip
    held = db.exec(query).all()
    (custody, laptop, person), (_, other_laptop, other) = held[0], held[1]
    secret = passwords.one_time()
    account, _ = accounts.create_account(
        db, ACTOR, user_name="teacher", password=secret, one_time=False,
        display_name=f"{person.given_name} {person.family_name}, teacher",
        grants=[(Role.STAFF, None)], now=now,
    )  # fmt: skip
    told.passwords.append(("teacher", secret, f"{account.display_name}: see My devices"))
    people.link_account(db, ACTOR, person.id, account.id, now=now)
    reports.report(
        db, _signed_in(account, Role.STAFF), custody.id, ReportKind.BROKEN,
        "The screen has a crack in the lower left corner.", now=now - timedelta(hours=2),
    )  # fmt: skip
    coordinator = _signed_in(
        db.exec(select(Account).where(Account.user_key == "coordinator")).one(), Role.COORDINATOR
    )
    allowed = AllowDraft(
        "administrator", now + timedelta(days=300), "Built in, and its password is rotated"
    )
    allow_list.add(db, coordinator, allowed, now=now)
    wish = Wish(
        person.id, "Robotics club: drivers of the kits", laptop.id, ends_at=now + timedelta(days=60)
    )
    granted = rights.request(db, ACTOR, wish, now=now)
    yes = Yes(confirmed_at=now)
    rights.authorise(db, coordinator, granted.id, yes, now=now)
    asked = Wish(other.id, "The printer at home", other_laptop.id, temporary=True)
    rights.request(db, ACTOR, asked, now=now)


def _signed_in(account: Account, role: Role) -> Actor:
    grant = Grant(ROLE_PERMISSIONS[role] | {Permission.SELF}, None)
    return Actor("account", account.id, account.user_name, (grant,), "demo")
