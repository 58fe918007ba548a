"""Facts as a device would give them, written by hand for the tests of identification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pysnmp.proto import rfc1902

from snmp_discovery import oids
from snmp_discovery.types import Facts, Oid, Value, parse_oid

ENTERPRISES = "1.3.6.1.4.1."
MIB2 = "1.3.6.1.2.1."


def oid(text: str) -> Oid:
    """ "e.318.1.1" is below enterprises, "m.43.5" below mib-2, anything else as it stands."""
    if text.startswith("e."):
        text = ENTERPRISES + text[2:]
    elif text.startswith("m."):
        text = MIB2 + text[2:]
    return parse_oid(text)


def value(given: object) -> Value:
    """Text → octets; "=m.25.3.1.5" → an object identifier; numbers and octets as they are."""
    if isinstance(given, str):
        return oid(given[1:]) if given.startswith("=") else given.encode()
    assert isinstance(given, int | bytes | tuple)
    return given


def facts(
    object_id: str = "", descr: str = "", values: Mapping[str, Any] | None = None, name: str = ""
) -> Facts:
    """The facts of a device with this sysObjectID (below enterprises) and sysDescr."""
    found: dict[Oid, Value] = {oid(key): value(given) for key, given in (values or {}).items()}
    if object_id:
        found[oids.SYS_OBJECT_ID] = oid("e." + object_id)
    if descr:
        found[oids.SYS_DESCR] = descr.encode()
    if name:
        found[oids.SYS_NAME] = name.encode()
    return Facts(found)


def as_agent(given: Facts) -> dict[Oid, Any]:
    """The same facts as pysnmp values, for an agent to answer."""
    kinds = {int: rfc1902.Integer32, bytes: rfc1902.OctetString, tuple: rfc1902.ObjectIdentifier}
    return {key: kinds[type(item)](item) for key, item in given.values.items()}
