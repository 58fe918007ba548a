"""Who may do what to whose account. Pure rules: nobody can give, or take over, what they lack."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from inventory.access import ROLE_PERMISSIONS, Actor, Permission, Role
from inventory.errors import Forbidden, InvalidInput
from inventory.mail_address import is_mail_address

NAME_LENGTH, DISPLAY_LENGTH = 100, 120
TOKEN_LIFETIME = timedelta(days=366)
COUNTED_LIFETIME, MOST_USES = timedelta(days=30), 10_000
"""Of tokens that enrol a number of devices: they lie about in images and on sticks."""

TOKENS_EACH, SESSIONS_EACH = 50, 20
ONE_TIME_LIFETIME = timedelta(days=7)
SETUP_LIFETIME = timedelta(hours=24)

LOCK_AFTER, LOCK_FIRST, LOCK_MOST = 5, timedelta(seconds=30), timedelta(minutes=15)
FAILURES_MOST = 100
"""NIST 800-63B-4 §3.2.2: no more than 100 failures in a row; then an administrator must help."""

_USER_NAME = re.compile(r"[\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A role at a site, as held or as asked for."""

    role: Role
    site_id: int


def require_may_grant(actor: Actor, place: Place) -> None:
    """Whoever grants or withdraws a role holds ACCOUNT_WRITE and the whole role itself there.

    Raises `Forbidden`.
    """
    actor.require(Permission.ACCOUNT_WRITE, place.site_id)
    lacking = sorted(
        permission.value
        for permission in ROLE_PERMISSIONS[place.role]
        if not actor.may(permission, place.site_id)
    )
    if lacking:
        raise Forbidden(
            f"{actor.name} lacks {', '.join(lacking)} there, which {place.role.value} includes"
        )


def require_over(actor: Actor, places: Iterable[Place]) -> None:
    """Whoever changes an account holds everything that the account may do.

    Otherwise a school's administrator could reset the password of the district's coordinator and
    sign in as them. An account without any role belongs to the whole district.
    """
    held = list(places)
    if not held:
        actor.require_everywhere(Permission.ACCOUNT_WRITE)
    for place in held:
        require_may_grant(actor, place)


def clean_user_name(name: str) -> tuple[str, str]:
    """The user name and its comparable form. Raises `InvalidInput`.

    Letters of any script, digits and `. _ - @ +`. Compared by NFKC and case folding, so that no two
    accounts differ only in capitals or in full-width letters.
    """
    cleaned = unicodedata.normalize("NFKC", name.strip())
    if len(cleaned) > NAME_LENGTH or not _USER_NAME.fullmatch(cleaned):
        raise InvalidInput(
            "that is no user name",
            {"user_name": [f"1 to {NAME_LENGTH} letters, digits or . _ - @ +"]},
        )
    return cleaned, user_key(cleaned)


def clean_email(email: str | None) -> str | None:
    """The mail address for notices; None for none. Raises `InvalidInput`."""
    cleaned = (email or "").strip()
    if cleaned and not is_mail_address(cleaned):
        raise InvalidInput("that is no mail address", {"email": ["is no mail address"]})
    return cleaned or None


def user_key(name: str) -> str:
    """The form in which user names are compared; for a text of any length at most 400 long."""
    folded = unicodedata.normalize("NFKC", name.strip()[:NAME_LENGTH]).casefold()
    return unicodedata.normalize("NFKC", folded)[:400]


def clean_line(text: str, field: str, most: int, *, empty: bool = True) -> str:
    """One printable line, blanks collapsed. Raises `InvalidInput` naming the field."""
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if len(cleaned) > most or not cleaned.isprintable() or not (cleaned or empty):
        least = 0 if empty else 1
        raise InvalidInput(
            f"{field} cannot be accepted", {field: [f"{least} to {most} printable characters"]}
        )
    return cleaned


def lock_time(failures: int) -> timedelta | None:
    """How long an account rests after so many failures in a row: doubling, then level."""
    if failures < LOCK_AFTER:
        return None
    return min(LOCK_MOST, LOCK_FIRST * (1 << min(failures - LOCK_AFTER, 20)))
