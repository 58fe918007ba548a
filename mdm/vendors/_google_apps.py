"""Apps of Android devices, which both of Google's APIs list in the same way."""

from __future__ import annotations

from mdm.fields import Fields
from mdm.types import Software
from mdm.vendors._software import software

APP = "displayName,packageName,versionName"
"""What is asked for of an app; its permissions and signatures stay at Google."""


def apps(rows: list[object] | None) -> tuple[Software, ...] | None:
    """From rows with `APP`; those that are told as removed are left out."""
    told = [Fields(row) for row in rows or []]
    return software(
        [
            {
                "name": app.text("displayName") or app.text("packageName"),
                "version": app.text("versionName"),
                "package": app.text("packageName"),
            }
            for app in told
            if app.text("state") != "REMOVED"
        ],
        "package",
    )
