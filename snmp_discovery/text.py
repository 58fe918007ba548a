"""What counts as a serial number or a model, and how either is tidied for a person to read."""

from __future__ import annotations

import re

MAX_MODEL = 48
MIN_SERIAL = 3
MAX_SERIAL = 40

_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:+#*&()-]*", re.ASCII)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_WORDS = {
    "n/a", "na", "none", "null", "nil", "unknown", "unavailable", "undefined", "invalid",
    "empty", "blank", "test", "private", "hidden", "removed", "redacted", "default", "serial",
    "string", "number", "sn", "s/n", "serialnumber", "serialno", "tbd", "dummy", "unset",
    "not_set", "notset", "xxx", "public", "error", "no", "yes", "false", "true", "sample",
    "example",
}  # fmt: skip
_PHRASES = frozenset(
    {
        "to be filled by o.e.m.",
        "to be filled by o.e.m",
        "default string",
        "system serial number",
        "chassis serial number",
        "base board serial number",
        "serial number",
        "serial no",
        "not specified",
        "not available",
        "not applicable",
        "not set",
        "no serial",
        "no serial number",
        "unknown serial number",
        "o.e.m.",
        "oem",
        "write by program",
        "none specified",
    }
)
_NOT_A_MODEL = re.compile(
    r"(?:unknown|none|null|n/?a|default|generic\b.*|printer|network printer|scanner|switch|router"
    r"|chassis|stack|uninitialized|device|server|system|ups|no ?name|not (?:set|available|defined)"
    r"|to be filled by o\.e\.m\.?|system product name|default string|oem|hardware|private|-+|\.+"
    r"|nc-\d+\w*|series|product name|ethernet|laser printer|color laser|linux|series printer|sn"
    r"|na)",
    re.ASCII | re.IGNORECASE,
)
_EDGES = " \t'\"=,;:|/\\-_*#"


def tidy_model(text: str, vendor_names: tuple[str, ...] = ()) -> str:
    """A model as a person writes it: no maker's name in front, ≤ 48 characters; "" if it is none.

    `vendor_names` are the spellings to strip; a name is only stripped as a whole word.
    """
    model = " ".join(text.replace("_", " ").split()) if " " in text.strip() else text.strip()
    model = re.sub(r"^(?:Projector|Image Scanner|Printer) (?=\S*\d)", "", model.strip(_EDGES))
    stripped = True
    while stripped:
        stripped = False
        for name in vendor_names:
            rest = model[len(name) :]
            if name and model.lower().startswith(name.lower()) and rest[:1] in (" ", "-", "_"):
                model, stripped = rest.strip(_EDGES), True
    model = re.sub(r"\s+(?:series|printer|\(tm\)|\(r\))$", "", model, flags=re.IGNORECASE)
    model = model.replace("(R)", "").replace("(TM)", "").replace("®", "").replace("™", "")
    if len(model) > MAX_MODEL:
        model = model[: MAX_MODEL + 1].rsplit(" ", 1)[0][:MAX_MODEL]
    model = " ".join(model.strip(_EDGES).split())
    return "" if not is_model(model) else model


def is_model(text: str) -> bool:
    """Whether `text` can name a product: not a placeholder, not a bare word such as "Switch"."""
    if not 2 <= len(text) <= MAX_MODEL or "<" in text or ">" in text:
        return False
    return any(c.isalnum() for c in text) and not _NOT_A_MODEL.fullmatch(text)


def tidy_serial(text: str) -> str:
    """The serial number in `text`, or "" where it is none: a phrase, an address, a UUID, a blank.

    What merely looks invented (`000000000000`) is kept: the device says so, and whether it may
    identify anything is for whoever matches devices to decide (`looks_like_placeholder`).
    """
    serial = text.strip().strip("'\"").strip()
    if not MIN_SERIAL <= len(serial) <= MAX_SERIAL or serial.count(" ") > 2:
        return ""
    if not _SERIAL.fullmatch(serial) or _ADDRESS.fullmatch(serial) or _UUID.fullmatch(serial):
        return ""
    plain = " ".join(serial.lower().replace("_", " ").split())
    if plain in _WORDS or plain in _PHRASES or plain.replace(" ", "") in _WORDS:
        return ""
    if " " in plain and not any(c.isdigit() for c in plain):
        return ""
    letters = [c for c in plain if c.isalnum()]
    if len(letters) < MIN_SERIAL or (len(set(letters)) == 1 and len(letters) < 8):
        return ""
    return serial


def looks_like_placeholder(serial: str) -> bool:
    """Whether a serial is one a maker or an administrator typed to have something there.

    True for one repeated character or pair, runs such as 123456789, dates, masks of X, and words
    without any digit: such a serial is shared by many devices and must never match one to another.
    """
    plain = re.sub(r"[^0-9a-z]", "", serial.lower())
    if not tidy_serial(serial) or len(plain) < MIN_SERIAL:
        return True
    if len(set(plain)) <= 1 or (len(plain) >= 8 and len(set(plain)) == 2 and _is_pairs(plain)):
        return True
    if plain in "01234567890123456789" or plain in "98765432109876543210":
        return True
    if re.fullmatch(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}", serial):
        return True
    if re.search(r"([x0z])\1{5,}$", plain) and len(set(plain)) <= 4:
        return True
    if plain.startswith(("test", "demo", "sample", "dummy", "example")):
        return True
    return not any(c.isdigit() for c in plain) and not serial.isupper()


def _is_pairs(plain: str) -> bool:
    return plain == plain[:2] * (len(plain) // 2)
