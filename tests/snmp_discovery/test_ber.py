"""The codec against pysnmp's own as oracle, and against garbage."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto import rfc1902, rfc1905

from snmp_discovery import messages
from snmp_discovery.ber import Missing, decode_oid, encode_length, encode_oid, encode_tlv
from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.messages import GET, GETBULK, GETNEXT, decode_response, peek_id
from snmp_discovery.v3message import (
    decode_message,
    decode_probe_answer,
    encode_probe,
)
from tests.snmp_discovery.agents import MODULES, parse_request

SUBID = st.one_of(st.integers(0, 127), st.integers(0, 2**32 - 1))
OIDS = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39), st.lists(SUBID, max_size=40)),
    st.tuples(st.just(2), st.integers(0, 2**31), st.lists(SUBID, max_size=40)),
    st.tuples(st.just(1), st.just(3), st.lists(st.integers(0, 127), max_size=40)),
).map(lambda parts: (parts[0], parts[1], *parts[2]))
U32, U64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)

# (pysnmp's object, what we must read)
VALUES = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: (rfc1902.Integer32(n), n)),
    U32.map(lambda n: (rfc1902.Counter32(n), n)),
    U32.map(lambda n: (rfc1902.Gauge32(n), n)),
    U32.map(lambda n: (rfc1902.TimeTicks(n), n)),
    U64.map(lambda n: (rfc1902.Counter64(n), n)),
    st.binary(max_size=300).map(lambda b: (rfc1902.OctetString(b), b)),
    st.binary(max_size=40).map(lambda b: (rfc1902.Opaque(b), b)),
    st.binary(min_size=4, max_size=4).map(lambda b: (rfc1902.IpAddress(b), b)),
    OIDS.map(lambda o: (rfc1902.ObjectIdentifier(o), o)),
    st.just((rfc1905.noSuchObject, Missing.NO_SUCH_OBJECT)),
    st.just((rfc1905.noSuchInstance, Missing.NO_SUCH_INSTANCE)),
    st.just((rfc1905.endOfMibView, Missing.END_OF_MIB_VIEW)),
    st.just((rfc1905.unSpecified, Missing.NULL)),
)


def respond(varbinds: list[tuple[Any, Any]], version: int = 1, **fields: int) -> bytes:
    """A Response made by pysnmp."""
    module = MODULES[version]
    pdu = module.GetResponsePDU()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_request_id(pdu, fields.get("request_id", 7))
    module.apiPDU.set_error_status(pdu, fields.get("status", 0))
    module.apiPDU.set_error_index(pdu, fields.get("index", 0))
    module.apiPDU.set_varbinds(pdu, varbinds)
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, b"public")
    module.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(OIDS, VALUES), max_size=8), st.integers(-(2**31), 2**31 - 1))
def test_a_response_made_by_pysnmp_is_read_value_for_value(
    varbinds: list[tuple[tuple[int, ...], tuple[Any, Any]]], request_id: int
) -> None:
    raw = respond([(oid, value) for oid, (value, _) in varbinds], request_id=request_id)
    answer = decode_response(raw)
    assert answer.varbinds == [(oid, expected) for oid, (_, expected) in varbinds]
    assert answer.request_id == peek_id(raw) == request_id


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([0, 1]),
    st.binary(max_size=200),
    st.sampled_from([GET, GETNEXT, GETBULK]),
    st.integers(0x40000000, 0x7FFFFFFF),
    st.lists(OIDS, max_size=20),
    st.integers(0, 200),
)
def test_a_request_of_ours_is_read_by_pysnmp(
    version: int,
    community: bytes,
    kind: int,
    request_id: int,
    oids: list[tuple[int, ...]],
    repetitions: int,
) -> None:
    if version == 0 and kind == GETBULK:
        kind = GETNEXT
    bulk = repetitions if kind == GETBULK else 0
    raw = messages.encode_request(version, community, kind, request_id, oids, bulk)
    request = parse_request(raw)
    assert (request.version, request.community, request.request_id) == (
        version,
        community,
        request_id,
    )
    assert (request.oids, request.repetitions, request.non_repeaters) == (oids, bulk, 0)
    kinds = {GET: "GetRequestPDU", GETNEXT: "GetNextRequestPDU", GETBULK: "GetBulkRequestPDU"}
    assert request.kind == kinds[kind]
    # The id can be patched in place: another id changes four octets and no length.
    other = messages.encode_request(version, community, kind, 0x7FFFFFFF ^ request_id, oids, bulk)
    assert len(other) <= len(raw)


def test_error_status_and_index_are_read() -> None:
    for version in (0, 1):
        raw = respond([((1, 3, 6, 1), rfc1902.Integer32(1))], version, status=2, index=1)
        answer = decode_response(raw)
        assert (answer.error_status, answer.error_index) == (2, 1)


def message(varbinds: bytes, tail: bytes = b"") -> bytes:
    """A v2c Response by hand around encoded varbinds."""
    pdu = b"\x02\x01\x07\x02\x01\x00\x02\x01\x00" + encode_tlv(0x30, varbinds)
    return encode_tlv(0x30, b"\x02\x01\x01\x04\x06public" + encode_tlv(0xA2, pdu)) + tail


def varbind(value: bytes) -> bytes:
    return encode_tlv(0x30, bytes.fromhex("06032b0601") + value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4104fffffffe", 0xFFFFFFFE),  # a Counter32 written as a negative number
        ("4101ff", 0xFFFFFFFF),  # -1, minimal
        ("410500fffffffe", 0xFFFFFFFE),
        ("4608fffffffffffffffe", 0xFFFFFFFFFFFFFFFE),
        ("02820001ff", -1),  # a length that is not minimal
        ("0200", 0),  # an empty integer
        ("0600", (0, 0)),  # an empty object identifier
        ("0400", b""),
        ("470105", 5),  # UInteger32, historic
        ("4507480000000000ff", bytes.fromhex("480000000000ff")),  # NsapAddress, historic
        ("44079f7804426c0000", bytes.fromhex("9f7804426c0000")),  # a float inside Opaque
    ],
)
def test_what_real_agents_send_is_tolerated(value: str, expected: object) -> None:
    raw = message(varbind(bytes.fromhex(value)), tail=b"\x00\x00trailing")
    assert decode_response(raw).varbinds == [((1, 3, 6, 1), expected)]


@pytest.mark.parametrize(
    "value",
    [
        "0209000000000000000001",  # an INTEGER of nine octets
        "460affffffffffffffffffff",  # a Counter64 of ten
        "0c0141",  # UTF8String: no SNMP type
        "0403",  # cut off
        "048400000005",  # longer than its varbind
        "0480",  # indefinite length
        "0489010101010101010101",  # a length of nine octets
        "060180",  # an object identifier that never ends
        "0606ffffffffff7f",  # a sub-identifier above 2^32 - 1
        "04000500",  # two values in one varbind
    ],
)
def test_a_malformed_value_is_refused(value: str) -> None:
    with pytest.raises(MalformedAnswer):
        decode_response(message(varbind(bytes.fromhex(value))))


@pytest.mark.parametrize("first", [b"\x2b", b"\xab\x01"])
def test_an_object_identifier_of_more_than_128_parts_is_refused(first: bytes) -> None:
    for extra in (127, 128, 2000):
        name = encode_tlv(0x06, first + b"\x01" * extra)
        with pytest.raises(MalformedAnswer):
            decode_response(message(encode_tlv(0x30, name + b"\x05\x00")))
    longest = encode_tlv(0x06, first + b"\x01" * 126)
    answer = decode_response(message(encode_tlv(0x30, longest + b"\x05\x00")))
    assert len(answer.varbinds[0][0]) == 128


@pytest.mark.parametrize("oid", [(), (1,), (3, 1), (0, 40), (1, 40, 1)])
def test_what_is_no_object_identifier_is_not_encoded(oid: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="not an object identifier"):
        encode_oid(oid)


@settings(max_examples=100, deadline=None)
@given(OIDS)
def test_object_identifiers_agree_with_pyasn1_both_ways(oid: tuple[int, ...]) -> None:
    encoded = bytes(encoder.encode(rfc1902.ObjectIdentifier(oid)))
    assert encode_oid(oid) == encoded
    body = encoded[2:] if encoded[1] < 0x80 else encoded[3:]
    assert decode_oid(body) == oid


def accepts(raw: bytes) -> bool:
    """Every decoder either reads `raw` or raises MalformedAnswer."""
    accepted = False
    for decode in (decode_response, peek_id, decode_message, decode_probe_answer):
        try:
            decode(raw)
            accepted = True
        except MalformedAnswer:
            pass
    return accepted


SAMPLE = respond(
    [
        ((1, 3, 6, 1, 2, 1, 43, 11, 1, 1, 9, 1, 300), rfc1902.Counter32(2**31)),
        ((1, 3, 6, 1, 4, 1, 18334, 1), rfc1902.OctetString(b"x" * 200)),
        ((1, 3, 6, 1, 4, 1, 18334, 2), rfc1902.ObjectIdentifier((1, 3, 6, 1, 4, 1, 18334))),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_garbage_raises_nothing_but_malformed_answer(raw: bytes) -> None:
    accepts(raw)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([SAMPLE, encode_probe(0x41424344)]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_flipped_octets_raise_nothing_but_malformed_answer(
    sample: bytes, flips: list[tuple[int, int]]
) -> None:
    raw = bytearray(sample)
    for place, octet in flips:
        raw[place % len(raw)] = octet
    accepts(bytes(raw))


def test_every_truncation_is_refused() -> None:
    for length in range(len(SAMPLE)):
        with pytest.raises(MalformedAnswer):
            decode_response(SAMPLE[:length])
    assert peek_id(SAMPLE[:40]) == 7  # but it still finds its question
    assert len(decode_response(SAMPLE).varbinds) == 3


def test_another_version_is_no_answer_to_version_1_or_2c() -> None:
    raw = bytearray(SAMPLE)
    place = raw.index(b"\x02\x01\x01")
    for version in (2, 3):
        raw[place + 2] = version
        with pytest.raises(MalformedAnswer, match=f"version {version}"):
            decode_response(bytes(raw))


def test_a_request_is_no_response() -> None:
    raw = messages.encode_request(1, b"public", GET, 7, [(1, 3, 6)])
    for decode in (decode_response, peek_id):
        with pytest.raises(MalformedAnswer, match="not a response"):
            decode(raw)


@pytest.mark.parametrize(
    "hostile",
    [
        encode_tlv(0x06, b"\xff" * 60_000),  # one endless sub-identifier
        encode_tlv(0x06, b"\x2b" + b"\x81" * 60_000 + b"\x01"),
        b"\x30\x80" * 30_000,  # deep nesting
    ],
)
def test_the_largest_datagram_is_read_in_bounded_time(hostile: bytes) -> None:
    began = time.process_time()
    with pytest.raises(MalformedAnswer):
        decode_response(message(encode_tlv(0x30, hostile + b"\x05\x00")))
    many = message(varbind(b"\x05\x00") * 6000)
    assert len(decode_response(many).varbinds) == 6000
    assert time.process_time() - began < 1.0


def test_lengths_are_minimal() -> None:
    assert [encode_length(n).hex() for n in (0, 127, 128, 255, 256, 65535)] == [
        "00",
        "7f",
        "8180",
        "81ff",
        "820100",
        "82ffff",
    ]
