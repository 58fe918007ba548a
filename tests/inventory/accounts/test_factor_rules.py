"""Whom a second factor is asked of, who the server is to a security key, how codes are read."""

from dataclasses import replace

import pytest

from inventory.access import Role
from inventory.accounts import factor_rules as rules
from inventory.errors import InvalidInput
from inventory.settings import Settings

SETTINGS = Settings(database_url="sqlite://", district="Maple Valley")


@pytest.mark.parametrize(
    ("public_url", "domain", "origin"),
    [
        ("https://it.example.org", "it.example.org", "https://it.example.org"),
        ("https://it.example.org:8443", "it.example.org", "https://it.example.org:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("", "localhost", f"http://localhost:{SETTINGS.port}"),
    ],
)
def test_the_server_by_its_name(public_url: str, domain: str, origin: str) -> None:
    party = rules.relying_party(replace(SETTINGS, public_url=public_url))
    assert party == rules.RelyingParty(domain, (origin,))


@pytest.mark.parametrize(
    "public_url", ["https://10.1.2.3", "https://[fd00::1]", "http://it.example"]
)
def test_no_key_works_by_address_or_in_the_clear(public_url: str) -> None:
    assert rules.relying_party(replace(SETTINGS, public_url=public_url)) is None


def test_who_can_do_harm_is_asked() -> None:
    assert rules.is_asked([Role.HELPDESK, Role.COORDINATOR])
    assert rules.is_asked([Role.TECHNICIAN])
    assert not rules.is_asked([Role.HELPDESK, Role.AUDITOR])
    assert not rules.is_asked([])


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_a_purpose_is_a_hash(text: str) -> None:
    with pytest.raises(InvalidInput):
        rules.purpose(text)


def test_codes_are_read_as_people_type_them() -> None:
    assert rules.looks_like_totp(rules.plain_code(" 123 456 "))
    assert rules.looks_like_totp(rules.plain_code("\uff11\uff12\uff13456"))  # full-width digits
    assert not rules.looks_like_totp("12345")
    code = rules.new_recovery_code()
    assert rules.looks_like_recovery(rules.plain_code(code.upper()))
    assert not rules.looks_like_recovery(code[:-1])
