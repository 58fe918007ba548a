"""Files that are broken, odd or hostile: a clear reason, and nothing half-done."""

import io
import struct
import zipfile

import pytest

from inventory.errors import InvalidInput, TooLarge
from inventory.people.rosters import rows
from tests.inventory.people.packages import (
    ORGS,
    USERS_11,
    manifest,
    package_11,
    read,
    reasons,
    user_11,
    zipped,
)

PLAIN = "sourcedId,givenName,familyName,role,school,grade\n"


def with_users(users: str | bytes) -> bytes:
    return zipped({"manifest.csv": manifest(), "orgs.csv": ORGS, "users.csv": users})


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (user_11("s1", "", "B"), "givenName", "is empty"),
        (user_11("", "A", "B"), "sourcedId", "is empty"),
        (user_11("s1", "A" * 121, "B"), "givenName", "has more than 120 characters"),
        (user_11("s1", "A", "B", grade="x" * 21), "grades", "has more than 20 characters"),
        (user_11("s1", "A\x00", "B"), "givenName", "holds characters that cannot be shown"),
        (user_11("s1", "A\u202e", "B"), "givenName", "holds characters that cannot be shown"),
        (user_11("s1", '"A\nx"', "B"), "givenName", "holds characters that cannot be shown"),
        (user_11("s1", "A", "B", role="o-n"), "role", "is no role that is known"),
        (user_11("s1", "A", "B", orgs=""), "orgSourcedIds", "is empty"),
        (user_11("s1", "A", "B", enabled="maybe"), "enabledUser", "is neither true nor false"),
        ("s1,only,three\n", "", "has 3 cells where 18 are named"),
    ],
)
def test_a_row_is_refused_with_line_column_and_reason(line: str, column: str, reason: str) -> None:
    roster = read(package_11(user_11("ok", "A", "B"), line))
    assert set(roster.members) == {"ok"}
    assert [each[2:] for each in reasons(roster)] == [(column, reason)]
    assert roster.problems[0].line in {3, 4}
    if column == "sourcedId":
        assert (roster.nameless, roster.held) == (1, set())
    else:
        assert (roster.nameless, roster.held) == (0, {"s1"})


def test_a_key_that_comes_twice_names_nobody() -> None:
    users = [user_11("s1", "A", "B"), user_11("s2", "A", "C"), user_11("s1", "X", "Y"),
             user_11("s1", "X", "Z")]  # fmt: skip
    roster = read(package_11(*users))
    assert set(roster.members) == {"s2"}
    assert [(p.kind.value, p.line) for p in roster.problems] == [("conflict", 4), ("conflict", 5)]
    assert roster.held == {"s1"}


def test_other_encodings_are_named() -> None:
    users = (USERS_11 + user_11("s1", "Zoë", "B") + user_11("s2", "A", "B")).encode("latin-1")
    roster = read(with_users(users))
    assert set(roster.members) == {"s2"}
    assert reasons(roster) == [
        ("users.csv", 2, "givenName", "is not UTF-8; save the file as UTF-8")
    ]
    for codec in ("utf-16", "utf-16-be"):
        wide = ("\ufeff" if codec == "utf-16-be" else "") + USERS_11 + user_11("s1", "A", "B")
        with pytest.raises(InvalidInput, match="UTF-16"):
            read(with_users(wide.encode(codec)))


def test_a_quotation_mark_astray_names_its_line() -> None:
    for bad in ('s2,,,true,o-n,student,u,,"A"x,B,,,,,,,,\n', 's2,,,true,o-n,student,u,,"A,B\n'):
        with pytest.raises(InvalidInput, match=r"users.csv: line \d+ is not CSV"):
            read(package_11(user_11("s1", "A", "B"), bad))


def test_a_line_without_end() -> None:
    with pytest.raises(InvalidInput, match="a line has more than"):
        read(package_11(user_11("s1", "A" * 70_000, "B")))


def test_more_rows_than_a_roster_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 3)
    with pytest.raises(TooLarge, match="more than 3 rows"):
        read(package_11(*(user_11(f"s{n}", "A", "B") for n in range(4))))


def test_a_zip_bomb_is_refused_while_it_unpacks() -> None:
    bomb = USERS_11 + user_11("s1", "A", "B") + ("," * 17 + "\n") * 3_000_000
    raw = with_users(bomb)
    assert len(raw) < 200_000
    with pytest.raises(TooLarge, match="more than it can honestly hold"):
        read(raw)


def test_a_zip_that_lies_about_its_size() -> None:
    raw = bytearray(with_users(USERS_11 + user_11("s1", "A", "B") * 400))
    place = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, place + 24, 10)  # the uncompressed size of the last entry
    with pytest.raises(InvalidInput, match="damaged"):
        read(bytes(raw))


@pytest.mark.parametrize(
    "name", ["../users.csv", "/etc/users.csv", "a/../../users.csv", "C:users.csv", "..\\users.csv"]
)
def test_a_name_that_leads_out_of_the_archive(name: str) -> None:
    files = {"manifest.csv": manifest(), name: USERS_11}
    with pytest.raises(InvalidInput, match="leads out of it"):
        read(zipped(files))


def test_archives_that_are_none() -> None:
    whole = package_11(user_11("s1", "A", "B"))
    for raw in (b"PK\x03\x04", whole[:60], whole[:-30], b"PK" + b"\x00" * 500):
        with pytest.raises(InvalidInput, match=r"no zip archive|damaged"):
            read(raw)
    damaged = bytearray(whole)
    start = damaged.index(b"users.csv") + 60
    damaged[start : start + 20] = b"\xff" * 20
    with pytest.raises(InvalidInput, match=r"damaged|is not UTF-8|CSV"):
        read(bytes(damaged))
    many = zipped({f"f{n}.csv": "x" for n in range(101)})
    with pytest.raises(InvalidInput, match="more than 100 files"):
        read(many)


def test_an_entry_twice() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("users.csv", USERS_11)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("users.csv", USERS_11)
    with pytest.raises(InvalidInput, match="two files of the same name"):
        read(kept.getvalue())


def test_plain_csv() -> None:
    text = PLAIN + "s1,Ada,Osei,student,N;South School,5\nt1,Bo,Li,Teacher,N,\ng,C,D,parent,N,\n"
    roster = read(text.encode())
    assert (roster.shape, roster.partial) == ("csv", False)
    assert roster.members["s1"].orgs == ("N", "South School")
    assert roster.members["t1"].role == "teacher"
    assert set(roster.members) == {"s1", "t1"}
    assert read(text.encode(), partial=True).partial
    named = "Student ID,First Name,Last Name,Type,Building\ns1,Ada,Osei,student,N\n"
    assert read(named.encode()).members["s1"].given_name == "Ada"


def test_plain_files_that_are_none() -> None:
    for raw, why in (
        (b"", "is empty"), (b"\x00" * 40, "lacks"), (b"%PDF-1.7\n", "lacks the column"),
        (PLAIN.encode(), "names nobody"), (b"\xff" * 100, "lacks"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=why):
            read(raw)
