"""Second factors: one's own, and confirming who one is."""

from tests.house.routes import Example, Place

PROOF = {"password": "wrong", "code": "000000"}
BINDING = "0" * 64

ACCOUNT = "<int(max=2147483647):account_id>"
LOST = {"path": {"account_id": "$account"}, "place": Place.OBJECT}

ROUTES = {
    f"GET /accounts/{ACCOUNT}/reset-factors": Example(**LOST),
    f"POST /accounts/{ACCOUNT}/reset-factors": Example(form={"reason": "lost"}, **LOST),
    f"POST /api/v1/accounts/{ACCOUNT}/reset-factors": Example(json={"reason": "lost"}, **LOST),
    "GET /sign-in/code": Example(),
    "POST /sign-in/code": Example(form={"code": "000000"}),
    "POST /api/v1/session/code": Example(json={"code": "000000"}),
    "GET /me/security": Example(),
    "GET /me/security/app": Example(),
    "POST /me/security/app": Example(form=PROOF),
    "POST /me/security/app/confirm": Example(form={"code": "000000"}),
    "GET /me/security/recovery": Example(),
    "POST /me/security/recovery": Example(form=PROOF),
    "GET /me/security/remove": Example(),
    "POST /me/security/remove": Example(form=PROOF),
    "GET /confirm": Example(query={"binding": BINDING, "next": "/commands"}),
    "POST /confirm": Example(query={"binding": BINDING}, form={"code": "000000"}),
    "GET /api/v1/me/factors": Example(),
    "POST /api/v1/me/factors/app": Example(json=PROOF),
    "POST /api/v1/me/factors/app/confirm": Example(json={"code": "000000"}),
    "POST /api/v1/me/factors/app/remove": Example(json=PROOF),
    "POST /api/v1/me/factors/recovery-codes": Example(json=PROOF),
    "POST /api/v1/me/step-up": Example(json={"binding": BINDING, "code": "000000"}),
}
