"""Many devices at once, in a real browser: from the asset list to what became of each device, over
a real worker and a vendor that is a fake behind a real socket."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from inventory import installation
from inventory.accounts import sessions
from inventory.accounts.guard import cookie_name
from inventory.accounts.sessions import Origin
from inventory.commands import break_glass, sweeping
from inventory.db import now
from mdm.types import Action, Platform
from tests.browser import gates
from tests.browser.conftest import Watch, axe
from tests.browser.serving import Installation, install, running
from tests.conftest import Clock
from tests.inventory.commands.world import LONG_AGO, OPERATOR, World
from tests.inventory.confirming import with_app
from tests.mdm.fakes import fake_of

WORKED = 60_000
"""Milliseconds in which a worker that is alive has sent three commands."""


class Present(Clock):
    """What the server beside us goes by."""

    def __call__(self) -> datetime:
        return now()


@dataclass
class Carts:
    """A district with Chromebooks at a vendor, and a code in an envelope."""

    served: Installation
    world: World
    sealed: str

    def app(self, name: str) -> pyotp.TOTP:
        account = self.world.person(name).id
        assert account is not None
        return with_app(self.served.database, account, since=now() - LONG_AGO)


@pytest.fixture(scope="module")
def carts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carts]:
    folder = tmp_path_factory.mktemp("carts")
    served = install(folder, worker=True, HOMEROOM_DESTRUCTIVE_ENABLED="true")
    installation.prepare(served.database)
    fake = fake_of("google_workspace")(now=now).start()
    world = World(served.database, Present(), fake, folder)
    world.furnish(10)
    world.person("jane")
    world.person("other")
    with served.database.unit() as db:
        (sealed,) = break_glass.make_codes(db, OPERATOR, 1, now=now() - timedelta(days=2))
    # The worker's first look is a minute away, and commands that nobody vouches for are held.
    sweeping.sweep(world.around, world.clocks)
    with running(served):
        yield Carts(served, world, sealed)
    fake.stop()


@pytest.fixture
def tab_of(chromium: Browser, carts: Carts) -> Iterator[Callable[..., Page]]:
    """`tab_of("jane")`: a page signed in as somebody who is here for long."""
    contexts, watches = [], []

    def start(name: str, **options: object) -> Page:
        context = chromium.new_context(
            base_url=carts.served.url,
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        with carts.served.database.unit() as db:
            account = carts.world.person(name).id
            assert account is not None
            _, secret = sessions.start(
                db, account, Origin("127.0.0.1"), carts.served.settings, now=now()
            )
        cookie = cookie_name(carts.served.settings)
        context.add_cookies([{"name": cookie, "value": secret, "url": carts.served.url}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        watches.append(Watch(page))
        return page

    yield start
    for context in contexts:
        context.close()
    assert [problem for watch in watches for problem in watch.problems] == []


def fine(page: Page) -> None:
    """The page passes the gates as it stands, in both themes, and at 320 px."""
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
        assert gates.control_borders(page) == []
    size = page.viewport_size
    assert gates.too_wide(page) == 0
    assert size is not None
    page.set_viewport_size(size)


def picked(page: Page, names: list[str]) -> None:
    """Tick these devices in the list, and come to what can be done to them."""
    page.goto("/assets")
    for name in names:
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Command …").click()
    expect(page.locator("h1")).to_have_text(f"Command for {len(names)} devices")


def test_three_devices_are_disabled_and_each_tells(
    carts: Carts, tab_of: Callable[..., Page]
) -> None:
    wanted = _books(carts)[:3]
    page = tab_of("jane")
    picked(page, wanted)
    fine(page)
    page.get_by_label("Disable", exact=True).check()
    page.get_by_label("Reason").fill("the cart of room 12 is missing")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.locator("h1")).to_have_text("Disable: 3 devices")
    rows = page.locator("section[aria-labelledby=asked-title] tbody tr")
    expect(rows).to_have_count(3)
    told = page.locator("section[aria-labelledby=what-title]")
    expect(told).to_contain_text("Nobody can use the device until it is unlocked.")
    fine(page)
    page.get_by_role("button", name="Ask for 3 devices").click()
    page.wait_for_url(re.compile(r"/commands/batches/\d+$"))
    expect(page.locator("#batch-live tbody")).to_contain_text("Waits for approval")
    fine(page)
    _approved(carts, tab_of("other"), page.url)
    page.reload()
    live = page.locator("#batch-live tbody tr")
    for row in live.all():
        expect(row).to_have_text(re.compile("Sent|Acknowledged|Carried out"), timeout=WORKED)
    for row, name in zip(live.all(), wanted, strict=True):
        expect(row).to_contain_text(name)
    assert [act for _, act in carts.world.fake.effects] == [Action.DISABLE] * 3


def test_two_are_erased_without_script_and_the_code_is_asked_in_the_form(
    carts: Carts, tab_of: Callable[..., Page]
) -> None:
    app = carts.app("jane")
    page = tab_of("jane", java_script_enabled=False)
    page.goto("/assets")
    for name in _books(carts)[3:5]:
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Command …").click()
    page.get_by_label("Wipe", exact=True).check()
    page.get_by_label("Reason").fill("sold")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.locator("h1")).to_have_text("Wipe: 2 devices")
    page.get_by_label("No backup is needed").check()
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    page.get_by_label("Type how many devices: 2").fill("3")
    page.get_by_role("button", name="Ask for 2 devices").click()
    expect(page.locator("#count-error")).to_be_visible()
    expect(page.get_by_label("No backup is needed")).to_be_checked()
    page.get_by_label("Type how many devices: 2").fill("2")
    page.get_by_label("Code of your authenticator app").fill(app.now())
    page.get_by_role("button", name="Ask for 2 devices").click()
    page.wait_for_url(re.compile(r"/commands/batches/\d+$"))
    expect(page.locator("h1")).to_have_text("Wipe: 2 devices")


def test_a_sealed_code_in_the_browser(carts: Carts, tab_of: Callable[..., Page]) -> None:
    app = carts.app("other")
    page = tab_of("other")
    page.goto("/breaker")
    fine(page)
    page.get_by_role("link", name="Use a sealed code").click()
    page.wait_for_url("**/break-glass")
    fine(page)
    page.get_by_label("Tag of the device").fill(_books(carts)[5])
    page.get_by_label("What shall be done").select_option("wipe")
    page.get_by_label("Reason").fill("it leaves in a car")
    page.get_by_role("button", name="See what it opens").click()
    expect(page.locator("h1")).to_contain_text("Sealed code: Wipe")
    page.get_by_label("No backup is needed").check()
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    page.get_by_label(re.compile("^Type the tag")).fill(_books(carts)[5])
    page.get_by_label("Code of your authenticator app").fill(app.now())
    fine(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("You have confirmed who you are")).to_be_visible()
    fine(page)
    page.get_by_label("The code out of the envelope").fill(carts.sealed.lower())
    page.get_by_role("button", name="Use the code now").click()
    page.wait_for_url(re.compile(r"/commands/\d+$"))
    expect(page.locator("h2 .badge", has_text="break-glass")).to_be_visible()


def _approved(carts: Carts, page: Page, url: str) -> None:
    """Another person confirms who they are, and says yes."""
    app = carts.app("other")
    page.goto(url)
    page.get_by_role("link", name="Confirm who you are").click()
    page.wait_for_url(re.compile("/confirm"))
    page.get_by_label("Code of your authenticator app").fill(app.now())
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.wait_for_url(url)
    page.get_by_role("button", name="Approve for 3 devices").click()
    expect(page.get_by_text("Approved.", exact=True)).to_be_visible()


def _books(carts: Carts) -> list[str]:
    """The tags of the Chromebooks."""
    return [carts.world.draft(asset).typed_tag for asset in carts.world.assets(Platform.CHROMEOS)]
