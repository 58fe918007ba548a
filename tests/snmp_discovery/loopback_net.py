"""A net of loopback addresses, all on one port, with agents on some of them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from snmp_discovery.sweep import sweep
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    AuthProtocol,
    CommunityCredential,
    Credential,
    Refusal,
    Responder,
    SweepOptions,
    Version,
)
from tests.snmp_discovery.agents import FakeAgent, serving
from tests.snmp_discovery.v3agents import credential, v3_report

PUBLIC = CommunityCredential(b"public", label="public")
SECRET = CommunityCredential(b"secret", label="secret")
PUBLIC_V1 = CommunityCredential(b"public", Version.V1, label="public v1")
KNOWN = credential(AuthProtocol.SHA1, label="technician")
UNKNOWN = credential(AuthProtocol.SHA1, user="nobody", label="nobody")
HOSTS = [f"127.0.7.{number}" for number in range(1, 21)]


class Net:
    """Agents on loopback addresses, all on one port, and a sweep of them."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def sweep(
        self, credentials: list[Credential], hosts: list[str] | None = None, **settings: Any
    ) -> dict[str, Responder | Refusal]:
        async with Transport() as transport:
            found = [item async for item in self.items(transport, credentials, hosts, **settings)]
        assert len({item.address for item in found}) == len(found)  # one answer for each address
        return {item.address: item for item in found}

    def items(
        self,
        transport: Transport,
        credentials: list[Credential],
        hosts: list[str] | None = None,
        *,
        timeout: float = 0.06,
        retries: int = 1,
        rate: int | None = None,
        **arguments: Any,
    ) -> AsyncIterator[Responder | Refusal]:
        options = SweepOptions(port=self.port, rate=rate, timeout=timeout, retries=retries)
        return sweep(hosts or HOSTS, credentials, options, transport, **arguments)


@asynccontextmanager
async def net(agents: dict[str, asyncio.DatagramProtocol], port: int = 0) -> AsyncIterator[Net]:
    async with AsyncExitStack() as stack:
        for host, agent in agents.items():
            port = await stack.enter_async_context(serving(agent, host, port))
        yield Net(port)


class Engine(FakeAgent):
    """Answers communities, and the version 3 engine probe; counts what users it hears of."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.probes = 0
        self.users: list[bytes] = []

    def datagram_received(self, data: bytes, peer: Any) -> None:
        if data[4 if data[1] < 0x80 else 5] != 3:
            super().datagram_received(data, peer)
            return
        msg_id = int.from_bytes(data[data.index(b"\x02\x04") + 2 :][:4], "big")
        for name in (b"technician", b"nobody"):
            if name in data:
                self.users.append(name)
                return
        self.probes += 1
        self.transport.sendto(v3_report(b"engine", 1, 1, msg_id), peer)


@asynccontextmanager
async def crowded(error: int, every: int) -> AsyncIterator[list[int]]:
    """A system whose send buffer is full at every `every`th datagram; gives the refusals."""
    refusals: list[int] = []

    class Crowded(socket.socket):
        calls = 0

        def sendto(self, *arguments: Any) -> int:
            Crowded.calls += 1
            if Crowded.calls % every == 0:
                refusals.append(error)
                raise OSError(error, "full")
            return super().sendto(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("snmp_discovery.transport.socket.socket", Crowded)
        yield refusals
