"""Asking for a batch in the browser: told before, confirmed for exactly that, asked once."""

import re

import pyotp
import pytest
from sqlmodel import select

from inventory.audit.models import AuditEvent
from inventory.commands.models import DeviceCommand
from mdm.types import Action
from tests.inventory.commands.batch_forms import (
    HOSTILE,
    NEW,
    batches,
    books,
    filled,
    hidden,
    look,
    plain,
    set_device,
)
from tests.inventory.commands.world import World
from tests.inventory.confirming import confirm
from tests.inventory.conftest import Caller, MakeCaller


def test_one_form_confirms_and_asks(world: World, jane: Caller, app_of: pyotp.TOTP) -> None:
    page = look(jane, books(world, 3))
    answer = jane.post(NEW, data=filled(page, app_of.at(world.clock())))
    assert answer.status_code == 303, plain(answer.text)
    (batch,) = batches(world)
    assert answer.headers["Location"] == f"/commands/batches/{batch.id}"
    assert (batch.count, batch.action, batch.digest) == (3, Action.WIPE, hidden(page, "digest"))
    assert batch.requested_by_id == jane.account_id
    shown = plain(jane.get(answer.headers["Location"]).text)
    assert "Wipe: 3 devices" in shown
    assert "the cart was stolen" in shown
    with world.database.unit(write=False) as db:
        told = db.exec(select(AuditEvent).where(AuditEvent.action == "step_up.given")).all()
        assert len(told) == 1


def test_who_confirmed_beside_is_not_asked_again(
    world: World, jane: Caller, app_of: pyotp.TOTP
) -> None:
    page = look(jane, books(world, 2))
    beside = re.search(r'href="(/confirm\?[^"]+)" target="_blank"', page)
    assert beside is not None
    answer = jane.post(beside[1].replace("&amp;", "&"), data={"code": app_of.at(world.clock())})
    assert answer.status_code == 303
    assert "Go on in the other tab" in plain(jane.get(answer.headers["Location"]).text)
    assert jane.post(NEW, data=filled(page)).status_code == 303
    assert len(batches(world)) == 1


MISTAKES = {
    "count": ({"count": 4}, "must be the number of devices, 2"),
    "not a number": ({"count": "many"}, "Not a valid integer."),
    "backup": ({"backup": ""}, "must say whether the user"),
    "unread": ({"acknowledged": []}, "Tick what you know of."),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_loses_nothing_and_uses_no_code(
    world: World, jane: Caller, app_of: pyotp.TOTP, mistake: str
) -> None:
    wrong, told = MISTAKES[mistake]
    ids = books(world, 2)
    set_device(world, ids[0], last_check_in=None)
    reason = f"line one\r\nline two {HOSTILE}"
    page = look(jane, ids, reason=reason)
    code = app_of.at(world.clock())
    given = {**filled(page, code), "reason": reason}
    answer = jane.post(NEW, data={**given, **wrong})
    assert answer.status_code == 422
    assert told in plain(answer.text)
    assert "<script>alert" not in answer.text
    assert code not in answer.text
    assert hidden(answer.text, "digest") == given["digest"]
    assert hidden(answer.text, "uid") == given["uid"]
    assert "line one\nline two &lt;script&gt;" in answer.text
    assert batches(world) == []
    assert jane.post(NEW, data=given).status_code == 303, "the code is still good"


def test_a_wrong_code_asks_for_nothing(world: World, jane: Caller, app_of: pyotp.TOTP) -> None:
    page = look(jane, books(world, 2))
    assert jane.post(NEW, data=filled(page)).status_code == 409, "no code at all"
    wrong = jane.post(NEW, data=filled(page, "000000"))
    assert wrong.status_code == 422
    assert "is not right" in plain(wrong.text)
    assert batches(world) == []


def test_what_is_confirmed_is_what_was_seen(world: World, jane: Caller, app_of: pyotp.TOTP) -> None:
    ids = books(world, 3)
    page = look(jane, ids)
    code = app_of.at(world.clock())
    other = jane.post(NEW, data=filled(page, code, reason="another reason"))
    assert other.status_code == 409
    assert "has changed since you looked" in plain(other.text)
    world.ask(world.person("other"), ids[0])
    fewer = jane.post(NEW, data=filled(page, code))
    assert fewer.status_code == 409
    assert "Wipe: 2 devices" in plain(fewer.text)
    assert batches(world) == []
    again = filled(fewer.text, code, count=2)
    assert jane.post(NEW, data=again).status_code == 303, "the code was not used up"
    assert batches(world)[0].count == 2


def test_two_clicks_ask_once(world: World, jane: Caller, app_of: pyotp.TOTP) -> None:
    given = filled(look(jane, books(world, 2)), app_of.at(world.clock()))
    first, second = (jane.post(NEW, data=given) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(batches(world)) == 1


def test_another_persons_form_is_not_answered_with_their_batch(
    world: World, jane: Caller, app_of: pyotp.TOTP, browser: MakeCaller
) -> None:
    given = filled(look(jane, books(world, 2)), app_of.at(world.clock()))
    assert jane.post(NEW, data=given).status_code == 303
    other = browser(account=world.person("other").id)
    assert other.post(NEW, data=given).status_code == 409


def test_what_harms_nobody_needs_no_code(world: World, jane: Caller) -> None:
    page = look(jane, books(world, 2), action="restart")
    assert "Type how many devices" not in page
    answer = jane.post(NEW, data=filled(page))
    assert answer.status_code == 303, plain(answer.text)
    with world.database.unit(write=False) as db:
        assert len(db.exec(select(DeviceCommand)).all()) == 2


def test_the_batch_tells_how_far_each_device_has_come(
    world: World, jane: Caller, browser: MakeCaller
) -> None:
    answer = jane.post(NEW, data=filled(look(jane, books(world, 2), action="disable")))
    there = answer.headers["Location"]
    waiting = jane.get(f"{there}/progress").text
    assert "2 wait for a person" in plain(waiting)
    assert "hx-trigger" not in waiting, "nothing moves by itself"
    other = browser(account=world.person("other").id)
    (batch,) = batches(world)
    confirm(world.database, other, batch.digest, now=world.clock())
    assert other.post(f"{there}/approve", data={"digest": batch.digest}).status_code == 303
    moving = jane.get(there).text
    assert "2 on their way" in plain(moving)
    assert 'hx-trigger="every 3s"' in moving
    assert "Approved by other" in plain(moving)
    with world.database.unit(write=False) as db:
        for command in db.exec(select(DeviceCommand)).all():
            world.drive(command)
    sent = jane.get(f"{there}/progress").text
    assert plain(sent).count("Sent") == 2
    assert "hx-trigger" not in sent
    assert browser("helpdesk").get(f"{there}/progress").status_code == 200
