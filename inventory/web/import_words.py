"""The words of imports of assets; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

IMPORT_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "import_state": {
        "staged": _l("Columns are to be named"),
        "planned": _l("Waits for approval"),
        "applying": _l("Is being applied"),
        "applied": _l("Applied"),
        "undoing": _l("Is being undone"),
        "undone": _l("Undone"),
        "refused": _l("Refused"),
    },
    "row_outcome": {
        "create": _l("New"),
        "update": _l("Changed"),
        "unchanged": _l("Unchanged"),
        "waiting": _l("Waits for a decision"),
        "skipped": _l("Left out"),
        "rejected": _l("Cannot be read"),
        "conflict": _l("Contradiction"),
    },
    "unknown_kind": {
        "manufacturer": _l("Manufacturer"),
        "model": _l("Model"),
        "site": _l("Place"),
        "category": _l("Kind"),
        "status": _l("Status"),
        "choice": _l("Choice"),
    },
    "import_field": {
        "id": _l("Number of the asset"),
        "tag": _l("Tag"),
        "serial": _l("Serial number"),
        "manufacturer": _l("Manufacturer"),
        "model": _l("Model"),
        "category": _l("Kind"),
        "status": _l("Status"),
        "name": _l("Name"),
        "description": _l("Description"),
        "firmware": _l("Firmware"),
        "purchase_date": _l("Bought on"),
        "cost": _l("Price"),
        "cost_cents": _l("Price in cents"),
        "order_number": _l("Order number"),
        "supplier": _l("Supplier"),
        "warranty_until": _l("Warranty until"),
        "warranty_months": _l("Warranty in months"),
        "funding_source": _l("Funding source"),
        "federal_funds": _l("Federal funds"),
        "grant_number": _l("Grant number"),
        "site_id": _l("Number of the place"),
        "place": _l("Place"),
        "school": _l("School"),
        "building": _l("Building"),
        "room": _l("Room"),
        "mac": _l("MAC addresses"),
        "imei": _l("IMEI"),
        "meid": _l("MEID"),
        "udid": _l("UDID"),
        "identifiers": _l("Identifiers"),
        "new_site": _l("New room"),
        "custom": _l("Own fields"),
    },
}

IMPORT_TONES: Mapping[str, str] = {
    "staged": "info", "applying": "info", "undoing": "info", "create": "success",
    "update": "info", "unchanged": "secondary", "waiting": "warning", "skipped": "secondary",
    "rejected": "danger",
}  # fmt: skip
