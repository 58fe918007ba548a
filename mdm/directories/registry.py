"""The directories there are, and the way to one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mdm.connection import Connection, VendorInfo, Wiring
from mdm.directories import google, graph, ldap
from mdm.directories.types import Directory
from mdm.errors import Invalid, Where
from mdm.http import is_loopback
from mdm.registry import checked_settings

_KINDS: Mapping[str, tuple[VendorInfo, Callable[[Connection], Directory]]] = {
    "google": (google.INFO, google.GoogleDirectory),
    "graph": (graph.INFO, graph.GraphDirectory),
    "ldap": (ldap.INFO, ldap.LdapDirectory),
}


def directories() -> Mapping[str, VendorInfo]:
    """Every kind of directory by its name."""
    return {name: info for name, (info, _) in _KINDS.items()}


def open_directory(
    kind: str,
    config: Mapping[str, str],
    *,
    name: str = "",
    base_url: str | None = None,
    wiring: Wiring | None = None,
) -> Directory:
    """A directory; no request is made yet. The arguments are those of `registry.open_connector`.

    Raises `Invalid` for an unknown kind, or for settings that are missing, unknown or unsafe.
    """
    if kind not in _KINDS:
        raise Invalid(Where(kind[:40]), f"not a directory; there are {', '.join(_KINDS)}")
    info, made = _KINDS[kind]
    where, around = Where(info.label, name), wiring or Wiring()
    for url in (base_url, around.login_url):
        if url is not None and not is_loopback(url):
            raise Invalid(where, "another address can only be one on this machine")
    settings = checked_settings(info.fields, config, where)
    return made(Connection(info, name, settings, base_url=base_url, wiring=around))
