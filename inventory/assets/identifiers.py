"""What identifies a device, in one normal form per kind: pure rules.

A value that many devices share (a factory's placeholder serial, a virtual router's MAC) is never an
identifier: `usable` says so, and such values stay visible as recorded or observed facts only.
"""

import re
import string
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from inventory.assets.words import fold, plain, wrong
from inventory.errors import InvalidInput

SERIAL, MAC, IMEI, MEID, UDID, ENGINE = "serial", "mac", "imei", "meid", "udid", "snmp_engine_id"
VENDOR = "vendor:"
STRENGTH = (SERIAL, ENGINE, IMEI, MEID, UDID, VENDOR, MAC)
"""Kinds from the strongest evidence to the weakest that still counts as strong."""

_PLACEHOLDERS = frozenset(
    plain(text)
    for text in (
        "To be filled by O.E.M.", "To be filled by OEM", "O.E.M.", "N/A", "NA", "None", "Null",
        "Nil", "Default string", "Default", "System Serial Number", "Serial Number", "Serial",
        "Chassis Serial Number", "Base Board Serial Number", "Not Specified", "Not Available",
        "Not Applicable", "Not Present", "Not Set", "Undefined", "Unknown", "Unspecified",
        "Invalid", "Empty", "Blank", "Test", "TBD", "SN", "S/N", "no serial", "No serial number",
        "0123456789", "123456789", "1234567890", "12345678", "1234567", "123456", "12345", "1234",
        "987654321", "ABCDEFG", "abc123", "123abc", "Type1ProductConfigId", "To Be Filled", "OEM",
        "INVALID SN", "serial no", "xxxxxxxxxx", "SerNum0", "SN0000000000", "MB-1234567890",
        "no asset tag",
    )
)  # fmt: skip
_EMPTY_UUIDS = frozenset(
    {"03000200040005000006000700080009", "00020003000400050006000700080009",
     "12345678123456781234567812345678", "fefefefefefefefefefefefefefefefe"}
)  # fmt: skip
"""What mainboards say whose maker never set the UUID."""
_VIRTUAL_MACS = ("00005e0001", "00005e0002", "00000c07ac", "00000c9ff", "0007b400")
"""VRRP (RFC 9568), HSRP and GLBP addresses: they wander from router to router."""


@dataclass(frozen=True, slots=True)
class Key:
    """An identifier in normal form; `namespace` is the maker's key for a serial, else ""."""

    kind: str
    namespace: str
    value: str

    @property
    def strength(self) -> int:
        """0 is the strongest."""
        return STRENGTH.index(VENDOR if self.kind.startswith(VENDOR) else self.kind)

    def spoken(self) -> str:
        """For sentences: "serial CN123", "MAC 00:11:22:33:44:55"."""
        names = {MAC: "MAC", IMEI: "IMEI", MEID: "MEID", UDID: "UDID", ENGINE: "SNMP engine id"}
        value = colons(self.value) if self.kind == MAC else self.value
        kind = names.get(self.kind, self.kind.removeprefix(VENDOR))
        return f"{kind} {value}"


def normal_key(kind: str, value: str, *, namespace: str = "") -> Key:
    """The identifier in normal form. Raises `InvalidInput` (field `identifiers`) for an unknown
    kind, a malformed value, or one that cannot identify anything (placeholder, multicast MAC)."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > 200:
        raise wrong("identifiers", f"hold a {kind} that is empty or too long")
    if kind.startswith(VENDOR):
        return Key(kind, "", _vendor_id(kind, text))
    if kind not in _NORMAL:
        raise wrong("identifiers", f"hold the unknown kind {kind[:60]!r}")
    return Key(kind, namespace if kind == SERIAL else "", _NORMAL[kind](text))


def usable(kind: str, values: Iterable[str], *, namespace: str = "") -> list[Key]:
    """Those of `values` that identify; the malformed and the shared ones are left out."""
    kept: dict[Key, None] = {}
    for value in values:
        with suppress(InvalidInput):
            kept[normal_key(kind, value, namespace=namespace)] = None
    return list(kept)


def is_placeholder(serial: str) -> bool:
    """Whether a serial number says nothing: too short, one character repeated, factory text."""
    text = plain(serial)
    squeezed = text.replace(" ", "")
    if len(squeezed) < 4 or len(set(squeezed)) == 1:
        return True
    if text in _PLACEHOLDERS or squeezed in _PLACEHOLDERS:
        return True
    return not squeezed.strip("0x") or squeezed in "01234567890123456789"


def serial_value(text: str) -> str:
    """A serial in comparable form: upper case, without blanks. Raises for placeholders."""
    value = "".join(fold(text).upper().split())
    if is_placeholder(text) or len(value) > 120:
        raise wrong("serial", "is a placeholder, not a serial number")
    return value


def mac_value(text: str) -> str:
    """Twelve lower-case hex digits from any notation. Raises for what no single device owns:
    zero, broadcast, multicast, locally administered (RFC 9542 §2.1) and virtual router MACs."""
    value = re.sub(r"[\s:.\-]", "", text).lower()
    if len(value) != 12 or not set(value) <= set(string.hexdigits):
        raise wrong("mac", "must be twelve hex digits")
    if int(value[:2], 16) & 0b11 or value.startswith(_VIRTUAL_MACS) or len(set(value)) == 1:
        raise wrong("mac", "belongs to no single device")
    return value


def colons(mac: str) -> str:
    """ "001122334455" → "00:11:22:33:44:55"."""
    return ":".join(mac[i : i + 2] for i in range(0, len(mac), 2))


def imei_value(text: str) -> str:
    """The fifteen digits with their check digit (3GPP TS 23.003 §6.2.1, Luhn).

    Fourteen digits get theirs; of sixteen (IMEISV) the software version is dropped.
    """
    digits = re.sub(r"[\s\-/]", "", text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in {14, 15, 16}:
        raise wrong("imei", "must be 14 to 16 digits")
    body = digits[:14]
    full = body + _luhn(body)
    if len(digits) == 15 and digits != full:
        raise wrong("imei", "has a wrong check digit")
    if len(set(body)) == 1:
        raise wrong("imei", "is a placeholder")
    return full


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def _meid(text: str) -> str:
    value = re.sub(r"[\s\-]", "", text).lower()
    if len(value) == 18 and value.isdigit():  # decimal form: 10 + 8 digits (3GPP2 S.R0048-A)
        value = f"{int(value[:10]):08x}{int(value[10:]):06x}"
    if len(value) == 15:  # with its check digit
        value = value[:14]
    if len(value) != 14 or not set(value) <= set(string.hexdigits) or len(set(value)) == 1:
        raise wrong("meid", "must be 14 hex or 18 decimal digits")
    return value


def _udid(text: str) -> str:
    value = re.sub(r"[\s{}\-]", "", text).lower()
    hexed = set(value) <= set(string.hexdigits)
    if not hexed or len(value) not in {24, 32, 40} or len(set(value)) < 3 or value in _EMPTY_UUIDS:
        raise wrong("udid", "must be 24, 32 or 40 hex digits that no other device has")
    return value


def _engine(text: str) -> str:
    """RFC 3411 SnmpEngineID: 5 to 32 octets, neither all zero nor all 0xff.

    An engine id made of the device's IP address (formats 1 and 2) is refused: it belongs to the
    address, and the next device there has the same.
    """
    value = re.sub(r"[\s:.\-]", "", text).lower().removeprefix("0x")
    if not set(value) <= set(string.hexdigits) or len(value) % 2 or not 10 <= len(value) <= 64:
        raise wrong("snmp_engine_id", "must be 5 to 32 octets in hex")
    if len(set(value)) == 1 or len(set(value[10:])) <= 1:
        raise wrong("snmp_engine_id", "is a placeholder")
    if value[0] in "89abcdef" and value[8:10] in {"01", "02"}:
        raise wrong("snmp_engine_id", "is made of an address, not of the device")
    return value


def _vendor_id(kind: str, text: str) -> str:
    if not re.fullmatch(r"vendor:[a-z0-9_]{1,50}", kind):
        raise wrong("identifiers", "hold a vendor kind that is not vendor:<name>")
    if is_placeholder(text) or not text.isprintable():
        raise wrong("identifiers", f"hold a {kind} that identifies nothing")
    return text


_NORMAL: dict[str, Callable[[str], str]] = {
    SERIAL: serial_value,
    MAC: mac_value,
    IMEI: imei_value,
    MEID: _meid,
    UDID: _udid,
    ENGINE: _engine,
}


def probes(text: str) -> list[str]:
    """Every normal form that `text` may be the written form of: what an exact search looks for."""
    found: dict[str, None] = {}
    if not text.strip().isprintable():
        return []
    for normal in _NORMAL.values():
        with suppress(InvalidInput):
            found[normal(text)] = None
    if 4 <= len(text.strip()) <= 200:
        found[text.strip()] = None
    return list(found)
