"""What Google Workspace can do, what it must be told, and which rights that takes."""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform
from mdm.vendors._software import FIELD as SOFTWARE

_SCOPE = "https://www.googleapis.com/auth/admin.directory.device."
_BOOKS, _ANDROID = frozenset({Platform.CHROMEOS}), frozenset({Platform.ANDROID})
_APPLE = frozenset({Platform.IOS, Platform.IPADOS})
_BY_ID, _BY_STATE = Confirmation.COMMAND_ID, Confirmation.STATE
_ALL, _DATA = Effect.ERASES_EVERYTHING, Effect.REMOVES_MANAGEMENT_DATA
_PERSONAL, _UNTOLD = frozenset({Ownership.PERSONAL}), frozenset({Ownership.UNKNOWN})

INFO = VendorInfo(
    name="google_workspace",
    label="Google Workspace",
    fields=(
        ConfigField("service_account", "Service account key", secret=True, help="Its JSON file."),
        ConfigField("admin", "Administrator to act for", help="An address in your domain."),
        ConfigField(
            "customer", "Customer id", default="my_customer", help="Or the C… of the console."
        ),
        ConfigField(
            "mobile",
            "Read mobile devices too",
            default="yes",
            choices=("yes", "no"),
            help="With no, the scopes of mobile devices need not be allowed.",
        ),
        SOFTWARE,
    ),
    capabilities=(
        Capability(
            Action.DISABLE,
            _BOOKS,
            Effect.LOCKS,
            _BY_STATE,
            note="Nobody can sign in; the device stays managed. May free a licence.",
        ),
        Capability(
            Action.ENABLE,
            _BOOKS,
            Effect.RESTORES,
            _BY_STATE,
            note="May take a licence, and fails where none is left.",
        ),
        Capability(
            Action.RESTART, _BOOKS, Effect.INTERRUPTS, _BY_ID, note="ChromeOS 113 or later."
        ),
        Capability(
            Action.CLEAR_USERS,
            _BOOKS,
            Effect.ERASES_USER_DATA,
            _BY_ID,
            note="All profiles go; enrolment and policies stay.",
        ),
        Capability(
            Action.WIPE,
            _BOOKS,
            _ALL,
            _BY_ID,
            note="Comes back by itself only where enrolment is forced.",
        ),
        Capability(
            Action.RETIRE,
            _BOOKS,
            _DATA,
            _BY_STATE,
            note="Deprovisioned for good: policies go, its users' data stays, and only a wipe by "
            "hand enrols it again. May free a licence.",
        ),
        Capability(Action.WIPE, _APPLE, _ALL, _BY_STATE, cancellable=True),
        Capability(
            Action.WIPE,
            _ANDROID,
            _ALL,
            _BY_STATE,
            cancellable=True,
            note="Where a personal device has a work profile, only that goes.",
        ),
        Capability(Action.RETIRE, _ANDROID, _DATA, _BY_STATE, _PERSONAL),
        Capability(
            Action.RETIRE,
            _ANDROID,
            _ALL,
            _BY_STATE,
            _UNTOLD,
            note="Not told who owns it, so the gravest effect is assumed.",
        ),
        Capability(Action.RETIRE, _APPLE, _DATA, _BY_STATE),
    ),
    to_read=(f"{_SCOPE}chromeos.readonly", f"{_SCOPE}mobile.readonly"),
    to_act=(f"{_SCOPE}chromeos", f"{_SCOPE}mobile.action"),
    setup="Make a service account without any role in Google Cloud, enable the Admin SDK API, and "
    "allow its client id these scopes under Security > API controls > Domain-wide delegation. "
    "The administrator it acts for needs a custom role with the privileges for ChromeOS and mobile "
    "devices only. Use one service account for reading and another for acting.",
    tags_on=_BOOKS,
    incremental=True,
)
