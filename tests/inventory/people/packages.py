"""Roster packages written by hand: a small district in OneRoster 1.1 and 1.2, and as plain CSV."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime

from inventory.access import Actor
from inventory.db import Database
from inventory.people import planning
from inventory.people.planning import Upload
from inventory.people.roster_models import RosterPlan
from inventory.people.rosters.reading import read_roster
from inventory.people.rosters.types import Roster
from tests.inventory.conftest import OPERATOR

TODAY = date(2026, 9, 1)

ORGS = """\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
o-d,,,Maple Valley,district,,
o-n,,,North Elementary,school,N,o-d
o-s,,,South School,school,,o-d
o-it,,,Technology,department,,o-d
"""

USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,"
    "resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns\n"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId\n"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
)


def manifest(version: str = "1.1", **files: str) -> str:
    """`files`: bulk, delta or absent by the name of the file."""
    kinds = {"orgs": "bulk", "users": "bulk", "classes": "bulk", "enrollments": "bulk", **files}
    if version == "1.2":
        kinds = {"roles": "bulk", **kinds}
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{kind}" for name, kind in kinds.items()]
    return "\n".join([*lines, "source.systemName,Test SIS", ""])


def user_11(
    key: str, given: str, family: str, role: str = "student", orgs: str = "o-n", grade: str = "05",
    enabled: str = "true", status: str = "", password: str = "",
) -> str:  # fmt: skip
    return (
        f'{key},{status},,{enabled},"{orgs}",{role},{key}.login,,{given},{family},,,'
        f"{key}@example.org,,,,{grade},{password}\n"
    )


def user_12(
    key: str, given: str, family: str, grade: str = "05", org: str = "", status: str = "",
    enabled: str = "true", password: str = "",
) -> str:  # fmt: skip
    return (
        f"{key},{status},,{enabled},{key}.login,,{given},{family},,,,,,,{grade},{password},,,,,,"
        f"{org},\n"
    )


def role(
    user: str, what: str, org: str, kind: str = "primary", begin: str = "", end: str = "",
    status: str = "",
) -> str:  # fmt: skip
    return f"r-{user}-{org}-{what},{status},,{user},{kind},{what},{begin},{end},{org},\n"


def zipped(files: Mapping[str, str | bytes], *, folder: str = "") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{folder}{name}", text)
    return kept.getvalue()


def package_11(*users: str, **files: str | bytes) -> bytes:
    """A bulk package of 1.1; more files by name without ".csv"."""
    whole: dict[str, str | bytes] = {
        "manifest": manifest(), "orgs": ORGS, "users": USERS_11 + "".join(users), **files,
    }  # fmt: skip
    return zipped({f"{name}.csv": text for name, text in whole.items()})


def package_12(users: list[str], roles: list[str], **files: str | bytes) -> bytes:
    """A bulk package of 1.2."""
    whole: dict[str, str | bytes] = {
        "manifest": manifest("1.2"), "orgs": ORGS, "users": USERS_12 + "".join(users),
        "roles": ROLES + "".join(roles), **files,
    }  # fmt: skip
    return zipped({f"{name}.csv": text for name, text in whole.items()})


def read(raw: bytes, *, partial: bool = False) -> Roster:
    return read_roster(io.BytesIO(raw), today=TODAY, partial=partial)


def reasons(roster: Roster) -> list[tuple[str, int, str, str]]:
    """File, line, column and reason of every problem."""
    return [(each.file, each.line, each.column, each.reason) for each in roster.problems]


def planned(
    database: Database, raw: bytes, now: datetime, *, source: str = "SIS", actor: Actor = OPERATOR,
    partial: bool = False,
) -> RosterPlan:  # fmt: skip
    with database.unit() as db:
        roster = read(raw, partial=partial)
        return planning.plan(db, actor, source, roster, Upload("roster.zip", "0" * 64), now=now)
