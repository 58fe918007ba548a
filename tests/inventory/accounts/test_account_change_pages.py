"""What one may do to an account: asked first, done once, told in the log; tokens shown once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Role
from inventory.accounts import service, sessions
from inventory.accounts.models import Account, ApiToken, RoleGrant
from inventory.accounts.sessions import Origin
from inventory.db import Database
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller

Events = Callable[..., list[Any]]


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


@pytest.fixture
def ada(database: Database, district: District, clock: Clock) -> int:
    """A technician at North School with a one-time password."""
    with database.unit() as db:
        account, _ = service.create_account(
            db, OPERATOR, user_name="ada", display_name="Ada", one_time=True,
            grants=[(Role.TECHNICIAN, district.north)], now=clock(),
        )  # fmt: skip
    return account.id


@pytest.fixture
def program(database: Database, district: District, clock: Clock) -> int:
    with database.unit() as db:
        account, _ = service.create_account(
            db, OPERATOR, user_name="sync", grants=[(Role.INTEGRATION, district.north)],
            now=clock(),
        )  # fmt: skip
    return account.id


def account(database: Database, id_: int) -> Account:
    with database.unit(write=False) as db:
        return db.get_one(Account, id_)


def test_a_role_is_given_and_withdrawn(
    boss: Caller, ada: int, district: District, database: Database, events: Events
) -> None:
    form = {"role": "helpdesk", "site_id": str(district.south)}
    answer = boss.post(f"/accounts/{ada}/roles/new", data=form)
    assert (answer.status_code, answer.location) == (303, f"/accounts/{ada}")
    text = boss.get(f"/accounts/{ada}").text
    assert "Helpdesk</strong> at South School and everything in it" in text
    assert "The role is given." in text
    again = boss.post(f"/accounts/{ada}/roles/new", data=form)
    assert again.status_code == 409
    assert "is helpdesk there already" in again.text
    with database.unit(write=False) as db:
        grant = db.exec(select(RoleGrant).where(RoleGrant.site_id == district.south)).one()
    asked = boss.get(f"/accounts/{ada}/roles/{grant.id}/withdraw")
    assert "Ada is no longer Helpdesk at South School." in asked.text
    assert boss.post(f"/accounts/{ada}/roles/{grant.id}/withdraw").status_code == 303
    assert "South School" not in boss.get(f"/accounts/{ada}").text
    assert boss.post(f"/accounts/{ada}/roles/{grant.id}/withdraw").status_code == 404
    assert len(events("account.withdrawn")) == 1


def test_in_the_dialog_the_same_form_is_answered_without_a_frame(
    boss: Caller, ada: int, district: District
) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "div#dialog-body"}
    part = boss.get(f"/accounts/{ada}/disable", headers=htmx).text
    assert "<html" not in part
    assert f'hx-post="/accounts/{ada}/disable"' in part
    wrong = boss.post(f"/accounts/{ada}/disable", data={"reason": ""}, headers=htmx)
    assert (wrong.status_code, "<html" in wrong.text) == (422, False)
    done = boss.post(f"/accounts/{ada}/disable", data={"reason": "left"}, headers=htmx)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"/accounts/{ada}")


def test_disabled_with_a_reason_and_enabled_again(
    boss: Caller, ada: int, database: Database, events: Events
) -> None:
    missing = boss.post(f"/accounts/{ada}/disable", data={"reason": "  "})
    assert missing.status_code == 422
    assert account(database, ada).disabled_at is None
    boss.post(f"/accounts/{ada}/disable", data={"reason": "left the <b>district"})
    assert account(database, ada).disabled_at is not None
    assert [event.reason for event in events("account.disabled")] == ["left the <b>district"]
    text = boss.get(f"/accounts/{ada}").text
    assert "Disabled" in text
    assert "/one-time-password" not in text
    history = boss.get(f"/accounts/{ada}/history").text
    assert "left the &lt;b&gt;district" in history
    boss.post(f"/accounts/{ada}/enable")
    assert account(database, ada).disabled_at is None


def test_the_last_coordinator_stays(boss: Caller, database: Database) -> None:
    own = boss.account_id
    answer = boss.post(f"/accounts/{own}/disable", data={"reason": "x"})
    assert answer.status_code == 409
    assert "last coordinator of the district" in answer.text
    assert account(database, own).disabled_at is None


def test_a_one_time_password_is_shown_once(boss: Caller, ada: int, database: Database) -> None:
    before = account(database, ada).password_hash
    assert "The old password stops working" in boss.get(f"/accounts/{ada}/one-time-password").text
    assert account(database, ada).password_hash == before
    given = boss.post(f"/accounts/{ada}/one-time-password")
    secret = re.search(r'<p class="secret"[^>]*>([^<]+)</p>', given.text)
    assert secret
    assert account(database, ada).password_hash != before
    for path in (f"/accounts/{ada}", f"/accounts/{ada}/history", "/"):
        assert secret.group(1) not in boss.get(path).text
    own = boss.post(f"/accounts/{boss.account_id}/one-time-password")
    assert own.status_code == 409


def test_who_was_quicker_is_told_and_nothing_is_lost(
    boss: Caller, ada: int, database: Database, clock: Clock
) -> None:
    form = boss.get(f"/accounts/{ada}/edit").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    with database.unit() as db:
        service.change(db, OPERATOR, ada, {"display_name": "Ada L."}, now=clock())
    mine = {"user_name": "ada", "display_name": "Countess", "version": version.group(1)}
    late = boss.post(f"/accounts/{ada}/edit", data=mine)
    assert late.status_code == 412
    assert "Ada L." in late.text
    assert 'value="Countess"' in late.text
    assert account(database, ada).display_name == "Ada L."
    fresh = re.search(r'name="version" value="(\d+)"', late.text)
    assert fresh and fresh.group(1) != version.group(1)
    again = boss.post(f"/accounts/{ada}/edit", data={**mine, "version": fresh.group(1)})
    assert again.status_code == 303
    assert account(database, ada).display_name == "Countess"


def test_somebodys_session_is_ended(
    boss: Caller, ada: int, database: Database, settings: Settings, clock: Clock
) -> None:
    with database.unit() as db:
        agent = "Mozilla/5.0 (X11; CrOS x86_64) Chrome/150.0 Safari/537.36"
        session, _ = sessions.start(db, ada, Origin("10.1.1.1", agent), settings, now=clock())
    text = boss.get(f"/accounts/{ada}/sessions").text
    assert "Chrome on ChromeOS" in text
    assert boss.get(f"/accounts/{boss.account_id}/sessions/{session.id}/end").status_code == 404
    assert boss.post(f"/accounts/{ada}/sessions/{session.id}/end").status_code == 303
    assert "Signed in nowhere" in boss.get(f"/accounts/{ada}/sessions").text


TOKEN = {"label": "enrol <script>", "permissions": ["asset:read", "lookup:read"], "days": "30",
         "networks": "10.0.0.0/8\r\n\r\n192.0.2.7"}  # fmt: skip


def test_a_programs_token_is_shown_once_and_works(
    boss: Caller, program: int, district: District, database: Database, client: Any
) -> None:
    form = boss.get(f"/accounts/{program}/tokens/new").text
    assert "Look up a device by its tag" in form
    assert "Make and change accounts" not in form
    made = boss.post(
        f"/accounts/{program}/tokens/new", data={**TOKEN, "site_id": str(district.north)}
    )
    assert made.status_code == 200
    text = re.search(r'<p class="secret"[^>]*>(hrm_[^<]+)</p>', made.text)
    assert text
    assert "<script>" not in made.text
    with database.unit(write=False) as db:
        token = db.exec(select(ApiToken)).one()
    assert (token.networks, token.site_id) == (["10.0.0.0/8", "192.0.2.7/32"], district.north)
    listed = boss.get(f"/accounts/{program}/tokens").text
    assert text.group(1) not in listed
    assert token.prefix in listed
    header = {"Authorization": f"Bearer {text.group(1)}"}
    inside = {"REMOTE_ADDR": "10.2.3.4"}
    url = "/api/v1/session"
    assert client.get(url, headers=header, environ_base=inside).status_code == 200
    assert client.get(url, headers=header).status_code == 403
    revoke = f"/accounts/{program}/tokens/{token.id}/revoke"
    assert "stop working at once" in boss.get(revoke).text
    assert boss.post(revoke).status_code == 303
    assert client.get(url, headers=header, environ_base=inside).status_code == 401
    assert "Revoked" in boss.get(f"/accounts/{program}/tokens").text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"permissions": []}, "required"),
        ({"permissions": ["account:write"]}, "lacks account:write there"),
        ({"permissions": ["odd"]}, "Must be one of"),
        ({"networks": "10.0.0.300"}, "addresses or CIDRs"),
        ({"networks": "\n".join(f"10.0.0.{n}" for n in range(30))}, "Too many lines"),
        ({"days": "1000"}, "Must be one of"),
        ({"label": ""}, "required"),
        ({"site_id": "999999"}, "is no site"),
    ],
)
def test_a_token_form_with_a_mistake_makes_none(
    boss: Caller, program: int, database: Database, change: dict[str, Any], told: str
) -> None:
    answer = boss.post(f"/accounts/{program}/tokens/new", data={**TOKEN, **change})
    assert answer.status_code == 422
    assert told in answer.text
    assert "<script>" not in answer.text
    with database.unit(write=False) as db:
        assert db.exec(select(ApiToken)).all() == []


def test_a_person_makes_their_own_tokens(
    boss: Caller, ada: int, browser: MakeCaller, district: District
) -> None:
    assert boss.get(f"/accounts/{ada}/tokens/new").status_code == 409
    me = browser("technician", site=district.north)
    form = me.get("/me/tokens/new").text
    assert "Add and change devices" in form
    assert "Make and change accounts" not in form
    assert str(district.south) not in re.findall(r'<option value="(\d+)"', form)
    made = me.post("/me/tokens/new", data=TOKEN)
    assert 'class="secret"' in made.text
    listed = me.get("/me/tokens").text
    assert "enrol &lt;script&gt;" in listed
    revoke = re.search(r"/me/tokens/\d+/revoke", listed)
    assert revoke
    assert browser("technician", site=district.south).post(revoke.group(0)).status_code == 404
    assert me.post(revoke.group(0)).status_code == 303
    assert "/revoke" not in me.get("/me/tokens").text


def test_the_history_tells_what_changed_in_words(
    boss: Caller, ada: int, district: District, browser: MakeCaller
) -> None:
    boss.post(f"/accounts/{ada}/roles/new",
              data={"role": "helpdesk", "site_id": str(district.south)})  # fmt: skip
    text = boss.get(f"/accounts/{ada}/history").text
    assert "Role given" in text
    assert "South School" in text
    assert re.search(r"<dt>.*Role.*</dt>\s*<dd><ins><bdi>Helpdesk", text)
    assert "Account made" in text
    # A reader of one school sees what belongs to it, and is told that this is not all.
    local = browser("auditor", site=district.north).get(f"/accounts/{ada}/history").text
    assert "Account made" not in local
    assert "Helpdesk" not in local
    assert "You see what belongs to your schools." in local
    assert "Technician" in local
