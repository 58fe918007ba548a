"""What a tag may be, when two tags are the same, and which tags look alike: pure rules."""

import re
import unicodedata
from collections.abc import Iterator

from inventory.assets.words import wrong

MAX_TAG = 64
_LONGEST_EDITED = 24
"""Beyond this length a near miss is sought by transposition and omission only."""


def clean_tag(text: object) -> str:
    """The tag as it is kept: compatibility forms folded, trimmed, blanks collapsed.

    Slashes, inner blanks and letters of any script are fine. Raises `InvalidInput` (field `tag`)
    for control and invisible characters, an empty tag, or one beyond 64 characters.
    """
    if not isinstance(text, str):
        raise wrong("tag", "must be text")
    if len(text) > MAX_TAG * 4:
        raise wrong("tag", f"must not be longer than {MAX_TAG} characters")
    tag = " ".join(re.split(r" +", unicodedata.normalize("NFKC", text).strip(" ")))
    if any(unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" for c in tag):
        raise wrong("tag", "must not hold control or invisible characters")
    if not tag:
        raise wrong("tag", "must not be empty")
    if len(tag) > MAX_TAG:
        raise wrong("tag", f"must not be longer than {MAX_TAG} characters")
    return tag


def tag_key(tag: str) -> str:
    """The form in which tags are compared; `tag` has passed `clean_tag`."""
    return " ".join(unicodedata.normalize("NFKC", tag.casefold()).split())[:200]


def digits_of(tag: str) -> str:
    """The last run of digits without leading zeros: "WPS-000123/b" → "123"; "" where none."""
    runs: list[str] = re.findall(r"[0-9]+", tag)
    return (runs[-1].lstrip("0") or "0") if runs else ""


def near_keys(key: str) -> Iterator[str]:
    """Keys one slip away from `key`: two neighbours swapped, one left out, one wrong, one more.

    At most about 2,000; never `key` itself.
    """
    pieces = [(key[:i], key[i:]) for i in range(len(key) + 1)]
    letters = "0123456789abcdefghijklmnopqrstuvwxyz-/ ." if len(key) <= _LONGEST_EDITED else ""
    seen = {key, ""}
    for left, right in pieces:
        slips = [left + right[1:], left + right[1::-1] + right[2:] if len(right) > 1 else ""]
        slips += [left + c + right[1:] for c in letters if right]
        slips += [left + c + right for c in letters]
        for slip in slips:
            if slip not in seen:
                seen.add(slip)
                yield slip
