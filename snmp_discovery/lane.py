"""One lane of a sweep: addresses probed at one pace, one credential after the other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from snmp_discovery.community import CommunitySession, wire_version
from snmp_discovery.conversation import Conversation
from snmp_discovery.errors import AgentError, MalformedAnswer, SessionError
from snmp_discovery.messages import GET, NO_ERROR, Answer, decode_response, encode_request
from snmp_discovery.prober import Prober, Pulse
from snmp_discovery.session import V3Session
from snmp_discovery.transport import Transport, unscoped
from snmp_discovery.types import (
    CommunityCredential,
    Credential,
    Oid,
    Refusal,
    Responder,
    SweepOptions,
    UsmCredential,
    Version,
)
from snmp_discovery.v3message import Engine, decode_probe_answer, encode_probe

SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 2, 1, 1, 2, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
IDENTITY = (SYS_OBJECT_ID, SYS_DESCR, SYS_NAME)
"""What the probe asks for (SNMPv2-MIB, RFC 3418)."""

_SILENT, _ASKED, _DONE = 0, 1, 2
_CONVERSATIONS = 32  # devices of a lane that are asked again at once
_KEPT = 4096  # octets kept of sysDescr and sysName: a device may send 60 kB
_PULSE = 0.05


@dataclass(slots=True)
class Job:
    """What the lanes of one sweep share. `found` ends with None; `pulse` raises Cancelled."""

    credentials: Sequence[Credential]
    options: SweepOptions
    transport: Transport
    pulse: Pulse
    found: asyncio.Queue[Responder | Refusal | None] = field(default_factory=asyncio.Queue)
    answered: int = 0


class Lane:
    """The state of a lane: one octet per address, and more only for those that answered.

    A device whose answer carries no value (an error, an empty view) stays open to the credentials
    that follow and is delivered at the end if none of them does better.
    """

    def __init__(self, job: Job, addresses: Sequence[str], rate: float) -> None:
        self._job = job
        self._addresses = addresses
        self._state = bytearray(len(addresses))
        self._bare: dict[int, Responder] = {}
        self._engines: dict[int, Engine] = {}
        self._reasons: dict[int, list[str]] = {}
        self._again: deque[tuple[int, Credential, bool]] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        users = any(isinstance(c, UsmCredential) for c in job.credentials)
        communities = sum(isinstance(c, CommunityCredential) for c in job.credentials)
        stages = communities + users
        options, transport = job.options, job.transport
        self._prober = Prober(addresses, rate, options, transport, stages, job.pulse)
        self._engines_asked = False

    @property
    def probed(self) -> int:
        """How far the lane is, in addresses."""
        return self._prober.probed

    async def run(self) -> None:
        """Every credential in order, then whatever could not be opened."""
        try:
            for credential in self._job.credentials:
                if isinstance(credential, CommunityCredential):
                    await self._try_community(credential)
                else:
                    await self._try_user(credential)
                await self._answers_settled()
        finally:
            workers = list(self._workers)
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self._deliver_rest()

    # ---- communities -----------------------------------------------------------------------

    async def _try_community(self, credential: CommunityCredential) -> None:
        version = wire_version(credential)

        def encode(request_id: int) -> bytes:
            return encode_request(version, credential.community, GET, request_id, IDENTITY)

        await self._prober.probe(encode, self._state, partial(self._community_heard, credential))

    def _community_heard(
        self, credential: CommunityCredential, index: int, address: str, port: int, data: bytes
    ) -> bool:
        if not self._is_from(index, address, port):
            return False
        if self._state[index] != _SILENT:
            return True
        try:
            answer = decode_response(data)
        except MalformedAnswer:
            self._ask_again(index, credential, proven=False)
            return True
        responder = self._responder(index, credential, _values(answer))
        if answer.error_status == NO_ERROR and _tells(responder):
            self._deliver(index, responder)
        else:
            self._ask_again(index, credential, proven=True)
        return True

    # ---- version 3 users -------------------------------------------------------------------

    async def _try_user(self, credential: UsmCredential) -> None:
        for index in self._engines:
            if self._state[index] == _SILENT:
                self._ask_again(index, credential, proven=False)
        if not self._engines_asked:
            self._engines_asked = True
            quiet = bytearray(self._state)
            await self._prober.probe(
                encode_probe, quiet, partial(self._engine_heard, credential, quiet)
            )

    def _engine_heard(
        self,
        credential: UsmCredential,
        quiet: bytearray,
        index: int,
        address: str,
        port: int,
        data: bytes,
    ) -> bool:
        if not self._is_from(index, address, port):
            return False
        if quiet[index] == _SILENT:
            try:
                self._engines[index] = Engine.of(decode_probe_answer(data))
            except MalformedAnswer:
                return True
            quiet[index] = _ASKED
            self._ask_again(index, credential, proven=False)
        return True

    # ---- asking again ----------------------------------------------------------------------

    def _ask_again(self, index: int, credential: Credential, *, proven: bool) -> None:
        """Queue a conversation; `proven` says that the agent has accepted the credential."""
        self._state[index] = _ASKED
        self._again.append((index, credential, proven))
        self._employ()

    def _employ(self) -> None:
        if self._again and len(self._workers) < _CONVERSATIONS:
            worker = asyncio.create_task(self._converse())
            self._workers.add(worker)
            worker.add_done_callback(self._dismiss)

    def _dismiss(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled():
            self._failure = self._failure or worker.exception()

    async def _answers_settled(self) -> None:
        """Wait for the conversations; whoever was not opened hears the next credential."""
        while self._workers or self._again:
            self._job.pulse()
            self._employ()
            await asyncio.wait(self._workers, timeout=_PULSE)
        if self._failure is not None:
            raise self._failure
        self._state = self._state.replace(bytes((_ASKED,)), bytes((_SILENT,)))

    async def _converse(self) -> None:
        while self._again:
            index, credential, proven = self._again.popleft()
            empty = self._responder(index, credential, {})
            try:
                values = await self._session(index, credential).get(IDENTITY)
            except AgentError as error:
                proven = proven or isinstance(credential, CommunityCredential)
                self._refuse(index, credential, error)
            except SessionError as error:
                self._refuse(index, credential, error)
            else:
                proven = True
                responder = self._responder(index, credential, values)
                if _tells(responder):
                    self._deliver(index, responder)
                    continue
            if proven:
                self._bare.setdefault(index, empty)

    def _session(self, index: int, credential: Credential) -> Conversation:
        options = self._job.options
        address, transport = self._addresses[index], self._job.transport
        if isinstance(credential, CommunityCredential):
            return CommunitySession(
                transport,
                address,
                options.port,
                credential,
                timeout=options.timeout,
                retries=options.retries,
            )
        return V3Session(
            transport,
            address,
            options.port,
            credential,
            timeout=options.timeout,
            retries=options.retries,
            engine=self._engines[index],
        )

    # ---- results ---------------------------------------------------------------------------

    def _is_from(self, index: int, address: str, port: int) -> bool:
        asked = unscoped(self._addresses[index])
        return asked == address and self._job.options.port == port

    def _responder(
        self, index: int, credential: Credential, values: Mapping[Oid, object]
    ) -> Responder:
        object_id, descr, name = (values.get(oid) for oid in IDENTITY)
        engine = self._engines.get(index)
        return Responder(
            address=self._addresses[index],
            port=self._job.options.port,
            version=_version(credential),
            credential=credential,
            sys_object_id=object_id if isinstance(object_id, tuple) else (),
            sys_descr=descr[:_KEPT] if isinstance(descr, bytes) else b"",
            sys_name=name[:_KEPT] if isinstance(name, bytes) else b"",
            engine_id=b"" if engine is None else engine.engine_id,
        )

    def _deliver(self, index: int, responder: Responder) -> None:
        self._state[index] = _DONE
        self._job.answered += 1
        self._job.found.put_nowait(responder)

    def _refuse(self, index: int, credential: Credential, error: SessionError) -> None:
        self._reasons.setdefault(index, []).append(f"{credential.label}: {error}")

    def _deliver_rest(self) -> None:
        for index, responder in self._bare.items():
            if self._state[index] != _DONE:
                self._deliver(index, responder)
        for index in self._garbled():
            self._reasons.setdefault(index, ["answers with what is not SNMP"])
        for index, reasons in self._reasons.items():
            if self._state[index] != _DONE:
                engine = self._engines.get(index)
                engine_id = b"" if engine is None else engine.engine_id
                refusal = Refusal(
                    self._addresses[index], self._job.options.port, engine_id, "; ".join(reasons)
                )
                self._job.found.put_nowait(refusal)

    def _garbled(self) -> list[int]:
        """Addresses that answered, but with what is not SNMP."""
        senders, port = self._job.transport.garbled, self._job.options.port
        if not senders:
            return []
        asked = enumerate(map(unscoped, self._addresses))
        return [index for index, address in asked if (address, port) in senders]


def _values(answer: Answer) -> dict[Oid, object]:
    return dict(answer.varbinds)


def _tells(responder: Responder) -> bool:
    return bool(responder.sys_object_id or responder.sys_descr or responder.sys_name)


def _version(credential: Credential) -> Version:
    return credential.version if isinstance(credential, CommunityCredential) else Version.V3
