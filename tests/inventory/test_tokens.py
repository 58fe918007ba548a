"""API tokens: made by a person, bounded by their owner."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from inventory.access import Permission, Role, system_actor
from inventory.accounts import grants
from inventory.accounts.models import Account, ApiToken, RoleGrant
from inventory.accounts.service import create_account, create_token
from inventory.db import Database
from inventory.errors import Forbidden
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller

ME = "/api/v1/session"
SITES = "/api/v1/sites"


def draft(clock: Clock, **more: object) -> dict[str, object]:
    until = (clock() + timedelta(days=30)).isoformat()
    return {"label": "scripts", "permissions": ["site:read"], "expires_at": until, **more}


def status(client: FlaskClient, token: str, path: str = SITES, **options: Any) -> int:
    return client.get(
        path, headers={"Authorization": f"Bearer {token}"}, buffered=True, **options
    ).status_code


def test_a_person_makes_uses_lists_and_ends_a_token(
    browser: MakeCaller, client: FlaskClient, district: District, clock: Clock, database: Database
) -> None:
    jane = browser("technician", site=district.north)
    made = jane.post("/api/v1/tokens", json=draft(clock))
    assert made.status_code == 201, made.json
    text = made.json["token"]
    assert re.fullmatch(r"hrm_[a-z2-7]{8}_[A-Za-z0-9_-]{43}", text)
    assert text.startswith(made.json["prefix"] + "_")
    assert status(client, text) == 200
    listed = jane.get("/api/v1/tokens").json["items"]
    assert [item["label"] for item in listed] == ["scripts"]
    assert text.split("_", 2)[2] not in str(listed)
    with database.unit(write=False) as db:
        dump = str(db.get_one(ApiToken, listed[0]["id"]).model_dump())
        assert text.split("_", 2)[2] not in dump
    url = f"/api/v1/tokens/{made.json['id']}"
    assert jane.delete(url).status_code == 204
    assert status(client, text) == 401
    assert jane.delete(url).status_code == 204, "ending it again changes nothing"


def test_a_token_does_what_it_is_for_and_no_more(api: MakeCaller, district: District) -> None:
    token = api("coordinator", permissions={Permission.SITE_READ})
    assert token.get(SITES).status_code == 200
    assert token.get("/api/v1/accounts").status_code == 403
    assert token.post(SITES, json={}).status_code == 403
    me = token.get(ME).json
    assert (me["kind"], me["permissions"]) == ("token", ["self", "site:read"])
    assert me["csrf_token"] is None


def test_a_token_is_narrowed_to_a_place(
    api: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    boss = district.accounts[Role.COORDINATOR]
    with database.unit() as db:
        _, text = create_token(
            db, OPERATOR, boss, label="n", permissions=[Permission.SITE_READ],
            lifetime=timedelta(days=1), site_id=district.north_building, now=clock(),
        )  # fmt: skip
    north = Caller(api("staff").client, {"Authorization": f"Bearer {text}"}, boss, text)
    assert [s["name"] for s in north.get(SITES).json["items"]] == [
        "Main Building", "Computer Lab", "Room 12",
    ]  # fmt: skip
    assert north.get(f"{SITES}/{district.south}").status_code == 404


def test_a_token_follows_its_owners_roles(
    api: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    token = api("technician", site=district.north)
    assert token.get(SITES).status_code == 200
    with database.unit() as db:
        held = db.exec(select(RoleGrant).where(RoleGrant.account_id == token.account_id)).one()
        grants.withdraw_role(db, OPERATOR, token.account_id, held.id, now=clock())
    assert token.get(SITES).status_code == 403
    with database.unit() as db:
        grants.grant_role(db, OPERATOR, token.account_id, Role.COORDINATOR, None, now=clock())
    assert len(token.get(SITES).json["items"]) == 7
    assert token.get("/api/v1/accounts").status_code == 403, "it was not made for that"


def test_a_draft_that_cannot_be(browser: MakeCaller, district: District, clock: Clock) -> None:
    jane = browser("technician", site=district.north)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"permissions": ["account:write"]}, "permissions"),
        ({"permissions": []}, "permissions"),
        ({"permissions": ["everything"]}, "permissions"),
        ({"site_id": 999}, "site_id"),
        ({"expires_at": "2030-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2026-09-20"}, "expires_at"),
        ({"label": ""}, "label"),
        ({"label": "x" * 81}, "label"),
        ({"label": "a\u202eb"}, "label"),
        ({"networks": ["10.0.0.1/8"]}, "networks"),
        ({"networks": ["example.org"]}, "networks"),
        ({"networks": ["10.0.0.0/8"] * 21}, "networks"),
        ({"account_id": 1}, "account_id"),
        ({"created_by": "me"}, "created_by"),
    ]
    for change, field in wrong:
        answer = jane.post("/api/v1/tokens", json=draft(clock, **change))
        assert answer.status_code == 422, change
        assert field in str(answer.json["errors"])


def test_a_token_for_another_school_is_beyond_its_owner(
    browser: MakeCaller, district: District, clock: Clock
) -> None:
    jane = browser("technician", site=district.north)
    for site in (district.south, district.district):
        answer = jane.post("/api/v1/tokens", json=draft(clock, site_id=site))
        assert answer.status_code == 422, answer.json


def test_a_token_makes_no_token(
    api: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    token = api("coordinator")
    assert token.post("/api/v1/tokens", json=draft(clock)).status_code == 403
    actor = replace(system_actor("x", Permission), kind="token", id=token.account_id)
    with pytest.raises(Forbidden), database.unit() as db:
        create_token(
            db, actor, token.account_id, label="x", permissions=[Permission.SELF],
            lifetime=timedelta(days=1), now=clock(),
        )  # fmt: skip


def test_a_persons_tokens_are_made_by_that_person(
    browser: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    boss = browser("coordinator")
    tech = district.accounts[Role.TECHNICIAN]
    program = district.accounts[Role.INTEGRATION]
    assert boss.post(f"/api/v1/accounts/{tech}/tokens", json=draft(clock)).status_code == 403
    made = boss.post(f"/api/v1/accounts/{program}/tokens", json=draft(clock))
    assert made.status_code == 201, made.json
    assert made.json["created_by"] == "coordinator-district"


def test_an_administrator_sees_and_ends_tokens(
    browser: MakeCaller, api: MakeCaller, district: District
) -> None:
    token = api("technician", site=district.north)
    boss = browser("coordinator")
    url = f"/api/v1/accounts/{token.account_id}/tokens"
    items = boss.get(url).json["items"]
    assert [item["label"] for item in items] == ["test"]
    assert boss.delete(f"{url}/{items[0]['id']}").status_code == 204
    assert token.get(SITES).status_code == 401
    other = district.accounts[Role.HELPDESK]
    assert boss.delete(f"/api/v1/accounts/{other}/tokens/{items[0]['id']}").status_code == 404


def test_nothing_of_a_token_is_in_the_audit_log(
    browser: MakeCaller, events: Callable[[str], list[Any]], district: District, clock: Clock
) -> None:
    jane = browser("technician", site=district.north)
    text = jane.post("/api/v1/tokens", json=draft(clock)).json["token"]
    event = events("token.created")[-1]
    assert text[:12] in event.after
    assert text.split("_", 2)[2] not in event.after + event.before + event.reason
    assert "secret_hash" not in event.after


def test_a_program_has_no_password_and_still_works(
    database: Database, client: FlaskClient, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        account, secret = create_account(
            db, OPERATOR, user_name="enrol", grants=[(Role.INTEGRATION, None)], now=clock()
        )
        _, text = create_token(
            db, OPERATOR, account.id, label="x", permissions=[Permission.SITE_READ],
            lifetime=timedelta(days=1), now=clock(),
        )  # fmt: skip
        assert (secret, db.get_one(Account, account.id).password_hash) == (None, None)
    assert status(client, text) == 200
