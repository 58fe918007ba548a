"""The words of permissions, roles, accounts and tokens; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

ACCESS_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "role_about": {
        "helpdesk": _l("Looks devices up and answers questions about them."),
        "technician": _l("Adds, changes and retires devices, sweeps networks, asks for commands."),
        "coordinator": _l("May do everything, also manage accounts, networks and places."),
        "superintendent": _l(
            "Sees devices, accounts and the log; approves and holds remote commands."
        ),
        "school_administrator": _l("Sees the devices and people of a school. Changes nothing."),
        "auditor": _l("Sees everything that was done, and the settings. Changes nothing."),
        "staff": _l("Sees only their own account."),
        "integration": _l("A script or another program: reads and changes devices by tokens."),
    },
    "permission": {
        "asset:read": _l("See devices"),
        "asset:write": _l("Add and change devices"),
        "asset:bulk": _l("Change many devices at once"),
        "asset:retire": _l("Retire and dispose of devices"),
        "catalog:write": _l("Change makers, models and custom fields"),
        "lookup:read": _l("Look up a device by its tag"),
        "discovery:read": _l("See networks, sweeps and what they found"),
        "discovery:run": _l("Start sweeps"),
        "discovery:review": _l("Decide what becomes of found devices"),
        "network:write": _l("Add and change networks"),
        "credential:write": _l("Add and change SNMP credentials"),
        "site:read": _l("See schools, buildings and rooms"),
        "site:write": _l("Add and change schools, buildings and rooms"),
        "person:read": _l("See people"),
        "person:write": _l("Add a person by hand until the roster knows them"),
        "person:import": _l("Upload rosters and see what they would change"),
        "person:approve": _l("Apply and undo imports of people"),
        "account:read": _l("See accounts and their roles"),
        "account:write": _l("Make and change accounts, give roles"),
        "token:own": _l("Make tokens for their own programs"),
        "audit:read": _l("Read the audit log"),
        "job:read": _l("See background jobs"),
        "settings:read": _l("See the settings of the server"),
        "mdm:read": _l("See what the MDM vendors say"),
        "mdm:write": _l("Set up connections to MDM vendors"),
        "command:request": _l("Ask for remote commands, such as a lock"),
        "command:wipe": _l("Ask for a remote wipe"),
        "command:approve": _l("Approve what others ask for"),
        "command:bulk": _l("Ask for commands to many devices at once"),
        "command:pin": _l("See the PIN of a locked device"),
        "command:place": _l("See where a lost device is"),
        "custody:read": _l("See who has which device"),
        "custody:write": _l("Hand devices out and take them back"),
        "hold:read": _l("See holds"),
        "hold:write": _l("Put devices and people on hold, and end it"),
        "policy:write": _l("Change the limits of remote commands"),
        "breaker:close": _l("Let remote commands go on after a stop"),
        "notice:write": _l("Set up notices and webhooks"),
        "device:enrol": _l("Enrol computers by a script"),
        "self": _l("See and change their own account"),
    },
    "permission_group": {
        "devices": _l("Devices"),
        "discovery": _l("Discovery"),
        "commands": _l("Remote commands"),
        "district": _l("District"),
    },
    "account_state": {
        "active": _l("Active"),
        "locked": _l("Locked"),
        "one_time": _l("One-time password"),
        "disabled": _l("Disabled"),
        "program": _l("Program"),
    },
    "token_state": {
        "live": _l("Live"),
        "expired": _l("Expired"),
        "revoked": _l("Revoked"),
        "used_up": _l("Used up"),
    },
    "custody_kind": {
        "assignment": _l("Given"),
        "loan": _l("Lent"),
    },
    "loan_reason": {
        "repair": _l("Their own is being repaired"),
        "forgot": _l("They forgot their own"),
        "other": _l("Another reason"),
    },
    "condition": {
        "good": _l("Good"),
        "worn": _l("Worn"),
        "damaged": _l("Damaged"),
        "broken": _l("Broken"),
    },
    "zone": {
        "America/New_York": _l("Eastern time (New York)"),
        "America/Chicago": _l("Central time (Chicago)"),
        "America/Denver": _l("Mountain time (Denver)"),
        "America/Phoenix": _l("Arizona (Phoenix)"),
        "America/Los_Angeles": _l("Pacific time (Los Angeles)"),
        "America/Anchorage": _l("Alaska (Anchorage)"),
        "Pacific/Honolulu": _l("Hawaii (Honolulu)"),
        "America/Puerto_Rico": _l("Atlantic time (Puerto Rico)"),
        "Pacific/Guam": _l("Guam"),
    },
    "region": {
        "America": _l("America"),
        "Africa": _l("Africa"),
        "Antarctica": _l("Antarctica"),
        "Asia": _l("Asia"),
        "Atlantic": _l("Atlantic"),
        "Australia": _l("Australia"),
        "Europe": _l("Europe"),
        "Indian": _l("Indian Ocean"),
        "Pacific": _l("Pacific"),
    },
    "theme": {
        "auto": _l("As the system"),
        "light": _l("Light"),
        "dark": _l("Dark"),
    },
    "density": {
        "compact": _l("Compact: more rows on a screen"),
        "comfortable": _l("Comfortable: more room around each row"),
    },
}

ACCESS_TONES: Mapping[str, str] = {
    "active": "success", "locked": "warning", "one_time": "info", "disabled": "secondary",
    "program": "dark", "live": "success", "expired": "secondary", "revoked": "secondary",
    "used_up": "secondary",
}  # fmt: skip
