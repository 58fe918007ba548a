"""Table of people. As little personal data as serves: a name, a role, a school, a grade."""

from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice


class PersonRole(StrEnum):
    """What somebody is at school."""

    STUDENT = "student"
    TEACHER = "teacher"
    STAFF = "staff"


class Person(SQLModel, table=True):
    """Keyed on the roster's `sourced_id`, never on a user name or a mail address: those change."""

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
    active: bool = Field(default=True)
    version: int = Field(default=1)
