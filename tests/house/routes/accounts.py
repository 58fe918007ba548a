"""Accounts, sessions, tokens, sites, people, the audit log."""

import os
from datetime import timedelta

from sqlmodel import select

from inventory.access import Permission, Role
from inventory.accounts import service, sessions
from inventory.accounts.models import RoleGrant
from inventory.accounts.sessions import Origin
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

ACCOUNT = "/api/v1/accounts/<int(max=2147483647):account_id>"
SITE = "/api/v1/sites/<int(max=2147483647):site_id>"
OF_ACCOUNT = {"account_id": "$account"}
TOKEN = {"label": "x", "permissions": ["self"], "expires_at": "2026-09-20T12:00:00Z"}


def account(side: Side, role: Role = Role.STAFF) -> int:
    made, _ = service.create_account(
        side.db, OPERATOR, user_name=f"a{os.urandom(8).hex()}", grants=[(role, side.site)],
        now=side.now,
    )  # fmt: skip
    return made.id


def program(side: Side) -> int:
    return account(side, Role.INTEGRATION)


def grant(side: Side) -> int:
    held = select(RoleGrant).where(RoleGrant.account_id == side.get("account"))
    return side.db.exec(held).one().id


def session(side: Side, account_id: int | None = None) -> int:
    origin = Origin("127.0.0.1")
    owner = account_id or side.get("account")
    return sessions.start(side.db, owner, origin, Settings(), now=side.now)[0].id


def token(side: Side, account_id: int | None = None) -> int:
    return service.create_token(
        side.db, OPERATOR, account_id or side.get("account"), label="x",
        permissions=[Permission.SELF], lifetime=timedelta(days=1), now=side.now,
    )[0].id  # fmt: skip


def place(side: Side) -> int:
    return sites.create(
        side.db, OPERATOR, kind=SiteKind.ROOM, name="Room", parent_id=side.site, now=side.now
    ).id


def person(side: Side) -> int:
    draft = PersonDraft(os.urandom(8).hex(), PersonRole.STUDENT, "Ada", "Example", side.site)
    return people.create(side.db, OPERATOR, draft, now=side.now).id


MAKERS = {
    "account": account,
    "program": program,
    "grant": grant,
    "session": session,
    "token": token,
    "own_session": lambda side: session(side, side.owner),
    "own_token": lambda side: token(side, side.owner),
    "place": place,
    "person": person,
}

OBJECT, OWN, DISTRICT = Place.OBJECT, Place.OWN, Place.DISTRICT

ROUTES = {
    "POST /api/v1/session": Example(json={"user_name": "nobody", "password": "x"}),
    "POST /api/v1/setup": Example(json={"secret": "x", "user_name": "u", "password": "x"}),
    "GET /api/v1/session": Example(),
    "DELETE /api/v1/session": Example(),
    "PUT /api/v1/session/password": Example(json={"current": "x", "password": "y"}),
    "GET /api/v1/sessions": Example(),
    "DELETE /api/v1/sessions/<int(max=2147483647):session_id>": Example(
        path={"session_id": "$own_session"}, place=OWN
    ),
    "GET /api/v1/tokens": Example(),
    "POST /api/v1/tokens": Example(json=TOKEN),
    "DELETE /api/v1/tokens/<int(max=2147483647):token_id>": Example(
        path={"token_id": "$own_token"}, place=OWN
    ),
    "GET /api/v1/accounts": Example(),
    "POST /api/v1/accounts": Example(
        json={
            "user_name": "$unique",
            "sign_in": False,
            "grants": [{"role": "staff", "site_id": "$site"}],
        },
        place=OBJECT,
    ),
    f"GET {ACCOUNT}": Example(path=OF_ACCOUNT, place=OBJECT),
    f"PATCH {ACCOUNT}": Example(path=OF_ACCOUNT, json={"display_name": "X"}, place=OBJECT),
    f"POST {ACCOUNT}/disable": Example(path=OF_ACCOUNT, json={}, place=OBJECT),
    f"POST {ACCOUNT}/enable": Example(path=OF_ACCOUNT, place=OBJECT),
    f"POST {ACCOUNT}/one-time-password": Example(path=OF_ACCOUNT, place=OBJECT),
    f"POST {ACCOUNT}/grants": Example(
        path=OF_ACCOUNT, json={"role": "helpdesk", "site_id": "$site"}, place=OBJECT
    ),
    f"DELETE {ACCOUNT}/grants/<int(max=2147483647):grant_id>": Example(
        path={**OF_ACCOUNT, "grant_id": "$grant"}, place=OBJECT
    ),
    f"GET {ACCOUNT}/sessions": Example(path=OF_ACCOUNT, place=OBJECT),
    f"DELETE {ACCOUNT}/sessions/<int(max=2147483647):session_id>": Example(
        path={**OF_ACCOUNT, "session_id": "$session"}, place=OBJECT
    ),
    f"GET {ACCOUNT}/tokens": Example(path=OF_ACCOUNT, place=OBJECT),
    f"POST {ACCOUNT}/tokens": Example(path={"account_id": "$program"}, json=TOKEN, place=OBJECT),
    f"DELETE {ACCOUNT}/tokens/<int(max=2147483647):token_id>": Example(
        path={**OF_ACCOUNT, "token_id": "$token"}, place=OBJECT
    ),
    "GET /api/v1/audit": Example(place=DISTRICT),
    "GET /api/v1/audit/verify": Example(place=DISTRICT),
    "GET /api/v1/audit/export": Example(place=DISTRICT),
    "GET /api/v1/sites": Example(),
    "POST /api/v1/sites": Example(
        json={"kind": "room", "name": "X", "parent_id": "$site"}, place=OBJECT
    ),
    f"GET {SITE}": Example(path={"site_id": "$place"}, place=OBJECT),
    f"PATCH {SITE}": Example(path={"site_id": "$place"}, json={"name": "X"}, place=OBJECT),
    f"DELETE {SITE}": Example(path={"site_id": "$place"}, place=OBJECT),
    "GET /api/v1/people": Example(),
    "GET /api/v1/people/<int(max=2147483647):person_id>": Example(
        path={"person_id": "$person"}, place=OBJECT
    ),
}
