"""From a token or a session's id to an `Actor`: who calls, with what reach, at this moment."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Permission
from inventory.accounts.bearer import csrf_of, hash_of, looks_like_secret, looks_like_token
from inventory.accounts.models import Account, ApiToken, Assurance, LoginSession, RoleGrant
from inventory.accounts.remembered import Remembered, VerifiedToken
from inventory.db import Database
from inventory.errors import Forbidden, TooManyRequests, Unauthenticated
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind

NO_TOKEN = "the token is unknown, expired or revoked"
USED_UP = "the token is used up: it has enrolled as many devices as it was made for"
NO_SESSION = "the session is unknown or has ended; sign in again"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `csrf` is set for sessions only; `last_used_at` as the database knows it."""

    actor: Actor
    last_used_at: datetime | None
    csrf: str | None = None
    must_change_password: bool = False


def by_token(
    database: Database, memory: Remembered, text: str, address: str, *, now: datetime
) -> Caller:
    """The owner of an API token, within the token's bounds.

    Raises `Unauthenticated`, `Forbidden` (used from a network that it does not allow) or
    `TooManyRequests`.
    """
    if not looks_like_token(text):
        raise Unauthenticated(NO_TOKEN)
    secret_hash = hash_of(text)
    found = memory.tokens.get(secret_hash, now)
    if found is None:
        generation = memory.tokens.generation
        with database.unit(write=False) as db:
            found = _read_token(db, secret_hash)
        memory.tokens.put(secret_hash, found, now, generation)
    if now >= found.expires_at:
        raise Unauthenticated(NO_TOKEN)
    if found.networks and not _within(address, found.networks):
        raise Forbidden("this token may not be used from this address")
    wait = memory.token_rate.take(found.token_id, now)
    if wait:
        raise TooManyRequests("this token makes too many requests", int(wait) + 1)
    return Caller(replace(found.actor, origin=address), found.last_used_at)


_GRANTS: tuple[Any, ...] = (col(RoleGrant.role), col(Site.id).label("place_id"), col(Site.kind))

_TOKEN: Any = (
    sa.select(
        col(ApiToken.id), col(ApiToken.label), col(ApiToken.permissions), col(ApiToken.networks),
        col(ApiToken.site_id), col(ApiToken.expires_at), col(ApiToken.last_used_at),
        col(ApiToken.uses_left),
        col(Account.id).label("account_id"), col(Account.user_name), *_GRANTS,
    )
    .join(Account, col(Account.id) == col(ApiToken.account_id))
    .outerjoin(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
    .outerjoin(Site, col(Site.id) == col(RoleGrant.site_id))
    .where(
        col(ApiToken.secret_hash) == sa.bindparam("secret_hash"),
        col(ApiToken.revoked_at).is_(None),
        col(Account.disabled_at).is_(None),
    )
)  # fmt: skip

_SESSION = (
    sa.select(
        col(LoginSession.id), col(LoginSession.expires_at), col(LoginSession.last_used_at),
        col(Account.id).label("account_id"), col(Account.user_name),
        col(Account.must_change_password), *_GRANTS,
    )
    .join(Account, col(Account.id) == col(LoginSession.account_id))
    .outerjoin(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
    .outerjoin(Site, col(Site.id) == col(RoleGrant.site_id))
    .where(
        col(LoginSession.secret_hash) == sa.bindparam("secret_hash"),
        col(LoginSession.assurance) != Assurance.WAITING,
        col(Account.disabled_at).is_(None),
    )
)  # fmt: skip


def _read_token(db: Session, secret_hash: str) -> VerifiedToken:
    rows = db.connection().execute(_TOKEN, {"secret_hash": secret_hash}).all()
    if not rows:
        raise Unauthenticated(NO_TOKEN)
    first = rows[0]
    if first.uses_left == 0:
        raise Unauthenticated(USED_UP)
    bounds = frozenset({Permission.SELF, *map(Permission, first.permissions)})
    grants = narrowed(_grants(db, rows), bounds, _reach(db, first.site_id))
    actor = Actor(
        "token", first.account_id, f"{first.user_name} via token {first.label}", grants,
        token_id=first.id,
    )  # fmt: skip
    networks = tuple(ipaddress.ip_network(text) for text in first.networks)
    return VerifiedToken(first.id, actor, networks, first.expires_at, first.last_used_at)


def by_session(
    database: Database, settings: Settings, secret: str, address: str, *, now: datetime
) -> Caller:
    """The account behind a session's id. Raises `Unauthenticated`."""
    if not looks_like_secret(secret):
        raise Unauthenticated(NO_SESSION)
    with database.unit(write=False) as db:
        rows = db.connection().execute(_SESSION, {"secret_hash": hash_of(secret)}).all()
        if not rows:
            raise Unauthenticated(NO_SESSION)
        first = rows[0]
        idle = timedelta(minutes=settings.session_idle_minutes)
        if now >= first.expires_at or now - first.last_used_at >= idle:
            raise Unauthenticated(NO_SESSION)
        actor = Actor(
            "account", first.account_id, first.user_name, _grants(db, rows), address,
            session_id=first.id,
        )  # fmt: skip
    return Caller(actor, first.last_used_at, csrf_of(secret), first.must_change_password)


def grants_of(db: Session, account_id: int) -> tuple[Grant, ...]:
    """An account's grants as they are now."""
    query = (
        sa.select(*_GRANTS)
        .join(Site, col(Site.id) == col(RoleGrant.site_id))
        .where(col(RoleGrant.account_id) == account_id)
    )
    return _grants(db, db.execute(query).all())


def _grants(db: Session, rows: Sequence[Any]) -> tuple[Grant, ...]:
    """Grants from joined rows; an account without any has one that allows only itself."""
    found = [Grant(frozenset({Permission.SELF}), frozenset())]
    for row in rows:
        if row.role is not None:
            whole = row.kind is SiteKind.DISTRICT
            reach = None if whole else sites.subtree(db, row.place_id)
            found.append(Grant(ROLE_PERMISSIONS[row.role], reach))
    return tuple(found)


def _reach(db: Session, site_id: int | None) -> frozenset[int] | None:
    if site_id is None:
        return None
    site = db.get(Site, site_id)
    if site is not None and site.kind is SiteKind.DISTRICT:
        return None
    return sites.subtree(db, site_id)


def narrowed(
    grants: Sequence[Grant], bounds: frozenset[Permission], reach: frozenset[int] | None
) -> tuple[Grant, ...]:
    """The grants cut down to some permissions and to some sites (None: all)."""
    cut = []
    for grant in grants:
        site_ids = grant.site_ids
        if reach is not None:
            site_ids = reach if site_ids is None else site_ids & reach
        cut.append(Grant(grant.permissions & bounds, site_ids))
    return tuple(cut)


def _within(
    address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)
