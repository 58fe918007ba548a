"""What a source says of one device at one moment, before anybody decided which asset it is."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inventory.assets import identifiers
from inventory.assets.identifiers import ENGINE, MAC, SERIAL, Key
from inventory.assets.kinds import Category, Source
from inventory.assets.words import clean, maker_key, plain

MAX_MACS = 64
MAX_ADDRESSES = 32
MAX_EVIDENCE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One report. Strings may be anything a device says; `tidy` makes them harmless.

    source_ref   where the source found it, the same at every report: network and address of a
                 sweep, the vendor's name for the device, the enrolled computer's name
    address      the address it answered from; `addresses` are all it says to have
    identifiers  (kind, value) beside serial, MACs and engine id: imei, meid, udid, vendor:<name>
    evidence     (field, why): the source's reason for a field's value
    site_id      the place that the source knows it to be in, e.g. its network's school
    """

    source: Source
    source_ref: str
    at: datetime
    address: str = ""
    category: Category | None = None
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    name: str = ""
    location: str = ""
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    engine_id: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    switch_port: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    site_id: int | None = None


_LIMITS = {
    "source_ref": 200, "address": 80, "manufacturer": 120, "model": 200, "serial": 120,
    "firmware": 200, "name": 200, "location": 200, "engine_id": 80, "switch_port": 200,
}  # fmt: skip


def tidy(seen: Observation) -> Observation:
    """The observation with every string cleaned and every list bounded."""
    texts: dict[str, Any] = {
        field: clean(getattr(seen, field), limit) for field, limit in _LIMITS.items()
    }
    return replace(
        seen,
        **texts,
        macs=tuple(dict.fromkeys(clean(mac, 40).lower() for mac in seen.macs[:MAX_MACS])),
        addresses=tuple(dict.fromkeys(clean(a, 80) for a in seen.addresses[:MAX_ADDRESSES])),
        identifiers=tuple((clean(k, 60), clean(v, 200)) for k, v in seen.identifiers[:16]),
        evidence=tuple((clean(f, 40), clean(why, 500)) for f, why in seen.evidence[:MAX_EVIDENCE]),
    )


def strong_keys(seen: Observation, namespace: str) -> tuple[Key, ...]:
    """Its identifiers, strongest first; `namespace` is the catalog's key of its maker."""
    keys = identifiers.usable(SERIAL, [seen.serial], namespace=namespace)
    keys += identifiers.usable(ENGINE, [seen.engine_id])
    for kind, value in seen.identifiers:
        keys += identifiers.usable(kind, [value])
    keys += identifiers.usable(MAC, seen.macs)
    return tuple(sorted(dict.fromkeys(keys), key=lambda key: key.strength))


def weak_key(seen: Observation) -> str:
    """What is left to recognise a device by that has no strong identifier; "" for nothing."""
    if not (seen.manufacturer or seen.model):
        return ""
    parts = [maker_key(seen.manufacturer), plain(seen.model), plain(seen.name)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def facts_of(seen: Observation) -> dict[str, object]:
    """What is kept of it: only what it says, nothing that changes by itself from hour to hour."""
    facts: dict[str, object] = {
        "category": seen.category.value if seen.category else "",
        "manufacturer": seen.manufacturer,
        "model": seen.model,
        "serial": seen.serial,
        "firmware": seen.firmware,
        "name": seen.name,
        "location": seen.location,
        "address": seen.address,
        "addresses": sorted(seen.addresses),
        "macs": sorted(seen.macs),
        "engine_id": seen.engine_id,
        "identifiers": sorted([kind, value] for kind, value in seen.identifiers),
        "switch_port": seen.switch_port,
        "site_id": seen.site_id,
        "evidence": [[field, why] for field, why in seen.evidence],
    }
    return {name: value for name, value in facts.items() if value not in ("", [], None)}


def digest_of(facts: dict[str, object], asset_id: int | None) -> str:
    """Equal for equal facts of the same asset; the evidence may word itself anew."""
    said = {name: value for name, value in facts.items() if name != "evidence"}
    text = json.dumps([asset_id, said], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def observation_of(
    facts: dict[str, object], *, source: Source, source_ref: str, at: datetime
) -> Observation:
    """The observation that a stored sighting's facts came from."""

    def text(name: str) -> str:
        return str(facts.get(name, ""))

    def texts(name: str) -> tuple[str, ...]:
        found = facts.get(name)
        return tuple(map(str, found)) if isinstance(found, list) else ()

    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        found = facts.get(name)
        return tuple((str(a), str(b)) for a, b in found) if isinstance(found, list) else ()

    site_id = facts.get("site_id")
    return Observation(
        source=source, source_ref=source_ref, at=at, address=text("address"),
        category=Category(text("category")) if facts.get("category") else None,
        manufacturer=text("manufacturer"), model=text("model"), serial=text("serial"),
        firmware=text("firmware"), name=text("name"), location=text("location"),
        macs=texts("macs"), addresses=texts("addresses"), engine_id=text("engine_id"),
        identifiers=pairs("identifiers"), switch_port=text("switch_port"),
        evidence=pairs("evidence"), site_id=site_id if isinstance(site_id, int) else None,
    )  # fmt: skip
