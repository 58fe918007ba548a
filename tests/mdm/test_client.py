"""The client: what is tried again and when, pace, paths, and the words of a refusal."""

import json
import threading

import pytest

from mdm import errors
from mdm.answers import Answer, path, query_of
from mdm.client import PATIENCE, TRIES, Client
from mdm.errors import Where
from mdm.http import Door, Limits
from mdm.paging import cursor_of, follow, rows_of
from mdm.refusals import error_of, said
from mdm.timing import Timing, TokenBucket
from mdm.tokens import bearer
from tests.mdm.contract.world import TestTime
from tests.mdm.raw import Raw, answer, saying

WHERE = Where("Vendor", "north")
BUSY = answer(b"{}", "Retry-After: 30", status="503 Busy")
OK = answer(b'{"ok": true}')


def client(vendor: Raw, time: TestTime, base: str = "") -> Client:
    door = Door(vendor.url + base, WHERE, time.timing, Limits(connect=1, read=1))
    pace = TokenBucket(1000, 1000, time.timing)
    return Client(door, bearer("hush", WHERE), pace=pace, timing=time.timing)


def test_a_question_is_repeated_with_growing_waits() -> None:
    time = TestTime()
    failing = answer(b"{}", status="500 No")
    with saying(failing, failing, b"", OK) as vendor:
        assert client(vendor, time).get("/x").data == {"ok": True}
    assert time.slept == [0.75, 1.5, 3.0]
    with saying(failing) as vendor, pytest.raises(errors.Unavailable):
        client(vendor, time).get("/x")
    assert len(vendor.heard) == TRIES


def test_a_question_with_a_body_is_repeated_as_it_is() -> None:
    time = TestTime()
    with saying(answer(b"{}", status="500 No"), b"", OK) as vendor:
        assert client(vendor, time, "/v2").ask("/list", {"page": 0}).data == {"ok": True}
    assert [heard.partition(b" HTTP")[0] for heard in vendor.heard] == [b"POST /v2/list"] * 3
    assert [heard.partition(b"\r\n\r\n")[2] for heard in vendor.heard] == [b'{"page": 0}'] * 3


def test_the_vendors_own_wait_is_kept() -> None:
    time = TestTime()
    with saying(BUSY, OK) as vendor:
        client(vendor, time).get("/x")
    assert time.slept == [30.0]
    long = answer(b"{}", f"Retry-After: {int(PATIENCE) + 1}", status="429 Slow")
    with saying(long) as vendor, pytest.raises(errors.Throttled) as slow:
        client(vendor, time).get("/x")
    assert slow.value.retry_after == PATIENCE + 1
    assert len(vendor.heard) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (BUSY, errors.AnswerLost), (b"", errors.AnswerLost), (answer(b"<html>"), errors.AnswerLost),
        (answer(b"{", status="201 Made"), errors.AnswerLost),
        (answer(b"", "Location: /", status="303 See"), errors.AnswerLost),
        (answer(b"{}", status="429 Slow"), errors.Throttled),
        (answer(b"{}", status="408 Slow"), errors.Unavailable),
        (answer(b"<html>", status="404 No"), errors.Gone),
        (answer(b"{}", status="401 Who"), errors.WrongCredential),
        (answer(b"{}", status="400 No"), errors.Refused),
        (answer(b"{}", status="402 Pay"), errors.LicenceRequired),
    ],
)  # fmt: skip
def test_an_act_is_sent_once(reply: bytes, error: type[Exception]) -> None:
    time = TestTime()
    with saying(reply) as vendor, pytest.raises(error):
        client(vendor, time).act("POST", "/wipe", json_body={"a": 1})
    assert len(vendor.heard) == 1
    assert time.slept == []


def test_paths_bodies_and_queries() -> None:
    with saying(answer(b"")) as vendor:
        asked = client(vendor, TestTime(), "/api/v1")
        assert (
            asked.act("PUT", path("a", "b/c:d"), raw=b"<plist/>", content_type="x/y").data is None
        )
        asked.get(
            f"{vendor.url}/other?page=2", {"size": 3, "all": True, "no": None, "m": ["p", "q"]}
        )
    first, second = vendor.heard
    assert first.startswith(b"PUT /api/v1/a/b%2Fc%3Ad HTTP")
    assert b"Content-Type: x/y" in first
    assert first.endswith(b"\r\n\r\n<plist/>")
    assert second.startswith(b"GET /other?page=2&size=3&all=true&m=p&m=q HTTP")
    assert b"Authorization: Bearer hush" in second
    assert query_of({"a": False}) == (("a", "false"),)
    for wrong in ("", ".", ".."):
        with pytest.raises(ValueError, match="path"):
            path("a", wrong)


def test_a_bucket_keeps_the_pace() -> None:
    time = TestTime()
    bucket = TokenBucket(10, 5, time.timing)
    for _ in range(25):
        bucket.wait()
    assert sum(time.slept) == pytest.approx(2.0)
    time.forward(seconds=60)
    time.slept.clear()
    for _ in range(5):
        bucket.wait()
    assert time.slept == []


def test_a_bucket_is_shared_by_threads() -> None:
    slept: list[float] = []
    bucket = TokenBucket(10, 1, Timing(monotonic=lambda: 0.0, sleep=slept.append))
    threads = [threading.Thread(target=bucket.wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"code": 403, "message": "no right"}}, "no right"),
        ({"errors": [{"code": "X", "description": "bad pin"}]}, "bad pin"),
        ({"message": "Validation", "errors": [{"name": "q", "reason": "bad"}]}, "bad"),
        ({"errors": ["Invalid device type"]}, "Invalid device type"),
        ({"error": "invalid_client", "error_description": "gone"}, "gone"),
        ({"error": "invalid_client"}, "invalid_client"),
        ([{"message": "x\x1b[31m" + "y" * 500}], "x[31m" + "y" * 195),
        ({"message": "token hush is bad"}, "token … is bad"),
        ({}, ""), ([], ""), (None, ""), ({"error": {}}, ""), ({"message": {"a": 1}}, ""),
    ],
)  # fmt: skip
def test_the_vendors_words(body: object, words: str) -> None:
    assert said(Answer(400, {}, json.dumps(body).encode()), ["hush"]) == words


def test_errors_name_vendor_and_connection() -> None:
    error = error_of(Answer(404, {}, b"<html>"), WHERE, now=TestTime().now(), worked=True)
    assert str(error) == "Vendor (north): HTTP 404"
    assert (error.where, error.reason) == (WHERE, "HTTP 404")


def test_following_pages() -> None:
    def fetch(cursor: str | None) -> tuple[list[object], str | None]:
        return [cursor], {None: "a", "a": "b", "b": None, "x": "y", "y": "x"}[cursor]

    assert list(follow(fetch, None, WHERE)) == [([None], "a"), (["a"], "b"), (["b"], None)]
    with pytest.raises(errors.Looping):
        list(follow(fetch, "x", WHERE))

    def refusing(cursor: str | None) -> tuple[list[object], str | None]:
        raise errors.Refused(WHERE, "no")

    with pytest.raises(errors.ResumeRefused):
        list(follow(refusing, "old", WHERE))
    with pytest.raises(errors.Refused):
        list(follow(refusing, None, WHERE))


def test_rows_and_cursors_of_an_answer() -> None:
    def told(data: object) -> Answer:
        return Answer(200, {}, b"", data)

    assert rows_of(told({"a": {"b": [1]}}), WHERE, "a", "b") == [1]
    assert rows_of(told({}), WHERE, "a") == []
    for wrong in (None, [], {"a": {}}, {"a": "x"}):
        with pytest.raises(errors.Malformed):
            rows_of(told(wrong), WHERE, "a")
    assert [cursor_of(told({"n": n}), "n") for n in ("x ", "", None, 3)] == ["x ", None, None, None]
