"""Where one can go: the side bar and the command palette, by what the viewer may."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from inventory.access import Permission
from inventory.web.viewer import Viewer

_P = Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu. `section`: the first part of the addresses that belong to it."""

    label: LazyString
    endpoint: str
    permission: Permission
    icon: str
    section: str
    everywhere: bool = False

    def shown_to(self, viewer: Viewer) -> bool:
        may = viewer.may_everywhere if self.everywhere else viewer.may
        return may(self.permission)

    @property
    def url(self) -> str:
        return url_for(self.endpoint)


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    label: LazyString
    entries: tuple[Entry, ...]


MENU: tuple[Group, ...] = (
    Group(
        _l("Devices"),
        (
            Entry(_l("Home"), "home.show", _P.SELF, "house", ""),
            Entry(_l("My devices"), "mine_pages.show", _P.SELF, "person-badge", "mine"),
            Entry(_l("Assets"), "assets_pages.listed", _P.ASSET_READ, "laptop", "assets"),
            Entry(_l("Labels"), "label_pages.design", _P.ASSET_READ, "tag", "labels"),
            Entry(_l("Enrol computers"), "enrol_pages.show", _P.ENROL, "download", "enrol"),
            Entry(_l("Imports"), "asset_import_pages.listed", _P.IMPORT_APPLY, "upload", "imports"),
        ),
    ),
    Group(
        _l("Who has what"),
        (
            Entry(_l("Scan station"), "scan_pages.show", _P.CUSTODY_WRITE, "upc-scan", "scan"),
            Entry(
                _l("Handed out"), "custody_pages.listed", _P.CUSTODY_READ, "person-badge", "custody"
            ),
            Entry(_l("Carts"), "cart_pages.listed", _P.CUSTODY_READ, "cart", "carts"),
            Entry(
                _l("Transfers"), "transfer_pages.listed", _P.CUSTODY_READ, "arrow-right",
                "transfers",
            ),
            Entry(
                _l("Agreements"), "agreement_pages.listed", _P.CUSTODY_READ, "journal-text",
                "agreements",
            ),
            Entry(
                _l("Lost or broken"), "report_pages.listed", _P.CUSTODY_READ,
                "exclamation-triangle", "reports",
            ),
            Entry(
                _l("To come back"), "recovery_pages.listed", _P.PERSON_READ, "arrow-left",
                "recovery",
            ),
            Entry(_l("People"), "people_pages.listed", _P.PERSON_READ, "person", "people"),
        ),
    ),
    Group(
        _l("Discovery"),
        (
            Entry(
                _l("Review queue"), "review_pages.queue", _P.DISCOVERY_READ, "check-lg",
                "discoveries",
            ),
            Entry(
                _l("Networks"), "network_pages.listed", _P.DISCOVERY_READ, "hdd-network",
                "networks",
            ),
            Entry(_l("Sweeps"), "sweep_pages.listed", _P.DISCOVERY_READ, "arrow-repeat", "sweeps"),
            Entry(
                _l("Credentials"), "credential_pages.listed", _P.NETWORK_WRITE, "key",
                "credentials",
            ),
            Entry(_l("Network map"), "map_pages.show", _P.DISCOVERY_READ, "diagram-3", "map"),
        ),
    ),
    Group(
        _l("Managed devices"),
        (
            Entry(_l("Devices"), "device_pages.listed", _P.MDM_READ, "phone", "managed"),
            Entry(_l("Connections"), "connection_pages.listed", _P.MDM_READ, "plug", "connections"),
            Entry(_l("Commands"), "command_pages.listed", _P.MDM_READ, "lock", "commands"),
            Entry(_l("Breaker"), "guard_pages.show", _P.MDM_READ, "shield-check", "breaker"),
            Entry(
                _l("Admin rights"), "grant_pages.listed", _P.ADMIN_RIGHT_READ, "shield-lock",
                "admin-rights",
            ),
        ),
    ),
    Group(
        _l("District"),
        (
            Entry(_l("Places"), "site_pages.tree", _P.SITE_READ, "building", "sites"),
            Entry(_l("Catalog"), "catalog_pages.makers", _P.ASSET_READ, "tag", "catalog"),
            Entry(_l("Accounts"), "account_pages.listed", _P.ACCOUNT_READ, "people", "accounts"),
            Entry(_l("Audit log"), "audit_pages.listed", _P.AUDIT_READ, "journal-text", "audit"),
            Entry(
                _l("Notices"), "notice_pages.show", _P.NOTICE_WRITE, "bell", "notices",
                everywhere=True,
            ),
            Entry(
                _l("Jobs"), "job_pages.listed", _P.JOB_READ, "clock-history", "jobs",
                everywhere=True,
            ),
            Entry(
                _l("Settings"), "settings_pages.show", _P.SETTINGS_READ, "gear", "settings",
                everywhere=True,
            ),
        ),
    ),
)  # fmt: skip


def menu_for(viewer: Viewer) -> Sequence[tuple[Group, Sequence[Entry]]]:
    """The groups with the entries that the viewer may open; empty groups are left out."""
    found = [(group, [e for e in group.entries if e.shown_to(viewer)]) for group in MENU]
    return [(group, entries) for group, entries in found if entries]
