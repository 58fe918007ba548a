"""Assembling everything learnt of one device into a `Finding`. Pure."""

from __future__ import annotations

from snmp_discovery import oids
from snmp_discovery.clues import PRINTING
from snmp_discovery.counters import brother_supplies, page_counters
from snmp_discovery.forwarding import arp_table, bridge_table
from snmp_discovery.host import battery, software, storage, ups_alerts
from snmp_discovery.identify import identify
from snmp_discovery.neighbors import neighbors
from snmp_discovery.network import addresses, hardware_addresses, interfaces
from snmp_discovery.printer import alerts, covers, page_count, supplies, trays
from snmp_discovery.tables import Tree
from snmp_discovery.types import Facts, Finding, Kind, Responder, Supply, clean_text, dotted

MAX_WARNINGS = 32


def finding(responder: Responder, facts: Facts) -> Finding:
    """What is known of the device that answered as `responder`.

    Never raises for anything a device may say: values of the wrong type are left out.
    """
    tree = Tree(facts)
    identity = identify(facts)
    rows = interfaces(tree)
    pages, counters = _pages(tree, printing=identity.kind in PRINTING)
    object_id = facts.values.get(oids.SYS_OBJECT_ID, responder.sys_object_id)
    uptime = facts.number(oids.SYS_UPTIME)
    return Finding(
        address=responder.address,
        port=responder.port,
        version=responder.version,
        identity=identity,
        credential_label=responder.credential.label,
        name=facts.text(oids.SYS_NAME) or clean_text(responder.sys_name),
        location=facts.text(oids.SYS_LOCATION),
        contact=facts.text(oids.SYS_CONTACT),
        macs=hardware_addresses(rows),
        addresses=addresses(tree),
        page_count=pages,
        page_counters=counters,
        supplies=_supplies(tree, identity.kind),
        trays=trays(tree),
        alerts=alerts(tree) + ups_alerts(tree),
        covers=covers(tree),
        interfaces=rows,
        neighbors=neighbors(tree),
        bridge=bridge_table(tree),
        arp=arp_table(tree),
        storage=storage(tree),
        software=software(tree),
        sys_object_id=dotted(object_id) if isinstance(object_id, tuple) else "",
        sys_descr=facts.text(oids.SYS_DESCR) or clean_text(responder.sys_descr),
        uptime_seconds=None if uptime is None else max(uptime, 0) // 100,
        engine_id=responder.engine_id.hex(),
        warnings=tuple(facts.warnings[:MAX_WARNINGS]),
    )


def _pages(tree: Tree, *, printing: bool) -> tuple[int | None, dict[str, int]]:
    """Life page count and the maker's counters; each stands in for the other's total."""
    counters = page_counters(tree.facts)
    printed = page_count(tree)
    if printing and printed is not None:
        counters.setdefault("total", printed)
    return (printed if printed is not None else counters.get("total")), counters


def _supplies(tree: Tree, kind: Kind) -> tuple[Supply, ...]:
    consumables = supplies(tree) or brother_supplies(tree.facts)
    return consumables + (battery(tree) if kind is Kind.UPS else ())
