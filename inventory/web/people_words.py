"""The words of people and their imports; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

PEOPLE_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "person_role": {
        "student": _l("Student"),
        "teacher": _l("Teacher"),
        "staff": _l("Staff"),
    },
    "plan_state": {
        "planned": _l("Waits for approval"),
        "applying": _l("Is being applied"),
        "applied": _l("Applied"),
        "failed": _l("Failed, nobody was changed"),
        "undone": _l("Undone"),
        "refused": _l("Refused"),
    },
    "directory_kind": {
        "google": _l("Google Workspace"),
        "graph": _l("Microsoft Entra ID"),
        "ldap": _l("LDAP or Active Directory"),
    },
    "read_state": {
        "queued": _l("Waits for the worker"),
        "running": _l("Is being read"),
        "done": _l("Read"),
        "failed": _l("Failed"),
    },
    "org_kind": {
        "org": _l("School or department"),
        "unit": _l("Organizational unit"),
        "department": _l("Department"),
        "group": _l("Group"),
    },
    "change_kind": {
        "create": _l("New"),
        "adopt": _l("Known by hand before"),
        "deactivate": _l("Leaves"),
        "reactivate": _l("Comes back"),
        "role": _l("Other role"),
        "site": _l("Other school"),
        "update": _l("Changed"),
    },
    "report_kind": {
        "lost": _l("Lost"),
        "stolen": _l("Stolen"),
        "broken": _l("Broken"),
        "other": _l("Something else"),
    },
    "agreement_audience": {
        "students": _l("Students sign it"),
        "staff": _l("Teachers and staff sign it"),
        "everyone": _l("Everybody signs it"),
    },
    "agreement_per": {
        "device": _l("For each device"),
        "year": _l("Once a school year"),
    },
    "problem_kind": {
        "invalid": _l("Cannot be read"),
        "orphan": _l("Unknown school"),
        "conflict": _l("Contradiction"),
    },
    "person_field": {
        "sourced_id": _l("Number in the roster"),
        "role": _l("Role"),
        "given_name": _l("Given name"),
        "family_name": _l("Family name"),
        "site_id": _l("School"),
        "other_site_ids": _l("Other schools"),
        "grade": _l("Grade"),
        "homeroom": _l("Homeroom"),
        "active": _l("Is here"),
        "temporary": _l("Entered by hand"),
        "source_id": _l("Source"),
    },
}

PEOPLE_TONES: Mapping[str, str] = {
    "planned": "info", "applied": "success", "undone": "warning", "refused": "secondary",
    "applying": "info",
}  # fmt: skip
