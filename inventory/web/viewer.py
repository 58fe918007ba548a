"""Whom a page is shown to: set by the guard, read by every template."""

from dataclasses import dataclass, field
from typing import cast

from flask import g

from inventory.access import Permission


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person at the browser.

    csrf        the session's token, unmasked
    language, timezone   "" where the person has not chosen: the browser's word counts then
    theme       auto, light or dark
    density     compact or comfortable
    scan_gap_ms longest time between two keys of a barcode scanner
    must_change_password   nothing but the change itself is open
    """

    account_id: int
    name: str
    csrf: str
    permissions: frozenset[Permission] = frozenset()
    language: str = ""
    timezone: str = ""
    theme: str = "auto"
    density: str = "compact"
    scan_gap_ms: int = 50
    must_change_password: bool = False
    everywhere: frozenset[Permission] = field(default=frozenset())

    def may(self, permission: Permission | str) -> bool:
        """Whether the permission is held for at least one place."""
        return permission in self.permissions

    def may_everywhere(self, permission: Permission | str) -> bool:
        """Whether it is held for the whole district."""
        return permission in self.everywhere


def current_viewer() -> Viewer | None:
    """None on the pages that need no sign-in."""
    return cast(Viewer | None, g.get("viewer"))
