"""Pages of accounts, of their tokens, and of one's own account."""

from tests.house.routes import Example, Place

ACCOUNT = "/accounts/<int(max=2147483647):account_id>"
GRANT = "<int(max=2147483647):grant_id>"
SESSION = "<int(max=2147483647):session_id>"
TOKEN = "<int(max=2147483647):token_id>"
OF_ACCOUNT = {"account_id": "$account"}
NEW_TOKEN = {"label": "x", "permissions": "lookup:read", "days": "30"}


def at(place: Place = Place.OBJECT, form: dict[str, object] | None = None, **path: str) -> Example:
    return Example(path={**OF_ACCOUNT, **path}, form=form, place=place)


def asked(rule: str, form: dict[str, object], **path: str) -> dict[str, Example]:
    """A question and its answer."""
    return {f"GET {rule}": at(**path), f"POST {rule}": at(form=form, **path)}


ROUTES = {
    "GET /accounts": Example(),
    "GET /accounts/new": Example(),
    "POST /accounts/new": Example(
        form={"kind": "person", "user_name": "$unique", "role": "staff", "site_id": "$site"},
        place=Place.OBJECT,
    ),
    f"GET {ACCOUNT}": at(),
    **asked(f"{ACCOUNT}/edit", {"user_name": "$unique", "display_name": "X", "version": "2"}),
    f"GET {ACCOUNT}/sessions": at(),
    f"GET {ACCOUNT}/history": at(),
    **asked(f"{ACCOUNT}/roles/new", {"role": "helpdesk", "site_id": "$site"}),
    **asked(f"{ACCOUNT}/roles/{GRANT}/withdraw", {}, grant_id="$grant"),
    **asked(f"{ACCOUNT}/disable", {"reason": "left"}),
    **asked(f"{ACCOUNT}/enable", {}),
    **asked(f"{ACCOUNT}/one-time-password", {}),
    **asked(f"{ACCOUNT}/sessions/{SESSION}/end", {}, session_id="$session"),
    f"GET {ACCOUNT}/tokens": at(),
    **asked(f"{ACCOUNT}/tokens/new", NEW_TOKEN, account_id="$program"),
    **asked(f"{ACCOUNT}/tokens/{TOKEN}/revoke", {}, token_id="$token"),
    "GET /me": Example(),
    "GET /me/preferences": Example(),
    "POST /me/preferences": Example(form={"theme": "dark", "density": "compact"}),
    "POST /me/theme": Example(form={"theme": "dark"}),
    "GET /me/sessions": Example(),
    f"GET /me/sessions/{SESSION}/end": Example(
        path={"session_id": "$own_session"}, place=Place.OWN
    ),
    f"POST /me/sessions/{SESSION}/end": Example(
        path={"session_id": "$own_session"}, form={}, place=Place.OWN
    ),
    "GET /me/sessions/end-others": Example(),
    "POST /me/sessions/end-others": Example(form={}),
    "GET /me/tokens": Example(),
    "GET /me/tokens/new": Example(),
    "POST /me/tokens/new": Example(form=NEW_TOKEN),
    f"GET /me/tokens/{TOKEN}/revoke": Example(path={"token_id": "$own_token"}, place=Place.OWN),
    f"POST /me/tokens/{TOKEN}/revoke": Example(
        path={"token_id": "$own_token"}, form={}, place=Place.OWN
    ),
}
