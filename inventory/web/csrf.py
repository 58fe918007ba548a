"""The CSRF token as pages carry it: masked anew in every answer.

Pages are compressed and hold words from the request; a token that stood in them unchanged could be
guessed from their lengths (BREACH). A mask of fresh random bytes makes it another text every time.
"""

import base64
import binascii
import secrets

FIELD = "csrf_token"
_MARK = "m."


def masked(token: str) -> str:
    """The session's token under a fresh mask, fit for a form field or a header."""
    raw = token.encode("ascii")
    mask = secrets.token_bytes(len(raw))
    mixed = bytes(a ^ b for a, b in zip(raw, mask, strict=True))
    return _MARK + base64.urlsafe_b64encode(mask + mixed).decode("ascii")


def unmasked(text: str) -> str:
    """The token under a mask; a text without one is returned as it is, a broken one as ""."""
    if not text.startswith(_MARK):
        return text
    try:
        both = base64.urlsafe_b64decode(text.removeprefix(_MARK))
        half = len(both) // 2
        return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=True)).decode("ascii")
    except (ValueError, binascii.Error):
        return ""
