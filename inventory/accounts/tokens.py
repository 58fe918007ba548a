"""API tokens: made, listed, revoked. What one may do is worked out at each use (`identify`)."""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, Role
from inventory.accounts.bearer import hash_of, new_token
from inventory.accounts.identify import USED_UP, grants_of
from inventory.accounts.models import Account, ApiToken
from inventory.accounts.policy import (
    COUNTED_LIFETIME,
    MOST_USES,
    TOKEN_LIFETIME,
    TOKENS_EACH,
    clean_line,
)
from inventory.accounts.reach import for_change, get, locked, places_of
from inventory.accounts.sessions import forget_callers
from inventory.audit import service as audit
from inventory.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from inventory.sites.models import Site

LABEL_LENGTH, MAX_NETWORKS = 80, 20


class TokenState(StrEnum):
    """Whether it still opens the door."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    USED_UP = "used_up"


def state_of(token: ApiToken, now: datetime) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.uses_left == 0:
        return TokenState.USED_UP
    return TokenState.LIVE if now < token.expires_at else TokenState.EXPIRED


def create_token(
    db: Session,
    actor: Actor,
    account_id: int,
    *,
    label: str,
    permissions: Iterable[Permission],
    lifetime: timedelta,
    site_id: int | None = None,
    networks: Sequence[str] = (),
    uses: int | None = None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once and stored nowhere.

    permissions  what it is for; each must be held by its owner
    site_id      narrows it to a place and what is in it
    networks     CIDRs or addresses from which alone it may be used; none: from anywhere
    uses         how many devices it enrols; such a token does nothing else, for 30 days at most

    People make their own. For an account that has no role but `integration`, whoever may change
    that account does; the command line makes them for anybody. A token never makes a token: a
    stolen one could outlive its own revocation.

    Raises `Forbidden`, `NotFound`, `InvalidInput`, `Conflict` (50 live ones already).
    """
    account = _owner(db, actor, account_id)
    wanted = _wanted(db, account, permissions, site_id)
    _require_bounds(wanted, lifetime, uses)
    _require_room(db, account, now)
    text, prefix = new_token()
    token = ApiToken(
        prefix=prefix,
        secret_hash=hash_of(text),
        account_id=account.id,
        label=clean_line(label, "label", LABEL_LENGTH, empty=False),
        permissions=sorted(permission.value for permission in wanted),
        networks=clean_networks(networks),
        site_id=site_id,
        created_at=now,
        created_by=actor.name,
        expires_at=now + lifetime,
        uses_left=uses,
    )
    db.add(token)
    db.flush()
    audit.record(
        db, actor, "token.created", now=now, subject_type="token", subject_id=token.id,
        site_id=site_id, after=told(token),
    )  # fmt: skip
    return token, text


def list_of(db: Session, actor: Actor, account_id: int) -> list[ApiToken]:
    """The tokens of an account that the actor may see, newest first, ended ones included."""
    account = get(db, actor, account_id)
    query = select(ApiToken).where(ApiToken.account_id == account.id)
    return list(db.exec(query.order_by(col(ApiToken.id).desc())).all())


def one_of(db: Session, actor: Actor, account_id: int, token_id: int) -> ApiToken:
    """A token of an account that the actor may see. Raises `NotFound`."""
    account = get(db, actor, account_id)
    return _of(db, account, token_id)


def _of(db: Session, account: Account, token_id: int) -> ApiToken:
    token = db.get(ApiToken, token_id)
    if token is None or token.account_id != account.id:
        raise NotFound(f"there is no token {token_id}")
    return token


def revoke(db: Session, actor: Actor, account_id: int, token_id: int, *, now: datetime) -> ApiToken:
    """End a token: one's own, or that of an account that the actor may change.

    Raises `NotFound` and `Forbidden`. One that has ended already stays as it is.
    """
    account = (
        locked(db, account_id) if actor.id == account_id else for_change(db, actor, account_id)
    )
    token = _of(db, account, token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        db.add(token)
        audit.record(
            db, actor, "token.revoked", now=now, subject_type="token", subject_id=token.id,
            site_id=token.site_id, before=told(token),
        )  # fmt: skip
        forget_callers(db)
    return token


def take_use(db: Session, actor: Actor) -> None:
    """Count one use of the caller's token, if it is one that is counted.

    Two at once cannot take the last one: the row is changed only while one is left. Raises
    `Unauthenticated` where none is, so that all that its use did is undone.
    """
    if actor.token_id is None:
        return
    mine = col(ApiToken.id) == actor.token_id
    taken = (
        sa.update(ApiToken)
        .where(mine, col(ApiToken.uses_left) > 0)
        .values(uses_left=col(ApiToken.uses_left) - 1)
        .returning(col(ApiToken.uses_left))
        .execution_options(synchronize_session=False)
    )
    left = db.execute(taken).scalar_one_or_none()
    if left == 0:
        forget_callers(db)
    if left is None and db.execute(sa.select(col(ApiToken.uses_left)).where(mine)).scalar() == 0:
        raise Unauthenticated(USED_UP)


def told(token: ApiToken) -> dict[str, object]:
    """What the audit log is told of a token: never its text or hash."""
    return {
        "prefix": token.prefix, "label": token.label, "account_id": token.account_id,
        "permissions": token.permissions, "site_id": token.site_id, "networks": token.networks,
        "expires_at": token.expires_at, "uses_left": token.uses_left,
    }  # fmt: skip


def clean_networks(texts: Sequence[str]) -> list[str]:
    """CIDRs in their canonical form. Raises `InvalidInput`."""
    if len(texts) > MAX_NETWORKS:
        raise InvalidInput("too many networks", {"networks": [f"at most {MAX_NETWORKS}"]})
    try:
        return sorted({str(ipaddress.ip_network(text.strip())) for text in texts})
    except ValueError as wrong:
        raise InvalidInput(
            "not a network", {"networks": ["addresses or CIDRs such as 10.0.0.0/8"]}
        ) from wrong


def _owner(db: Session, actor: Actor, account_id: int) -> Account:
    if actor.kind == "token":
        raise Forbidden("a token cannot make tokens; sign in")
    if actor.id == account_id:
        actor.require_anywhere(Permission.TOKEN_OWN)
        return locked(db, account_id)
    account = for_change(db, actor, account_id)
    roles = {place.role for place in places_of(db, account.id)}
    if actor.kind != "system" and roles != {Role.INTEGRATION}:
        raise Forbidden("a person's tokens are made by that person")
    if account.disabled_at is not None:
        raise Conflict("the account is disabled")
    return account


def _wanted(
    db: Session, account: Account, permissions: Iterable[Permission], site_id: int | None
) -> set[Permission]:
    wanted = set(permissions)
    if not wanted:
        raise InvalidInput("a token needs a purpose", {"permissions": ["name at least one"]})
    if site_id is not None and db.get(Site, site_id) is None:
        raise InvalidInput("no such site", {"site_id": [f"{site_id} is no site"]})
    owner = Actor("account", account.id, account.user_name, grants_of(db, account.id))
    lacking = sorted(
        permission.value
        for permission in wanted
        if not (owner.may(permission, site_id) if site_id is not None else owner.holds(permission))
    )
    if lacking:
        raise InvalidInput(
            "a token can never do more than its owner",
            {"permissions": [f"{account.user_name} lacks {', '.join(lacking)} there"]},
        )
    return wanted


def _require_bounds(wanted: set[Permission], lifetime: timedelta, uses: int | None) -> None:
    if not timedelta(0) < lifetime <= TOKEN_LIFETIME:
        raise InvalidInput(
            "a token lives for a year at most", {"expires_at": ["within 366 days from now"]}
        )
    if uses is None:
        return
    if wanted != {Permission.ENROL}:
        raise InvalidInput(
            "a token with a number of uses enrols devices and does nothing else",
            {"permissions": [f"only {Permission.ENROL.value}"]},
        )
    if not 1 <= uses <= MOST_USES:
        raise InvalidInput("how many devices?", {"uses": [f"from 1 to {MOST_USES}"]})
    if lifetime > COUNTED_LIFETIME:
        raise InvalidInput(
            "a token that enrols devices lives for 30 days at most",
            {"expires_at": ["within 30 days from now"]},
        )


def _require_room(db: Session, account: Account, now: datetime) -> None:
    live = db.execute(
        sa.select(sa.func.count())
        .select_from(ApiToken)
        .where(
            col(ApiToken.account_id) == account.id,
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.expires_at) > now,
            col(ApiToken.uses_left).is_distinct_from(0),
        )
    ).scalar_one()
    if live >= TOKENS_EACH:
        raise Conflict(f"an account has at most {TOKENS_EACH} live tokens; revoke some first")
