"""A finding as it is kept: bounded JSON, every text harmless, the big tables left out."""

import json
from dataclasses import asdict
from typing import Any

from inventory.assets.words import clean
from snmp_discovery.types import Evidence, Finding

MAX_BYTES = 64_000
MAX_ITEMS = 256
MAX_TEXT = 500
MAX_EVIDENCE = 60

_SCALARS = ("contact", "sys_object_id", "sys_descr", "uptime_seconds", "engine_id", "page_count")
_LISTS = (
    "macs", "addresses", "supplies", "trays", "alerts", "interfaces", "neighbors", "storage",
    "software", "warnings",
)  # fmt: skip
_LEAST_MISSED = ("software", "interfaces", "neighbors", "storage", "alerts", "trays")
"""What is shortened first when a device tells too much."""


def stored(finding: Finding) -> dict[str, Any]:
    """Everything a device told, except its bridge and ARP tables, in at most `MAX_BYTES` of JSON.

    `cut` names the lists that were shortened.
    """
    facts: dict[str, Any] = {name: getattr(finding, name) for name in _SCALARS}
    facts |= {
        "page_counters": dict(list(finding.page_counters.items())[:MAX_ITEMS]),
        "covers": dict(list(finding.covers.items())[:MAX_ITEMS]),
    }
    cut = [name for name in _LISTS if len(getattr(finding, name)) > MAX_ITEMS]
    for name in _LISTS:
        facts[name] = [_plain(item) for item in getattr(finding, name)[:MAX_ITEMS]]
    facts = {
        name: _harmless(value) for name, value in facts.items() if value not in (None, "", [], {})
    }
    for name in _LEAST_MISSED:
        while size(facts) > MAX_BYTES and facts.get(name):
            facts[name] = facts[name][: len(facts[name]) // 2]
            cut.append(name)
    while size(facts) > MAX_BYTES:
        largest = max(facts, key=lambda name: size(facts[name]))
        facts.pop(largest)
        cut.append(largest)
    if cut:
        facts["cut"] = sorted(set(cut))
    return facts


def evidence(finding: Finding) -> list[dict[str, Any]]:
    """Why the identity says what it says, chosen claims first."""
    ordered = sorted(finding.identity.evidence, key=lambda claim: not claim.chosen)
    return [_harmless(_claim(claim)) for claim in ordered[:MAX_EVIDENCE]]


def size(value: object) -> int:
    """Bytes of the JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def _claim(claim: Evidence) -> dict[str, Any]:
    return {name: value for name, value in asdict(claim).items() if value not in ("", False)}


def _plain(item: object) -> object:
    return item if isinstance(item, str) else asdict(item)  # type: ignore[call-overload]


def _harmless(value: object) -> Any:
    """Text cleaned and cut at every depth: a library's promise is not a database's wall."""
    if isinstance(value, str):
        if value.isprintable() and len(value) <= MAX_TEXT:  # nearly all: spare the slow way
            return " ".join(value.split())
        return clean(value, MAX_TEXT)
    if isinstance(value, dict):
        return {clean(str(key), 80): _harmless(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_harmless(item) for item in value]
    return value
