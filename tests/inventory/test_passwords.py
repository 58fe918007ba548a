"""Password rules of NIST SP 800-63B-4, and passwords at rest."""

import time
from contextlib import suppress

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings, strategies as st

from inventory.accounts import hashing, passwords
from inventory.accounts.passwords import PasswordRules, blocked_passwords, check
from inventory.errors import InvalidInput

RULES = PasswordRules(context=("Maple Valley Public Schools",))
ABOUT = ("j.doe", "Jane Doe")


@pytest.mark.parametrize(
    "password",
    [
        "correct lamp staple river",
        "four blue herons at dusk",
        "ich mag große Kürbisse",
        "пять синих цапель летят",
        "青い鷺が五羽ゆっくり川の上を飛んでいった",
        "🦩🦆🦉🐦🐧 birds at the pond",
        "x7#kQ9!vB2$mN5&w",
        "my school has nineteen tubas",
        "a" * 3 + "quite long phrase about herons" * 8,
    ],
)
def test_good_passwords(password: str) -> None:
    check(password, RULES, ABOUT)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 15"),
        ("short", "at least 15"),
        ("fourteen chars", "at least 15"),
        ("x" * 257, "at most 256"),
        ("password1234567", "tried first"),
        ("Password123!!!!", "tried first"),
        ("p@ssw0rdp@ssw0rd", "tried first"),
        ("passwordpassword", "tried first"),
        ("letmeinletmein!!", "tried first"),
        ("correcthorsebatterystaple", "tried first"),
        ("Correct-Horse-Battery-Staple", "tried first"),
        ("iloveyouiloveyou", "tried first"),
        ("2026!welcomeback", "tried first"),
        ("aaaaaaaaaaaaaaaaaa", "repeats"),
        ("ababababababababab", "repeats"),
        ("xyz!xyz!xyz!xyz!xyz!", "repeats"),
        ("1234567890123456", "follows"),
        ("abcdefghijklmnop", "follows"),
        ("qwertyuiopasdfghjkl", "follows"),
        ("zyxwvutsrqponmlkj", "follows"),
        ("1qaz2wsx3edc4rfv", "follows"),
        ("maplevalley2026!!", "name"),
        ("Maple Valley Schools 1", "name"),
        ("homeroom-homeroom-1!", "name"),
        ("j.doe.j.doe.j.doe", "name"),
        ("JaneDoe1987!JaneDoe", "name"),
        ("\ud800" * 20, "not a character"),
        ("a\0" + "b" * 20, "not a character"),
    ],
)
def test_bad_passwords_are_told_why(password: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(password, RULES, ABOUT)
    assert why in str(refused.value.fields["password"])
    assert not password or password not in f"{refused.value} {refused.value.fields}"


def test_length_is_counted_after_normalisation() -> None:
    """Fifteen typed characters that normalise to fewer are too few."""
    decomposed = "e\u0301" * 8
    with pytest.raises(InvalidInput):
        check(decomposed, RULES)


def test_the_least_length_is_a_setting() -> None:
    check("violet-heron", PasswordRules(min_length=8))
    with pytest.raises(InvalidInput):
        check("football", PasswordRules(min_length=8))


def test_the_list_is_there_and_in_its_form() -> None:
    assert len(blocked_passwords()) > 500
    assert all(word == word.strip().casefold() for word in blocked_passwords())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged_in_bounded_time(password: str) -> None:
    began = time.process_time()
    with suppress(InvalidInput):
        check(password, RULES, ABOUT)
    assert time.process_time() - began < 0.5


def test_one_time_passwords_pass_their_own_rules() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check(password, RULES, ABOUT)


def test_only_argon2id_is_stored() -> None:
    stored = hashing.hash_password("violet heron at dusk")
    assert stored.startswith("$argon2id$v=19$m=19456,t=3,p=1$")
    assert hashing.verify(stored, "violet heron at dusk")
    assert not hashing.verify(stored, "violet heron at dawn")
    assert hashing.hash_password("violet heron at dusk") != stored


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    stored = hashing.hash_password("caf\u00e9 au lait at noon")
    assert hashing.verify(stored, "cafe\u0301 au lait at noon")


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken"])
def test_what_is_no_hash_lets_nobody_in(stored: str | None) -> None:
    assert not hashing.verify(stored, "anything")
    assert not hashing.verify(stored, "\ud800")


def test_old_parameters_are_noticed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert hashing.outdated(weak)
    assert not hashing.outdated(hashing.hash_password("x"))
