"""The engine-discovery probe and the Reports that answer it."""

from __future__ import annotations

import pytest
from pyasn1.codec.ber import decoder
from pysnmp.proto import api
from pysnmp.proto.mpmod import rfc3412

from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.messages import peek_id
from snmp_discovery.v3message import (
    decode_message,
    decode_probe_answer,
    decode_scoped,
    encode_probe,
)
from tests.snmp_discovery.v3agents import v3_report


def test_the_engine_probe_is_what_rfc_3414_asks_for() -> None:
    raw = encode_probe(0x41424344)
    assert int(api.decodeMessageVersion(raw)) == 3
    assert peek_id(raw) == 0x41424344
    outer, _ = decoder.decode(raw, asn1Spec=rfc3412.SNMPv3Message())
    head = outer["msgGlobalData"]
    assert (int(head["msgID"]), bytes(head["msgFlags"])) == (0x41424344, b"\x04")
    assert int(head["msgSecurityModel"]) == 3
    security, _ = decoder.decode(bytes(outer["msgSecurityParameters"]))
    assert [bytes(security[0]), int(security[1]), int(security[2])] == [b"", 0, 0]
    assert [bytes(security[3]), bytes(security[4]), bytes(security[5])] == [b"", b"", b""]
    scoped = outer["msgData"]["plaintext"]
    assert bytes(scoped["contextEngineId"]) == bytes(scoped["contextName"]) == b""
    assert scoped["data"].getName() == "get-request"


def test_the_report_to_a_probe_names_the_engine() -> None:
    header = decode_probe_answer(v3_report(b"\x80\x00\x1f\x88engine", 12, 3456))
    assert (header.engine_id, header.boots, header.time) == (b"\x80\x00\x1f\x88engine", 12, 3456)
    scoped = decode_scoped(decode_message(v3_report(b"\x80\x00\x1f\x88engine", 1, 2)).data)
    assert scoped.varbinds == [((1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0), 9)]


@pytest.mark.parametrize(
    ("engine", "boots", "seconds"),
    [
        (b"", 1, 1),
        (b"e" * 65, 1, 1),
        (b"engine", -1, 1),
        (b"engine", 1, 2**31),
        (b"e" * 60_000, 1, 1),
    ],
)
def test_an_impossible_engine_is_refused(engine: bytes, boots: int, seconds: int) -> None:
    with pytest.raises(MalformedAnswer):
        decode_probe_answer(v3_report(engine, boots, seconds))


def test_an_answer_to_a_probe_must_be_a_report() -> None:
    report = v3_report(b"engine", 1, 1)
    place = report.rindex(b"\xa8")
    with pytest.raises(MalformedAnswer, match="not a report"):
        decode_probe_answer(report[:place] + b"\xa2" + report[place + 1 :])
