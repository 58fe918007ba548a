"""Who signs what, once; the document; links that open one thing once."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory.access import Role
from inventory.agreements import due, kept, links, texts
from inventory.agreements.due import DueFilter
from inventory.agreements.models import Acceptance, Audience, Language, Per, SignLink, SignOutcome
from inventory.agreements.rules import Signature
from inventory.agreements.texts import Text
from inventory.errors import (
    Conflict,
    Forbidden,
    HomeroomError,
    InvalidInput,
    NotFound,
    TooManyRequests,
)
from tests.inventory.agreements.conftest import Office, words_of
from tests.inventory.conftest import OPERATOR
from tests.inventory.custody.conftest import holding_role

DRAWN = "10,20 30,40 50,20;400,100"


def missing(office: Office) -> list[tuple[int, int]]:
    with office.database.unit(write=False) as db:
        found = due.missing(db, OPERATOR, DueFilter(), limit=50, now=office.clock())
    return [one.key for one in found]


def test_signed_on_the_screen_and_kept_as_pdf(office: Office) -> None:
    agreement = office.agreement(text="Keep it safe.\n\nBring it back <b>whole</b>.").agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    assert missing(office) == [(custody, agreement)]
    made = office.on_screen(custody, agreement, " Ada  Example ", strokes=DRAWN)
    assert made.signed_name == "Ada Example"
    assert missing(office) == []
    with office.database.unit() as db:
        path, row = kept.document(
            db, OPERATOR, made.id, office.surroundings.store, now=office.clock()
        )
        version = texts.get(db, OPERATOR, agreement).versions[0]
    told = words_of(path)
    for word in ("Laptops at home", "Ada Example-a", "L-1 laptop", "Bring it back <b>whole</b>.",
                 "Signed: Ada Example", version.sha256_en, row.uid, "test operator",
                 "10.0.0.7"):  # fmt: skip
        assert word in told, told
    assert row.text_sha256 == version.sha256_en
    assert row.outcome is SignOutcome.ACCEPTED
    with pytest.raises(Conflict, match="signed already"):
        office.on_screen(custody, agreement, "Ada Example")


@pytest.mark.parametrize("name", ["", " ", "...", "x" * 121, "a\x00b"])
def test_a_name_is_a_name(office: Office, name: str) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    with pytest.raises(InvalidInput):
        office.on_screen(custody, agreement, name)


@pytest.mark.parametrize(
    "strokes", ["1001,5", "5,301", "<svg>", "1,2 x", "1,2;" * 101, "1,1 " * 7000, "-1,4"]
)
def test_what_is_no_drawing_is_refused(office: Office, strokes: str) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    with pytest.raises(InvalidInput):
        office.on_screen(custody, agreement, "Ada", strokes=strokes)


def test_hostile_words_stay_words_in_the_document(office: Office) -> None:
    evil = "</para>(\\) ET \u202egpj 李雷 <img src=x> %s {{7*7}}"
    agreement = office.agreement(name=evil, text=f"{evil}\n" * 90).agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    made = office.on_screen(custody, agreement, evil)
    with office.database.unit() as db:
        path, _ = kept.document(
            db, OPERATOR, made.id, office.surroundings.store, now=office.clock()
        )
    told = words_of(path)
    assert "</para>(\\) ET [U+202E]gpj [U+674E][U+96F7] <img src=x> %s {{7*7}}" in told
    assert told.count("{{7*7}}") >= 91


def test_a_link_opens_once(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    other = office.out(office.laptop("L-2"), office.pupil("b")).id
    secret = office.link(custody, agreement)
    with office.database.unit(write=False) as db:
        assert links.opened(db, secret, now=office.clock()).custody.id == custody
        kept_hash = db.execute(sa.select(SignLink.secret_hash)).scalar_one()  # type: ignore[call-overload]
    assert secret not in kept_hash
    made = office.by_link(secret, Signature("Ada"))
    assert (made.custody_id, made.signed_from) == (custody, "10.0.0.7")
    for again in (secret, secret[:-1], "", "A" * 43, "\x00"):
        with pytest.raises(NotFound):
            office.by_link(again, Signature("Ada"))
        with office.database.unit(write=False) as db, pytest.raises(NotFound):
            links.opened(db, again, now=office.clock())
    assert missing(office) == [(other, agreement)]


def test_a_link_ends(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    first = office.link(custody, agreement)
    second = office.link(custody, agreement)
    with pytest.raises(NotFound):  # the newer one ended it
        office.by_link(first, Signature("Ada"))
    with office.database.unit() as db:
        texts.publish(db, OPERATOR, agreement, Text("Anew."), now=office.clock())
    with pytest.raises(Conflict, match="new link"):
        office.by_link(second, Signature("Ada"))
    third = office.link(custody, agreement)
    office.clock.forward(days=14)
    with pytest.raises(NotFound):
        office.by_link(third, Signature("Ada"))
    fourth = office.link(custody, agreement)
    office.back(custody)
    with pytest.raises(Conflict):
        office.by_link(fourth, Signature("Ada"))


def test_a_refused_name_leaves_the_link_as_it_was(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    secret = office.link(custody, agreement)
    with pytest.raises(InvalidInput):
        office.by_link(secret, Signature(""))
    assert office.by_link(secret, Signature("Ada")).id


def test_of_two_answers_at_once_one_is_kept(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    secret = office.link(custody, agreement)
    start = threading.Barrier(4)
    came: list[object] = []

    def answer(way: int) -> None:
        start.wait()
        try:
            if way % 2:
                came.append(office.by_link(secret, Signature("Ada")))
            else:
                came.append(office.on_screen(custody, agreement, "Ada"))
        except HomeroomError as refused:
            came.append(refused)

    threads = [threading.Thread(target=answer, args=(way,)) for way in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in came].count(Acceptance) == 1, came
    assert all(isinstance(one, Acceptance | Conflict | NotFound) for one in came), came


def test_no_is_kept_and_may_become_a_yes(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    made = office.by_link(office.link(custody, agreement), None)
    assert (made.outcome, made.pdf_sha256) == (SignOutcome.DECLINED, "")
    with office.database.unit(write=False) as db:
        (one,) = due.missing(db, OPERATOR, DueFilter(), limit=9, now=office.clock())
    assert one.declined_at == office.clock()
    office.on_screen(custody, agreement, "Ada")
    assert missing(office) == []


def test_once_a_year_and_again_at_a_hand_out_after_a_new_text(office: Office) -> None:
    agreement = office.agreement(per=Per.YEAR).agreement.id
    ada = office.pupil("a")
    first = office.out(office.laptop("L-1"), ada).id
    office.on_screen(first, agreement, "Ada")
    office.clock.forward(days=1)
    second = office.out(office.laptop("L-2"), ada).id
    assert missing(office) == []
    with office.database.unit() as db:
        texts.publish(db, OPERATOR, agreement, Text("Anew."), now=office.clock())
    assert missing(office) == [(second, agreement)] or missing(office) == []
    office.clock.forward(days=1)
    third = office.out(office.laptop("L-3"), ada).id
    assert (third, agreement) in missing(office)
    assert (first, agreement) not in missing(office)
    office.on_screen(third, agreement, "Ada")
    assert missing(office) == []
    office.clock.forward(days=366)
    assert len(missing(office)) == 3


def test_who_and_what_is_asked(office: Office) -> None:
    office.agreement("Staff", Audience.STAFF)
    with_loans = office.agreement("Loans, too", loans=True).agreement.id
    plain = office.agreement("Not loans").agreement.id
    custody = office.lend(office.laptop("L-1"), office.pupil("a")).id
    assert missing(office) == [(custody, with_loans)]
    kept_one = office.out(office.laptop("L-2"), office.pupil("b")).id
    assert missing(office)[1:] == [(kept_one, with_loans), (kept_one, plain)]
    with office.database.unit() as db:
        texts.withdraw(db, OPERATOR, with_loans, now=office.clock())
    assert missing(office) == [(kept_one, plain)]


def test_another_school_and_other_roles_are_refused(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    made = office.on_screen(custody, agreement, "Ada")
    second = office.out(office.laptop("L-2"), office.pupil("b")).id
    south = holding_role(Role.TECHNICIAN, office.district.south)
    helpdesk = holding_role(Role.HELPDESK, office.district.north, office.district.north_room)
    with pytest.raises(NotFound):
        office.on_screen(second, agreement, "Ben", actor=south)
    with pytest.raises(Forbidden):
        office.on_screen(second, agreement, "Ben", actor=helpdesk)
    with office.database.unit() as db, pytest.raises(NotFound):
        kept.document(db, south, made.id, office.surroundings.store, now=office.clock())
    with office.database.unit() as db:
        assert due.missing(db, south, DueFilter(), limit=9, now=office.clock()) == []
        assert due.counted(db, helpdesk, now=office.clock()) == {office.district.north: 1}
    with office.database.unit() as db, pytest.raises(Forbidden):
        texts.publish(db, south, agreement, Text("x"), now=office.clock())


def test_in_spanish_only_where_there_is_spanish(office: Office) -> None:
    english = office.agreement("One").agreement.id
    both = office.agreement("Two", es="Cuídelo.").agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    with pytest.raises(Conflict):
        office.on_screen(custody, english, "Ada", language=Language.SPANISH)
    made = office.on_screen(custody, both, "Ada", language=Language.SPANISH)
    with office.database.unit() as db:
        path, _ = kept.document(
            db, OPERATOR, made.id, office.surroundings.store, now=office.clock()
        )
    assert "Cuídelo." in words_of(path)


def test_the_database_refuses_to_rewrite(office: Office) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    office.on_screen(custody, agreement, "Ada")
    for statement in (
        "UPDATE agreement_version SET text_en = 'x'",
        "DELETE FROM agreement_version",
        "UPDATE agreement_acceptance SET signed_name = 'Eve'",
        "DELETE FROM agreement_acceptance",
    ):
        with pytest.raises(Exception, match="never"), office.database.engine.begin() as raw:
            raw.exec_driver_sql(statement)


def test_guessing_is_slowed_down(office: Office) -> None:
    for _ in range(30):
        links.take_turn(office.database, "192.0.2.1", office.clock())
    with pytest.raises(TooManyRequests):
        links.take_turn(office.database, "192.0.2.1", office.clock())
    links.take_turn(office.database, "192.0.2.2", office.clock())
    later = office.clock() + timedelta(minutes=1)
    links.take_turn(office.database, "192.0.2.1", later)
