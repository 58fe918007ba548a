"""Conversations in SNMPv3 under the User-based Security Model (RFC 3414, 3826, 7860).

Keys and encryption are pysnmp's. Message layout, digest and time window are ours: they decide what
a hostile device can do (pysnmp finds the digest's place by searching for zeros, which an engine id
may contain), and so all versions share one socket and one set of walking rules.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from pyasn1.type.univ import OctetString
from pysnmp.proto.error import StatusInformation
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel

from snmp_discovery.ber import SEQUENCE, read_header
from snmp_discovery.conversation import Conversation
from snmp_discovery.errors import CredentialError, MalformedAnswer, NoAnswer, SecurityRefused
from snmp_discovery.messages import RESPONSE, Answer, encode_pdu
from snmp_discovery.reports import (
    DECRYPTION_ERROR,
    NOT_IN_TIME_WINDOW,
    ignored,
    reason,
)
from snmp_discovery.transport import Transport
from snmp_discovery.types import AuthProtocol, Oid, PrivProtocol, UsmCredential
from snmp_discovery.v3message import (
    AUTH,
    PRIV,
    REPORTABLE,
    Engine,
    Header,
    Message,
    decode_message,
    decode_probe_answer,
    decode_scoped,
    encode_message,
    encode_probe,
    encode_scoped,
)

_MAX_USER = 32  # octets, RFC 3414 §5 (SnmpAdminString (SIZE(1..32)))
_TIME_WINDOW = 150  # seconds, RFC 3414 §2.2.3
_REPAIRS = 4  # questions for one exchange: engine, time and key variant may each need another


class _Auth(NamedTuple):
    service: Any
    oid: Oid
    hash_name: str
    digest_size: int


def _auth(number: int, hash_name: str, digest_size: int) -> _Auth:
    oid = (1, 3, 6, 1, 6, 3, 10, 1, 1, number)  # snmpAuthProtocols (RFC 3414 §5, RFC 7860 §7)
    return _Auth(SnmpUSMSecurityModel.AUTH_SERVICES[oid], oid, hash_name, digest_size)


_AUTH = {
    AuthProtocol.MD5: _auth(2, "md5", 12),
    AuthProtocol.SHA1: _auth(3, "sha1", 12),
    AuthProtocol.SHA224: _auth(4, "sha224", 16),
    AuthProtocol.SHA256: _auth(5, "sha256", 24),
    AuthProtocol.SHA384: _auth(6, "sha384", 32),
    AuthProtocol.SHA512: _auth(7, "sha512", 48),
}
_SNMP_PRIV: Oid = (1, 3, 6, 1, 6, 3, 10, 1, 2)  # RFC 3414 §5, RFC 3826 §2
_ESO_PRIV: Oid = (1, 3, 6, 1, 4, 1, 9, 12, 6, 1)  # 1xx: pysnmp's own numbers for Reeder's way
# No RFC says how a short key is stretched for AES-192 and -256: draft-blumenthal is tried first,
# then draft-reeder (Cisco and others). For the other ciphers there is one way only.
_PRIV: dict[PrivProtocol, tuple[Any, ...]] = {
    protocol: tuple(SnmpUSMSecurityModel.PRIV_SERVICES[oid] for oid in ways)
    for protocol, ways in (
        (PrivProtocol.DES, ((*_SNMP_PRIV, 2),)),
        (PrivProtocol.AES128, ((*_SNMP_PRIV, 4),)),
        (PrivProtocol.AES192, ((*_ESO_PRIV, 1), (*_ESO_PRIV, 101))),
        (PrivProtocol.AES256, ((*_ESO_PRIV, 2), (*_ESO_PRIV, 102))),
    )
}


@lru_cache(maxsize=64)
def _master_key(protocol: AuthProtocol, secret: str) -> OctetString:
    """A megabyte of hashing (RFC 3414 §A.2): once per credential, not once per device."""
    return _AUTH[protocol].service.hash_passphrase(secret.encode())


def check_credential(credential: UsmCredential) -> None:
    """Raise CredentialError unless the user, keys and algorithms make one security level."""
    label = credential.label
    if not 0 < len(credential.user.encode()) <= _MAX_USER:
        raise CredentialError(f"{label}: a user name has 1 to {_MAX_USER} octets")
    if (credential.auth_protocol is None) != (credential.auth_key is None):
        raise CredentialError(f"{label}: an authentication key and its algorithm go together")
    if (credential.priv_protocol is None) != (credential.priv_key is None):
        raise CredentialError(f"{label}: a privacy key and its algorithm go together")
    if credential.priv_protocol is not None and credential.auth_protocol is None:
        raise CredentialError(f"{label}: privacy needs authentication")
    if credential.auth_key == "" or credential.priv_key == "":
        raise CredentialError(f"{label}: a key is empty")


class _Keys:
    """One user's keys for one engine; `variant` chooses among the ways to stretch a key."""

    def __init__(self, credential: UsmCredential, engine_id: bytes, variant: int) -> None:
        self.flags = 0
        self._auth: _Auth | None = None
        self._priv: Any = None
        engine = OctetString(engine_id)
        if credential.auth_protocol is not None and credential.auth_key is not None:
            self.flags |= AUTH
            self._auth = auth = _AUTH[credential.auth_protocol]
            master = _master_key(credential.auth_protocol, credential.auth_key)
            self._auth_key = auth.service.localize_key(master, engine).asOctets()
            if credential.priv_protocol is not None and credential.priv_key is not None:
                self.flags |= PRIV
                self._priv = _PRIV[credential.priv_protocol][variant]
                master = _master_key(credential.auth_protocol, credential.priv_key)
                self._priv_key = self._priv.localize_key(auth.oid, master, engine)

    def protect(self, header: Header, scoped: bytes) -> bytes:
        """The datagram that carries `scoped` at this user's security level."""
        salt = b""
        if self._priv is not None:
            clock = (header.boots, header.time, b"")
            cipher, salt_octets = self._priv.encrypt_data(self._priv_key, clock, scoped)
            scoped, salt = cipher.asOctets(), salt_octets.asOctets()
        size = 0 if self._auth is None else self._auth.digest_size
        message, at = encode_message(header, size, salt, scoped)
        if self._auth is not None:
            message[at : at + size] = self._digest(self._auth, message)
        return bytes(message)

    def signed(self, message: Message) -> bool:
        """Whether the message's digest was made with this user's key."""
        if self._auth is None:
            return False
        return hmac.compare_digest(message.digest, self._digest(self._auth, message.whole))

    def reveal(self, message: Message) -> bytes:
        """The contents of the scoped PDU, decrypted. Raises MalformedAnswer."""
        if not message.encrypted:
            return message.data
        if self._priv is None:
            raise MalformedAnswer("an encrypted answer to a question in plain text")
        clock = (message.header.boots, message.header.time, OctetString(message.salt))
        try:
            plain = self._priv.decrypt_data(self._priv_key, clock, OctetString(message.data))
        except (StatusInformation, ValueError) as error:
            raise MalformedAnswer("an answer that cannot be decrypted") from error
        start, stop = read_header(plain, 0, len(plain), SEQUENCE)
        return bytes(plain[start:stop])

    def _digest(self, auth: _Auth, message: bytes | bytearray) -> bytes:
        return hmac.digest(self._auth_key, message, auth.hash_name)[: auth.digest_size]


class V3Session(Conversation):
    """A `Session` with the device at `address`, `port` (an IP address) as one USM user.

    engine   what an engine probe already told; None: the session asks first
    timeout  seconds to wait for one answer, half as long again for each further try
    retries  further tries after the first

    Raises CredentialError for an incomplete credential. Boots, time and engine id are learnt and
    relearnt without the caller; every other Report becomes SecurityRefused.
    """

    def __init__(
        self,
        transport: Transport,
        address: str,
        port: int,
        credential: UsmCredential,
        *,
        timeout: float = 1.0,
        retries: int = 1,
        engine: Engine | None = None,
    ) -> None:
        check_credential(credential)
        super().__init__(address, port, bulk=True)
        self._transport = transport
        self._credential = credential
        self._timeout = timeout
        self._retries = retries
        self._variant = 0
        self._settled = False  # an answer was read: keys and key variant are right
        self._engine: Engine | None = engine
        self._keys: _Keys | None = None

    @property
    def engine_id(self) -> bytes:
        """The agent's engine id; empty until it is known."""
        return b"" if self._engine is None else self._engine.engine_id

    async def exchange(
        self, kind: int, oids: Sequence[Oid], repetitions: int = 0, *, retries: int | None = None
    ) -> Answer:
        retries = self._retries if retries is None else retries
        for _ in range(_REPAIRS):
            engine = self._engine or await self._discover(retries)
            if self._keys is None:
                self._keys = _Keys(self._credential, engine.engine_id, self._variant)
            msg_id = self._transport.next_id()
            pdu = encode_pdu(kind, msg_id, oids, repetitions)
            try:
                message = await self._ask(engine, self._keys, msg_id, pdu, retries)
            except NoAnswer:
                await self._explain_silence(self._keys)
                continue
            answer = self._read(engine, self._keys, message)
            if answer.kind == RESPONSE:
                if answer.request_id != msg_id:
                    raise MalformedAnswer(f"{self.address} answers a different question")
                self._settled = True
                return answer
            self._heed(message.header, answer)
        raise SecurityRefused(f"{self.address} refuses every engine id and time it has named")

    async def _ask(
        self, engine: Engine, keys: _Keys, msg_id: int, pdu: bytes, retries: int
    ) -> Message:
        flags = keys.flags | REPORTABLE
        user = self._credential.user.encode()
        header = Header(msg_id, flags, engine.engine_id, engine.boots, engine.now(), user)
        scoped = encode_scoped(engine.engine_id, self._credential.context.encode(), pdu)
        return decode_message(await self._request(keys.protect(header, scoped), msg_id, retries))

    async def _request(self, datagram: bytes, msg_id: int, retries: int) -> bytes:
        return await self._transport.request(
            self.address, self.port, datagram, msg_id, timeout=self._timeout, retries=retries
        )

    async def _discover(self, retries: int) -> Engine:
        msg_id = self._transport.next_id()
        answer = await self._request(encode_probe(msg_id), msg_id, retries)
        self._engine = engine = Engine.of(decode_probe_answer(answer))
        return engine

    def _read(self, engine: Engine, keys: _Keys, message: Message) -> Answer:
        """The PDU, once signature, time and security level are right (RFC 3414 §3.2)."""
        header = message.header
        if header.flags & AUTH and not keys.signed(message):
            raise MalformedAnswer(f"{self.address}: an answer with a wrong signature")
        answer = decode_scoped(keys.reveal(message))
        if answer.kind == RESPONSE:
            if (header.flags ^ keys.flags) & (AUTH | PRIV):
                raise MalformedAnswer(f"{self.address}: an answer with too little protection")
            if header.flags & AUTH:
                self._check_time(engine, header)
        return answer

    def _check_time(self, engine: Engine, header: Header) -> None:
        late = header.boots == engine.boots and header.time < engine.now() - _TIME_WINDOW
        if header.engine_id != engine.engine_id or header.boots < engine.boots or late:
            raise MalformedAnswer(f"{self.address}: an answer from another engine or time")
        if (header.boots, header.time) > (engine.boots, engine.time):
            self._engine = Engine.of(header)

    def _heed(self, header: Header, report: Answer) -> None:
        """Repair what a Report complains of, so that asking again makes sense, or give up."""
        cause = report.varbinds[0][0] if report.varbinds else ()
        if header.engine_id not in (b"", self.engine_id):  # the device was replaced or reset
            self._engine, self._keys = Engine.of(header), None
        elif cause == NOT_IN_TIME_WINDOW and header.engine_id:
            # Lower boots are believed too: printers that lose them at power-off are common, and
            # an old answer could not be replayed to us, its msgID would not fit.
            self._engine = Engine.of(header)
        elif cause != DECRYPTION_ERROR or not self._next_variant():
            raise SecurityRefused(reason(cause, self._credential))

    async def _explain_silence(self, keys: _Keys) -> None:
        """Many agents drop what they cannot decrypt. Raises, unless another variant is left."""
        if self._settled or not keys.flags & PRIV:
            raise NoAnswer(f"{self.address} does not answer")
        await self._discover(self._retries)
        if not self._next_variant():
            raise SecurityRefused(ignored(self._credential))

    def _next_variant(self) -> bool:
        protocol = self._credential.priv_protocol
        if self._settled or protocol is None or self._variant + 1 >= len(_PRIV[protocol]):
            return False
        self._variant += 1
        self._keys = None
        return True
