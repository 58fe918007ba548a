"""Text in its comparable form: pure functions."""

import re
import unicodedata

from inventory.errors import InvalidInput

_COMPANY_FORMS = {
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "gmbh",
    "ag", "kg", "sa", "sas", "bv", "nv", "plc", "oy", "ab", "spa", "srl", "kk", "usa",
}  # fmt: skip
"""Words at the end of a maker's name that do not tell makers apart."""

_SAME_MAKER = {
    "hewlett packard": "hp",
    "hewlett packard development": "hp",
    "hewlett packard enterprise": "hpe",
    "lexmark international": "lexmark",
    "dell computer": "dell",
    "dell emc": "dell",
    "dell technologies": "dell",
    "apple computer": "apple",
    "asustek computer": "asus",
    "asustek": "asus",
    "seiko epson": "epson",
    "brother industries": "brother",
    "brother international": "brother",
    "konica minolta business technologies": "konica minolta",
    "konica minolta business solutions": "konica minolta",
    "kyocera document solutions": "kyocera",
    "kyocera mita": "kyocera",
    "oki data": "oki",
    "okidata": "oki",
    "samsung electronics": "samsung",
    "toshiba tec": "toshiba",
    "fuji xerox": "xerox",
    "zebra technologies": "zebra",
    "axis communications": "axis",
    "cisco systems": "cisco",
    "american power conversion": "apc",
    "lenovo group": "lenovo",
    "google llc": "google",
}
"""Makers' other names, in the form that `plain` and the company forms leave behind."""


def plain(text: str) -> str:
    """Lower case, folded, punctuation as single blanks: "M404-dn" → "m404 dn"."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def fold(text: str) -> str:
    """Lower case and compatibility forms folded, blanks collapsed, punctuation kept."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def maker_key(name: str) -> str:
    """A manufacturer's name without its company form: "HP Inc." and "Hewlett-Packard" → "hp"."""
    words = plain(name).split()
    while len(words) > 1 and words[-1] in _COMPANY_FORMS:
        words.pop()
    key = " ".join(words)
    return _SAME_MAKER.get(key, key)[:200]


def clean(text: str, limit: int) -> str:
    """Text from a device or a vendor, made harmless: one line, no invisible characters, cut."""
    if text.isascii() and text.isprintable():  # nearly always, and a hundred times faster
        return " ".join(text[: limit * 4].split())[:limit].strip()
    kept = "".join(
        " " if c in "\t\r\n" else c
        for c in text[: limit * 4]
        if c in "\t\r\n" or unicodedata.category(c)[0] != "C"
    )
    return " ".join(kept.split())[:limit].strip()


def entered(text: object, field: str, limit: int, *, lines: bool = False) -> str:
    """Text that a person or script entered, trimmed. Raises `InvalidInput` naming `field` for
    anything that is not text, is too long, or holds control characters."""
    if not isinstance(text, str):
        raise wrong(field, "must be text")
    text = text.strip()
    if len(text) > limit:
        raise wrong(field, f"must not be longer than {limit} characters")
    allowed = "\n\t\r" if lines else ""
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in allowed for c in text):
        raise wrong(field, "must not hold control characters")
    return re.sub(r"\r\n?", "\n", text) if lines else text


def wrong(field: str, message: str) -> InvalidInput:
    """An `InvalidInput` about one field."""
    return InvalidInput(f"{field} {message}", {field: [message]})
