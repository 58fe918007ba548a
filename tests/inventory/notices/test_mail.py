"""Mail as a mail server hears it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.access import Role
from inventory.notices import sending
from inventory.notices.models import DeliveryState
from tests.inventory.conftest import District
from tests.inventory.notices.conftest import Desk
from tests.inventory.notices.post_office import PostOffice, certificate, post_office

HOSTILE = "Stopped\r\nBcc: everybody@evil.example\r\n\r\n<b>\u202eevil\x00 \ud800"


def test_a_notice_arrives_once_at_each(desk: Desk, office: PostOffice, district: District) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.person("north", Role.TECHNICIAN, district.north)
    desk.write(site_id=district.north, urgent=True, text="First.\nSecond é.")
    assert desk.send() == 2
    assert desk.send() == 0
    assert sorted(office.recipients) == [["coordinator@school.example"], ["north@school.example"]]
    message = office.messages[0]
    assert message["Subject"] == "URGENT: Stopped"
    assert message["From"].addresses[0].addr_spec == "homeroom@district.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "First.\r\nSecond é.\r\n" in message.get_content()
    assert {row.state for row in desk.deliveries()} == {DeliveryState.SENT}


def test_hostile_text_makes_no_header(desk: Desk, office: PostOffice) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write(title=HOSTILE, text=f"{HOSTILE}\r\n.\r\nRCPT TO:<evil@evil.example>")
    desk.send(district='Dis"trict\r\nBcc: x@evil.example')
    (message,) = office.messages
    assert office.recipients == [["coordinator@school.example"]]
    assert message["Bcc"] is None
    assert message["Subject"] == "Stopped Bcc: everybody@evil.example <b> evil"
    assert "\u202e" not in message.get_content()
    assert "RCPT TO:<evil@evil.example>" in message.get_content()


def test_many_notices_are_one_message(desk: Desk, office: PostOffice) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    for number in range(sending.TOGETHER + 5):
        desk.write(text=f"Wipe number {number}.")
    assert desk.send() == 2
    first, second = office.messages
    assert first["Subject"] == f"Stopped (and {sending.TOGETHER - 1} more)"
    assert "Wipe number 0." in first.get_content()
    assert "Wipe number 54." in second.get_content()


def test_without_a_mail_server_nothing_waits(desk: Desk) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    desk.send(smtp_host="")
    (row,) = desk.deliveries()
    assert (row.state, row.attempts) == (DeliveryState.DEAD, 1)
    assert "smtp_host" in row.error


def test_a_refused_recipient_does_not_stop_the_others(
    desk: Desk, office: PostOffice, district: District
) -> None:
    for name in ("first", "never", "later"):
        desk.person(name, Role.TECHNICIAN, district.north)
    office.refuses = {
        "never@school.example": "550 no such user", "later@school.example": "451 try later",
    }  # fmt: skip
    desk.write(site_id=district.north)
    desk.send()
    rows = {row.address.partition("@")[0]: row for row in desk.deliveries()}
    assert rows["first"].state is DeliveryState.SENT
    assert rows["never"].state is DeliveryState.DEAD
    assert rows["never"].error == "the mail server says 550: no such user"
    assert rows["later"].state is DeliveryState.WAITING
    office.refuses = {}
    desk.clock.forward(seconds=sending.WAITS[0])
    desk.send()
    assert office.recipients == [["first@school.example"], ["later@school.example"]]


def test_a_message_that_is_not_taken_was_not_sent(desk: Desk, office: PostOffice) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    office.data_answer = "452 full"
    desk.write()
    desk.send()
    (row,) = desk.deliveries()
    assert (row.state, row.error) == (DeliveryState.WAITING, "the mail server says 452: full")


def test_nobody_answers(desk: Desk) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    desk.send(smtp_port=1)
    (row,) = desk.deliveries()
    assert row.state is DeliveryState.WAITING
    assert row.error == "the mail server cannot be used (ConnectionRefusedError)"


def test_a_wrong_password_is_told_without_it(desk: Desk, office: PostOffice) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    office.login = "homeroom\0right"
    desk.write()
    desk.send(smtp_user="homeroom", smtp_password="violet-heron")
    (row,) = desk.deliveries()
    assert row.error == "the mail server says 535: wrong password"
    desk.clock.forward(hours=1)
    desk.send(smtp_user="homeroom", smtp_password="right")
    assert office.recipients == [["coordinator@school.example"]]


def test_tls_is_asked_for_and_verified(
    make_desk: Callable[[int], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert = certificate(tmp_path)
    with post_office(cert) as office:
        desk = make_desk(office.port)
        desk.person("coordinator", Role.COORDINATOR, None)
        office.login = "homeroom\0right"
        account = {"smtp_user": "homeroom", "smtp_password": "right", "smtp_tls": "starttls"}
        desk.write()
        desk.send(**account)
        (row,) = desk.deliveries()
        assert row.error.startswith("the certificate is not accepted: self-signed"), row.error
        assert (office.logins, office.taken) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        desk.clock.forward(hours=1)
        desk.send(**account)
        assert office.encrypted
        assert office.logins == ["\0homeroom\0right"]
        assert office.recipients == [["coordinator@school.example"]]


def test_a_server_without_tls_hears_no_password(desk: Desk, office: PostOffice) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    desk.write()
    desk.send(smtp_tls="starttls", smtp_user="homeroom", smtp_password="right")
    (row,) = desk.deliveries()
    assert row.error == "the mail server cannot be used (SMTPNotSupportedError)"
    assert (office.logins, office.taken) == ([], [])
