"""The same form sent twice at the same moment, and one sealed code for two devices: done once."""

from dataclasses import replace

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from inventory.accounts.guard import cookie_name
from inventory.commands.models import DeviceCommand
from inventory.settings import Settings
from tests.inventory.assets.test_tags import in_parallel
from tests.inventory.commands.batch_forms import NEW, batches, books, filled, look
from tests.inventory.commands.test_break_glass_pages import about, prove, use
from tests.inventory.commands.world import World
from tests.inventory.conftest import Caller


def tabs(app: Flask, caller: Caller, settings: Settings, count: int) -> list[Caller]:
    """The same person's browser, so many times."""
    found: list[FlaskClient] = [app.test_client() for _ in range(count)]
    for client in found:
        client.set_cookie(cookie_name(settings), caller.secret)
    return [replace(caller, client=client) for client in found]


def test_a_form_sent_four_times_at_once_asks_once(
    world: World, jane: Caller, app_of: pyotp.TOTP, app: Flask, settings: Settings
) -> None:
    given = filled(look(jane, books(world, 3)), app_of.at(world.clock()))
    many = tabs(app, jane, settings, 4)
    answers = in_parallel(4, lambda n: many[n].post(NEW, data=given).status_code)
    assert set(answers) <= {303, 409, 422}, answers
    assert 303 in answers
    (batch,) = batches(world)
    again = jane.post(NEW, data=given)
    assert again.headers["Location"] == f"/commands/batches/{batch.id}"
    with world.database.unit(write=False) as db:
        assert len(db.exec(select(DeviceCommand)).all()) == 3


def test_one_code_for_two_devices_at_once_opens_one(
    world: World, jane: Caller, app_of: pyotp.TOTP, app: Flask, settings: Settings,
    codes: list[str],
) -> None:  # fmt: skip
    forms = [about(world, asset) for asset in books(world, 2)]
    for form in forms:
        prove(world, jane, app_of, form)
        world.clock.forward(seconds=60)
    many = tabs(app, jane, settings, 2)
    answers = in_parallel(2, lambda n: use(many[n], forms[n], codes[0]).status_code)
    assert sorted(map(str, answers)) == ["303", "422"], answers
    with world.database.unit(write=False) as db:
        assert len(db.exec(select(DeviceCommand)).all()) == 1
