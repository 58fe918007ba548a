"""Tables of accounts, grants, sessions, tokens and set-up links.

What opens a door (a session's id, a token, a link) is stored as its SHA-256 only: it has 256 random
bits, so that a slow hash would add nothing, and a copy of the database opens nothing.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.access import Role
from inventory.db import choice, moment, new_uid
from inventory.mail_address import LENGTH


class Assurance(StrEnum):
    """How surely the person behind a session is known.

    waiting        by the password, and the second factor is still to come: it opens nothing
    password       by the password alone
    second_factor  by the password and a code of the authenticator app
    recovery       by the password and one of the codes for a lost factor
    """

    WAITING = "waiting"
    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"
    RECOVERY = "recovery"


class Account(SQLModel, table=True):
    """Somebody or something that may act.

    `user_key` is the comparable form of `user_name`. Without a `password_hash` nobody can sign in
    as this account: that is how accounts of programs are, which have tokens only.
    """

    __tablename__ = "account"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    user_name: str = Field(max_length=100)
    user_key: str = Field(max_length=400, unique=True)
    display_name: str = Field(default="", max_length=120)
    email: str | None = Field(default=None, max_length=LENGTH)
    password_hash: str | None = Field(default=None, max_length=300, repr=False)
    password_changed_at: datetime | None = moment(nullable=True)
    must_change_password: bool = Field(default=False)
    password_expires_at: datetime | None = moment(nullable=True)
    failed_logins: int = Field(default=0)
    locked_until: datetime | None = moment(nullable=True)
    last_login_at: datetime | None = moment(nullable=True)
    disabled_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    version: int = Field(default=1)


class RoleGrant(SQLModel, table=True):
    """A role at a site, reaching its subtree; at the district it reaches everything."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("account_id", "role", "site_id"),)

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    role: Role = choice(Role, "role")
    site_id: int = Field(foreign_key="site.id", index=True)
    granted_at: datetime = moment()
    granted_by: str = Field(default="", max_length=200)


class LoginSession(SQLModel, table=True):
    """A signed-in browser. `last_used_at` is written at most once a minute."""

    __tablename__ = "login_session"

    id: int = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True, repr=False)
    account_id: int = Field(foreign_key="account.id", index=True)
    assurance: Assurance = choice(Assurance, "assurance", default=Assurance.PASSWORD)
    authenticated_at: datetime = moment()
    created_at: datetime = moment()
    last_used_at: datetime = moment()
    expires_at: datetime = moment(index=True)
    address: str = Field(default="", max_length=80)
    user_agent: str = Field(default="", max_length=200)


class ApiToken(SQLModel, table=True):
    """A key for programs: never more than its owner's grants of the moment, within its own bounds.

    `prefix` is its readable beginning. `permissions` and `networks` (CIDRs; none: from anywhere)
    are lists; `site_id` narrows it to a subtree. `uses_left`: how many devices it may still enrol;
    None for a token that is not counted.
    """

    __tablename__ = "api_token"

    id: int = Field(default=None, primary_key=True)
    prefix: str = Field(max_length=20, unique=True)
    secret_hash: str = Field(max_length=64, unique=True, repr=False)
    account_id: int = Field(foreign_key="account.id", index=True)
    label: str = Field(max_length=80)
    permissions: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    networks: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    created_at: datetime = moment()
    created_by: str = Field(default="", max_length=200)
    expires_at: datetime = moment(index=True)
    last_used_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)
    uses_left: int | None = Field(default=None)


class SetupLink(SQLModel, table=True):
    """The one-time way to the first account of an empty installation."""

    __tablename__ = "setup_link"

    id: int = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True, repr=False)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
