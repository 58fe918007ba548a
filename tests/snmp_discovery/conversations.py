"""A v1 or v2c session with a fake agent, and what the agent's usual table reads as."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from snmp_discovery.community import CommunitySession
from snmp_discovery.transport import Transport
from snmp_discovery.types import CommunityCredential, Oid, Version
from tests.snmp_discovery.agents import SYSTEM, FakeAgent, serving

DESCR, OBJECT_ID, UPTIME, NAME = sorted(SYSTEM)
ABSENT: Oid = (1, 3, 6, 1, 2, 1, 1, 99, 0)
READ = {
    DESCR: b"Acme Laser 9000",
    OBJECT_ID: (1, 3, 6, 1, 4, 1, 99999, 1),
    UPTIME: 4242,
    NAME: b"room-12",
}
BOTH = pytest.mark.parametrize("version", [Version.V1, Version.V2C])


@asynccontextmanager
async def talking(
    agent: FakeAgent,
    version: Version = Version.V2C,
    *,
    community: bytes = b"public",
    timeout: float = 0.1,
    retries: int = 1,
) -> AsyncIterator[CommunitySession]:
    async with serving(agent) as port, Transport() as transport:
        yield CommunitySession(
            transport,
            "127.0.0.1",
            port,
            CommunityCredential(community, version),
            timeout=timeout,
            retries=retries,
        )
