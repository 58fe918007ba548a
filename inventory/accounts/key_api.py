"""/api/v1/me/factors/keys: security keys of my own account, for a page that speaks to the API.

What is asked of a key and what it answers are the JSON forms of W3C Web Authentication, Level 3:
`PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON` and `toJSON`.
"""

from typing import Any

from inventory.access import Permission
from inventory.accounts import key_factors, stepping_up
from inventory.accounts.factor_api import proof
from inventory.accounts.factor_schemas import (
    Binding,
    KeyQuestion,
    MadeKey,
    NewKey,
    ProofForm,
    RecoveryCodes,
)
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import door
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("security_keys", "/me", "My security keys, and what a browser asks of them.")


@bp.route("/factors/key-question", methods=["POST"])
@guarded(Permission.SELF, session_only=True)
@bp.response(200, KeyQuestion)
def question() -> dict[str, object]:
    """What to ask a key of mine, where a change of my factors takes one as `key`."""
    asked = key_factors.ask_own(
        current_db(), current_actor(), runtime().settings, now=current_now()
    )
    return {"options": asked}


@bp.route("/factors/keys", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(NewKey)
@bp.response(201, KeyQuestion)
def begin(given: dict[str, Any]) -> dict[str, object]:
    """What to ask a new key. It counts once its answer is sent to `confirm`."""
    options = key_factors.begin_key(
        door(), current_actor(), proof(given), label=given["label"], now=current_now()
    )
    return {"options": options}


@bp.route("/factors/keys/confirm", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(MadeKey)
@bp.response(200, RecoveryCodes)
def confirm(given: dict[str, Any]) -> dict[str, object]:
    """The key counts. My other sessions end. Where it is my first second factor, the recovery codes
    are in this answer only; else there are none in it."""
    codes = key_factors.finish_key(
        door(), current_actor(), given["key"], label=given["label"], now=current_now()
    )
    return {"recovery_codes": codes}


@bp.route("/factors/keys/<int(max=2147483647):key_id>/remove", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(ProofForm)
@bp.response(204)
def remove(given: dict[str, Any], key_id: int) -> None:
    """Take one key away; with my last factor the recovery codes go too."""
    key_factors.remove_key(door(), current_actor(), key_id, proof(given), now=current_now())


@bp.route("/step-up/key-question", methods=["POST"])
@guarded(Permission.SELF, session_only=True)
@bp.arguments(Binding)
@bp.response(200, KeyQuestion)
def question_for_act(given: dict[str, Any]) -> dict[str, object]:
    """What to ask a key of mine for the one act that `binding` names; then `step-up` takes it."""
    asked = stepping_up.ask_key(
        current_db(), current_actor(), given["binding"], runtime().settings, now=current_now()
    )
    return {"options": asked}
