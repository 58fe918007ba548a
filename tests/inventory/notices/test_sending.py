"""Webhooks, and what becomes of deliveries: sent once, tried again, given up."""

import json
import threading

import pytest

from inventory.access import Role
from inventory.errors import InvalidInput
from inventory.notices import sending, targets
from inventory.notices.models import DeliveryState, WebhookTarget
from tests.inventory.conftest import OPERATOR
from tests.inventory.notices.conftest import Desk
from tests.inventory.notices.post_office import Hearer, PostOffice

WAITING, SENT, DEAD = DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.DEAD


def target(desk: Desk, id_: int) -> WebhookTarget:
    with desk.database.unit(write=False) as db:
        return targets.get(db, OPERATOR, id_)


def test_a_webhook_is_signed(desk: Desk, hears: Hearer) -> None:
    id_, secret = desk.target(hears.url)
    desk.write(urgent=True, site_id=7, subject_id=12)
    desk.send()
    ((headers, body),) = hears.calls
    assert hears.signed(secret, headers, body)
    assert not hears.signed(secret, headers, body + b" ")
    assert not hears.signed(secret, {**headers, "webhook-timestamp": "1"}, body)
    assert headers["webhook-timestamp"] == str(int(desk.clock().timestamp()))
    assert json.loads(body) == {
        "type": "breaker.opened", "timestamp": desk.clock().isoformat(),
        "data": {"title": "Stopped", "text": "Too many wipes.", "urgent": True, "site_id": 7,
                 "subject_type": "command", "subject_id": "12"},
    }  # fmt: skip
    assert (target(desk, id_).last_ok_at, target(desk, id_).last_error) == (desk.clock(), "")


def test_the_example_of_the_specification() -> None:
    """The signature that its reference libraries give for their test vector."""
    from datetime import UTC, datetime

    from inventory.notices import signing

    told = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}', now=datetime.fromtimestamp(1614265330, UTC),
    )  # fmt: skip
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_retries_have_the_same_id_and_end(desk: Desk, hears: Hearer) -> None:
    id_, secret = desk.target(hears.url)
    hears.answer = 503
    desk.write()
    for wait in sending.WAITS:
        assert desk.send() == 1
        assert desk.send() == 0, "not before its time"
        (row,) = desk.deliveries()
        assert (row.state, row.error) == (WAITING, "it answered 503")
        desk.clock.forward(seconds=wait - 1)
        assert desk.send() == 0
        desk.clock.forward(seconds=1)
    desk.send()
    (row,) = desk.deliveries()
    assert (row.state, row.attempts) == (DEAD, len(sending.WAITS) + 1)
    assert target(desk, id_).last_error == "it answered 503"
    desk.clock.forward(days=3)
    assert desk.send() == 0
    assert len({headers["webhook-id"] for headers, _ in hears.calls}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in hears.calls}) == len(hears.calls)
    assert all(hears.signed(secret, *call) for call in hears.calls)


def test_redirects_are_not_followed(desk: Desk, hears: Hearer) -> None:
    desk.target(hears.url)
    hears.answer = 307
    desk.write()
    desk.send()
    (row,) = desk.deliveries()
    assert (row.state, row.error) == (WAITING, "it answered 307: redirects are not followed")
    assert len(hears.calls) == 1


def test_a_target_that_is_gone_is_told_no_more(desk: Desk, hears: Hearer) -> None:
    desk.target(hears.url)
    hears.answer = 410
    desk.write()
    desk.send()
    assert [row.state for row in desk.deliveries()] == [DEAD]


def test_nobody_answers(desk: Desk) -> None:
    desk.target("http://127.0.0.1:1/")
    desk.write()
    desk.send()
    (row,) = desk.deliveries()
    assert (row.state, row.error) == (WAITING, "it does not answer (ConnectionError)")


def test_a_target_that_was_switched_off_or_deleted_hears_nothing(desk: Desk, hears: Hearer) -> None:
    off, _ = desk.target(hears.url, label="off")
    gone, _ = desk.target(hears.url, label="gone")
    desk.write()
    with desk.database.unit() as db:
        targets.change(db, OPERATOR, off, {"enabled": False}, now=desk.clock())
        targets.delete(db, OPERATOR, gone, now=desk.clock())
    desk.send()
    assert hears.calls == []
    assert {row.address: row.state for row in desk.deliveries()} == {"off": DEAD, "gone": DEAD}


def test_a_broken_secret_harms_its_own_target_alone(desk: Desk, hears: Hearer) -> None:
    broken, _ = desk.target(hears.url, label="broken")
    desk.target(hears.url, label="whole")
    desk.write()
    with desk.database.unit() as db:
        row = targets.get(db, OPERATOR, broken)
        row.sealed_key_text = "v1.nothing"
        db.add(row)
    desk.send()
    states = {row.address: row.state for row in desk.deliveries()}
    assert states == {"broken": WAITING, "whole": SENT}


def test_a_program_that_ends_during_a_call_leaves_it_to_the_next(
    desk: Desk, office: PostOffice
) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    with desk.database.unit() as db:
        assert sending._claim(db, desk.clock()) is not None
    assert desk.send() == 0, "somebody is at it"
    desk.clock.time += sending.LEASE
    assert desk.send() == 1
    assert len(office.taken) == 1


def test_a_late_answer_changes_nothing(desk: Desk) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    with desk.database.unit() as db:
        late = sending._claim(db, desk.clock())
    assert late is not None
    desk.clock.time += sending.LEASE
    desk.send()
    with desk.database.unit() as db:
        sending._write(db, late, sending.NotSent("late", forever=True), desk.clock())
    assert [row.state for row in desk.deliveries()] == [SENT]


def test_two_senders_send_once(desk: Desk, hears: Hearer) -> None:
    desk.target(hears.url)
    for _ in range(6):
        desk.write()
    threads = [threading.Thread(target=desk.send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hears.calls) == 6
    assert len({headers["webhook-id"] for headers, _ in hears.calls}) == 6


@pytest.mark.parametrize(
    "url",
    ["http://chat.example/hook", "ftp://x/", "https://", "https://u:p@chat.example/",
     "javascript:x", "https://chat.example/a b", "https://169.254.169.254/latest", "https://[fe80::1]/",
     "https://x:99999/", "https://[", "https://chat.example/#x", "https://chat.example/\n"],
)  # fmt: skip
def test_where_no_webhook_goes(desk: Desk, url: str) -> None:
    with pytest.raises(InvalidInput):
        desk.target(url)
