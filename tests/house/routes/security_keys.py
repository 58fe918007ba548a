"""Security keys of one's own account, and what a browser asks of them."""

import os

from inventory.accounts.factor_models import WebAuthnCredential
from tests.house.routes import Example, Place, Side

KEY = "/me/security/keys/<int(max=2147483647):key_id>"
FACTORS = "/me/factors/keys"
PROOF = {"password": "wrong"}
OWN = {"path": {"key_id": "$own_key"}, "place": Place.OWN}


def own_key(side: Side) -> int:
    key = WebAuthnCredential(
        account_id=side.owner, credential_id=os.urandom(16).hex(), public_key=b"x", label="blue",
        created_at=side.now,
    )  # fmt: skip
    side.db.add(key)
    side.db.flush()
    return key.id


MAKERS = {"own_key": own_key}

ROUTES = {
    "GET /me/security/keys/new": Example(),
    "POST /me/security/keys/new": Example(form={"label": "blue", **PROOF}),
    "POST /me/security/keys/confirm": Example(form={"label": "blue", "key": "{}"}),
    f"GET {KEY}/remove": Example(**OWN),
    f"POST {KEY}/remove": Example(form=PROOF, **OWN),
    "POST /me/security/key-question": Example(form={}),
    "POST /confirm/key-question": Example(query={"binding": "0" * 64}, form={}),
    "POST /sign-in/code/key-question": Example(form={}),
    "POST /api/v1/session/key-question": Example(),
    "POST /api/v1/me/factors/key-question": Example(),
    "POST /api/v1/me/factors/keys": Example(json={"label": "blue", **PROOF}),
    "POST /api/v1/me/factors/keys/confirm": Example(json={"label": "blue", "key": {"id": "x"}}),
    f"POST /api/v1{FACTORS}/<int(max=2147483647):key_id>/remove": Example(json=PROOF, **OWN),
    "POST /api/v1/me/step-up/key-question": Example(json={"binding": "0" * 64}),
}
