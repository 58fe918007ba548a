"""The job that sweeps a network: no transaction is open while it talks to devices.

The library runs in a thread of its own, so that a slow database never makes it miss an answer;
this thread takes what it finds and commits it batch by batch. A job that runs again after a crash
sweeps again, and sees what was kept already once more, which changes nothing.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from inventory.db import now as present
from inventory.discovery import network_rules
from inventory.discovery.models import SweepState
from inventory.discovery.observing import Seen
from inventory.discovery.place_rules import Hearsay, macs_of
from inventory.discovery.reconcile import Tally
from inventory.discovery.sweep_end import finish
from inventory.discovery.sweep_store import Assignment, Replaced, Store
from inventory.engine import JobContext
from inventory.settings import Settings
from snmp_discovery import discover
from snmp_discovery.errors import Cancelled, DiscoveryError
from snmp_discovery.types import Finding, Progress, Refusal, SweepOptions

log = logging.getLogger(__name__)

BATCH, BATCH_SECONDS = 50, 2.0
BEAT_SECONDS = 0.8
MAX_DEFERRED = 2_000
MAX_KNOWN = 200_000
MAX_REMARKS = 40


def run_sweep(ctx: JobContext, *, clock: Callable[[], datetime] = present) -> None:
    """The handler of jobs of the kind "sweep"; the payload is {"sweep": id}.

    Raises `Unavailable` when the database stays busy; the engine then runs the job again.
    """
    store = Store(ctx.database, ctx.settings, int(ctx.payload["sweep"]), clock)
    try:
        assignment = store.begin()
        if assignment is not None:
            Run(ctx, store, assignment).go()
    except Replaced as replaced:
        log.info("%s; this one stops", replaced)


class Run:
    """One attempt at a sweep."""

    def __init__(self, ctx: JobContext, store: Store, assignment: Assignment) -> None:
        self.ctx = ctx
        self.store = store
        self.assignment = assignment
        self.numbers = Progress()
        self.heard = Hearsay()
        self.known = Known()
        self.tally = Tally()
        self.notes: list[str] = []
        self.refused = 0
        self._waiting: list[Seen] = []
        self._since = time.monotonic()
        self._beaten = 0.0
        self._stop = threading.Event()
        self._cancel = False

    def go(self) -> None:
        """Sweep to the end, to a cancel, or until the worker is told to stop."""
        try:
            plan = planned(self.assignment, self.ctx.settings, self.notes)
        except DiscoveryError as wrong:
            self.store.end(SweepState.FAILED, error=str(wrong), notes=self.notes)
            return
        reader = _Reader(plan, self.assignment, self._stop)
        self.numbers.total = len(plan.addresses)
        try:
            self._read(reader)
        finally:
            self._stop.set()
            reader.join()
        self._drain(reader)
        self._flush()
        self._beat(reader, force=True)
        if reader.error is not None and not self._stopped_early():
            raise_or_end(self.store, reader.error, self.notes)
            return
        if self._cancel:
            self._rest()
            self.store.end(SweepState.CANCELLED, notes=self._all_notes())
        elif not self.ctx.cancelled():
            self._rest()
            finish(self.store, self.assignment, self.heard, self.known, self.notes)
            self.store.end(SweepState.FINISHED, notes=self._all_notes())

    def _stopped_early(self) -> bool:
        return self._cancel or self.ctx.cancelled()

    def _read(self, reader: "_Reader") -> None:
        reader.start()
        while True:
            self._beat(reader)
            if self._cancel or self.ctx.cancelled():
                return
            with suppress(queue.Empty):
                item = reader.items.get(timeout=0.2)
                if item is None:
                    return
                self._take(item)
            if len(self._waiting) >= BATCH or time.monotonic() - self._since >= BATCH_SECONDS:
                self._flush()

    def _drain(self, reader: "_Reader") -> None:
        """A cancel keeps what was found until then."""
        while not reader.items.empty():
            if (item := reader.items.get_nowait()) is not None:
                self._take(item)

    def _take(self, item: Finding | Refusal) -> None:
        if isinstance(item, Finding):
            self._found(item)
        else:
            self._refuse(item)

    def _found(self, finding: Finding) -> None:
        self.heard.add(finding)
        self.known.add(finding)
        # The big tables live on in `heard`; a batch must not keep them twice.
        self._waiting.append(Seen(replace(finding, bridge=(), arp={})))

    def _refuse(self, refusal: Refusal) -> None:
        self.refused += 1
        if len(self.notes) < MAX_REMARKS:
            self.notes.append(f"{refusal.address} speaks SNMPv3, but {refusal.reason}")

    def _flush(self, *, last: bool = False) -> None:
        batch, self._waiting = self._waiting, []
        self._since = time.monotonic()
        if not batch:
            return
        tally = self.store.keep(self.assignment.ground, batch, last=last)
        self.tally.deferred += tally.deferred
        self.tally.remarks += tally.remarks[: max(0, MAX_REMARKS - len(self.tally.remarks))]
        if len(self.tally.deferred) > MAX_DEFERRED:
            self._settle_deferred()

    def _rest(self) -> None:
        self._flush()
        self._settle_deferred()

    def _settle_deferred(self) -> None:
        """Rivals side by side, so that a batch sees both."""
        doubtful, self.tally.deferred = self.tally.deferred, []
        doubtful.sort(key=lambda s: (s.finding.identity.serial, s.finding.macs[:1], s.key))
        for start in range(0, len(doubtful), BATCH):
            self._waiting = doubtful[start : start + BATCH]
            self._flush(last=True)
            self._beat(None)

    def _beat(self, reader: "_Reader | None", *, force: bool = False) -> None:
        if not force and time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        self._beaten = time.monotonic()
        if reader is not None and reader.progress is not None:
            self.numbers = reader.progress
        self._cancel = self.store.beat(self.numbers, self.refused) or self._cancel

    def _all_notes(self) -> list[str]:
        return [*self.tally.remarks, *self.notes]


class Known:
    """What answered by itself in this sweep: such a device is not silent."""

    def __init__(self) -> None:
        self.macs: set[str] = set()
        self.serials: set[str] = set()
        self.addresses: set[str] = set()

    def add(self, finding: Finding) -> None:
        if len(self.macs) < MAX_KNOWN:
            self.macs.update(macs_of(finding.macs))
        if finding.identity.serial:
            self.serials.add(finding.identity.serial)
        self.addresses.add(finding.address)


class _Reader(threading.Thread):
    """The library at work; what it finds is in `items`, None at the end, and why in `error`."""

    def __init__(self, plan: discover.Plan, assignment: Assignment, stop: threading.Event) -> None:
        super().__init__(name=f"sweep {assignment.ground.sweep_id}", daemon=True)
        self.items: queue.Queue[Finding | Refusal | None] = queue.Queue(maxsize=1000)
        self.progress: Progress | None = None
        self.error: Exception | None = None
        self._plan = plan
        self._credentials = assignment.credentials
        self._ended = stop

    def run(self) -> None:
        try:
            self.progress = discover.run(
                self._plan,
                self._credentials,
                on_finding=self._put,
                on_refusal=self._put,
                on_progress=self._progress,
                cancelled=self._ended.is_set,
            )
        except Cancelled:
            pass
        except Exception as error:
            self.error = error
        finally:
            self._put(None)

    def _progress(self, numbers: Progress) -> None:
        self.progress = replace(numbers, by_kind=dict(numbers.by_kind))

    def _put(self, item: Finding | Refusal | None) -> None:
        while not self._ended.is_set():
            with suppress(queue.Full):
                self.items.put(item, timeout=0.2)
                return


def planned(assignment: Assignment, settings: Settings, notes: list[str]) -> discover.Plan:
    """The addresses to ask; names are resolved now, public addresses left out.

    Raises `DiscoveryError`.
    """
    draft = assignment.draft
    options = SweepOptions(
        port=draft.port,
        rate=draft.rate,
        timeout=draft.timeout,
        retries=draft.retries,
        max_hosts=min(draft.max_hosts, settings.sweep_max_hosts),
    )
    plan = discover.plan(draft.targets, exclude=draft.exclusions, options=options)
    notes += plan.notes
    if settings.sweep_public_addresses:
        return plan
    public = set(network_rules.public_among(plan.addresses))
    if not public:
        return plan
    notes.append(f"{len(public)} public addresses were left out, {min(public)} among them")
    kept = [address for address in plan.addresses if address not in public]
    if not kept:
        raise DiscoveryError("only public addresses are left, and those are not swept")
    return discover.only(plan, kept)


def raise_or_end(store: Store, error: Exception, notes: list[str]) -> None:
    """What the library could not do ends the sweep; anything else is a fault of the program."""
    if not isinstance(error, DiscoveryError | OSError):
        store.end(SweepState.FAILED, error=f"unexpected {type(error).__name__}", notes=notes)
        raise error
    store.end(SweepState.FAILED, error=str(error), notes=notes)
