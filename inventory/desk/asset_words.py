"""Values of an asset as a person reads them: labels of fields and lists, dates, money, places."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from inventory.sites.way import Way
from inventory.web.labels import label
from inventory.web.showing import day, money

NOTHING = ""
STEP = " \u203a "

_DAYS = {"purchase_date", "warranty_until"}
_LISTS = {"category": "category", "status": "status", "source": "source"}

Ways = Mapping[int, Way]


def field_label(field: str) -> str:
    """The word for a field of an asset, of a sighting or of an event."""
    more = {
        "switch_port": _("Switch port"), "macs": _("MAC addresses"),
        "addresses": _("Addresses"), "engine_id": _("SNMP engine id"),
        "identifiers": _("Identifiers"), "custom": _("Own fields"), "size": _("Size"),
        "media_type": _("Type"), "caption": _("Caption"), "file": _("File"),
    }  # fmt: skip
    return more.get(field) or label("field", field)


def value_text(field: str, value: object, ways: Ways) -> str:
    """The value in words; "" where there is none.

    ways  of the places that the reader may know of; another one is not named
    """
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if field in _LISTS:
        return label(_LISTS[field], value)
    if field == "site_id":
        return place_text(value, ways)
    if field == "cost_cents" and isinstance(value, int):
        return money(value)
    if field in _DAYS:
        return _day_text(value)
    return _plainly(value)


def place_text(value: object, ways: Ways) -> str:
    """The way to the place, without the district, which is the same for all."""
    text = str(value)
    way = ways.get(int(text), ()) if text.isascii() and text.isdigit() else ()
    if not way:
        return str(_("a place outside your schools"))
    return STEP.join(step.name for step in (way[1:] or way))


def _day_text(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _plainly(value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list | tuple):
        return ", ".join(_plainly(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plainly(one)}" for key, one in value.items())
    return str(value)
