"""The pages of accounts: who sees whom, what a form keeps, what is shown once."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from inventory.access import Role
from inventory.accounts import service
from inventory.accounts.models import Account
from inventory.accounts.states import AccountState, state_column, state_of
from inventory.db import Database
from inventory.web.labels import LABELS, tone_of
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller

MakeAccount = Callable[..., int]
HOSTILE = "\"><script>alert(1)</script>'"


@pytest.fixture
def make(database: Database, clock: Clock) -> MakeAccount:
    """`make(name, role, site, **of create_account)`: an account; its id."""

    def made(name: str, role: Role, site: int | None = None, **more: object) -> int:
        with database.unit() as db:
            account, _ = service.create_account(
                db, OPERATOR, user_name=name, grants=[(role, site)], now=clock(), **more
            )  # type: ignore[arg-type]
        return account.id

    return made


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


def names_in(text: str) -> list[str]:
    return re.findall(r'<th scope="row" class="clip"><a href="/accounts/\d+"><bdi>([^<]+)', text)


def test_the_list_tells_roles_with_their_reach(
    boss: Caller, make: MakeAccount, district: District
) -> None:
    make("ada", Role.TECHNICIAN, district.north, display_name=HOSTILE, one_time=True)
    make("sync", Role.INTEGRATION, district.south)
    text = boss.get("/accounts").text
    assert names_in(text) == ["ada", "coordinator-district", "sync"]
    assert "Technician</strong> at North School and everything in it" in text
    assert "tokens only" in text
    assert "3 accounts" in text
    assert "<script>alert" not in text


def test_narrowed_by_state_role_and_name(
    boss: Caller, make: MakeAccount, district: District, database: Database, clock: Clock
) -> None:
    make("ada", Role.TECHNICIAN, district.north, one_time=True, display_name="Ada Lovelace")
    make("bob", Role.HELPDESK, district.north, one_time=True)
    gone = make("gone", Role.HELPDESK, district.south, one_time=True)
    with database.unit() as db:
        service.disable(db, OPERATOR, gone, now=clock())

    def found(query: str) -> list[str]:
        answer = boss.get(f"/accounts?{query}")
        assert answer.status_code == 200
        return names_in(answer.text)

    assert found("state=one_time") == ["ada", "bob"]
    assert found("state=disabled") == ["gone"]
    assert found("role=helpdesk") == ["bob", "gone"]
    assert found("role=helpdesk&state=one_time") == ["bob"]
    assert found("q=LOVE") == ["ada"]
    assert found("q=%25") == []
    text = boss.get("/accounts?state=one_time").text
    # A facet tells how many there would be if this value were chosen instead.
    assert re.search(r'state=disabled">Disabled <span class="n">1<', text)
    assert re.search(r'role=helpdesk">Helpdesk <span class="n">1<', text)
    for wrong in ("state=odd", "role=king", "stauts=x", "after=x", "after=WzFd", "before=WyJ4Il"):
        assert boss.get(f"/accounts?{wrong}").status_code == 422, wrong


def test_pages_turn_in_both_directions(
    boss: Caller, make: MakeAccount, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.accounts.account_pages.ROWS", 2)
    for name in ("a1", "a2", "a3", "a4"):
        make(name, Role.STAFF, district.north)

    def turned(address: str, way: str) -> str:
        found = re.search(rf'id="page-{way}" href="([^"]+)"', boss.get(address).text)
        assert found
        return found.group(1).replace("&amp;", "&")

    second = turned("/accounts", "after")
    assert names_in(boss.get(second).text) == ["a3", "a4"]
    third = turned(second, "after")
    assert names_in(boss.get(third).text) == ["coordinator-district"]
    assert names_in(boss.get(turned(third, "before")).text) == ["a3", "a4"]
    first = turned(turned(third, "before"), "before")
    assert names_in(boss.get(first).text) == ["a1", "a2"]
    assert 'id="page-before"' not in boss.get(first).text
    assert 'id="page-after"' not in boss.get(third).text


def test_another_school_is_invisible(
    browser: MakeCaller, make: MakeAccount, district: District
) -> None:
    theirs = make("south.tech", Role.TECHNICIAN, district.south)
    both = make("both", Role.TECHNICIAN, district.north)
    with_south = browser("coordinator").post(
        f"/accounts/{both}/roles/new", data={"role": "helpdesk", "site_id": str(district.south)}
    )
    assert with_south.status_code == 303
    local = browser("coordinator", site=district.north)
    text = local.get("/accounts").text
    assert names_in(text) == ["both", f"coordinator-{district.north}"]
    assert "South School" not in text
    assert "at a place outside your reach" in text
    # Counted is what the list can show: the role at South is not within reach.
    assert 'role=helpdesk"' not in text
    for path in ("", "/sessions", "/tokens", "/history", "/edit", "/disable", "/roles/new"):
        assert local.get(f"/accounts/{theirs}{path}").status_code == 404, path
    assert local.post(f"/accounts/{theirs}/disable", data={"reason": "x"}).status_code == 404


def test_who_reaches_further_cannot_be_changed(
    browser: MakeCaller, make: MakeAccount, district: District
) -> None:
    boss = make("boss", Role.COORDINATOR)
    make("local.help", Role.HELPDESK, district.north)
    assert browser("technician").get("/accounts").status_code == 403
    auditor = browser("auditor").get(f"/accounts/{boss}")
    assert auditor.status_code == 200
    assert "/disable" not in auditor.text
    assert "New account" not in browser("auditor").get("/accounts").text


def test_a_new_account_shows_its_password_once(
    boss: Caller, district: District, database: Database
) -> None:
    form = {"kind": "person", "user_name": "ada", "display_name": HOSTILE, "role": "technician",
            "site_id": str(district.north)}  # fmt: skip
    assert "You can give the roles that you hold yourself." in boss.get("/accounts/new").text
    made = boss.post("/accounts/new", data=form)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    secret = re.search(r'<p class="secret"[^>]*>([^<]+)</p>', made.text)
    assert secret and len(secret.group(1)) > 10
    assert not [c for c in made.headers.getlist("Set-Cookie") if secret.group(1) in c]
    with database.unit(write=False) as db:
        account = db.exec(sa.select(Account).where(Account.user_name == "ada")).scalar_one()  # type: ignore[call-overload]
    shown = boss.get(f"/accounts/{account.id}").text
    assert secret.group(1) not in shown
    assert "One-time password" in shown
    assert "<script>alert" not in shown + made.text
    assert boss.get("/accounts/new").text.count('class="secret"') == 0


def test_a_program_gets_a_token_and_no_password(boss: Caller, district: District) -> None:
    form = {"kind": "program", "user_name": "sync", "site_id": str(district.north)}
    made = boss.post("/accounts/new", data=form)
    assert made.status_code == 200
    assert 'class="secret"' not in made.text
    account = re.search(r"/accounts/(\d+)/tokens/new", made.text)
    assert account
    assert "Program</strong> at North School" in boss.get(f"/accounts/{account.group(1)}").text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"user_name": "not a name!"}, "letters, digits or"),
        ({"user_name": ""}, "required"),
        ({"role": ""}, "Choose what this person does."),
        ({"role": "king"}, "Must be one of"),
        ({"site_id": ""}, "required"),
        ({"site_id": "999999"}, "is no site"),
        ({"kind": "robot"}, "Must be one of"),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    boss: Caller, district: District, change: dict[str, str], told: str
) -> None:
    form = {"kind": "person", "user_name": "ada", "display_name": "Ada & Co",
            "role": "technician", "site_id": str(district.north), **change}  # fmt: skip
    answer = boss.post("/accounts/new", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Ada &amp; Co"' in answer.text
    assert names_in(boss.get("/accounts").text) == ["coordinator-district"]


def test_a_taken_name_is_told(boss: Caller, district: District) -> None:
    form = {"kind": "person", "user_name": "COORDINATOR-district", "role": "staff",
            "site_id": str(district.north)}  # fmt: skip
    answer = boss.post("/accounts/new", data=form)
    assert answer.status_code == 409
    assert "is taken" in answer.text


def test_only_what_one_holds_is_offered(browser: MakeCaller, district: District) -> None:
    local = browser("coordinator", site=district.north)
    text = local.get("/accounts/new").text
    offered = re.findall(r'<option value="(\d+)"', text)
    assert str(district.north) in offered
    assert str(district.north_building) in offered
    assert str(district.north_room) not in offered
    assert str(district.south) not in offered
    form = {"kind": "person", "user_name": "x", "role": "staff", "site_id": str(district.south)}
    assert local.post("/accounts/new", data=form).status_code == 403


def test_states_are_the_same_in_python_and_in_sql(
    make: MakeAccount, district: District, database: Database, clock: Clock
) -> None:
    for n, change in enumerate([
        {}, {"must_change_password": True}, {"failed_logins": 100},
        {"locked_until": clock.forward(minutes=5)}, {"locked_until": clock()},
        {"disabled_at": clock()}, {"password_hash": None, "failed_logins": 100},
        {"password_hash": None, "disabled_at": clock(), "must_change_password": True},
    ]):  # fmt: skip
        id_ = make(f"a{n}", Role.STAFF, district.north, one_time=True)
        values = {"must_change_password": False, **change}
        with database.unit() as db:
            db.execute(sa.update(Account).where(Account.id == id_).values(**values))  # type: ignore[arg-type]
    clock.forward(minutes=-1)
    with database.unit(write=False) as db:
        rows = db.execute(sa.select(Account, state_column(clock()))).all()
    assert {state_of(account, clock()) for account, _ in rows} == set(AccountState)
    assert [state.value for state in (state_of(row[0], clock()) for row in rows)] == [
        row[1] for row in rows
    ]


def test_every_state_has_its_word_and_tone() -> None:
    assert set(LABELS["account_state"]) == {state.value for state in AccountState}
    assert tone_of(AccountState.ACTIVE) == "success"


def test_a_long_list_costs_no_more_statements(
    boss: Caller, make: MakeAccount, district: District, database: Database
) -> None:
    statements: list[str] = []

    def keep(*given: object) -> None:
        statements.append(str(given[2]))

    def count() -> int:
        statements.clear()
        assert boss.get("/accounts").status_code == 200
        return sum(not each.startswith(("BEGIN", "PRAGMA")) for each in statements)

    make("a0", Role.STAFF, district.north)
    sa.event.listen(database.engine, "before_cursor_execute", keep)
    few = count()
    for n in range(1, 25):
        make(f"a{n}", Role.STAFF, district.north_room if n % 2 else district.south)
    assert count() <= few <= 9
