"""Security keys over the API: the same as the pages, for a page that speaks to it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from inventory.db import Database
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import ACT, kept
from tests.inventory.signing_in import PASSWORD, login
from tests.inventory.soft_key import PRESENT, SoftKey

FACTORS = "/api/v1/me/factors"


@pytest.fixture
def me(browser: MakeCaller, jane: int) -> Caller:
    return browser(account=jane)


def options(me: Caller, path: str, **body: Any) -> dict[str, Any]:
    asked = me.post(path, json=body) if body else me.post(path)
    assert asked.status_code in {200, 201}, asked.text
    found: dict[str, Any] = asked.json["options"]
    return found


def enrol(me: Caller, soft: SoftKey, **proof: Any) -> list[str]:
    asked = options(me, f"{FACTORS}/keys", label="blue key", password=PASSWORD, **proof)
    body = {"label": "blue key", "key": json.loads(soft.make(asked))}
    made = me.post(f"{FACTORS}/keys/confirm", json=body)
    assert made.status_code == 200, made.text
    codes: list[str] = made.json["recovery_codes"]
    return codes


def test_a_key_over_the_api(me: Caller, database: Database, client: FlaskClient) -> None:
    key, second = SoftKey(), SoftKey()
    assert len(enrol(me, key)) == 10
    own = json.loads(key.sign(options(me, f"{FACTORS}/key-question")))
    assert enrol(me, second, key=own) == []
    shown = me.get(FACTORS).json
    assert [each["label"] for each in shown["keys"]] == ["blue key"] * 2
    assert "public_key" not in str(shown)

    asked = options(me, "/api/v1/me/step-up/key-question", binding=ACT)
    body = {"binding": ACT, "key": json.loads(key.sign(asked, flags=PRESENT))}
    assert me.post("/api/v1/me/step-up", json=body).status_code == 422
    asked = options(me, "/api/v1/me/step-up/key-question", binding=ACT)
    body["key"] = json.loads(key.sign(asked))
    given = me.post("/api/v1/me/step-up", json=body)
    assert (given.status_code, given.json) == (201, {"method": "webauthn"})

    assert login(client).json["second_factor_needed"] is True
    question = client.post("/api/v1/session/key-question", buffered=True).json["options"]
    answer = {"key": json.loads(second.sign(question))}
    done = client.post("/api/v1/session/code", json=answer, buffered=True)
    assert (done.status_code, done.json["second_factor_needed"]) == (201, False)
    again = client.post("/api/v1/session/code", json=answer, buffered=True)
    assert again.status_code == 401

    own = json.loads(second.sign(options(me, f"{FACTORS}/key-question")))
    gone = me.post(
        f"{FACTORS}/keys/{kept(database)[0].id}/remove", json={"password": PASSWORD, "key": own}
    )
    assert gone.status_code == 204, gone.text
    assert [row.credential_id for row in kept(database)] == [second.name]


def test_a_question_without_keys_or_password_is_refused(
    me: Caller, client: FlaskClient, api: MakeCaller
) -> None:
    assert me.post(f"{FACTORS}/key-question").status_code == 409
    assert me.post("/api/v1/me/step-up/key-question", json={"binding": ACT}).status_code == 409
    assert client.post("/api/v1/session/key-question").status_code == 401
    assert client.post("/api/v1/session/code", json={}).status_code == 422
    wrong = {"label": "x", "password": "wrong"}
    assert me.post(f"{FACTORS}/keys", json=wrong).status_code == 422
    assert api("coordinator").post(f"{FACTORS}/keys", json=wrong).status_code == 403
