"""The vendors there are, and the way to a connector.

A vendor is a module in `mdm/vendors` with `INFO: VendorInfo` and `connect(Connection) ->
Connector`; one whose name begins with an underscore is part of another. A module that is not there
is not listed; only the one that is opened is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import cast

from mdm import vendors as folder
from mdm.connection import Access, ConfigField, Connection, VendorInfo, Wiring
from mdm.connector import Connector
from mdm.errors import Invalid, Where
from mdm.http import is_loopback

MAX_SETTING = 32_768


def vendor_names() -> tuple[str, ...]:
    """The names to open a connector with, sorted; imports none of them."""
    found = (module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def vendors() -> Mapping[str, VendorInfo]:
    """Every vendor by its name."""
    return {name: vendor(name) for name in vendor_names()}


def vendor(name: str) -> VendorInfo:
    """One vendor. Raises `Invalid` for a name that is not listed."""
    return cast(VendorInfo, _module(name).INFO)


def open_connector(
    vendor: str,
    config: Mapping[str, str],
    *,
    name: str = "",
    access: Access = Access.READ,
    base_url: str | None = None,
    wiring: Wiring | None = None,
) -> Connector:
    """A connector for one connection; no request is made yet.

    config    the settings that `VendorInfo.fields` names, secrets in the clear
    name      how errors call the connection
    access    READ never sends; commands and tags need ACT
    base_url  the fake of a test or a demo, on this machine only

    Raises `Invalid` for an unknown vendor, or for settings that are missing, unknown or unsafe.
    """
    module = _module(vendor)
    info = cast(VendorInfo, module.INFO)
    where = Where(info.label, name)
    around = wiring or Wiring()
    for url in (base_url, around.login_url):
        if url is not None and not is_loopback(url):
            raise Invalid(where, "another address can only be one on this machine")
    settings = checked_settings(info.fields, config, where)
    return cast(
        Connector, module.connect(Connection(info, name, settings, access, base_url, around))
    )


def _module(name: str) -> ModuleType:
    if name not in vendor_names():
        raise Invalid(Where(name[:40]), f"not a vendor; there are {', '.join(vendor_names())}")
    return importlib.import_module(f"{folder.__name__}.{name}")


def checked_settings(
    fields: tuple[ConfigField, ...], config: Mapping[str, str], where: Where
) -> dict[str, str]:
    """Every setting of `fields` with its value, "" where it is not needed and not given.

    Raises `Invalid` for settings that are missing, unknown or unusable.
    """
    unknown = sorted(config.keys() - {item.name for item in fields})
    wrong = [f"no such setting: {name[:40]}" for name in unknown[:5]]
    settings: dict[str, str] = {}
    for item in fields:
        value = config.get(item.name, "").strip() or item.default
        if item.required and not value:
            wrong.append(f"the setting {item.name} is missing ({item.label})")
        elif item.choices and value not in item.choices:
            wrong.append(f"{item.name} must be one of {', '.join(item.choices)}")
        elif len(value) > MAX_SETTING or "\x00" in value:
            wrong.append(f"the setting {item.name} is not usable")
        settings[item.name] = value
    if wrong:
        raise Invalid(where, "; ".join(wrong))
    return settings
