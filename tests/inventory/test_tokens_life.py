"""API tokens in use: where from, how often, until when, and dead at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import select

from inventory.access import Permission, Role
from inventory.accounts import service, sign_in, tokens
from inventory.accounts.models import Account, ApiToken
from inventory.accounts.service import create_token, disable
from inventory.app import create_app
from inventory.db import Database
from inventory.errors import Conflict, InvalidInput
from inventory.settings import Settings
from tests.conftest import TEST_VAULT, Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

ME = "/api/v1/session"
SITES = "/api/v1/sites"


def draft(clock: Clock, **more: object) -> dict[str, object]:
    until = (clock() + timedelta(days=30)).isoformat()
    return {"label": "scripts", "permissions": ["site:read"], "expires_at": until, **more}


def status(client: FlaskClient, token: str, path: str = SITES, **options: Any) -> int:
    return client.get(
        path, headers={"Authorization": f"Bearer {token}"}, buffered=True, **options
    ).status_code


def test_it_expires(api: MakeCaller, district: District, clock: Clock) -> None:
    token = api("technician", site=district.north, lifetime=timedelta(seconds=3))
    assert token.get(SITES).status_code == 200
    clock.forward(seconds=2, milliseconds=999)
    assert token.get(SITES).status_code == 200
    clock.forward(milliseconds=1)
    assert token.get(SITES).status_code == 401, "also while it is remembered"


def test_networks(api: MakeCaller, district: District) -> None:
    token = api("technician", district.north, networks=["10.1.0.0/16", "2001:db8::/32"])

    def code(address: str) -> int:
        return token.get(SITES, environ_base={"REMOTE_ADDR": address}).status_code

    assert [code(a) for a in ("10.1.2.3", "2001:db8::7", "::ffff:10.1.2.3")] == [200] * 3
    assert [code(a) for a in ("10.2.0.1", "::1", "2001:db9::1", "", "x")] == [403] * 5


def test_made_up_tokens(client: FlaskClient, district: District) -> None:
    for text in (
        "", "x", "hrm_", "hrm_aaaaaaaa_" + "A" * 43, "hrm_aaaaaaaa_" + "é" * 43, "A" * 9000,
        "hrm_aaaaaaaa_' OR '1'='1", "hrm_aaaaaaaa_" + "A" * 43 + "\n",
    ):  # fmt: skip
        header = {"HTTP_AUTHORIZATION": f"Bearer {text}".encode().decode("latin-1")}
        assert client.get(SITES, environ_base=header).status_code == 401, text


def test_changed_by_one_letter_it_is_unknown(
    api: MakeCaller, client: FlaskClient, district: District
) -> None:
    text = api("technician", site=district.north).secret
    assert status(client, text) == 200
    for changed in (text[:-1] + ("A" if text[-1] != "A" else "B"), text[:-1], text + "A",
                    text.upper()):  # fmt: skip
        assert status(client, changed) == 401


@pytest.mark.parametrize("how", ["revoked", "disabled", "reset"])
def test_it_dies_here_at_once_and_elsewhere_within_five_seconds(
    how: str, api: MakeCaller, settings: Settings, database: Database, database_url: str,
    district: District, clock: Clock,
) -> None:  # fmt: skip
    token = api("technician", site=district.north)
    elsewhere = Database(database_url, vault=TEST_VAULT)
    other = create_app(settings, elsewhere, clock=clock).test_client()
    assert [token.get(SITES).status_code, status(other, token.secret)] == [200, 200]
    with database.unit() as db:
        if how == "revoked":
            id_ = db.execute(sa.select(sa.func.max(ApiToken.id))).scalar_one()
            tokens.revoke(db, OPERATOR, token.account_id, id_, now=clock())
        elif how == "disabled":
            disable(db, OPERATOR, token.account_id, now=clock())
        else:
            service.reset_password(db, OPERATOR, token.account_id, now=clock())
    assert token.get(SITES).status_code == 401
    assert status(other, token.secret) == 200, "remembered: that is the price of one query in 5 s"
    clock.forward(seconds=5)
    assert status(other, token.secret) == 401
    elsewhere.close()


def test_a_disabled_owner_is_enough(
    api: MakeCaller, browser: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    """Whatever else failed to happen: token and session hang on the account itself."""
    token, session = api("helpdesk"), browser("helpdesk")
    with database.unit() as db:
        account = db.get_one(Account, token.account_id)
        account.disabled_at = clock()
        db.add(account)
    assert token.get(ME).status_code == 401
    assert session.get(ME).status_code == 401


def test_a_rollback_forgets_nothing_and_kills_nothing(
    api: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    token = api("technician", site=district.north)
    with pytest.raises(RuntimeError), database.unit() as db:
        disable(db, OPERATOR, token.account_id, now=clock())
        raise RuntimeError
    assert token.get(SITES).status_code == 200


def test_enabling_an_account_does_not_bring_its_tokens_back(
    api: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    token = api("technician", site=district.north)
    with database.unit() as db:
        disable(db, OPERATOR, token.account_id, now=clock())
        service.enable(db, OPERATOR, token.account_id, now=clock())
    assert token.get(SITES).status_code == 401


def test_the_rate_is_bounded(
    api: MakeCaller, database: Database, settings: Settings, district: District, clock: Clock
) -> None:
    slow = replace(settings, token_requests_per_minute=6)
    token, second = api("technician", site=district.north), api("helpdesk", site=district.north)
    client = create_app(slow, database, clock=clock).test_client()
    assert [status(client, token.secret) for _ in range(7)] == [200] * 6 + [429]
    refused = client.get(SITES, headers=token.headers)
    assert refused.headers["Retry-After"] == "11"
    assert refused.content_type == "application/problem+json"
    assert status(client, second.secret) == 200, "each token has its own"
    clock.forward(seconds=10)
    assert [status(client, token.secret) for _ in range(2)] == [200, 429]


def test_the_last_use_is_written_once_a_minute(
    api: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    token = api("technician", site=district.north)
    written = []
    sa.event.listen(
        database.engine, "before_cursor_execute",
        lambda c, cursor, text, *rest: written.append(text) if "UPDATE" in text else None,
    )  # fmt: skip
    for _ in range(20):
        token.get(SITES)
        clock.forward(seconds=2)
    assert len([text for text in written if "api_token" in text]) == 1
    clock.forward(seconds=60)
    token.get(SITES)
    with database.unit(write=False) as db:
        last = db.exec(select(ApiToken.last_used_at)).one()
    assert last == clock()


def test_a_remembered_token_costs_no_query(
    api: MakeCaller, database: Database, district: District
) -> None:
    token = api("technician", site=district.north)
    token.get(ME)
    asked: list[str] = []
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda c, cursor, text, *rest: asked.append(text)
    )
    for _ in range(5):
        assert token.get(ME).status_code == 200
    assert asked == []


def test_fifty_live_tokens_are_enough(database: Database, district: District, clock: Clock) -> None:
    owner = district.accounts[Role.HELPDESK]

    def make(days: int = 1) -> object:
        with database.unit() as db:
            return create_token(
                db, OPERATOR, owner, label="x", permissions=[Permission.SELF],
                lifetime=timedelta(days=days), now=clock(),
            )  # fmt: skip

    for _ in range(50):
        make()
    with pytest.raises(Conflict):
        make()
    with pytest.raises(InvalidInput):
        make(367)
    clock.forward(days=1)
    make()


def test_purge(database: Database, district: District, clock: Clock) -> None:
    owner = district.accounts[Role.HELPDESK]
    with database.unit() as db:
        create_token(
            db, OPERATOR, owner, label="x", permissions=[Permission.SELF],
            lifetime=timedelta(days=1), now=clock(),
        )  # fmt: skip
        sign_in.sessions.start(db, owner, sign_in.Origin("::1"), Settings(), now=clock())
        assert service.purge_expired(db, clock()) == 0
        assert service.purge_expired(db, clock.forward(hours=12)) == 1
        assert service.purge_expired(db, clock.forward(days=89)) == 0
        assert service.purge_expired(db, clock.forward(days=2)) == 1
