"""From the text of a cell to a value: pure rules. Raises `InvalidInput`, never guesses silently."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from inventory.assets.kinds import Category, Status
from inventory.assets.words import plain, wrong

CLEARED = frozenset({"(clear)", "\\n"})
"""What empties a field; an empty cell leaves it alone."""

YES = frozenset({"true", "yes", "y", "1", "x", "sí", "si", "verdadero"})
NO = frozenset({"false", "no", "n", "0", "falso"})

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)(?: 0?0:00(?::00)?)?")
_MONEY = re.compile(r"\d{1,3}(?:[., ]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?")
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number: its last digits are lost."""

_CATEGORIES: Mapping[str, Category] = {
    "notebook": Category.LAPTOP, "laptops": Category.LAPTOP, "portátil": Category.LAPTOP,
    "macbook": Category.LAPTOP, "desktop": Category.WORKSTATION, "computer": Category.WORKSTATION,
    "pc": Category.WORKSTATION, "desktops": Category.WORKSTATION, "ipad": Category.TABLET,
    "tableta": Category.TABLET, "tablets": Category.TABLET, "ipads": Category.TABLET,
    "chromebooks": Category.CHROMEBOOK, "printers": Category.PRINTER,
    "impresora": Category.PRINTER, "mfp": Category.MULTIFUNCTION, "copier": Category.MULTIFUNCTION,
    "phone": Category.TELEPHONE, "ip phone": Category.TELEPHONE, "iphone": Category.MOBILE_PHONE,
    "cell phone": Category.MOBILE_PHONE, "smartphone": Category.MOBILE_PHONE,
    "switch": Category.NETWORK_DEVICE, "router": Category.NETWORK_DEVICE,
    "access point": Category.WIRELESS, "ap": Category.WIRELESS, "proyector": Category.PROJECTOR,
    "projectors": Category.PROJECTOR, "servers": Category.SERVER, "cámara": Category.CAMERA,
    "cameras": Category.CAMERA, "misc": Category.OTHER, "otro": Category.OTHER,
}  # fmt: skip
_STATUSES: Mapping[str, Status] = {
    "ready to deploy": Status.IN_STOCK, "available": Status.IN_STOCK, "stock": Status.IN_STOCK,
    "spare": Status.IN_STOCK, "disponible": Status.IN_STOCK, "pending": Status.ORDERED,
    "in use": Status.DEPLOYED, "active": Status.DEPLOYED, "en uso": Status.DEPLOYED,
    "in service": Status.DEPLOYED, "checked out": Status.DEPLOYED, "asignado": Status.DEPLOYED,
    "repair": Status.IN_REPAIR, "out for repair": Status.IN_REPAIR, "broken": Status.IN_REPAIR,
    "out for repairs": Status.IN_REPAIR, "archived": Status.RETIRED, "retirado": Status.RETIRED,
    "missing": Status.LOST, "perdido": Status.LOST, "robado": Status.STOLEN,
}  # fmt: skip


def category_of(text: str) -> Category | None:
    """None for a word that nobody knows."""
    word = plain(text)
    found = {member.value.replace("_", " "): member for member in Category}
    return found.get(word) or _CATEGORIES.get(word) or _CATEGORIES.get(text.strip().casefold())


def status_of(text: str) -> Status | None:
    """None for a word that nobody knows."""
    word = plain(text)
    found = {member.value.replace("_", " "): member for member in Status}
    return found.get(word) or _STATUSES.get(word)


def orders(text: str) -> tuple[bool, bool] | None:
    """Whether the date can be read month first, and day first; None for one that is not in such
    an order, or the same in both."""
    found = _SLASHED.fullmatch(text.strip())
    if found is None or found[1] == found[2]:
        return None
    first, second = int(found[1]), int(found[2])
    return first <= 12 and second <= 31, second <= 12 and first <= 31


def date_of(text: str, field: str, order: str) -> date:
    """order: mdy or dmy, for dates like 03/04/25; "" refuses those that can be both."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := _SLASHED.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if order not in {"mdy", "dmy"}:
            if first <= 12 and second <= 12 and first != second:
                raise wrong(field, "can be read month first or day first: choose the order")
            order = "mdy" if first <= 12 else "dmy"
        year += 0 if year > 99 else 2000 if year < 70 else 1900
        parts = (year, first, second) if order == "mdy" else (year, second, first)
    else:
        raise wrong(field, "is no date like 2026-09-01 or 9/1/2026")
    try:
        return date(*parts)
    except ValueError as none:
        raise wrong(field, "is no day that exists") from none


def cents_of(text: str, field: str, decimal: str) -> int:
    """Money in any usual notation: $1,234.56; 1.234,56 €; 1234."""
    bare = re.sub(r"USD|EUR|MXN|[$€£\s]", "", text, flags=re.IGNORECASE)
    if not _MONEY.fullmatch(bare):
        raise wrong(field, "is no amount of money like 1,234.56")
    last = max(bare.rfind("."), bare.rfind(","))
    places = len(bare) - last - 1
    if last >= 0 and places != 3 and (not decimal or bare[last] == decimal):
        whole, part = bare[:last], bare[last + 1 :]
    elif last >= 0 and (bare[last] == decimal or places != 3):
        raise wrong(field, "is no amount of money like 1,234.56")
    else:
        whole, part = bare, ""
    return int(re.sub(r"[.,]", "", whole)) * 100 + int(part.ljust(2, "0") or 0)


def flag_of(text: str, field: str) -> bool:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise wrong(field, "is neither yes nor no")
    return word in YES


def whole_of(text: str, field: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise wrong(field, "is no whole number")
    return int(text)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
