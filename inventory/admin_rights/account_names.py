"""Names of accounts on a computer, in a form that can be compared: pure functions.

Windows tells `DOMAIN\\user`, `COMPUTER\\user`, `AzureAD\\user`, `MicrosoftAccount\\user@mail`, or
the number (SID) of an account that it knows no name for; macOS and Linux tell short names. A
computer can tell anything: what comes out is one line, bounded, and looks like nothing else.

Well-known SIDs: Microsoft, "Security identifiers" (Windows Server documentation): the account
whose number ends with -500 is the built-in administrator, whatever it is called.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from inventory.assets.words import clean, fold

MAX_NAME = 200
MAX_KEY = 400
_SID = re.compile(r"s-1-\d{1,14}(?:-\d{1,10}){1,15}")
_BUILT_IN = frozenset({"administrator", "root", "wheel", "admin", "domain admins"})
_ADMINISTRATOR = "administrator"


class NameKind(StrEnum):
    """What a name can be. PLAIN: a user name; MAIL: user@domain; NUMBER: a Windows SID; BUILT_IN:
    an account or group that every such system has, and that is nobody's own."""

    PLAIN = "plain"
    MAIL = "mail"
    NUMBER = "number"
    BUILT_IN = "built_in"


@dataclass(frozen=True, slots=True)
class AccountName:
    """shown  as it was told, harmless and cut
    key    comparable: without the domain in front, lower case, compatibility forms folded
    """

    shown: str
    key: str
    kind: NameKind


def account_name(told: object) -> AccountName | None:
    """The name as told by a computer; None where nothing readable is left of it."""
    if not isinstance(told, str):
        return None
    shown = clean(told, MAX_NAME)
    own = fold(shown.rpartition("\\")[2])
    if not own:
        return None
    key = own[:MAX_KEY]
    if _SID.fullmatch(key):
        if key.startswith("s-1-5-21-") and key.endswith("-500"):
            return AccountName(shown, _ADMINISTRATOR, NameKind.BUILT_IN)
        return AccountName(shown, key, NameKind.NUMBER)
    if key in _BUILT_IN:
        return AccountName(shown, key, NameKind.BUILT_IN)
    if "@" in key:
        return AccountName(shown, key, NameKind.MAIL)
    return AccountName(shown, key, NameKind.PLAIN)


def names_of(told: object) -> dict[str, AccountName]:
    """Each account once, by its key; what is no list, or no name, tells of nobody."""
    found: dict[str, AccountName] = {}
    for one in told if isinstance(told, list) else []:
        name = account_name(one)
        if name is not None:
            found.setdefault(name.key, name)
    return found
