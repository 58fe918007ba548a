"""What counts as a mail address: the plain ASCII form that every mail server takes."""

import re

LENGTH = 254

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent there: no quoted names, no spaces, no line breaks (RFC 5321)."""
    local = text.rpartition("@")[0]
    return len(text) <= LENGTH and len(local) <= 64 and _ADDRESS.fullmatch(text) is not None
