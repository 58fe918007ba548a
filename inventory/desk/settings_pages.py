"""/settings: what is in force, where it comes from, and how to change it. It changes nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.db import shown_url
from inventory.desk.installed import installed
from inventory.errors import Misconfigured
from inventory.http.unit import current_actor, current_db, runtime
from inventory.settings import PREFIX, Origin, Settings, file_of, origins
from inventory.web.pages import page

bp = Blueprint("settings_pages", __name__, url_prefix="/settings")

GROUPS: Mapping[str, tuple[str, ...]] = {
    "district": ("district", "timezone"),
    "server": (
        "host", "port", "public_url", "trusted_proxies", "processes", "threads", "log_level",
    ),
    "security": (
        "session_idle_minutes", "session_hours", "password_min_length", "max_body_bytes",
        "upload_max_bytes", "asset_files_most", "token_requests_per_minute",
    ),
    "storage": ("database_url", "data_dir", "master_key_file", "master_key"),
    "jobs": (
        "worker", "worker_concurrency", "executor_id", "sweep_public_addresses",
        "sweep_max_hosts",
    ),
}  # fmt: skip
"""Group → its settings; what is in none of them stands under `other`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A setting. `value` is in words and holds no secret; `doc` is what the program says of it."""

    name: str
    variable: str
    value: str
    plain: bool
    doc: str
    origin: Origin


@bp.route("")
@guarded(Permission.SETTINGS_READ, page=True)
def show() -> BaseResponse:
    """The settings in force, and what is installed."""
    current_actor().require_everywhere(Permission.SETTINGS_READ)
    app = runtime()
    try:
        known, trouble = origins(app.settings), ""
    except Misconfigured as broken:
        known, trouble = {}, str(broken)
    file = file_of(os.environ)
    return page(
        "desk/settings.html", groups=_groups(app.settings, known), trouble=trouble,
        file=str(file.absolute()) if file is not None else "",
        about=installed(current_db(), app.database, app.settings),
        pending=any(origin.pending for origin in known.values()),
    )  # fmt: skip


def _groups(settings: Settings, known: Mapping[str, Origin]) -> dict[str, list[Line]]:
    places = {name: group for group, names in GROUPS.items() for name in names}
    found: dict[str, list[Line]] = {group: [] for group in (*GROUPS, "other")}
    for field in fields(Settings):
        text, plain = _told(settings, field.name, secret=field.metadata["secret"])
        found[places.get(field.name, "other")].append(
            Line(
                field.name, PREFIX + field.name.upper(), text, plain, field.metadata["doc"],
                known.get(field.name, Origin("start", False)),
            )
        )  # fmt: skip
    return {group: lines for group, lines in found.items() if lines}


def _told(settings: Settings, name: str, *, secret: bool) -> tuple[str, bool]:
    """The value in words, and whether it is the value itself rather than a word about it."""
    value: Any = getattr(settings, name)
    if secret:
        return str(_("set, and not shown") if value else _("not set")), False
    if name == "database_url":
        return shown_url(value), True
    if name == "master_key_file" and not value:
        return str(settings.key_path), True
    if isinstance(value, bool):
        return str(_("yes") if value else _("no")), False
    return (str(value), True) if value != "" else (str(_("not set")), False)
