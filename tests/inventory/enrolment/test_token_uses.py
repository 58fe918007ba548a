"""Tokens that enrol a number of devices: counted, narrow, short-lived, and never one too many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from inventory.access import Permission, Role
from inventory.accounts import service as accounts
from inventory.accounts.models import ApiToken
from inventory.accounts.tokens import TokenState, create_token, state_of
from inventory.db import Database
from inventory.errors import InvalidInput
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR
from tests.inventory.enrolment.test_enrolling import LAPTOP, PATH, all_assets

ENROLS = [Permission.ENROL]


@pytest.fixture
def station(database: Database, district: Any, clock: Clock) -> int:
    with database.unit() as db:
        account, _ = accounts.create_account(
            db, OPERATOR, user_name="imaging.station", grants=[(Role.INTEGRATION, district.north)],
            now=clock(),
        )  # fmt: skip
        return account.id


def token_for(
    database: Database, station: int, clock: Clock, uses: int
) -> tuple[int, dict[str, str]]:
    with database.unit() as db:
        token, text = create_token(
            db, OPERATOR, station, label="a stick", permissions=ENROLS,
            lifetime=timedelta(days=30), uses=uses, now=clock(),
        )  # fmt: skip
        return token.id, {"Authorization": f"Bearer {text}"}


def kept(database: Database, token_id: int) -> ApiToken:
    with database.unit(write=False) as db:
        return db.get_one(ApiToken, token_id)


def another(number: int) -> dict[str, Any]:
    return {**LAPTOP, "serial": f"SN{number:05}", "macs": [], "software": None}


def test_each_device_takes_one_and_the_last_ends_it(
    client: Any, database: Database, station: int, clock: Clock
) -> None:
    token_id, bearer = token_for(database, station, clock, 3)

    def sent(report: dict[str, Any], **query: str) -> Any:
        return client.post(PATH, json=report, headers=bearer, query_string=query)

    assert sent(another(1)).get_json()["outcome"] == "created"
    assert kept(database, token_id).uses_left == 2
    # What comes to nothing takes none: a trial, a report that is refused, one in doubt.
    assert sent(another(2), dry_run="true").get_json()["outcome"] == "created"
    assert sent({**another(2), "kind": "printer"}).status_code == 422
    assert sent({**another(1), "tag": "X-1"}).get_json()["outcome"] == "conflict"
    assert kept(database, token_id).uses_left == 2
    assert sent(another(1)).get_json()["outcome"] == "unchanged"
    assert sent(another(2)).get_json()["outcome"] == "created"
    refused = sent(another(3))
    assert refused.status_code == 401
    assert "used up" in refused.get_json()["detail"]
    assert len(all_assets(database)) == 2
    assert state_of(kept(database, token_id), clock()) is TokenState.USED_UP


def test_of_many_at_once_exactly_one_gets_the_last_use(
    client: Any, app: Any, database: Database, station: int, clock: Clock
) -> None:
    token_id, bearer = token_for(database, station, clock, 1)

    def enrol(number: int) -> int:
        own = app.test_client()
        for _ in range(20):
            status = int(own.post(PATH, json=another(number), headers=bearer).status_code)
            if status != 503:
                break
        return status

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(enrol, range(6)))
    assert answers == [200, *[401] * 5]
    assert len(all_assets(database)) == 1
    assert kept(database, token_id).uses_left == 0


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("uses", {"uses": 0}),
        ("uses", {"uses": 10_001}),
        ("expires_at", {"lifetime": timedelta(days=31)}),
        ("permissions", {"permissions": [Permission.ENROL, Permission.ASSET_READ]}),
        ("permissions", {"permissions": [Permission.LOOKUP]}),
    ],
)
def test_such_a_token_is_narrow(
    database: Database, station: int, clock: Clock, field: str, terms: dict[str, Any]
) -> None:
    usual: dict[str, Any] = {"permissions": ENROLS, "lifetime": timedelta(days=1), "uses": 1}
    with pytest.raises(InvalidInput) as refused, database.unit() as db:
        create_token(db, OPERATOR, station, label="x", now=clock(), **{**usual, **terms})
    assert field in refused.value.fields


def test_one_makes_such_a_token_over_the_api_and_sees_what_is_left(
    browser: Any, district: Any, client: Any, clock: Clock
) -> None:
    technician = browser("technician", site=district.north)
    body = {
        "label": "cart 3", "permissions": ["device:enrol"], "uses": 1,
        "expires_at": (clock() + timedelta(days=7)).isoformat(), "site_id": district.north,
    }  # fmt: skip
    made = technician.post("/api/v1/tokens", json=body)
    assert made.status_code == 201, made.text
    bearer = {"Authorization": f"Bearer {made.get_json()['token']}"}
    assert "1 device left" in technician.get("/me/tokens").text
    assert client.post(PATH, json=LAPTOP, headers=bearer).status_code == 200
    shown = technician.get("/me/tokens").text
    assert "0 devices left" in shown
    assert "Used up" in shown
    (listed,) = technician.get("/api/v1/tokens").get_json()["items"][:1]
    assert listed["uses_left"] == 0
    assert technician.post("/api/v1/tokens", json={**body, "uses": 0}).status_code == 422
