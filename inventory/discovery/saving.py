"""Findings that were made elsewhere, e.g. by `homeroom discover --save`: as a sweep of their own.

They belong to a network that is never swept by itself; what becomes of them is decided by the same
rules as after any sweep.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.audit import service as audit
from inventory.db import Database
from inventory.discovery import networks
from inventory.discovery.models import Network, Sweep, SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.observing import Seen
from inventory.discovery.sweep_store import Assignment, Store
from inventory.errors import Conflict
from inventory.settings import Settings
from snmp_discovery.types import Finding, Progress

NAME = "Command line"
BATCH = 50


def save(
    database: Database,
    settings: Settings,
    actor: Actor,
    findings: Sequence[Finding],
    *,
    clock: Callable[[], datetime],
) -> int:
    """Bring findings into the review queue and return the id of the sweep that they form.

    Raises `Conflict` where the same is under way, and what the database refuses.
    """
    with database.unit() as db:
        sweep_id = _begun(db, actor, findings, Limits.of(settings), now=clock())
    store = Store(database, settings, sweep_id, clock)
    assignment = store.begin()
    if assignment is None:
        raise Conflict("another command is saving its findings")
    notes = _keep(store, assignment, findings)
    store.beat(_numbers(findings), 0)
    store.end(SweepState.FINISHED, notes=notes)
    return sweep_id


def _begun(
    db: Session, actor: Actor, findings: Sequence[Finding], limits: Limits, *, now: datetime
) -> int:
    network = db.exec(select(Network).where(Network.name == NAME)).first()
    if network is None:
        targets = [finding.address for finding in findings[:1]] or ["127.0.0.1"]
        draft = NetworkDraft(NAME, targets, enabled=False)
        network = networks.create(db, actor, draft, limits=limits, now=now)
    sweep = Sweep(
        network_id=network.id, requested_by=actor.name, requested_by_id=actor.id, requested_at=now
    )
    db.add(sweep)
    db.flush()
    audit.record(
        db, actor, "sweep.saved", now=now, subject_type="sweep", subject_id=sweep.id,
        after={"network": NAME, "findings": len(findings)},
    )  # fmt: skip
    return sweep.id


def _keep(store: Store, assignment: Assignment, findings: Sequence[Finding]) -> list[str]:
    seen = [Seen(replace(finding, bridge=(), arp={})) for finding in findings]
    notes: list[str] = []
    deferred: list[Seen] = []
    for start in range(0, len(seen), BATCH):
        tally = store.keep(assignment.ground, seen[start : start + BATCH])
        deferred += tally.deferred
        notes += tally.remarks
    # Doubt is settled at the end, rivals side by side, as after any sweep.
    deferred.sort(key=lambda s: (s.finding.identity.serial, s.finding.macs[:1], s.key))
    for start in range(0, len(deferred), BATCH):
        tally = store.keep(assignment.ground, deferred[start : start + BATCH], last=True)
        notes += tally.remarks
    return notes


def _numbers(findings: Sequence[Finding]) -> Progress:
    count = len(findings)
    numbers = Progress("done", total=count, probed=count, answered=count, interrogated=count)
    for finding in findings:
        kind = finding.identity.kind.value
        numbers.by_kind[kind] = numbers.by_kind.get(kind, 0) + 1
    return numbers
