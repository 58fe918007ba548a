"""OneRoster packages: both versions, whole and delta, and what real files do to the standard."""

import codecs

import pytest

from inventory.errors import InvalidInput
from inventory.people.models import PersonRole
from tests.inventory.people.packages import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS_11,
    USERS_12,
    manifest,
    package_11,
    package_12,
    read,
    reasons,
    role,
    user_11,
    user_12,
    zipped,
)

STUDENT, TEACHER, STAFF = PersonRole.STUDENT, PersonRole.TEACHER, PersonRole.STAFF


def test_version_1_1() -> None:
    roster = read(package_11(
        user_11("s1", "Ada", "Osei"), user_11("t1", "Bo", "Li", "teacher", "o-n,o-s", ""),
        user_11("a1", "Cy", "Roe", "administrator", "o-it", "", enabled="false"),
        user_11("g1", "Dee", "Osei", "guardian"),
    ))  # fmt: skip
    assert (roster.shape, roster.partial, roster.problems) == ("oneroster-1.1", False, [])
    ada, bo, cy = (roster.members[key] for key in ("s1", "t1", "a1"))
    assert (ada.given_name, ada.family_name, ada.role) == ("Ada", "Osei", STUDENT)
    assert (ada.orgs, ada.grade, ada.active) == (("o-n",), "05", True)
    assert (bo.role, bo.orgs, cy.role, cy.active) == (TEACHER, ("o-n", "o-s"), STAFF, False)
    assert "g1" not in roster.members
    assert roster.left_out == {"guardian": 1}


def test_version_1_2_takes_roles_from_their_file() -> None:
    users = [user_12(key, "Given", "Family") for key in ("s1", "t1", "p1", "x1", "g1")]
    users.append(user_12("t2", "Given", "Family", org="o-s"))
    roster = read(package_12(users, [
        role("s1", "student", "o-n"),
        role("t1", "teacher", "o-s", "secondary"), role("t1", "principal", "o-n"),
        role("p1", "student", "o-s", begin="2020-08-01", end="2025-06-30"),
        role("g1", "guardian", "o-n"),
        role("t2", "teacher", "o-n", "secondary"), role("t2", "teacher", "o-s", "secondary"),
    ]))  # fmt: skip
    assert roster.shape == "oneroster-1.2"
    assert (roster.members["t1"].role, roster.members["t1"].orgs) == (STAFF, ("o-n", "o-s"))
    assert roster.members["t2"].orgs == ("o-s", "o-n")
    assert set(roster.members) == {"s1", "t1", "t2"}
    assert reasons(roster) == [
        ("users.csv", 4, "role", "has no role of today in roles.csv"),
        ("users.csv", 5, "role", "has no role of today in roles.csv"),
    ]
    assert roster.held == {"p1", "x1"}


def test_a_bad_role_holds_the_whole_person() -> None:
    roster = read(package_12(
        [user_12("t1", "A", "B")], [role("t1", "teacher", "o-n"), role("t1", "wizard", "o-s")]
    ))  # fmt: skip
    assert roster.members == {}
    assert roster.held == {"t1"}
    assert reasons(roster) == [("roles.csv", 3, "role", "is no role that is known")]


def test_a_delta_names_only_what_changed() -> None:
    roster = read(zipped({
        "manifest.csv": manifest("1.2", users="delta", roles="delta"), "orgs.csv": ORGS,
        "users.csv": USERS_12 + user_12("s1", "", "", status="tobedeleted")
        + user_12("s2", "New", "Name", status="active"),
        "roles.csv": ROLES + role("s3", "student", "o-n", status="tobedeleted")
        + role("s3", "student", "o-s", status="active"),
    }))  # fmt: skip
    assert (roster.partial, roster.complete) == (True, False)
    gone, renamed, moved = (roster.members[key] for key in ("s1", "s2", "s3"))
    assert (gone.active, gone.given_name) == (False, None)
    assert (renamed.given_name, renamed.role, renamed.orgs) == ("New", None, ())
    assert (moved.role, moved.orgs, moved.left_orgs) == (STUDENT, ("o-s",), ("o-n",))
    assert moved.given_name is None


def test_homerooms_and_no_other_class() -> None:
    def enrolled(user: str, room: str, what: str = "student", begin: str = "") -> str:
        return f"e,,,{room},o-n,{user},{what},,{begin},\n"

    roster = read(package_11(
        user_11("s1", "A", "B"), user_11("s2", "A", "C"), user_11("s3", "A", "D"),
        user_11("t1", "A", "T", "teacher"),
        classes=CLASSES + "c1,,,5-A Kim,,,,homeroom,,o-n,,,,\nc2,,,Algebra,,,,scheduled,,o-n,,,,\n",
        enrollments=ENROLLMENTS + enrolled("s1", "c1") + enrolled("s2", "c2")
        + enrolled("t1", "c1", "teacher") + enrolled("s3", "c1", begin="2027-01-01"),
    ))  # fmt: skip
    rooms = {key: member.homeroom for key, member in roster.members.items()}
    assert rooms == {"s1": "5-A Kim", "s2": "", "s3": "", "t1": ""}
    assert read(package_11(user_11("s1", "A", "B"))).members["s1"].homeroom is None


def test_homerooms_that_cannot_be_read_are_left_alone() -> None:
    roster = read(package_11(user_11("s1", "A", "B"), classes="a,b\n", enrollments=ENROLLMENTS))
    assert roster.members["s1"].homeroom is None
    assert any("homerooms are left" in remark for remark in roster.remarks)


def test_columns_are_found_by_name_in_any_order() -> None:
    users = (
        "familyName,password,givenName,orgSourcedIds,role,sourcedid,grades\n"
        "Osei,hunter2,Ada,o-n,student,s1,05\n"
    )
    roster = read(package_11(users=users))
    ada = roster.members["s1"]
    assert (ada.given_name, ada.family_name) == ("Ada", "Osei")
    assert roster.remarks == ["users.csv: a column is read as sourcedId"]


def test_marks_folders_and_mac_leftovers_are_tolerated() -> None:
    users = codecs.BOM_UTF8 + (USERS_11 + user_11("s1", "Zoë", "Núñez")).encode()
    files = {"manifest.csv": manifest(), "orgs.csv": ORGS, "users.csv": users}
    assert read(zipped(files, folder="export/")).members["s1"].given_name == "Zoë"
    extra = {**files, "__MACOSX/._users.csv": "x", "docs/readme.txt": "hello"}
    assert read(zipped(extra)).members["s1"].family_name == "Núñez"
    crlf = {**files, "users.csv": users.replace(b"\n", b"\r\n")}
    assert read(zipped(crlf)).members["s1"].family_name == "Núñez"


def test_without_a_manifest_nobody_has_left() -> None:
    roster = read(zipped({"users.csv": USERS_11 + user_11("s1", "A", "B"), "orgs.csv": ORGS}))
    assert roster.partial
    assert roster.remarks == ["manifest.csv is missing: nobody is taken to have left"]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"manifest.csv": manifest("1.0")}, "1.1 and 1.2"),
        ({"manifest.csv": manifest(users="absent")}, "users.csv: is not in the package"),
        ({"manifest.csv": manifest(users="maybe")}, "neither bulk nor delta"),
        ({"manifest.csv": "a,b\n"}, "lacks the column propertyName"),
        ({"users.csv": ""}, "is empty"),
        ({"users.csv": USERS_11}, "names nobody"),
        ({"users.csv": "sourcedId,givenName,role\n1,2,3\n"}, "lacks the column familyName"),
        ({"users.csv": "sourcedId,sourcedId,givenName,familyName\n"}, "sourcedId twice"),
    ],
)
def test_packages_that_cannot_be_read(files: dict[str, str], why: str) -> None:
    whole = {"manifest.csv": manifest(), "orgs.csv": ORGS,
             "users.csv": USERS_11 + user_11("s1", "A", "B"), **files}  # fmt: skip
    with pytest.raises(InvalidInput, match=why):
        read(zipped(whole))
