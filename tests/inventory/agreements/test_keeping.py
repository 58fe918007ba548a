"""What is forgotten and when; who is reminded."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from inventory.access import Role
from inventory.accounts.models import Account
from inventory.agreements import due, kept, reminding, retention
from inventory.agreements.due import DueFilter
from inventory.agreements.models import Acceptance, SignLink
from inventory.agreements.reminding import ACTOR
from inventory.errors import NotFound
from inventory.notices.models import NoticeDelivery, NoticeRow
from inventory.people.models import Person
from inventory.settings import Settings
from tests.inventory.agreements.conftest import Office
from tests.inventory.conftest import OPERATOR


def test_what_was_signed_is_forgotten_after_seven_years(office: Office) -> None:
    agreement = office.agreement().agreement.id
    ada, ben = office.pupil("a"), office.pupil("b")
    custodies = [office.out(office.laptop(f"L-{who}"), who).id for who in (ada, ben)]
    office.link(custodies[0], agreement)
    first, second = (office.on_screen(one, agreement, "Somebody") for one in custodies)
    store = office.surroundings.store
    path = store.existing(first.pdf_sha256)
    office.back(custodies[0])
    with office.database.unit() as db:
        db.get_one(Person, ada).active = False
    office.clock.forward(days=7 * 366 - 1)
    assert retention.purge(office.database, store, now=office.clock()) == 0
    office.clock.forward(days=2)
    assert retention.purge(office.database, store, now=office.clock()) == 1
    assert retention.purge(office.database, store, now=office.clock()) == 0
    assert not path.exists()
    assert store.existing(second.pdf_sha256)
    with office.database.unit() as db:
        row = db.get_one(Acceptance, first.id)
        assert (row.signed_name, row.strokes, row.signed_from) == ("", "", "")
        assert row.text_sha256
        assert db.execute(sa.select(sa.func.count()).select_from(SignLink)).scalar_one() == 0
        with pytest.raises(NotFound):
            kept.document(db, OPERATOR, first.id, store, now=office.clock())


def test_who_has_an_account_is_reminded_without_a_secret(office: Office) -> None:
    office.agreement()
    ada = office.pupil("a")
    office.out(office.laptop("L-1"), ada)
    office.out(office.laptop("L-2"), office.pupil("b"))
    account = office.district.accounts[Role.STAFF]
    with office.database.unit() as db:
        db.get_one(Account, account).email = "ada@example.org"
        db.get_one(Person, ada).account_id = account
    settings = Settings(smtp_host="mail.example.org")
    with office.database.unit() as db:
        found = due.missing(db, ACTOR, DueFilter(), limit=9, now=office.clock())
        silent = replace(settings, smtp_host="")
        assert reminding.tell_people(db, silent, found, now=office.clock()) == 0
        assert reminding.tell_people(db, settings, found, now=office.clock()) == 1
        assert reminding.tell_schools(db, now=office.clock()) == 1
    with office.database.unit(write=False) as db:
        (delivery,) = db.execute(sa.select(NoticeDelivery)).scalars()
        text = db.get_one(NoticeRow, delivery.notice_id).text
    assert delivery.address == "ada@example.org"
    assert "/mine" in text
    assert "/sign/" not in text
