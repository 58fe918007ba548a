"""/api/v1/me/factors and /api/v1/me/step-up: my second factor, and confirming who I am."""

from typing import Any

from inventory.access import Permission
from inventory.accounts import factors, stepping_up
from inventory.accounts.factor_schemas import (
    AppBegun,
    CodeForm,
    Confirmation,
    Confirmed,
    FactorsView,
    ProofForm,
    RecoveryCodes,
)
from inventory.accounts.factors import Proof
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import caller_origin, door
from inventory.accounts.stepping_up import Typed
from inventory.accounts.totp import Enrolment
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("factors", "/me", "My second factor; confirming who I am for one act.")


@bp.route("/factors")
@guarded(Permission.SELF, session_only=True)
@bp.response(200, FactorsView)
def show() -> dict[str, object]:
    """My authenticator app and security keys, and how many recovery codes are left."""
    found = factors.own(current_db(), current_actor())
    since = found.app.confirmed_at if found.app is not None else None
    return {
        "app": found.app is not None, "since": since, "keys": found.keys, "codes": found.codes,
        "asked": found.asked,
    }  # fmt: skip


@bp.route("/factors/app", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(ProofForm)
@bp.response(201, AppBegun)
def begin(given: dict[str, Any]) -> Enrolment:
    """A key for an authenticator app. It counts once a code of it is sent to `confirm`."""
    return factors.begin_app(door(), current_actor(), proof(given), now=current_now())


@bp.route("/factors/app/confirm", methods=["POST"])
@guarded(Permission.SELF, session_only=True)
@bp.arguments(CodeForm)
@bp.response(200, RecoveryCodes)
def confirm(given: dict[str, Any]) -> dict[str, object]:
    """The app works. My other sessions end. The recovery codes are in this answer only."""
    codes = factors.confirm_app(current_db(), current_actor(), given["code"], now=current_now())
    return {"recovery_codes": codes}


@bp.route("/factors/app/remove", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(ProofForm)
@bp.response(204)
def remove(given: dict[str, Any]) -> None:
    """Back to the password alone."""
    factors.remove_app(door(), current_actor(), proof(given), now=current_now())


@bp.route("/factors/recovery-codes", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(ProofForm)
@bp.response(200, RecoveryCodes)
def recovery_codes(given: dict[str, Any]) -> dict[str, object]:
    """Ten new recovery codes; the ones before end."""
    codes = factors.new_codes(door(), current_actor(), proof(given), now=current_now())
    return {"recovery_codes": codes}


@bp.route("/step-up", methods=["POST"])
@guarded(Permission.SELF, write=False, session_only=True)
@bp.arguments(Confirmation)
@bp.response(201, Confirmed)
def step_up(given: dict[str, Any]) -> dict[str, object]:
    """Confirm who I am, in this session, for the one act that `binding` names.

    By a code of the authenticator app or a security key; by the password where I have neither and
    my roles ask for none. A recovery code does not count.
    """
    method = stepping_up.give(
        door(), current_actor(), given["binding"],
        Typed(given["code"], given["password"], given["key"]), caller_origin(), now=current_now(),
    )  # fmt: skip
    return {"method": method}


def proof(given: dict[str, Any]) -> Proof:
    """What was given to change one's factors."""
    return Proof(given["password"], given["code"], caller_origin(), given["key"])
