"""/api/v1/tokens: one's own keys for programs."""

from typing import Any

from inventory.access import Permission
from inventory.accounts import tokens
from inventory.accounts.guard import guarded
from inventory.accounts.models import ApiToken
from inventory.accounts.schemas import TokenDraft, TokenList, TokenMade
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("tokens", "/tokens", "My API tokens.")


@bp.route("")
@guarded(Permission.TOKEN_OWN)
@bp.response(200, TokenList)
def list_tokens() -> dict[str, object]:
    """My tokens, never their text."""
    actor = current_actor()
    return {"items": tokens.list_of(current_db(), actor, actor.id or 0)}


@bp.route("", methods=["POST"])
@guarded(Permission.TOKEN_OWN, session_only=True)
@bp.arguments(TokenDraft)
@bp.response(201, TokenMade)
def create_token(given: dict[str, Any]) -> dict[str, object]:
    """Make a token. Its text is in this answer and nowhere else.

    It can never do more than I can at the moment of its use, whatever it was made for.
    """
    return made_token(*made(current_actor().id or 0, given))


@bp.route("/<int(max=2147483647):token_id>", methods=["DELETE"])
@guarded(Permission.TOKEN_OWN)
@bp.response(204)
def revoke_token(token_id: int) -> None:
    """End one of my tokens, at once on this server and within five seconds on others."""
    actor = current_actor()
    tokens.revoke(current_db(), actor, actor.id or 0, token_id, now=current_now())


def made(account_id: int, given: dict[str, Any]) -> tuple[ApiToken, str]:
    """Make the token that a body describes."""
    now = current_now()
    return tokens.create_token(
        current_db(), current_actor(), account_id, label=given["label"],
        permissions=given["permissions"], lifetime=given["expires_at"] - now,
        site_id=given["site_id"], networks=given["networks"],
        uses=given["uses"], now=now,
    )  # fmt: skip


def made_token(token: ApiToken, text: str) -> dict[str, object]:
    """A new token as shown, once, to whoever made it."""
    return {**token.model_dump(exclude={"secret_hash"}), "token": text}
