"""Who answers? Pre-encoded probes from one socket at a measured pace, answers as they come.

A silent address costs a few octets of state and one `sendto` per try: no task, no future. Answers
find their address by request-id, which is the address's place in the list plus an offset.

Credentials are tried strictly in order, and only on addresses that none has opened yet. A version
3 user is tried only on agents that answered the credential-free engine probe, and once per device:
a wrong key must not look like an attack, or lock an account.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from snmp_discovery.community import wire_version
from snmp_discovery.errors import Cancelled
from snmp_discovery.lane import Job, Lane
from snmp_discovery.session import check_credential
from snmp_discovery.topology import Pacing, pace
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    CommunityCredential,
    Credential,
    OnProgress,
    Progress,
    Refusal,
    Responder,
    SweepOptions,
)

CancelSign = Callable[[], bool] | asyncio.Event
"""Asked at least twenty times a second whether to stop."""
_TOLD_EVERY = 0.1  # seconds between calls of on_progress


async def sweep(
    addresses: Sequence[str],
    credentials: Sequence[Credential],
    options: SweepOptions,
    transport: Transport,
    *,
    on_progress: OnProgress | None = None,
    cancelled: CancelSign | None = None,
    pacing: Pacing | None = None,
) -> AsyncIterator[Responder | Refusal]:
    """Every device among `addresses` (as `parse_targets` gives them) that lets a credential in.

    Each address yields at most one Responder, under the first credential in the given order that
    it accepts, or else one Refusal if it answered the version 3 engine probe (sent only when a
    version 3 credential is among them) or answers with what is not SNMP. `on_progress` is called
    about ten times a second with `total`, `probed` and `answered`. `pacing` defaults to
    `topology.pace(addresses, options.rate)`.

    Raises CredentialError before anything is sent, and Cancelled, within 0.2 s of the sign and
    after everything found was delivered.
    """
    for credential in credentials:
        if isinstance(credential, CommunityCredential):
            wire_version(credential)
        else:
            check_credential(credential)
    work = _Work(list(dict.fromkeys(credentials)), options, transport, on_progress, cancelled)
    driver = asyncio.create_task(work.run(pacing or pace(addresses, options.rate)))
    try:
        while (found := await work.job.found.get()) is not None:
            yield found
        await driver
    finally:
        driver.cancel()
        with contextlib.suppress(asyncio.CancelledError, Cancelled):
            await driver


class _Work:
    """The lanes of one sweep, their progress, and the sign to stop."""

    def __init__(
        self,
        credentials: Sequence[Credential],
        options: SweepOptions,
        transport: Transport,
        on_progress: OnProgress | None,
        cancelled: CancelSign | None,
    ) -> None:
        self.job = Job(credentials, options, transport, self._pulse)
        self._on_progress = on_progress
        self._cancelled = cancelled.is_set if isinstance(cancelled, asyncio.Event) else cancelled
        self._progress = Progress()
        self._told = 0.0
        self._lanes: list[Lane] = []

    async def run(self, pacing: Pacing) -> None:
        """Run all lanes to the end; None in `found` says that nothing more will come."""
        self._lanes = [Lane(self.job, lane.addresses, lane.rate) for lane in pacing.lanes]
        self._progress.total = sum(len(lane.addresses) for lane in pacing.lanes)
        tasks = [asyncio.create_task(lane.run()) for lane in self._lanes]
        try:
            await asyncio.gather(*tasks)
            self._tell()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.job.found.put_nowait(None)

    def _pulse(self) -> None:
        """Called by the lanes at every pause: raises Cancelled, or tells how far they are."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("the sweep was stopped")
        now = asyncio.get_running_loop().time()
        if now - self._told >= _TOLD_EVERY:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is None:
            return
        self._progress.probed = sum(lane.probed for lane in self._lanes)
        self._progress.answered = self.job.answered
        self._on_progress(self._progress)
