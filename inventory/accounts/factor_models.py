"""Tables of second factors, and of the moments at which somebody confirmed who they are.

A seed is sealed, since codes are made from it; a recovery code is stored as its SHA-256, since it
has 80 random bits of its own. Challenges and step-ups die with the session they belong to: on
SQLite the number of a deleted row may come again.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid, sealed


class Method(StrEnum):
    """By what a person was recognised; the password alone only where no second factor is asked."""

    PASSWORD = "password"
    TOTP = "totp"
    WEBAUTHN = "webauthn"
    RECOVERY = "recovery"


class Ceremony(StrEnum):
    """What a challenge to a security key is for; it is good for nothing else.

    register  a new key
    sign_in   the second step of signing in
    confirm   who is signed in confirms it again, to change factors
    step_up   who is signed in confirms it for one act
    """

    REGISTER = "register"
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    STEP_UP = "step_up"


class TotpFactor(SQLModel, table=True):
    """An authenticator app (RFC 6238: SHA-1, 30 s, six digits), one for an account.

    session_id    the session that began it, which alone may confirm it
    confirmed_at  None until a code from it was typed: it opens nothing before
    last_counter  time step of the last code used; that one and earlier ones are never taken again
    """

    __tablename__ = "totp_factor"
    __table_args__ = (
        sa.Index(
            "uq_totp_factor_confirmed",
            "account_id",
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NOT NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    sealed_seed: str = sealed(max_length=1000)
    session_id: int | None = Field(default=None)
    created_at: datetime = moment()
    confirmed_at: datetime | None = moment(nullable=True)
    last_counter: int = Field(default=0, sa_type=sa.BigInteger)
    last_used_at: datetime | None = moment(nullable=True)


class WebAuthnCredential(SQLModel, table=True):
    """A security key or a device that acts as one (W3C Web Authentication, Level 3).

    credential_id  base64url; at most 1023 bytes (§4, "Credential ID")
    public_key     COSE, as the authenticator gave it
    sign_count     0 where the authenticator does not count
    backed_up      whether it is kept by a password manager or in a cloud
    """

    __tablename__ = "webauthn_credential"

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    credential_id: str = Field(max_length=1364, unique=True)
    public_key: bytes = Field(sa_type=sa.LargeBinary, repr=False)
    sign_count: int = Field(default=0, sa_type=sa.BigInteger)
    transports: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    label: str = Field(max_length=80)
    backed_up: bool = Field(default=False)
    created_at: datetime = moment()
    last_used_at: datetime | None = moment(nullable=True)


class RecoveryCode(SQLModel, table=True):
    """One of ten codes that stand for a lost factor, each once."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("account_id", "code_hash"),)

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    code_hash: str = Field(max_length=64, repr=False)
    created_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


class FactorChallenge(SQLModel, table=True):
    """What a security key is to sign: once, in this session, for this."""

    __tablename__ = "factor_challenge"
    __table_args__ = (sa.UniqueConstraint("session_id", "ceremony"),)

    id: int = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="login_session.id", ondelete="CASCADE")
    ceremony: Ceremony = choice(Ceremony, "ceremony")
    purpose_hash: str = Field(default="", max_length=64)
    challenge: str = Field(max_length=100, repr=False)
    expires_at: datetime = moment(index=True)


class StepUp(SQLModel, table=True):
    """Somebody confirmed who they are, in this session, for exactly one act.

    purpose_hash  SHA-256 (hex) of what is asked for or approved
    factor_since  when that factor came to the account: a new one does not count for everything;
                  for a password, when the account was made
    """

    __tablename__ = "step_up"
    __table_args__ = (sa.Index("ix_step_up_session_id_purpose_hash", "session_id", "purpose_hash"),)

    id: int = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="login_session.id", ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose_hash: str = Field(max_length=64)
    method: Method = choice(Method, "method")
    factor_since: datetime = moment()
    at: datetime = moment(index=True)
