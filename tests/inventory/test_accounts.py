"""Accounts: made, changed, disabled, reset, listed; names and passwords."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from inventory.access import Actor, Role
from inventory.accounts import identify, service
from inventory.accounts.models import Account
from inventory.accounts.service import create_account
from inventory.db import Database
from inventory.errors import Duplicate, InvalidInput, NotFound
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

URL = "/api/v1/accounts"
Events = Callable[[str], list[Any]]


def made(db: Session, name: str, clock: Clock, *held: tuple[Role, int | None]) -> Account:
    password = "violet heron at dusk"
    return create_account(
        db, OPERATOR, user_name=name, password=password, grants=held, now=clock()
    )[0]


def acting(db: Session, account_id: int) -> Actor:
    return Actor("account", account_id, "acting", identify.grants_of(db, account_id), session_id=1)


def test_an_account_from_making_to_ending(
    browser: MakeCaller, client: FlaskClient, district: District, events: Events
) -> None:
    boss = browser("coordinator")
    body = {
        "user_name": "Jane.Doe", "display_name": " Jane \t Doe ",
        "grants": [{"role": "technician", "site_id": district.north}],
    }  # fmt: skip
    answer = boss.post(URL, json=body)
    assert answer.status_code == 201, answer.json
    secret, id_ = answer.json["one_time_password"], answer.json["id"]
    assert answer.json["display_name"] == "Jane Doe"
    assert answer.json["grants"][0]["role"] == "technician"
    login = client.post("/api/v1/session", json={"user_name": "JANE.doe", "password": secret})
    assert login.status_code == 201
    assert login.json["must_change_password"] is True
    shown = boss.get(f"{URL}/{id_}")
    assert not {"password_hash", "one_time_password"} & set(shown.json)
    changed = boss.patch(
        f"{URL}/{id_}", json={"display_name": "J. Doe"}, headers={"If-Match": shown.headers["ETag"]}
    )
    assert changed.json["display_name"] == "J. Doe"
    ended = boss.post(f"{URL}/{id_}/disable", json={"reason": "left the district"})
    assert ended.json["disabled_at"]
    assert client.get("/api/v1/session").status_code == 401
    assert events("account.disabled")[0].reason == "left the district"
    assert '"sessions_ended": 1' in events("account.disabled")[0].after
    assert boss.post(f"{URL}/{id_}/enable").json["disabled_at"] is None
    told = "".join(e.after + e.before for e in events("account.created"))
    assert secret not in told


def test_a_one_time_password_opens_only_the_change_of_it(
    browser: MakeCaller, client: FlaskClient, district: District
) -> None:
    made_ = browser("coordinator").post(URL, json={"user_name": "new", "grants": []}).json
    secret = made_["one_time_password"]
    login = client.post("/api/v1/session", json={"user_name": "new", "password": secret})
    csrf = {"X-CSRF-Token": login.json["csrf_token"]}
    assert client.get("/api/v1/session").json["must_change_password"] is True
    for path in ("/api/v1/sessions", "/api/v1/sites", "/api/v1/tokens"):
        refused = client.get(path)
        assert refused.status_code == 403
        assert "one-time password" in refused.json["detail"]
    url, good = "/api/v1/session/password", "eleven slow tractors"
    for body, field in (
        ({"current": "wrong", "password": good}, "current"),
        ({"current": secret, "password": secret}, "password"),
        ({"current": secret, "password": "short"}, "password"),
        ({"current": secret, "password": "MapleValley-2026"}, "password"),
    ):
        answer = client.put(url, json=body, headers=csrf)
        assert answer.status_code == 422
        assert field in answer.json["errors"]
    assert client.put(url, json={"current": secret, "password": good}).status_code == 403
    done = client.put(url, json={"current": secret, "password": good}, headers=csrf)
    assert done.status_code == 200
    assert done.json["csrf_token"] != csrf["X-CSRF-Token"], "the session has a new id"
    assert client.get("/api/v1/session").json["must_change_password"] is False
    assert client.post("/api/v1/session", json={"user_name": "new", "password": secret}).status_code
    again = client.post("/api/v1/session", json={"user_name": "new", "password": secret})
    assert again.status_code == 401


def test_a_one_time_password_does_not_last(
    database: Database, client: FlaskClient, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        _, secret = create_account(db, OPERATOR, user_name="late", one_time=True, now=clock())
    clock.forward(days=7)
    answer = client.post("/api/v1/session", json={"user_name": "late", "password": secret})
    assert answer.status_code == 401


def test_changing_the_password_ends_everything_else(
    browser: MakeCaller, api: MakeCaller, client: FlaskClient, database: Database,
    district: District, clock: Clock,
) -> None:  # fmt: skip
    with database.unit() as db:
        id_ = made(db, "technician-district", clock, (Role.TECHNICIAN, None)).id
    here, other, token = browser(account=id_), browser(account=id_), api("technician")
    assert (here.account_id, token.account_id) == (id_, id_)
    assert token.get("/api/v1/session").status_code == 200, "and so it is remembered"
    body = {"current": "violet heron at dusk", "password": "eleven slow tractors"}
    assert here.put("/api/v1/session/password", json=body).status_code == 200
    assert here.client.get("/api/v1/session").status_code == 200
    assert other.get("/api/v1/session").status_code == 401
    assert token.get("/api/v1/session").status_code == 401


def test_guessing_the_current_password_locks_too(
    browser: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        id_ = made(db, "jane", clock).id
    thief = browser(account=id_)
    body = {"current": "guess", "password": "eleven slow tractors"}
    url = "/api/v1/session/password"
    codes = [thief.put(url, json=body).status_code for _ in range(6)]
    assert codes == [422] * 5 + [409]


def test_reset_by_an_administrator(
    browser: MakeCaller, api: MakeCaller, client: FlaskClient, district: District
) -> None:
    boss, jane = browser("coordinator"), browser("technician", site=district.north)
    token = api("technician", site=district.north)
    answer = boss.post(f"{URL}/{jane.account_id}/one-time-password")
    assert answer.status_code == 200
    assert jane.get("/api/v1/session").status_code == 401
    assert token.get("/api/v1/session").status_code == 401
    login = {
        "user_name": f"technician-{district.north}",
        "password": answer.json["one_time_password"],
    }
    assert client.post("/api/v1/session", json=login).json["must_change_password"] is True
    own = boss.post(f"{URL}/{boss.account_id}/one-time-password")
    assert own.status_code == 409, "one's own is changed with the current one"
    by_token = api("coordinator").post(f"{URL}/{jane.account_id}/one-time-password")
    assert by_token.status_code == 403


def test_a_school_sees_its_own_accounts(
    database: Database, api: MakeCaller, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        far = made(db, "far", clock, (Role.STAFF, district.south)).id
        near = made(db, "near", clock, (Role.STAFF, district.north_room)).id
        local = acting(db, made(db, "local", clock, (Role.COORDINATOR, district.north)).id)
        with pytest.raises(NotFound):
            service.get(db, local, far)
        assert service.get(db, local, near).id == near
        with pytest.raises(NotFound):
            service.by_user_name(db, local, "FAR")
        assert service.by_user_name(db, local, "NEAR").id == near
    names = [
        item["user_name"] for item in api("coordinator", site=district.north).get(URL).json["items"]
    ]
    assert "near" in names
    assert "far" not in names
    assert "the.coordinator" not in names


def test_the_list_pages_and_filters(api: MakeCaller, district: District) -> None:
    boss = api("auditor")
    assert all(district.accounts[role] for role in Role)
    seen: list[str] = []
    after: str | None = None
    for _ in range(20):
        page = boss.get(URL, query_string={"limit": 2, **({"after": after} if after else {})}).json
        seen += [item["user_name"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen)

    def names(**query: object) -> list[str]:
        return [i["user_name"] for i in boss.get(URL, query_string=query).json["items"]]

    assert names(q="THE.s") == ["the.school_administrator", "the.staff", "the.superintendent"]
    assert names(q="%") == []
    assert names(role="technician") == ["the.technician"]
    assert names(disabled="true") == []
    for bad in ("x", "WzFd", "W10", "eyJhIjoxfQ", "%00"):
        assert boss.get(URL, query_string={"after": bad}).status_code == 422


def test_names_that_are_refused(database: Database, district: District, clock: Clock) -> None:
    for name in (
        "", " ", "a b", "a/b", "<script>", "a\u202eb", "x" * 101, "a\0b", "=cmd", "jane;", "\ud800",
    ):  # fmt: skip
        with pytest.raises(InvalidInput), database.unit() as db:
            create_account(db, OPERATOR, user_name=name, now=clock())


def test_names_that_look_alike_are_one(
    database: Database, district: District, clock: Clock
) -> None:
    for first, second in (
        ("jane", "JANE"), ("straße", "STRASSE"), ("wide", "\uff57ide"), ("caf\u00e9", "cafe\u0301"),
    ):  # fmt: skip
        with database.unit() as db:
            create_account(db, OPERATOR, user_name=first, now=clock())
        with pytest.raises(Duplicate), database.unit() as db:
            create_account(db, OPERATOR, user_name=second, now=clock())


def test_the_body_cannot_set_what_is_not_offered(browser: MakeCaller, district: District) -> None:
    boss = browser("coordinator")
    id_ = district.accounts[Role.STAFF]
    for field in ("id", "role", "grants", "password_hash", "disabled_at", "failed_logins", "uid"):
        answer = boss.patch(f"{URL}/{id_}", json={field: 1}, headers={"If-Match": "*"})
        assert answer.status_code == 422
        assert field in answer.json["errors"]["json"]
    grant = boss.get(f"{URL}/{id_}").json["grants"][0]["id"]
    other = district.accounts[Role.HELPDESK]
    assert boss.delete(f"{URL}/{other}/grants/{grant}").status_code == 404


def test_changes_need_the_version(browser: MakeCaller, district: District) -> None:
    boss, id_ = browser("coordinator"), district.accounts[Role.STAFF]
    body = {"display_name": "X"}
    assert boss.patch(f"{URL}/{id_}", json=body).status_code == 428
    old = {"If-Match": f'"account-{id_}-0"'}
    assert boss.patch(f"{URL}/{id_}", json=body, headers=old).status_code == 412
    now = {"If-Match": boss.get(f"{URL}/{id_}").headers["ETag"]}
    assert (
        boss.patch(
            f"{URL}/{id_}", json={"user_name": "COORDINATOR-district"}, headers=now
        ).status_code
        == 409
    )
    assert boss.patch(f"{URL}/{id_}", json=body, headers=now).status_code == 200
    assert boss.patch(f"{URL}/{id_}", json=body, headers=now).status_code == 412


def test_an_administrator_ends_a_session(browser: MakeCaller, district: District) -> None:
    boss, jane = browser("coordinator"), browser("helpdesk", site=district.north)
    url = f"{URL}/{jane.account_id}/sessions"
    (item,) = boss.get(url).json["items"]
    assert item["current"] is False
    assert boss.delete(f"{url}/{item['id']}").status_code == 204
    assert jane.get("/api/v1/session").status_code == 401
    mine = boss.get("/api/v1/sessions").json["items"][0]["id"]
    assert boss.delete(f"{url}/{mine}").status_code == 404, "not that account's"
