"""Answers to GET, GETNEXT and GETBULK (RFC 1157, RFC 3416) from a recording."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simnet import ber
from tests.simnet.ber import BerError, Oid
from tests.simnet.recording import Recording

GET, GETNEXT, RESPONSE, SET, GETBULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA8
TOO_BIG, NO_SUCH_NAME, GEN_ERR, NO_ACCESS = 1, 2, 5, 6
MAX_REPETITIONS = 200


@dataclass(frozen=True, slots=True)
class Pdu:
    """A request. `a` and `b` are error-status and error-index, or GETBULK's two numbers."""

    kind: int
    request_id: int
    a: int
    b: int
    varbinds: bytes
    oids: tuple[Oid, ...]


def parse_pdu(kind: int, content: bytes) -> Pdu:
    """Raises BerError."""
    request_id, a, b, varbinds = ber.fields(
        content, (ber.INTEGER, ber.INTEGER, ber.INTEGER, ber.SEQUENCE)
    )
    oids = []
    for tag, binding in ber.elements(varbinds):
        if tag != ber.SEQUENCE:
            raise BerError("a variable binding is no sequence")
        oids.append(ber.to_oid(ber.fields(binding, (ber.OID, 0))[0]))
    return Pdu(kind, ber.to_int(request_id), ber.to_int(a), ber.to_int(b), varbinds, tuple(oids))


def response(
    request_id: int, status: int, index: int, varbinds: bytes, kind: int = RESPONSE
) -> bytes:
    """An encoded PDU of four fields."""
    return ber.tlv(
        kind,
        ber.integer(request_id)
        + ber.integer(status)
        + ber.integer(index)
        + ber.tlv(ber.SEQUENCE, varbinds),
    )


def answer(
    pdu: Pdu, recording: Recording, *, v1: bool, room: int, no_bulk: bool = False
) -> bytes | None:
    """The encoded response PDU, at most `room` octets; None for a request that gets no answer.

    no_bulk   answer GETBULK with genErr, as some print servers do
    """
    if pdu.kind == GETBULK and not v1:
        if no_bulk:
            return response(pdu.request_id, GEN_ERR, min(1, len(pdu.oids)), pdu.varbinds)
        return _bulk(pdu, recording, room)
    if pdu.kind in (GET, GETNEXT):
        return _get(pdu, recording, v1=v1, room=room)
    if pdu.kind == SET:
        status = NO_SUCH_NAME if v1 else NO_ACCESS
        return response(pdu.request_id, status, min(1, len(pdu.oids)), pdu.varbinds)
    return None


def _get(pdu: Pdu, recording: Recording, *, v1: bool, room: int) -> bytes:
    bindings = []
    for index, oid in enumerate(pdu.oids, 1):
        binding = _one(pdu.kind, oid, recording, v1=v1)
        if binding is None:
            return response(pdu.request_id, NO_SUCH_NAME, index, pdu.varbinds)
        bindings.append(binding)
    whole = response(pdu.request_id, 0, 0, b"".join(bindings))
    if len(whole) <= room:
        return whole
    return response(pdu.request_id, TOO_BIG, 0, pdu.varbinds if v1 else b"")


def _one(kind: int, oid: Oid, recording: Recording, *, v1: bool) -> bytes | None:
    """The binding for one name, or None where v1 has to say noSuchName."""
    if kind == GETNEXT:
        following = recording.after(oid, counter64=not v1)
        if following is not None:
            return recording.varbind(following)
        return None if v1 else exception(oid, ber.END_OF_MIB_VIEW)
    typed = recording.values.get(oid)
    if typed is not None and not (v1 and typed[0] == 70):
        return recording.varbind(oid)
    if v1:
        return None
    known = recording.has_object(oid)
    return exception(oid, ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT)


def _bulk(pdu: Pdu, recording: Recording, room: int) -> bytes:
    """As many whole bindings as fit, in order (RFC 3416 §4.2.3)."""
    once = max(0, min(pdu.a, len(pdu.oids)))
    out: list[bytes] = []
    left = room - 40  # PDU header, request id, two integers and the list's header

    def add(oid: Oid) -> Oid | None:
        nonlocal left
        following = recording.after(oid)
        binding = (
            exception(oid, ber.END_OF_MIB_VIEW)
            if following is None
            else recording.varbind(following)
        )
        left -= len(binding)
        if left >= 0:
            out.append(binding)
        return following

    for oid in pdu.oids[:once]:
        add(oid)
    row: list[Oid] = list(pdu.oids[once:])
    for _ in range(min(max(pdu.b, 0), MAX_REPETITIONS)):
        found = [add(oid) for oid in row]
        if left < 0 or not any(found):
            break
        row = [new or old for new, old in zip(found, row, strict=True)]
    if not out and left < 0:
        return response(pdu.request_id, TOO_BIG, 0, b"")
    return response(pdu.request_id, 0, 0, b"".join(out))


def exception(oid: Oid, marker: bytes) -> bytes:
    """A binding that says why there is no value."""
    return ber.tlv(ber.SEQUENCE, ber.oid(oid) + marker)


def community_answer(
    datagram: bytes,
    recording: Recording,
    *,
    community: bytes,
    versions: frozenset[int],
    max_message: int = 1472,
    no_bulk: bool = False,
) -> bytes | None:
    """The answer to a v1 or v2c message; None: stay silent. Raises BerError for garbage.

    versions  the message versions that are served: 0 is v1, 1 is v2c
    """
    tag, content, _ = ber.element(datagram)
    if tag != ber.SEQUENCE:
        raise BerError("no message")
    parts = list(ber.elements(content))
    if len(parts) != 3 or parts[0][0] != ber.INTEGER or parts[1][0] != ber.OCTETS:
        raise BerError("no community message")
    version = ber.to_int(parts[0][1])
    if version not in versions or parts[1][1] != community:
        return None
    pdu = parse_pdu(*parts[2])
    head = ber.integer(version) + ber.tlv(ber.OCTETS, community)
    room = max_message - len(head) - 4
    body = answer(pdu, recording, v1=version == 0, room=room, no_bulk=no_bulk)
    return None if body is None else ber.tlv(ber.SEQUENCE, head + body)
