"""Directories over real sockets: what is asked, how pages end, and how each refuses."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mdm import errors
from mdm.connection import Wiring
from mdm.directories.registry import open_directory
from mdm.directories.types import Entry
from mdm.timing import Timing
from tests.inventory.people.fake_google import FakeGoogle
from tests.inventory.people.fake_graph import FakeGraph
from tests.inventory.people.fake_ldap import FakeLdap
from tests.mdm.fakes.http import Fault

WAITED: list[float] = []
QUICK = Wiring(timing=replace(Timing(), sleep=WAITED.append))


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as fake:
        yield fake


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        yield fake


@pytest.fixture
def ldap(tmp_path: Path) -> Iterator[FakeLdap]:
    with FakeLdap(tmp_path) as fake:
        yield fake


def everybody(kind: str, config: dict[str, str], url: str | None = None) -> list[Entry]:
    directory = open_directory(kind, config, name="x", base_url=url, wiring=QUICK)
    return [entry for page in directory.people() for entry in page.entries]


def test_google_is_read_page_by_page_and_slows_down(google: FakeGoogle) -> None:
    for number in range(5):
        google.add(number, "/Students/Lincoln", suspended=number == 3)
    google.add(5, "/", archived=True, organizations=[{"department": "IT", "primary": True}])
    google.page_size = 2
    google.fail(Fault.THROTTLE, 1)
    found = everybody("google", google.config(), google.url)
    assert [entry.active for entry in found] == [True, True, True, False, True, False]
    assert found[0] == Entry("10000", "Ada", "Osei0", True, "/Students/Lincoln")
    assert found[5].department == "IT"
    assert WAITED, "403 with quotaExceeded is no refusal"
    assert google.crashes == []


def test_graph_follows_next_links_and_reads_named_groups_only(graph: FakeGraph) -> None:
    graph.add(1, "Lincoln")
    graph.add(2, None, accountEnabled=False, department="Science")
    graph.add(3, "Lincoln", userType="Guest")
    group = "aaaaaaaa-0000-0000-0000-000000000001"
    graph.groups[group] = ("Teachers", [graph.users[1]["id"]])
    graph.page_size, graph.retry_after = 1, "7"
    graph.fail(Fault.THROTTLE, 1)
    WAITED.clear()
    found = everybody("graph", graph.config(), graph.url)
    assert [entry.unit for entry in found] == ["/Lincoln", ""]
    assert (found[1].active, found[1].department, found[1].groups) == (
        False, "Science", ("Teachers",),
    )  # fmt: skip
    assert 7.0 in WAITED


def test_ldap_reads_pages_with_the_certificate_checked(ldap: FakeLdap) -> None:
    first = ldap.add(1, "OU=Lincoln,OU=Students")
    for number in range(2, 1_203):
        ldap.add(number, "OU=Staff", flags=514 if number == 2 else 512)
    found = everybody("ldap", ldap.config(groups="yes"))
    assert len(found) == 1_202
    assert found[0] == Entry(first, "Alan", "Turing1", True, "/Students/Lincoln")
    assert not found[1].active
    assert set(ldap.asked) == {
        "objectGUID", "givenName", "sn", "userAccountControl", "department", "memberOf",
    }  # fmt: skip


def test_ldap_by_start_tls(tmp_path: Path) -> None:
    with FakeLdap(tmp_path, tls_first=False) as fake:
        fake.add(1, "OU=Staff")
        assert len(everybody("ldap", fake.config())) == 1
        fake.start_tls, fake.binds = False, []
        with pytest.raises(errors.Refused, match="StartTLS"):
            everybody("ldap", fake.config())
        assert fake.binds == [], "no password where TLS was refused"


def test_ldap_refusals_are_told_apart(ldap: FakeLdap) -> None:
    ldap.add(1, "OU=Staff")
    ldap.add(2, "OU=Staff")

    def refused(**more: Any) -> type[BaseException]:
        with pytest.raises(errors.MdmError) as caught:
            everybody("ldap", ldap.config(**more))
        assert "l0ok" not in str(caught.value)
        return caught.type

    assert refused(password="l0ok wrong") is errors.WrongCredential
    ldap.binds.clear()
    assert refused(ca="") is errors.Untrusted
    assert ldap.binds == [], "no password to whom is not known"
    assert len(everybody("ldap", ldap.config(ca="", certificate="unchecked"))) == 2
    ldap.limit = 1
    assert refused() is errors.TooLarge
    assert refused(url="ldaps://127.0.0.1:1") is errors.Unavailable
    for url in ("http://127.0.0.1", "ldaps://a:b@127.0.0.1", "ldap://", "ldap://h/?x"):
        assert refused(url=url) is errors.Invalid


def test_a_list_that_leads_back_is_no_list(google: FakeGoogle) -> None:
    google.add(1, "/")
    google.add(2, "/")
    google.page_size, google.loops = 1, True
    with pytest.raises(errors.Looping):
        everybody("google", google.config(), google.url)
