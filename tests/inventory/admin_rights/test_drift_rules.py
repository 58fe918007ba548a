"""Names, patterns and drift: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.admin_rights import drift_rules as rules
from inventory.admin_rights.account_names import NameKind, account_name, names_of
from inventory.admin_rights.directory import Entry, known_names
from inventory.admin_rights.drift_models import DriftKind, System
from inventory.admin_rights.drift_rules import (
    Allowed,
    Granted,
    Ground,
    Limits,
    Said,
    Standing,
    Who,
)
from inventory.errors import InvalidInput

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = Limits()


@pytest.mark.parametrize(
    ("told", "key", "kind"),
    [
        ("ana.ruiz", "ana.ruiz", NameKind.PLAIN),
        ("WPS\\Ana.Ruiz", "ana.ruiz", NameKind.PLAIN),
        ("AzureAD\\AnaRuiz", "anaruiz", NameKind.PLAIN),
        ("MicrosoftAccount\\ana@gmail.com", "ana@gmail.com", NameKind.MAIL),
        ("LIB-07\\Administrator", "administrator", NameKind.BUILT_IN),
        ("S-1-5-21-1004336348-1177238915-682003330-500", "administrator", NameKind.BUILT_IN),
        ("S-1-12-1-111-222-333-444", "s-1-12-1-111-222-333-444", NameKind.NUMBER),
        ("\uff21\uff4e\uff41", "ana", NameKind.PLAIN),
        ("ana\u202e\u0000\nruiz", "ana ruiz", NameKind.PLAIN),
        ("<script>alert(1)</script>", "<script>alert(1)</script>", NameKind.PLAIN),
    ],
)
def test_a_name_in_its_comparable_form(told: str, key: str, kind: NameKind) -> None:
    name = account_name(told)
    assert name is not None
    assert (name.key, name.kind) == (key, kind)


@pytest.mark.parametrize("told", ["", "  ", "\u200b", "WPS\\", None, 7, {"a": 1}])
def test_what_is_no_name_is_nobody(told: object) -> None:
    assert account_name(told) is None


def test_names_are_bounded_and_each_stands_once() -> None:
    found = names_of(["ana", "WPS\\ANA", 5, "x" * 5000, None])
    assert list(found) == ["ana", "x" * 200]
    assert names_of("ana") == {} == names_of(None)


def said(*names: str, source: str = "fleet", days: float = 1) -> Said:
    return Said(source, NOW - days * DAY, names_of(list(names)))


ANA, BEN, TECH = Who(1, 11, False, "ana"), Who(2, None, False, "ben"), Who(3, 13, True, "tech")
WHO = {"ana": ANA, "ben": BEN, "tech": TECH}
GRANT = Granted(5, 11, NOW - 30 * DAY, NOW + 30 * DAY)
SERVICE = Allowed("svc-*", System.WINDOWS, frozenset({7}), NOW + DAY)


def drift(
    *heard: Said,
    granted: tuple[Granted, ...] = (),
    system: System = System.WINDOWS,
    site: int | None = 7,
    now: datetime = NOW,
) -> list[tuple[DriftKind, str]]:
    ground = Ground(system, site, heard, granted)
    return [(d.kind, d.key) for d in rules.drifts_of(ground, WHO, [SERVICE], LIMITS, now)]


UNAUTHORISED, UNVERIFIED, MISSING = DriftKind


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (drift(said("ana")), [(UNAUTHORISED, "ana")]),
        (drift(said("ben")), [(UNAUTHORISED, "ben")]),
        (drift(said("eve")), [(UNVERIFIED, "eve")]),
        (drift(said("tech")), []),
        (drift(said()), []),
        (drift(), []),
        (drift(said("ana"), granted=(GRANT,)), []),
        (drift(said("ana"), granted=(GRANT,), now=GRANT.until), [(UNAUTHORISED, "ana")]),
        (drift(said("ben"), granted=(GRANT,)), [(MISSING, "grant 5"), (UNAUTHORISED, "ben")]),
        (drift(said(), granted=(GRANT,)), [(MISSING, "grant 5")]),
        (drift(said(days=24), granted=(GRANT,)), []),
        (drift(granted=(GRANT,)), []),
        (drift(said("svc-backup")), []),
        (drift(said("svc-backup"), system=System.MACOS), [(UNVERIFIED, "svc-backup")]),
        (drift(said("svc-backup"), site=8), [(UNVERIFIED, "svc-backup")]),
        (drift(said("svc-backup"), site=None), [(UNVERIFIED, "svc-backup")]),
        (drift(said("svc-backup", days=0), now=SERVICE.until), [(UNVERIFIED, "svc-backup")]),
        (drift(said("ana", source="enrolment", days=90), said(days=1)), []),
        (drift(said("ana", days=90)), [(UNAUTHORISED, "ana")]),
        (drift(said("ana", source="enrolment", days=2), said()), [(UNAUTHORISED, "ana")]),
    ],
)
def test_drift(found: list[tuple[DriftKind, str]], expected: list[tuple[DriftKind, str]]) -> None:
    assert found == expected


def test_unknown_is_not_clean() -> None:
    def stands(told: datetime | None, drifts: int = 0, accepted: int = 0) -> Standing:
        return rules.standing_of(told, drifts, accepted, LIMITS, NOW)

    assert stands(None) is Standing.UNKNOWN
    assert stands(NOW - 31 * DAY) is Standing.UNKNOWN
    assert stands(NOW - 29 * DAY) is Standing.CLEAN
    assert stands(NOW, accepted=1) is Standing.ACCEPTED
    assert stands(NOW - 31 * DAY, drifts=1) is Standing.DRIFT


def test_when_a_device_is_looked_at_again() -> None:
    def again(*heard: Said, granted: tuple[Granted, ...] = ()) -> timedelta:
        ground = Ground(System.WINDOWS, 7, heard, granted)
        return rules.next_look(ground, [SERVICE], LIMITS, NOW) - NOW

    assert again(said("ana")) == 2 * DAY
    assert again(said("ana", days=60)) == timedelta(hours=12)
    assert again(said("svc-x")) == DAY
    soon = Granted(1, 11, NOW - DAY, NOW + timedelta(hours=3))
    assert again(said("ana"), granted=(soon,)) == timedelta(hours=3)


def test_a_name_that_two_accounts_could_have_is_nobodys() -> None:
    one = Entry(Who(1, None, False), "ana.ruiz", "ana@wps.example")
    other = Entry(Who(2, None, False), "ana", "ana.other@wps.example")
    known = known_names([one, other])
    assert "ana" not in known, "a user name and a mail address of another account"
    assert known["ana.ruiz"].account_id == 1
    assert known["ana@wps.example"].account_id == 1
    assert known["ana.other"].account_id == 2
    assert "ana@gmail.com" not in known


@pytest.mark.parametrize("text", ["*", "a*", "ab*", "a", "", "--*", "a*b", "s?c", "W\\svc*", 5])
def test_a_pattern_that_means_nearly_anything_is_refused(text: object) -> None:
    with pytest.raises(InvalidInput):
        rules.checked_pattern(text)


def test_patterns_and_ends() -> None:
    assert rules.checked_pattern(" SVC-Backup* ") == "svc-backup*"
    assert rules.covers("svc*", "svc-a") and not rules.covers("svc", "svc-a")
    assert rules.checked_until(NOW + 300 * DAY, NOW)
    for wrong in (NOW, NOW + 400 * DAY):
        with pytest.raises(InvalidInput):
            rules.checked_until(wrong, NOW)
