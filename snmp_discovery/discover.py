"""From targets to findings: probe, interrogate whoever answers, identify. The library's front door.

`plan` checks and counts the targets without sending anything; `discover` is the asynchronous
pipeline; `run` drives it from ordinary code.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from snmp_discovery.community import CommunitySession
from snmp_discovery.errors import Cancelled, SessionError
from snmp_discovery.finding import finding as assemble
from snmp_discovery.interrogate import interrogate
from snmp_discovery.session import V3Session
from snmp_discovery.sweep import sweep
from snmp_discovery.targets import parse_targets
from snmp_discovery.topology import Pacing, pace
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    CommunityCredential,
    Credential,
    Facts,
    Finding,
    OnFinding,
    OnProgress,
    Progress,
    Refusal,
    Responder,
    Session,
    SweepOptions,
)

DEVICE_SECONDS = 60.0
"""Longest conversation with one device; what was learnt by then is kept."""

PROGRESS_SECONDS = 0.25
"""How often `on_progress` is called at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Checked targets. `notes` are remarks for the person who asked."""

    addresses: Sequence[str]
    options: SweepOptions
    pacing: Pacing
    notes: tuple[str, ...] = ()


def plan(
    targets: Sequence[str], *, exclude: Sequence[str] = (), options: SweepOptions | None = None
) -> Plan:
    """Expand the targets. Raises `TargetError` for what cannot be swept; sends nothing."""
    options = options or SweepOptions()
    addresses = parse_targets(targets, exclude=exclude, max_hosts=options.max_hosts)
    pacing = pace(addresses, options.rate)
    return Plan(addresses, options, pacing, tuple(pacing.notes))


def only(planned: Plan, addresses: Sequence[str]) -> Plan:
    """The plan narrowed to some of its addresses, its pacing with it."""
    return replace(planned, addresses=addresses, pacing=pace(addresses, planned.options.rate))


def run(
    planned: Plan,
    credentials: Sequence[Credential],
    *,
    on_finding: OnFinding,
    on_refusal: Callable[[Refusal], None] | None = None,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Progress:
    """Sweep to the end and return the final numbers; the callbacks run in this thread."""

    async def drive() -> Progress:
        discovery = Discovery(planned, credentials, on_progress, cancelled)
        async for item in discovery.results():
            if isinstance(item, Finding):
                on_finding(item)
            elif on_refusal is not None:
                on_refusal(item)
        return discovery.progress

    return asyncio.run(drive())


class Discovery:
    """One sweep: the prober feeds a bounded number of interrogations, findings come as ready."""

    def __init__(
        self,
        planned: Plan,
        credentials: Sequence[Credential],
        on_progress: OnProgress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.plan = planned
        self.credentials = credentials
        self.progress = Progress(total=len(planned.addresses))
        self._on_progress = on_progress
        self._cancelled = cancelled or (lambda: False)
        self._told = 0.0
        self._ready: asyncio.Queue[Finding | Refusal | None] = asyncio.Queue(maxsize=256)

    async def results(self) -> AsyncIterator[Finding | Refusal]:
        """Findings and refusals in the order in which they are complete."""
        async with Transport() as transport:
            work = asyncio.create_task(self._work(transport))
            try:
                while (item := await self._ready.get()) is not None:
                    yield item
                await work
            finally:
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work
        self.progress.phase = "done"
        self._tell(force=True)

    async def _work(self, transport: Transport) -> None:
        slots = asyncio.Semaphore(self.plan.options.concurrency)
        talks: set[asyncio.Task[None]] = set()
        stopped = False
        try:
            async with asyncio.TaskGroup() as group:
                try:
                    async for answer in self._answers(transport):
                        if isinstance(answer, Refusal):
                            await self._ready.put(answer)
                            continue
                        await slots.acquire()
                        self.progress.answered += 1
                        talk = group.create_task(self._interrogate(transport, answer, slots))
                        talks.add(talk)
                        talk.add_done_callback(talks.discard)
                    self.progress.phase = "interrogating"
                    stopped = await self._watch(talks)
                except Cancelled:
                    stopped = True
                if stopped:
                    for talk in talks:
                        talk.cancel()
        finally:
            await self._ready.put(None)
        if stopped:
            raise Cancelled("the sweep was stopped; what was found so far was kept")

    def _answers(self, transport: Transport) -> AsyncIterator[Responder | Refusal]:
        return sweep(
            self.plan.addresses,
            self.credentials,
            self.plan.options,
            transport,
            on_progress=self._probed,
            cancelled=self._cancelled,
            pacing=self.plan.pacing,
        )

    async def _watch(self, talks: set[asyncio.Task[None]]) -> bool:
        """Wait for the last interrogations; True if the caller wants to stop before."""
        while talks:
            if self._cancelled():
                return True
            await asyncio.wait(set(talks), timeout=0.1)
        return False

    async def _interrogate(
        self, transport: Transport, responder: Responder, slots: asyncio.Semaphore
    ) -> None:
        try:
            session = self._session(transport, responder)
            found = await self._ask(session, responder)
            self.progress.interrogated += 1
            kind = found.identity.kind.value
            self.progress.by_kind[kind] = self.progress.by_kind.get(kind, 0) + 1
            await self._ready.put(found)
            self._tell()
        finally:
            slots.release()

    async def _ask(self, session: Session, responder: Responder) -> Finding:
        """A device that falls silent half-way still gives what the probe learnt of it."""
        facts = Facts()
        try:
            async with asyncio.timeout(DEVICE_SECONDS):
                await interrogate(
                    session, responder, facts, read_tables=self.plan.options.read_tables
                )
        except TimeoutError:
            self.progress.failed += 1
            facts.warnings.append(f"stopped after {DEVICE_SECONDS:.0f} s")
        except SessionError as failed:
            self.progress.failed += 1
            facts.warnings.append(f"interrogation stopped: {failed}")
        return assemble(responder, facts)

    def _session(self, transport: Transport, responder: Responder) -> Session:
        options = self.plan.options
        if isinstance(responder.credential, CommunityCredential):
            return CommunitySession(
                transport,
                responder.address,
                responder.port,
                responder.credential,
                timeout=options.timeout,
                retries=options.retries,
            )
        return V3Session(
            transport,
            responder.address,
            responder.port,
            responder.credential,
            timeout=options.timeout,
            retries=options.retries,
        )

    def _probed(self, numbers: Progress) -> None:
        self.progress.probed = numbers.probed
        self._tell()

    def _tell(self, *, force: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        if self._on_progress is not None and (force or now - self._told >= PROGRESS_SECONDS):
            self._told = now
            self._on_progress(self.progress)
