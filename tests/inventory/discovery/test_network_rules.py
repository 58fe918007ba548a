"""What a network and a credential may be, and when a sweep is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.discovery import credential_rules, network_rules
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind
from inventory.discovery.network_rules import Limits, NetworkDraft, next_due
from inventory.errors import InvalidInput
from snmp_discovery.types import AuthProtocol, PrivProtocol

NEW_YORK = ZoneInfo("America/New_York")
V2C, V3 = CredentialKind.V2C, CredentialKind.V3


@pytest.mark.parametrize(
    ("targets", "field"),
    [
        ([], "targets"),
        (["10.0.0.0/33"], "targets"),
        (["10.0.0.0/8"], "targets"),
        (["10.0.0.5-3"], "targets"),
        (["10.0.0.256"], "targets"),
        (["8.8.8.8"], "targets"),
        (["8.8.8.0/28"], "targets"),
        (["2001:4860:4860::8888"], "targets"),
        (["224.0.0.1"], "targets"),
        (["fe80::/64"], "targets"),
        (["a b"], "targets"),
        (["http://printer/"], "targets"),
        ([""], "targets"),
        (["10.0.0.1"] * 300, "targets"),
    ],
)
def test_targets_that_are_refused(targets: list[str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        network_rules.check(NetworkDraft("x", targets), Limits())
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    "targets",
    [
        ["10.0.0.0/20"],
        ["192.168.4.10-40", "printer-1.school.local"],
        ["localhost"],
        ["fd12:3456::10-fd12:3456::20"],
        ["127.30.1.21"],
        ["172.16.0.1", "printer"],
    ],
)
def test_targets_that_are_fine(targets: list[str]) -> None:
    network_rules.check(NetworkDraft("x", targets), Limits())


def test_public_addresses_need_the_setting() -> None:
    draft = NetworkDraft("x", ["8.8.8.8"])
    network_rules.check(draft, Limits(public=True))
    with pytest.raises(InvalidInput, match="sweep_public_addresses"):
        network_rules.check(draft, Limits())


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x1bb"}, "name"),
        ({"port": 0}, "port"),
        ({"port": 70_000}, "port"),
        ({"rate": 0}, "rate"),
        ({"timeout": 0}, "timeout"),
        ({"retries": 11}, "retries"),
        ({"max_hosts": 70_000}, "max_hosts"),
        ({"max_hosts": 0}, "max_hosts"),
        ({"exclusions": ["nonsense/99"]}, "exclusions"),
        ({"every_minutes": 4}, "every_minutes"),
        ({"every_minutes": 60, "daily_at": "05:00"}, "daily_at"),
        ({"daily_at": "24:00"}, "daily_at"),
        ({"daily_at": "5:00"}, "daily_at"),
        ({"auto_accept": ["toaster"]}, "auto_accept"),
        ({"places": [{"target": "10.0.0.0/40", "site_id": 1}]}, "places"),
        ({"credentials": [1, 1]}, "credentials"),
    ],
)
def test_fields_that_are_refused(more: dict[str, object], field: str) -> None:
    draft = NetworkDraft(**{"name": "x", "targets": ["10.0.0.1"], **more})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        network_rules.check(draft, Limits())
    assert field in refused.value.fields


def test_an_exclusion_may_be_larger_than_any_sweep() -> None:
    network_rules.check(NetworkDraft("x", ["10.1.0.1"], exclusions=["10.0.0.0/16"]), Limits())


def test_an_interval_counts_on_from_its_last_turn() -> None:
    at = datetime(2026, 9, 1, 12, 0, 20, tzinfo=UTC)
    assert next_due(60, None, after=at, zone=NEW_YORK) == at + timedelta(hours=1)
    turn = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    assert next_due(60, None, after=at, zone=NEW_YORK, previous=turn) == turn + timedelta(hours=1)
    late = turn + timedelta(hours=7, minutes=30)
    assert next_due(60, None, after=late, zone=NEW_YORK, previous=turn) == turn + timedelta(hours=8)
    assert next_due(None, None, after=at, zone=NEW_YORK) is None


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-09-01T08:59:00+00:00", "2026-09-01T09:30:00+00:00"),
        ("2026-09-01T09:30:00+00:00", "2026-09-02T09:30:00+00:00"),
        ("2026-11-01T10:00:00+00:00", "2026-11-01T10:30:00+00:00"),  # winter time since the night
    ],
)
def test_a_time_of_day_is_local(after: str, due: str) -> None:
    found = next_due(None, "05:30", after=datetime.fromisoformat(after), zone=NEW_YORK)
    assert found == datetime.fromisoformat(due)


def test_an_hour_that_the_clock_skips_is_made_up_for() -> None:
    evening = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)
    assert next_due(None, "02:30", after=evening, zone=NEW_YORK) == datetime(
        2026, 3, 8, 7, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (CredentialDraft("", V2C, community="x"), "label"),
        (CredentialDraft("a\x00b", V2C, community="x"), "label"),
        (CredentialDraft("x", V2C, community="\ud800"), "community"),
        (CredentialDraft("x", V2C), "community"),
        (CredentialDraft("x", V2C, community=""), "community"),
        (CredentialDraft("x", V2C, community="x" * 256), "community"),
        (CredentialDraft("x", V2C, community="c", username="u"), "username"),
        (CredentialDraft("x", V3), "username"),
        (CredentialDraft("x", V3, username="u" * 33), "username"),
        (CredentialDraft("x", V3, username="u", community="c"), "community"),
        (CredentialDraft("x", V3, username="u", priv_protocol=PrivProtocol.DES), "priv_protocol"),
        (CredentialDraft("x", V3, username="u", auth_protocol=AuthProtocol.MD5), "auth_key"),
        (CredentialDraft("x", V3, username="u", auth_key="long enough"), "auth_key"),
        (
            CredentialDraft(
                "x", V3, username="u", auth_protocol=AuthProtocol.MD5, auth_key="short"
            ),
            "auth_key",
        ),
    ],
)
def test_credentials_that_are_refused(draft: CredentialDraft, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        credential_rules.check(draft)
    assert set(refused.value.fields) == {field}
    assert "short" not in str(refused.value)


def test_a_kept_secret_need_not_be_given_again() -> None:
    credential_rules.check(CredentialDraft("x", V2C), has=frozenset({"community"}))


@pytest.mark.parametrize(
    ("community", "default"), [("public", True), ("Private", True), ("district-ro", False)]
)
def test_default_communities_are_known(community: str, default: bool) -> None:
    assert credential_rules.is_default(community) is default
