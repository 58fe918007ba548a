"""Tables of people. As little personal data as serves: a name, a role, a school, a grade."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment


class PersonRole(StrEnum):
    """What somebody is at school."""

    STUDENT = "student"
    TEACHER = "teacher"
    STAFF = "staff"


class RosterSource(SQLModel, table=True):
    """Where people come from: one student information system, by the name that the district uses.

    max_leaving_percent  more people than this share of its active ones never leave at once
    """

    __tablename__ = "roster_source"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=80, unique=True)
    max_leaving_percent: int = Field(default=5)
    created_at: datetime = moment()
    version: int = Field(default=1)


class Person(SQLModel, table=True):
    """Keyed on the roster's `sourced_id`, never on a user name or a mail address: those change.

    site_id     their school; others that they are at stand in `person_site`
    temporary   entered by hand before the roster knew them; `sourced_id` is then made up
    source_id   the roster that speaks for them; None for who was entered by hand
    account_id  with which they sign in here, if they do
    version     grows with every change
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.Index("ix_person_family_name_given_name_id", "family_name", "given_name", "id"),
        sa.Index("ix_person_site_id_family_name", "site_id", "family_name", "given_name", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    sourced_id: str = Field(max_length=200, unique=True)
    role: PersonRole = choice(PersonRole, "role")
    given_name: str = Field(max_length=120)
    family_name: str = Field(max_length=120)
    site_id: int | None = Field(default=None, foreign_key="site.id")
    grade: str = Field(default="", max_length=20)
    homeroom: str = Field(default="", max_length=80)
    active: bool = Field(default=True)
    temporary: bool = Field(default=False)
    source_id: int | None = Field(default=None, foreign_key="roster_source.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", unique=True)
    version: int = Field(default=1)


class PersonSite(SQLModel, table=True):
    """Another school that somebody is at, beside `Person.site_id`."""

    __tablename__ = "person_site"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    site_id: int = Field(foreign_key="site.id", primary_key=True, index=True)
