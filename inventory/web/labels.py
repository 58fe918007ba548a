"""The words for the closed lists of the application: one place, so that they are translated once.

The lists themselves lie in the features above; a test checks that each member has its word here.
"""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from inventory.web.access_words import ACCESS_TONES, ACCESS_WORDS
from inventory.web.audit_words import AUDIT_WORDS
from inventory.web.discovery_words import DISCOVERY_TONES, DISCOVERY_WORDS
from inventory.web.import_words import IMPORT_TONES, IMPORT_WORDS
from inventory.web.mdm_words import MDM_TONES, MDM_WORDS
from inventory.web.people_words import PEOPLE_TONES, PEOPLE_WORDS
from inventory.web.server_words import SERVER_TONES, SERVER_WORDS

LABELS: Mapping[str, Mapping[str, LazyString]] = {
    "category": {
        "printer": _l("Printer"),
        "multifunction": _l("Multifunction printer"),
        "plotter": _l("Plotter"),
        "label_printer": _l("Label printer"),
        "fax": _l("Fax"),
        "scanner": _l("Scanner"),
        "camera": _l("Camera"),
        "projector": _l("Projector"),
        "telephone": _l("Telephone"),
        "telephony": _l("Telephone system"),
        "mobile_phone": _l("Mobile phone"),
        "tablet": _l("Tablet"),
        "chromebook": _l("Chromebook"),
        "laptop": _l("Laptop"),
        "workstation": _l("Workstation"),
        "server": _l("Server"),
        "storage": _l("Storage"),
        "network_device": _l("Network device"),
        "wireless": _l("Wireless device"),
        "ups": _l("Power supply (UPS)"),
        "other": _l("Other"),
    },
    "status": {
        "ordered": _l("Ordered"),
        "in_stock": _l("In stock"),
        "deployed": _l("Deployed"),
        "in_repair": _l("In repair"),
        "lost": _l("Lost"),
        "stolen": _l("Stolen"),
        "seized": _l("Seized"),
        "retired": _l("Retired"),
        "disposed": _l("Disposed of"),
    },
    "source": {
        "person": _l("a person"),
        "sweep": _l("a network sweep"),
        "vendor": _l("an MDM vendor"),
        "enrolment": _l("an enrolment script"),
    },
    "outcome": {
        "new": _l("New"),
        "matched": _l("Matched"),
        "conflict": _l("Conflict"),
        "ignored": _l("Ignored"),
    },
    "decision": {
        "created": _l("Made an asset"),
        "attached": _l("Attached to an asset"),
        "replaced": _l("Replaced a device"),
        "ignored": _l("Ignored"),
        "automatic": _l("Accepted by rule"),
        "superseded": _l("Superseded"),
    },
    "sweep_state": {
        "queued": _l("Queued"),
        "running": _l("Running"),
        "finished": _l("Finished"),
        "failed": _l("Failed"),
        "cancelled": _l("Cancelled"),
        "interrupted": _l("Interrupted"),
    },
    "job_state": {
        "queued": _l("Queued"),
        "running": _l("Running"),
        "done": _l("Done"),
        "failed": _l("Failed"),
        "cancelled": _l("Cancelled"),
    },
    "supply_state": {
        "ok": _l("OK"),
        "low": _l("Low"),
        "empty": _l("Empty"),
        "some_remains": _l("Some left"),
        "unknown": _l("Unknown"),
        "unrestricted": _l("Not limited"),
    },
    "identifier": {
        "serial": _l("Serial number"),
        "mac": _l("MAC address"),
        "imei": _l("IMEI"),
        "meid": _l("MEID"),
        "udid": _l("UDID"),
        "snmp_engine_id": _l("SNMP engine id"),
    },
    "credential_kind": {"v1": _l("SNMPv1"), "v2c": _l("SNMPv2c"), "v3": _l("SNMPv3")},
    "site_kind": {
        "district": _l("District"),
        "school": _l("School"),
        "building": _l("Building"),
        "room": _l("Room"),
    },
    "role": {
        "helpdesk": _l("Helpdesk"),
        "technician": _l("Technician"),
        "coordinator": _l("Coordinator of Instructional Technology"),
        "superintendent": _l("Superintendent"),
        "school_administrator": _l("School administrator"),
        "auditor": _l("Auditor"),
        "staff": _l("Staff"),
        "integration": _l("Program"),
    },
    "field_kind": {
        "text": _l("Text"),
        "number": _l("Number"),
        "date": _l("Date"),
        "choice": _l("Choice"),
        "boolean": _l("Yes or no"),
    },
    "field": {
        "tag": _l("Tag"),
        "category": _l("Kind"),
        "status": _l("Status"),
        "manufacturer": _l("Maker"),
        "model": _l("Model"),
        "name": _l("Name"),
        "serial": _l("Serial number"),
        "firmware": _l("Firmware"),
        "site_id": _l("Place"),
        "location": _l("Location told by the device"),
        "address": _l("Address"),
        "mac": _l("MAC address"),
        "imei": _l("IMEI"),
        "meid": _l("MEID"),
        "udid": _l("UDID"),
        "description": _l("Description"),
        "purchase_date": _l("Bought on"),
        "cost_cents": _l("Price"),
        "order_number": _l("Order number"),
        "supplier": _l("Supplier"),
        "warranty_until": _l("Warranty until"),
        "funding_source": _l("Funding source"),
        "federal_funds": _l("Federal funds"),
        "grant_number": _l("Grant number"),
    },
    **ACCESS_WORDS,
    **AUDIT_WORDS,
    **SERVER_WORDS,
    **DISCOVERY_WORDS,
    **MDM_WORDS,
    **PEOPLE_WORDS,
    **IMPORT_WORDS,
}

ICONS: Mapping[str, str] = {
    "printer": "printer", "multifunction": "printer", "plotter": "printer",
    "label_printer": "tag", "fax": "printer", "scanner": "upc-scan", "camera": "camera",
    "projector": "display", "telephone": "telephone", "telephony": "telephone",
    "mobile_phone": "phone", "tablet": "tablet", "chromebook": "laptop", "laptop": "laptop",
    "workstation": "display", "server": "hdd-stack", "storage": "hdd-stack",
    "network_device": "hdd-network", "wireless": "wifi", "ups": "battery",
}  # fmt: skip
"""Category → name of its icon; `question-circle` for any other."""

TONES: Mapping[str, str] = {
    "ordered": "info", "in_stock": "secondary", "deployed": "success", "in_repair": "warning",
    "lost": "danger", "stolen": "danger", "seized": "dark", "retired": "secondary",
    "disposed": "secondary", "new": "info", "matched": "success", "conflict": "warning",
    "ignored": "secondary", "queued": "secondary", "running": "info", "finished": "success",
    "done": "success", "failed": "danger", "cancelled": "secondary", "interrupted": "warning",
    "low": "warning", "empty": "danger", "ok": "success", **ACCESS_TONES, **SERVER_TONES,
    **DISCOVERY_TONES, **MDM_TONES, **PEOPLE_TONES,
    **IMPORT_TONES,
}  # fmt: skip
"""A state → the tone of its badge."""


def label(kind: str, value: object) -> str:
    """The word for a member of a list; the member itself, readable, where there is none."""
    text = str(getattr(value, "value", value))
    found = LABELS.get(kind, {}).get(text)
    return str(found) if found is not None else text.replace("_", " ").capitalize()


def icon_of(category: object) -> str:
    return ICONS.get(str(getattr(category, "value", category)), "question-circle")


def tone_of(state: object) -> str:
    return TONES.get(str(getattr(state, "value", state)), "secondary")
