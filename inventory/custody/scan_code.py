"""What a scanner typed, and what it means: pure rules."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

MAX_CODE = 500
QR_PATH = "/a/"
"""Labels carry this server's address with `/a/TAG`; a scanner types all of it."""

_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z](?=.)")
"""The symbology identifier that scanners can be set to send first (ISO/IEC 15424)."""


def read_code(text: str) -> str:
    """The tag, serial number or badge in what was scanned; "" for nothing.

    Control characters that a scanner puts before and after are dropped, and so is the symbology
    identifier; of a label's address the tag is taken. Letters and leading zeros stay as they are.
    """
    kept = "".join(c if unicodedata.category(c) != "Cc" else " " for c in text[: 4 * MAX_CODE])
    code = _AIM.sub("", kept.strip())[:MAX_CODE].strip()
    # With the capital lock on, a scanner types HTTPS://HOST/A/TAG.
    if code.lower().startswith(("http://", "https://")):
        try:
            path = urlsplit(code).path
        except ValueError:
            return code
        _before, found, tag = path.partition(QR_PATH)
        if not found:
            _before, found, tag = path.partition(QR_PATH.upper())
        if found:
            return unquote(tag).strip()
    return code
