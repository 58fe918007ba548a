"""Tables of agreements. A published text and a signature are never changed; triggers of the
migration see to that. A text is only withdrawn, and a signature only forgotten when its time ends.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Category
from inventory.db import choice, moment, new_uid

NAME_LENGTH, TEXT_LENGTH, SIGNED_NAME_LENGTH, STROKES_LENGTH = 120, 20_000, 120, 24_000
IN_FORCE = sa.text("withdrawn_at IS NULL")
BY_DEVICE = sa.text("outcome = 'accepted' AND custody_id IS NOT NULL")
BY_YEAR = sa.text("outcome = 'accepted' AND custody_id IS NULL")


class Audience(StrEnum):
    """Who signs it; STAFF are teachers, too."""

    STUDENTS = "students"
    STAFF = "staff"
    EVERYONE = "everyone"


class Per(StrEnum):
    """How often: for each device that is handed out, or once in a school year."""

    DEVICE = "device"
    YEAR = "year"


class Language(StrEnum):
    """In which a text was read and signed."""

    ENGLISH = "en"
    SPANISH = "es"


class SignedHow(StrEnum):
    """Through a link, on a technician's screen, or in the person's own account."""

    LINK = "link"
    SCREEN = "screen"
    OWN = "own"


class SignOutcome(StrEnum):
    """What somebody answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Agreement(SQLModel, table=True):
    """What is asked of whom. `loans`: also where a device is only lent."""

    __tablename__ = "agreement"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=NAME_LENGTH, unique=True)
    audience: Audience = choice(Audience, "audience")
    per: Per = choice(Per, "per")
    loans: bool = Field(default=False)
    created_at: datetime = moment()
    created_by: str = Field(max_length=200)


class AgreementKind(SQLModel, table=True):
    """A kind of device that an agreement is asked for."""

    __tablename__ = "agreement_kind"

    agreement_id: int = Field(foreign_key="agreement.id", primary_key=True)
    category: Category = choice(Category, "category", primary_key=True)


class AgreementVersion(SQLModel, table=True):
    """A published text. `text_es` "" where there is no Spanish one; `sha256_*` are of the texts in
    UTF-8. At most one of an agreement is in force: the one that is not withdrawn."""

    __tablename__ = "agreement_version"
    __table_args__ = (
        sa.UniqueConstraint("agreement_id", "number"),
        sa.Index(
            "uq_agreement_version_in_force", "agreement_id", unique=True, sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id")
    number: int
    text_en: str = Field(max_length=TEXT_LENGTH)
    text_es: str = Field(default="", max_length=TEXT_LENGTH)
    sha256_en: str = Field(max_length=64)
    sha256_es: str = Field(default="", max_length=64)
    published_at: datetime = moment()
    published_by: str = Field(max_length=200)
    published_by_id: int | None = Field(default=None)
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: str = Field(default="", max_length=200)

    def text(self, language: Language) -> str:
        return self.text_es if language is Language.SPANISH else self.text_en

    def sha256(self, language: Language) -> str:
        return self.sha256_es if language is Language.SPANISH else self.sha256_en


class SignLink(SQLModel, table=True):
    """Opens one text for the person of one custody, once. Only the secret's hash is kept."""

    __tablename__ = "agreement_link"

    id: int = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True)
    version_id: int = Field(foreign_key="agreement_version.id", index=True)
    custody_id: int = Field(foreign_key="custody.id", index=True)
    made_at: datetime = moment()
    made_by: str = Field(max_length=200)
    made_by_id: int | None = Field(default=None)
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(nullable=True)


class Acceptance(SQLModel, table=True):
    """What somebody answered to a text.

    custody_id   for which device; None where it is signed once a year
    school_year  the year in which the school year began
    strokes      the drawn signature, see `strokes`; "" where only the name was typed
    text_sha256  of the text in the `language` in which it was shown
    witness      the technician at whose screen it was signed
    pdf_sha256   of the kept document; "" where it was declined
    erased_at    when the name, the signature and the document were forgotten
    """

    __tablename__ = "agreement_acceptance"
    __table_args__ = (
        sa.Index(
            "uq_agreement_acceptance_device", "custody_id", "agreement_id", unique=True,
            sqlite_where=BY_DEVICE, postgresql_where=BY_DEVICE,
        ),
        sa.Index(
            "uq_agreement_acceptance_year", "person_id", "version_id", "school_year", unique=True,
            sqlite_where=BY_YEAR, postgresql_where=BY_YEAR,
        ),
        sa.Index("ix_agreement_acceptance_agreement_id_person_id", "agreement_id", "person_id"),
        sa.CheckConstraint("outcome = 'declined' OR signed_name <> '' OR erased_at IS NOT NULL",
                           name="signed"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    agreement_id: int = Field(foreign_key="agreement.id")
    version_id: int = Field(foreign_key="agreement_version.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    custody_id: int | None = Field(default=None, foreign_key="custody.id", index=True)
    school_year: int
    outcome: SignOutcome = choice(SignOutcome, "outcome")
    how: SignedHow = choice(SignedHow, "how")
    language: Language = choice(Language, "language")
    text_sha256: str = Field(max_length=64)
    signed_name: str = Field(default="", max_length=SIGNED_NAME_LENGTH)
    strokes: str = Field(default="", max_length=STROKES_LENGTH)
    signed_at: datetime = moment()
    signed_from: str = Field(default="", max_length=80)
    witness: str = Field(default="", max_length=200)
    witness_id: int | None = Field(default=None)
    pdf_sha256: str = Field(default="", max_length=64, index=True)
    erased_at: datetime | None = moment(nullable=True)
