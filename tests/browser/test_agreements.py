"""A laptop is signed for: drawn on a technician's screen, by a link, in one's own account."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from inventory import installation
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts, sessions
from inventory.accounts.guard import cookie_name
from inventory.accounts.sessions import Origin
from inventory.agreements import texts
from inventory.agreements.models import Audience, Per
from inventory.agreements.texts import AgreementDraft, Text
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.custody import service as custody
from inventory.custody.holders import Holder, Terms
from inventory.db import now
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.browser import gates
from tests.browser.conftest import Watch, axe
from tests.browser.serving import Installation, install, running

ACTOR = system_actor("browser tests", Permission)


@dataclass
class Signing:
    """Ada, a pupil, and Bo, who teaches and has an account, have a laptop each."""

    made: Installation
    chromium: Browser
    secrets: dict[str, str]
    assets: dict[str, int]

    def page(self, who: str = "") -> Page:
        context = self.chromium.new_context(base_url=self.made.url, reduced_motion="reduce")
        if who:
            name = cookie_name(self.made.settings)
            context.add_cookies([{"name": name, "value": self.secrets[who], "url": self.made.url}])
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        return opened


@pytest.fixture
def signing(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    made = install(tmp_path_factory.mktemp("agreements"))
    installation.prepare(made.database)
    secrets, laptops = {}, {}
    with made.database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "District", now=now()).id
        school = sites.create(
            db, ACTOR, kind=SiteKind.SCHOOL, name="Lincoln", parent_id=root, now=now()
        ).id
        draft = AgreementDraft("At home", Audience.EVERYONE, Per.DEVICE, [Category.LAPTOP])
        texts.create(db, ACTOR, draft, Text("Keep it safe.", "Cuídelo."), now=now())
        ids = {}
        for who, role in (("Ada", PersonRole.STUDENT), ("Bo", PersonRole.TEACHER)):
            person = PersonDraft(who, role, who, "Example", school)
            ids[who] = people.create(db, ACTOR, person, now=now()).id
            laptop = AssetDraft(category=Category.LAPTOP, tag=f"L-{who}", site_id=school)
            laptops[who] = assets.create(db, ACTOR, laptop, now=now()).id
            holder = Holder(person_id=ids[who])
            custody.check_out(db, ACTOR, laptops[who], holder, Terms(), now=now())
        for name, role, site in (
            ("technician", Role.TECHNICIAN, school), ("bo", Role.STAFF, school),
        ):  # fmt: skip
            account, _ = accounts.create_account(
                db, ACTOR, user_name=name, grants=[(role, site)], now=now()
            )
            account.must_change_password = False
            origin = Origin("127.0.0.1")
            _, secrets[name] = sessions.start(db, account.id, origin, made.settings, now=now())
            if name == "bo":
                people.link_account(db, ACTOR, ids["Bo"], account.id, now=now())
    with running(made):
        yield Signing(made, chromium, secrets, laptops)


def looked_at(page: Page) -> None:
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []


def draw(page: Page) -> None:
    pad = page.locator("canvas[data-sign]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + (80 if step % 2 else 30))
    page.mouse.up()
    expect(page.locator("[data-sign-strokes]")).to_have_value(re.compile(r"\d+,\d+ \d+,\d+"))


def test_drawn_on_the_technicians_screen(signing: Signing) -> None:
    page = signing.page("technician")
    watch = Watch(page)
    page.goto(f"/assets/{signing.assets['Ada']}/custody")
    page.get_by_role("link", name="Sign on this screen").click()
    page.wait_for_url(re.compile(r"/sign$"))
    looked_at(page)
    draw(page)
    page.get_by_label("Your full name").fill("Ada Example")
    page.get_by_role("button", name="I agree and sign").click()
    page.wait_for_url(re.compile(r"/assets/\d+/custody"))
    expect(page.get_by_text("Signed document (PDF)")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_text("Signed document (PDF)").click()
    with pypdfium2.PdfDocument(str(download.value.path())) as document:
        assert "Signed: Ada Example" in document[0].get_textpage().get_text_range()
    assert watch.problems == []


def test_through_a_link_and_in_the_own_account(signing: Signing) -> None:
    technician = signing.page("technician")
    technician.goto("/agreements")
    row = technician.locator("tr", has_text="Ada Example")
    row.get_by_role("link", name="Make a link").click()
    technician.wait_for_url(re.compile(r"/link$"))
    technician.get_by_role("button", name="Make a link").click()
    expect(technician.get_by_text("only time that the link is shown")).to_be_visible()
    found = re.search(r"/sign/[\w-]{43}", technician.content())
    assert found is not None
    nobody = signing.page()
    nobody.set_viewport_size({"width": 320, "height": 700})
    nobody.goto(found[0])
    assert nobody.evaluate("document.documentElement.scrollWidth") <= 320
    looked_at(nobody)
    nobody.get_by_role("link", name="Español").click()
    expect(nobody.get_by_text("Cuídelo.")).to_be_visible()
    nobody.get_by_label("Your full name").fill("Ada Example")
    nobody.get_by_role("button", name="I agree and sign").click()
    expect(nobody.get_by_role("heading", name="Thank you, it is signed")).to_be_visible()

    own = signing.page("bo")
    own.goto("/mine")
    looked_at(own)
    own.get_by_role("link", name="read and sign").click()
    own.wait_for_url(re.compile(r"/sign$"))
    own.get_by_label("Your full name").fill("Bo Example")
    own.get_by_role("button", name="I agree and sign").click()
    own.wait_for_url(re.compile(r"/mine$"))
    own.get_by_role("button", name="I still have it").click()
    expect(own.get_by_text("You said")).to_be_visible()
    own.get_by_role("link", name="Report lost or broken").click()
    own.wait_for_url(re.compile(r"/report$"))
    looked_at(own)
    own.get_by_label("Broken").check()
    own.get_by_label("Tell it in your words").fill("It fell.")
    own.get_by_role("button", name="Report it").click()
    own.wait_for_url(re.compile(r"/mine$"))

    technician.goto("/reports")
    technician.get_by_role("link", name="Decide").click()
    dialog = technician.locator("#dialog")
    expect(dialog).to_be_visible()
    looked_at(technician)
    dialog.get_by_role("button", name="Make it: In repair").click()
    expect(technician.get_by_text("Nothing is reported")).to_be_visible()
