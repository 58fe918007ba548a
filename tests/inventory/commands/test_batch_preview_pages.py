"""What is told before a batch is asked for: device by device, and only of what one may see."""

import re
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from inventory.access import Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft, create
from inventory.commands import batch_preview
from inventory.commands.guard_models import PolicyValue
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from mdm.types import Action, Ownership
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
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.world import OPERATOR, World
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.discovery.page_world import counted


def test_the_ticked_rows_come_to_a_choice_of_what_they_can_do(world: World, jane: Caller) -> None:
    first, second = books(world, 2)
    bar = jane.get("/assets").text
    assert f'formaction="{NEW}"' in bar
    page = jane.get(NEW, query_string={"id": [first, second], "back": "category=tablet"}).text
    told = plain(page)
    assert "Command for 2 devices" in told
    assert "Erases everything on the device. It cannot be undone. 2 of 2 have it" in told
    assert 'href="/assets?category=tablet"' in page
    everything = jane.get(NEW, query_string={"all": "true"}).text
    assert f"Command for {len(world.assets())} devices" in plain(everything)
    assert "Nothing is selected" in plain(jane.get(NEW).text)


def test_who_may_not_command_many_is_not_offered_it(world: World, browser: MakeCaller) -> None:
    technician = browser(account=world.person("tim", Role.TECHNICIAN).id)
    assert f'formaction="{NEW}"' not in technician.get("/assets").text
    ids = books(world, 2)
    assert technician.get(NEW, query_string={"id": ids}).status_code == 403
    given = {"step": "look", "ids": ",".join(map(str, ids)), "action": "wipe", "reason": "x"}
    assert technician.post(NEW, data=given).status_code == 403


def test_what_happens_is_told_device_by_device(world: World, jane: Caller) -> None:
    fine, personal, held, asked, stale, also = books(world, 6)
    set_device(world, personal, ownership=Ownership.PERSONAL)
    set_device(world, stale, last_check_in=world.clock() - timedelta(days=60))
    with world.database.unit() as db:
        holds.raise_hold(db, world.person("boss"), held, kind=HoldKind.LEGAL, reason="x",
                         case_number="", now=world.clock())  # fmt: skip
        alone = create(db, OPERATOR, AssetDraft(category=Category.TABLET, site_id=world.site),
                       now=world.clock()).id  # fmt: skip
    command = world.ask(world.person("other"), asked)
    told = plain(look(jane, [fine, personal, held, asked, stale, also, alone]))
    assert "Wipe: 3 devices" in told
    assert "4 devices are left out" in told
    for why in (
        "belongs to a person: it may only be retired", "a hold is in force",
        f"command {command.id} (wipe, requested) is open on it", "no vendor manages this device",
    ):  # fmt: skip
        assert why in told, why
    assert "2 other persons must approve the whole list, then it waits 1 hour" in told
    assert "The device was not heard of lately. (1 device)" in told
    assert "Type how many devices: 3" in told
    assert batches(world) == []


def test_what_exceeds_the_budget_is_told(furnish: Furnish, browser: MakeCaller) -> None:
    world = furnish(24)
    jane = browser(account=world.person("jane").id)
    told = plain(look(jane, books(world, 8)))
    assert "3 exceed the budget of now" in told
    assert "does not reach to 3 of these" in told


def test_another_school_is_not_there(world: World, browser: MakeCaller) -> None:
    with world.database.unit() as db:
        school, elsewhere = (
            sites.create(db, OPERATOR, kind=SiteKind.SCHOOL, name=name, code=name[:3].upper(),
                         parent_id=world.site, now=world.clock()).id
            for name in ("Lincoln", "Roosevelt")
        )  # fmt: skip
        ids = books(world, 4)
        for asset, site in zip(ids, (school, school, elsewhere, elsewhere), strict=True):
            db.execute(sa.update(Asset).where(col(Asset.id) == asset).values(site_id=site))
        tags = {asset: db.get_one(Asset, asset).tag for asset in ids}
    caller = browser(Role.COORDINATOR, school)
    page = caller.get(NEW, query_string={"id": ids}).text
    assert "Command for 2 devices" in plain(page)
    shown = look(caller, ids)
    assert hidden(shown, "ids") == ",".join(map(str, sorted(ids[:2], key=tags.__getitem__)))
    assert tags[ids[2]] not in shown
    assert caller.post(NEW, data={"step": "look", "ids": str(ids[3]), "action": "wipe",
                                  "reason": "x"}).status_code == 422  # fmt: skip


def test_hostile_names_and_selections(world: World, jane: Caller) -> None:
    ids = books(world, 2)
    set_device(world, ids[0], name=HOSTILE)
    page = look(jane, ids, reason=HOSTILE, back='"><script>alert(2)</script>')
    assert "<script>alert" not in page
    for bad in ("", "1;2", "x", "0", "1," * 3000, "99999999999999", "1\u0663"):
        answer = jane.post(NEW, data={"step": "look", "ids": bad, "action": "wipe", "reason": "x"})
        assert answer.status_code == 422, bad
    text = ",".join(map(str, ids))
    for more in ({"action": "explode"}, {"reason": "  "}, {"action": ""}):
        given = {"step": "look", "ids": text, "action": "wipe", "reason": "x", **more}
        answer = jane.post(NEW, data=given)
        assert answer.status_code == 422, more
        assert "Command for 2 devices" in plain(answer.text)


def test_one_device_alone_and_too_many(world: World, jane: Caller) -> None:
    (only,) = books(world, 1)
    page = look(jane, [only])
    assert "Only one device can do it." in plain(page)
    assert f'href="/assets/{only}/commands/new?action=wipe"' in page
    owned = books(world, 3)[1:]
    for asset in owned:
        set_device(world, asset, ownership=Ownership.PERSONAL)
    none = plain(look(jane, owned))
    assert "Wipe: 0 devices" in none
    assert "No device of the list can do it" in none
    with world.database.unit() as db:
        db.add(PolicyValue(name="batch_most", value=2, changed_at=world.clock(), changed_by="x"))
    told = plain(jane.get(NEW, query_string={"id": books(world, 3)}).text)
    assert "At most 2 devices are commanded together" in told


def test_back_to_the_choice_keeps_what_was_said(world: World, jane: Caller) -> None:
    page = look(jane, books(world, 2))
    answer = jane.post(NEW, data={**filled(page), "again": "1", "count": ""})
    assert answer.status_code == 200
    assert "the cart was stolen</textarea>" in answer.text
    assert re.search(r'value="wipe" checked', answer.text)


def test_many_devices_take_no_more_queries_than_few(furnish: Furnish) -> None:
    world = furnish(24)
    jane, ids = world.person("jane"), books(world, 12)
    sent = []
    for some in (ids[:2], ids):
        with world.database.unit(write=False) as db, counted(world.database) as count:
            found = batch_preview.preview(db, jane, Action.WIPE, some, now=world.clock())
            assert len(found.asked) == len(some)
            sent.append(count())
    assert sent[0] == sent[1] <= 20, sent
