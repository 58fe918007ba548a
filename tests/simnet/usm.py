"""SNMPv3 agents with the User-based Security Model, written from RFC 3412, 3414, 3826 and 7860.

Own code rather than pysnmp's, because the library's v3 client is pysnmp: two ends of one
implementation would agree on its mistakes. `tests/test_simnet.py` proves it with pysnmp's client.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections import Counter
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.simnet import agent, ber
from tests.simnet.ber import BerError, Oid
from tests.simnet.recording import Recording
from tests.simnet.spec import User
from tests.simnet.usm_message import Message, blanked, parse, scoped_pdu

AUTH = {  # protocol: (hash, octets of the truncated MAC)
    "MD5": ("md5", 12),
    "SHA1": ("sha1", 12),
    "SHA224": ("sha224", 16),
    "SHA256": ("sha256", 24),
    "SHA384": ("sha384", 32),
    "SHA512": ("sha512", 48),
}
PRIV_KEY_OCTETS = {"DES": 16, "AES128": 16, "AES192": 24, "AES256": 32}
AUTH_FLAG, PRIV_FLAG, REPORTABLE = 1, 2, 4
TIME_WINDOW = 150
AUTHORIZATION_ERROR = 16
UNSUPPORTED_LEVEL, NOT_IN_WINDOW, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST, DECRYPTION = range(
    1, 7
)
UNKNOWN_CONTEXT: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)


def stats_oid(number: int) -> Oid:
    """The usmStats counter that a Report names (RFC 3414 §5)."""
    return (1, 3, 6, 1, 6, 3, 15, 1, 1, number, 0)


@cache
def password_key(hash_name: str, password: str, engine_id: bytes) -> bytes:
    """RFC 3414 A.2: a megabyte of the password, hashed, then bound to the engine."""
    raw = password.encode()
    stretched = hashlib.new(hash_name, (raw * (1_048_576 // len(raw) + 1))[:1_048_576]).digest()
    return hashlib.new(hash_name, stretched + engine_id + stretched).digest()


def privacy_key(user: User, engine_id: bytes) -> bytes:
    """Long enough for the cipher: extended as in draft-blumenthal-aes-usm-04 §3.1.2.1."""
    hash_name = AUTH[user.auth][0]
    key = password_key(hash_name, user.priv_key, engine_id)
    while len(key) < PRIV_KEY_OCTETS[user.priv]:
        key += hashlib.new(hash_name, key).digest()
    return key[: PRIV_KEY_OCTETS[user.priv]]


class V3Agent:
    """One v3 engine with one user. `boots` and the clock can be moved, as a restart would."""

    def __init__(
        self,
        user: User,
        engine_id: bytes,
        contexts: Mapping[str, Recording],
        max_message: int = 1472,
    ) -> None:
        self.user = user
        self.engine_id = engine_id
        self.contexts = {name.encode(): recording for name, recording in contexts.items()}
        self.max_message = max_message
        self.boots = 1
        self.stats: Counter[Oid] = Counter()
        self._zero = time.monotonic() - 4711
        self._level = (AUTH_FLAG if user.auth else 0) | (PRIV_FLAG if user.priv else 0)

    @property
    def time(self) -> int:
        """snmpEngineTime in seconds."""
        return int(time.monotonic() - self._zero)

    def reboot(self) -> None:
        """Starts anew: one boot more, time from zero. Old authenticated requests are refused."""
        self.boots += 1
        self._zero = time.monotonic()

    def answer(self, datagram: bytes) -> bytes | None:
        """The reply, a Report, or None. Raises BerError for garbage."""
        message = parse(datagram)
        fault = self._fault(message, datagram)
        if fault is not None:
            level = AUTH_FLAG if fault == NOT_IN_WINDOW else 0
            return self._report(message, stats_oid(fault), level)
        data = message.data
        if message.encrypted:
            try:
                data = self._decrypted(message)
            except ValueError:
                return self._report(message, stats_oid(DECRYPTION), 0)
        return self._respond(message, data)

    def _fault(self, message: Message, datagram: bytes) -> int | None:
        """RFC 3414 §3.2, steps 3 to 7, in their order."""
        level = message.flags & (AUTH_FLAG | PRIV_FLAG)
        if message.engine_id != self.engine_id:
            return UNKNOWN_ENGINE
        if message.user != self.user.name.encode():
            return UNKNOWN_USER
        if (
            level & ~self._level
            or level == PRIV_FLAG
            or message.encrypted != bool(level & PRIV_FLAG)
        ):
            return UNSUPPORTED_LEVEL
        if level & AUTH_FLAG:
            if not hmac.compare_digest(self._mac(blanked(message, datagram)), message.mac):
                return WRONG_DIGEST
            if message.boots != self.boots or abs(message.time - self.time) > TIME_WINDOW:
                return NOT_IN_WINDOW
        return None

    def _respond(self, message: Message, data: bytes) -> bytes | None:
        try:
            context, pdu = scoped_pdu(data, message.encrypted)
        except BerError:
            if message.encrypted:  # nonsense after decryption: another key was used
                return self._report(message, stats_oid(DECRYPTION), 0)
            raise
        level = message.flags & (AUTH_FLAG | PRIV_FLAG)
        if level != self._level:
            body = agent.response(pdu.request_id, AUTHORIZATION_ERROR, 0, pdu.varbinds)
            return self._message(message, level, context, body)
        recording = self.contexts.get(context)
        if recording is None:
            return self._report(message, UNKNOWN_CONTEXT, level)
        room = self.max_message - 160  # header, engine ids, MAC, salt and padding
        reply = agent.answer(pdu, recording, v1=False, room=room)
        return None if reply is None else self._message(message, level, context, reply)

    def _report(self, message: Message, oid: Oid, level: int) -> bytes | None:
        self.stats[oid] += 1
        if not message.flags & REPORTABLE:
            return None
        counter = ber.tlv(ber.SEQUENCE, ber.oid(oid) + ber.integer(self.stats[oid], ber.COUNTER32))
        level &= self._level
        return self._message(message, level, b"", agent.response(0, 0, 0, counter, agent.REPORT))

    def _message(self, asked: Message, level: int, context: bytes, pdu: bytes) -> bytes:
        scoped = ber.tlv(
            ber.SEQUENCE,
            ber.tlv(ber.OCTETS, self.engine_id) + ber.tlv(ber.OCTETS, context) + pdu,
        )
        boots, seconds, salt = self.boots, self.time, b""
        if level & PRIV_FLAG:
            salt = os.urandom(8)
            scoped = ber.tlv(ber.OCTETS, self._cipher(scoped, salt, boots, seconds, encrypt=True))
        size = AUTH[self.user.auth][1] if level & AUTH_FLAG else 0
        whole = self._envelope(asked, level, (boots, seconds), bytes(size), salt, scoped)
        if size:
            whole = self._envelope(asked, level, (boots, seconds), self._mac(whole), salt, scoped)
        return whole

    def _envelope(
        self,
        asked: Message,
        level: int,
        clock: tuple[int, int],
        mac: bytes,
        salt: bytes,
        data: bytes,
    ) -> bytes:
        header = (
            ber.integer(asked.msg_id)
            + ber.integer(65507)
            + ber.tlv(ber.OCTETS, bytes((level,)))
            + ber.integer(3)
        )
        security = (
            ber.tlv(ber.OCTETS, self.engine_id)
            + ber.integer(clock[0])
            + ber.integer(clock[1])
            + ber.tlv(ber.OCTETS, asked.user)
            + ber.tlv(ber.OCTETS, mac)
            + ber.tlv(ber.OCTETS, salt)
        )
        security = ber.tlv(ber.OCTETS, ber.tlv(ber.SEQUENCE, security))
        body = ber.integer(3) + ber.tlv(ber.SEQUENCE, header) + security + data
        return ber.tlv(ber.SEQUENCE, body)

    def _mac(self, whole: bytes) -> bytes:
        hash_name, size = AUTH[self.user.auth]
        key = password_key(hash_name, self.user.auth_key, self.engine_id)
        return hmac.new(key, whole, hash_name).digest()[:size]

    def _decrypted(self, message: Message) -> bytes:
        if len(message.salt) != 8:
            raise ValueError("a salt has eight octets")
        return self._cipher(message.data, message.salt, message.boots, message.time, encrypt=False)

    def _cipher(
        self, data: bytes, salt: bytes, boots: int, seconds: int, *, encrypt: bool
    ) -> bytes:
        key = privacy_key(self.user, self.engine_id)
        cipher: Cipher[CBC] | Cipher[CFB]
        if self.user.priv == "DES":
            vector = bytes(a ^ b for a, b in zip(key[8:16], salt, strict=True))
            data += bytes(-len(data) % 8) if encrypt else b""
            cipher = Cipher(TripleDES(key[:8] * 3), CBC(vector))
        else:
            vector = boots.to_bytes(4, "big") + seconds.to_bytes(4, "big") + salt
            cipher = Cipher(AES(key), CFB(vector))
        worker = cipher.encryptor() if encrypt else cipher.decryptor()
        return worker.update(data) + worker.finalize()
