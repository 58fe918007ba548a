"""From what the library found to what the inventory observes, and to the columns of a finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.access import Actor
from inventory.assets.identifiers import MAC, colons
from inventory.assets.kinds import Category, Source
from inventory.assets.matching import Match
from inventory.assets.observation import Observation, tidy
from inventory.assets.words import clean, maker_key, plain
from inventory.discovery import facts, network_rules
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.finding_rules import MAX_MACS, Marks, marks_of
from snmp_discovery.types import Finding, Supply, SupplyState

SNMP, LLDP = "snmp", "lldp"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a sweep while it runs, free of the database.

    places       (target, site id), the first that holds an address wins
    auto_accept  kinds that become assets without review
    defaults     labels of the credentials that are default communities
    """

    sweep_id: int
    network_id: int
    name: str
    actor: Actor
    site_id: int | None = None
    places: tuple[tuple[str, int], ...] = ()
    auto_accept: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()

    def site_of(self, address: str) -> int | None:
        """The most precise place that the network's rules know."""
        if address:
            for target, site_id in self.places:
                if network_rules.contains(target, address):
                    return site_id
        return self.site_id


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding with where it came from. `via`: the switch and port that told of it."""

    finding: Finding
    source: str = SNMP
    via: str = ""

    @property
    def key(self) -> str:
        """What it was seen as; the same at every attempt of a sweep."""
        found = self.finding
        if self.source == SNMP:
            return f"{found.address} {found.port}"[:120]
        return f"{LLDP} {(found.macs or (found.identity.serial,))[0]}"[:120]


@dataclass(slots=True)
class Case:
    """One finding on its way through a batch."""

    seen: Seen
    observation: Observation
    match: Match
    marks: Marks
    site_id: int | None
    outcome: Any = None
    asset_id: int | None = None
    reasons: list[str] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    contested: bool = False
    accepted: bool = False
    same_as: "Case | None" = None


def observe(ground: Ground, seen: Seen, *, at: datetime) -> Observation:
    """The observation that the matching understands, every text harmless."""
    found, who = seen.finding, seen.finding.identity
    vendor = who.vendor if maker_key(clean(who.vendor, 120)) else ""
    model = who.model if vendor and plain(clean(who.model, 200)) else ""
    ref = found.address if seen.source == SNMP else seen.key
    return tidy(
        Observation(
            source=Source.SWEEP,
            source_ref=f"network {ground.network_id} {ref}",
            at=at,
            address=found.address,
            category=Category(who.kind.value),
            manufacturer=vendor,
            model=model,
            serial=who.serial,
            firmware=who.firmware,
            name=found.name,
            location=found.location,
            macs=tuple(found.macs),
            addresses=tuple(found.addresses),
            engine_id=found.engine_id,
            evidence=tuple((e.field, e.source) for e in who.evidence if e.chosen),
            site_id=ground.site_of(found.address),
        )
    )


def case_of(seen: Seen, observation: Observation, match: Match) -> Case:
    """The finding with its match, and what it is recognised by."""
    look = (observation.manufacturer, observation.model, observation.name)
    marks = marks_of(match.keys, look=look, address=observation.address or seen.key)
    return Case(seen, observation, match, marks, observation.site_id)


def columns(ground: Ground, case: Case) -> dict[str, Any]:
    """The columns of `DiscoveryFinding` that tell what was found."""
    found, seen, o = case.seen.finding, case.seen, case.observation
    macs = ordered_macs(case.match)
    return {
        "source": seen.source,
        "via": clean(seen.via, 300),
        "address": o.address,
        "port": found.port,
        "version": found.version.value if seen.source == SNMP else "",
        "credential_label": clean(found.credential_label, 80),
        "default_community": found.credential_label in ground.defaults,
        "kind": found.identity.kind,
        "vendor": clean(found.identity.vendor, 120),
        "model": clean(found.identity.model, 200),
        "serial": o.serial,
        "firmware": o.firmware,
        "name": o.name,
        "location": o.location,
        "mac": macs[0] if macs else "",
        "macs": macs,
        "facts": facts.stored(found),
        "evidence": facts.evidence(found),
        "fingerprint": case.marks.fingerprint(),
        "marks": case.marks.kept(),
        "site_id": case.site_id,
    }


def ordered_macs(match: Match) -> list[str]:
    """The usable MACs, lower case with colons, in one order whatever order the device chose."""
    return sorted(colons(key.value) for key in match.keys if key.kind == MAC)[:MAX_MACS]


def observation_of(row: DiscoveryFinding, *, at: datetime) -> Observation:
    """The observation that a kept finding came from."""
    ref = row.address if row.source == SNMP else row.seen_key
    vendor = row.vendor if maker_key(row.vendor) else ""
    return tidy(
        Observation(
            source=Source.SWEEP,
            source_ref=f"network {row.network_id} {ref}",
            at=at,
            address=row.address,
            category=Category(row.kind.value),
            manufacturer=vendor,
            model=row.model if vendor and plain(row.model) else "",
            serial=row.serial,
            firmware=row.firmware,
            name=row.name,
            location=row.location,
            macs=tuple(row.macs),
            addresses=tuple(row.facts.get("addresses", ())),
            engine_id=str(row.facts.get("engine_id", "")),
            evidence=tuple(
                (str(e.get("field", "")), str(e.get("source", "")))
                for e in row.evidence
                if e.get("chosen")
            ),
            site_id=row.site_id,
        )
    )


def supplies_of(kept: Mapping[str, Any]) -> tuple[Supply, ...]:
    """The supplies among a finding's kept facts."""
    rows: Sequence[Mapping[str, Any]] = kept.get("supplies", ())
    return tuple(Supply(**{**row, "state": SupplyState(row["state"])}) for row in rows)
