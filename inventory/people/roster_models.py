"""Tables of imports: what a roster would change, row by row, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment


class PlanState(StrEnum):
    """planned: waits for somebody's yes; applying: a job does it; applied; failed: the job changed
    nobody; undone; refused: somebody said no."""

    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    UNDONE = "undone"
    REFUSED = "refused"


class ChangeKind(StrEnum):
    """What a change is above all; the row shows every field that differs.

    adopt  a temporary person whom the roster now knows
    """

    CREATE = "create"
    ADOPT = "adopt"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    ROLE = "role"
    SITE = "site"
    UPDATE = "update"


class ProblemKind(StrEnum):
    """Why a row of a file changes nothing.

    invalid   a value that cannot be accepted
    orphan    the school is not known
    conflict  the row contradicts another one, or belongs to another source
    """

    INVALID = "invalid"
    ORPHAN = "orphan"
    CONFLICT = "conflict"


class RosterPlan(SQLModel, table=True):
    """What one file would change, to be looked at before anything happens.

    shape     oneroster-1.1, oneroster-1.2, csv, or the kind of a directory
    partial   the file names only some people: who is absent has not left
    counts    so many changes of each kind, and so many rows of each kind of problem
    findings  what the guard objects to: [{"rule": ..., "number": ..., "of": ...}]
    remarks   what was odd about the file and did no harm
    error     why applying it failed
    """

    __tablename__ = "roster_plan"

    id: int = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="roster_source.id", index=True)
    state: PlanState = choice(PlanState, "state", default=PlanState.PLANNED)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    shape: str = Field(max_length=40)
    partial: bool = Field(default=False)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    remarks: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    planned_at: datetime = moment()
    planned_by: str = Field(max_length=200)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str = Field(default="", max_length=200)
    undone_at: datetime | None = moment(nullable=True)
    undone_by: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=1000)
    error: str = Field(default="", max_length=1000)


class RosterChange(SQLModel, table=True):
    """One person of a plan. `before` and `after` are whole, so that undoing restores exactly.

    person_id       None for somebody who is not there yet; no foreign key, as an undone creation
                    leaves none behind
    person_version  the version that `before` was read at; once applied, the one that came of it
    account_ended   whether applying it disabled the account of the person
    """

    __tablename__ = "roster_change"
    __table_args__ = (
        sa.Index("ix_roster_change_plan_id_kind_id", "plan_id", "kind", "id"),
        sa.Index("ix_roster_change_person_id", "person_id"),
    )

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="roster_plan.id")
    kind: ChangeKind = choice(ChangeKind, "kind")
    sourced_id: str = Field(max_length=200)
    person_id: int | None = None
    person_version: int = Field(default=0)
    account_ended: bool = Field(default=False)
    before: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class RosterProblem(SQLModel, table=True):
    """A row of a file that changes nothing, and why. It never quotes what stands in a cell but
    the person's own key and the name of a school."""

    __tablename__ = "roster_problem"
    __table_args__ = (sa.Index("ix_roster_problem_plan_id_id", "plan_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="roster_plan.id")
    kind: ProblemKind = choice(ProblemKind, "kind")
    file: str = Field(max_length=80)
    line: int
    column: str = Field(default="", max_length=80)
    reason: str = Field(max_length=300)
    sourced_id: str = Field(default="", max_length=200)


class RecoveryTask(SQLModel, table=True):
    """Somebody has left: what they have is to come back. One open task per person."""

    __tablename__ = "recovery_task"
    __table_args__ = (
        sa.Index(
            "uq_recovery_task_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index("ix_recovery_task_person_id_id", "person_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    plan_id: int | None = Field(default=None, foreign_key="roster_plan.id", index=True)
    reason: str = Field(max_length=300)
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)
