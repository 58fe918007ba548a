"""The frame of an SNMPv3 message (RFC 3412 §6, RFC 3414 §2.4), as an agent reads it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simnet import agent, ber
from tests.simnet.ber import BerError


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed v3 message. `mac_at` is where the MAC's octets lie in the datagram."""

    msg_id: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    mac: bytes
    salt: bytes
    data: bytes
    encrypted: bool
    mac_at: int


def parse(datagram: bytes) -> Message:
    """Raises BerError."""
    version, header, security, data_tag, data = _outer(datagram)
    if version != 3:
        raise BerError("not version 3")
    msg_id, _, flags, model = ber.fields(
        header, (ber.INTEGER, ber.INTEGER, ber.OCTETS, ber.INTEGER)
    )
    if ber.to_int(model) != 3 or len(flags) != 1:
        raise BerError("not the user-based security model")
    tag, inner, _ = ber.element(security)
    if tag != ber.SEQUENCE:
        raise BerError("bad security parameters")
    tags = (ber.OCTETS, ber.INTEGER, ber.INTEGER, ber.OCTETS, ber.OCTETS, ber.OCTETS)
    engine_id, boots, seconds, user, mac, salt = ber.fields(inner, tags)
    return Message(
        ber.to_int(msg_id), flags[0], engine_id, ber.to_int(boots), ber.to_int(seconds), user,
        mac, salt, data, data_tag == ber.OCTETS, _mac_at(datagram),
    )  # fmt: skip


def _outer(datagram: bytes) -> tuple[int, bytes, bytes, int, bytes]:
    tag, content, end = ber.element(datagram)
    parts = list(ber.elements(content))
    tags = [part[0] for part in parts[:3]]
    if tag != ber.SEQUENCE or end != len(datagram) or len(parts) != 4:
        raise BerError("not a v3 message")
    if tags != [ber.INTEGER, ber.SEQUENCE, ber.OCTETS]:
        raise BerError("not a v3 message")
    return ber.to_int(parts[0][1]), parts[1][1], parts[2][1], *parts[3]


def _mac_at(datagram: bytes) -> int:
    """Found by walking, because lengths need not be written in their shortest form."""
    at = _inside(datagram, 0)
    for _ in range(2):
        at = ber.element(datagram, at)[2]
    at = _inside(datagram, _inside(datagram, at))
    for _ in range(4):
        at = ber.element(datagram, at)[2]
    return _inside(datagram, at)


def _inside(datagram: bytes, at: int) -> int:
    _, content, end = ber.element(datagram, at)
    return end - len(content)


def scoped_pdu(data: bytes, encrypted: bool) -> tuple[bytes, agent.Pdu]:
    """(context name, PDU) of a scoped PDU; padding may follow it. Raises BerError."""
    scoped = data
    if encrypted:
        tag, scoped, _ = ber.element(data)
        if tag != ber.SEQUENCE:
            raise BerError("no scoped PDU")
    parts = list(ber.elements(scoped))
    if [part[0] for part in parts[:2]] != [ber.OCTETS, ber.OCTETS] or len(parts) != 3:
        raise BerError("bad scoped PDU")
    return parts[1][1], agent.parse_pdu(*parts[2])


def blanked(message: Message, datagram: bytes) -> bytes:
    """The datagram with the MAC's octets set to zero, as they were when it was computed."""
    end = message.mac_at + len(message.mac)
    return datagram[: message.mac_at] + bytes(len(message.mac)) + datagram[end:]
