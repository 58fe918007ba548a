"""Conversations in SNMP v1 and v2c (RFC 1157, RFC 3416): a community string, no protection."""

from __future__ import annotations

from collections.abc import Sequence

from snmp_discovery.conversation import Conversation
from snmp_discovery.errors import CredentialError
from snmp_discovery.messages import Answer, decode_response, encode_request
from snmp_discovery.transport import Transport
from snmp_discovery.types import CommunityCredential, Oid, Version

_WIRE_VERSION = {Version.V1: 0, Version.V2C: 1}


def wire_version(credential: CommunityCredential) -> int:
    """The version number in the message. Raises CredentialError for version 3."""
    if credential.version not in _WIRE_VERSION:
        raise CredentialError(f"{credential.label}: a community goes with version 1 or 2c only")
    return _WIRE_VERSION[credential.version]


class CommunitySession(Conversation):
    """A `Session` with the device at `address`, `port` (an IP address, never a host name).

    timeout  seconds to wait for one answer, half as long again for each further try
    retries  further tries after the first
    """

    def __init__(
        self,
        transport: Transport,
        address: str,
        port: int,
        credential: CommunityCredential,
        *,
        timeout: float = 1.0,
        retries: int = 1,
    ) -> None:
        self._version = wire_version(credential)
        super().__init__(address, port, bulk=credential.version is Version.V2C)
        self._transport = transport
        self._credential = credential
        self._timeout = timeout
        self._retries = retries

    async def exchange(
        self, kind: int, oids: Sequence[Oid], repetitions: int = 0, *, retries: int | None = None
    ) -> Answer:
        request_id = self._transport.next_id()
        community = self._credential.community
        datagram = encode_request(self._version, community, kind, request_id, oids, repetitions)
        answer = await self._transport.request(
            self.address,
            self.port,
            datagram,
            request_id,
            timeout=self._timeout,
            retries=self._retries if retries is None else retries,
        )
        return decode_response(answer)
