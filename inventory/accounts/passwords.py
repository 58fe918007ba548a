"""What a password may be: NIST SP 800-63B-4 §3.1.1.2.

Long, any characters, spaces and every script; no composition rules and no forced change. Refused is
what an attacker tries first: well-known passwords, the district's and the user's own names,
repetitions and rows of the keyboard. Compared is the whole password, not the words in it, so that
a phrase of ordinary words is fine.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from inventory.accounts.hashing import normal
from inventory.errors import InvalidInput

LONGEST = 256
SHORTEST_REST = 8
"""Characters that must remain when the names that everybody knows are taken away."""

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "0123456789012345678901234567890", "qwertyuiop", "asdfghjkl",
    "zxcvbnm", "qwertzuiop", "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()_+",
)  # fmt: skip
_OWN_WORDS = ("homeroom", "school", "schools", "district", "public", "password")
_LIST = Path(__file__).with_name("blocked_passwords.txt")


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """`context`: the names that everybody here knows, such as the district's."""

    min_length: int = 15
    context: tuple[str, ...] = ()


def check(password: str, rules: PasswordRules, about: Iterable[str] = ()) -> None:
    """Raises `InvalidInput` saying what is wrong. `about`: more names, such as the user's."""
    if problem := _problem(password, rules, (*rules.context, *about)):
        raise InvalidInput("that password cannot be used", {"password": [problem]})


def one_time() -> str:
    """A password to be read out or printed: four groups of five, 100 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def _problem(password: str, rules: PasswordRules, names: Iterable[str]) -> str | None:
    if any(0xD800 <= ord(c) < 0xE000 or c == "\0" for c in password):
        return "contains something that is not a character"
    if len(password) > LONGEST:
        return f"at most {LONGEST} characters"
    text = normal(password)
    if len(text) < rules.min_length:
        return f"at least {rules.min_length} characters; a phrase of several words is easy to type"
    folded = text.casefold()
    if _well_known(folded):
        return "this is one of the passwords that are tried first"
    if _repetitive(folded):
        return "repeats the same few characters"
    if _in_rows(folded):
        return "follows the alphabet, the digits or the keyboard"
    if _only_names(folded, names):
        return "is little more than a name that everybody here knows"
    return None


def _well_known(folded: str) -> bool:
    """On the list: as it is, in leet-speak, or with digits and signs at its ends or between."""
    blocked = blocked_passwords()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    forms = {folded, folded.translate(_LEET), core, core.translate(_LEET)}
    forms |= {re.sub(r"[\W_]+", "", form) for form in forms}
    return any(_unit(form) in blocked for form in forms if form)


def _unit(text: str) -> str:
    """The shortest text of which this one is a repetition: "abcabc" → "abc"."""
    at = (text + text).find(text, 1)
    return text[:at]


def _repetitive(folded: str) -> bool:
    return len(set(folded)) < 5 or len(_unit(folded)) <= len(folded) // 3


def _in_rows(folded: str) -> bool:
    """Whether steps along a row of `_ROWS` or in one spot make up nearly all of it."""
    steps = sum(a == b or a + b in _neighbours() for a, b in pairwise(folded))
    return steps >= len(folded) * 3 // 4


@cache
def _neighbours() -> frozenset[str]:
    pairs = {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
    return frozenset(pairs | {pair[::-1] for pair in pairs})


def _only_names(folded: str, names: Iterable[str]) -> bool:
    """Whether too little is left without the names, the digits and the signs."""
    words = {word for name in names for word in re.findall(r"\w{3,}", normal(name).casefold())}
    words |= {normal(name).casefold() for name in names if len(name) >= 3}
    rest = plain = (
        folded.translate(_LEET) if any(w in folded.translate(_LEET) for w in words) else folded
    )
    for word in sorted({*words, *_OWN_WORDS}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    if rest == plain:
        return False
    return len(re.sub(r"[\W\d_]", "", rest)) < SHORTEST_REST


@cache
def blocked_passwords() -> frozenset[str]:
    """The list beside this file: one a line, lower case; `#` begins a comment."""
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(
        line.strip().casefold() for line in lines if line.strip() and not line.startswith("#")
    )
