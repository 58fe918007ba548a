"""A device goes from hand to hand in the dialogs of a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory import installation
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import now
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.browser import gates
from tests.browser.conftest import axe, page_of
from tests.browser.handed import fill_handed
from tests.browser.serving import install, running

ACTOR = system_actor("browser tests", Permission)


@pytest.fixture
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Signed in as the coordinator of a school with two laptops and two pupils."""
    made = install(tmp_path_factory.mktemp("custody"))
    installation.prepare(made.database)
    with made.database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "District", now=now()).id
        school = sites.create(
            db, ACTOR, kind=SiteKind.SCHOOL, name="Lincoln", parent_id=root, now=now()
        )
        fill_handed(db, ACTOR, "Exampleton", now=now())
        draft = AssetDraft(category=Category.LAPTOP, tag="SPARE-1", site_id=school.id)
        assets.create(db, ACTOR, draft, now=now())
        account, _ = accounts.create_account(
            db, ACTOR, user_name="boss", grants=[(Role.COORDINATOR, root)], now=now()
        )
        account.must_change_password = False
    with running(made), page_of(chromium, made, account.id) as opened:
        yield opened


def test_swapped_handed_in_and_out_in_dialogs(page: Page) -> None:
    page.goto("/custody?overdue=true")
    expect(page.locator("#results .count")).to_have_text("1 device")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/assets/1/custody"))

    page.get_by_role("link", name="Swap").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Tag of the spare device").fill("SPARE-1")
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    dialog.get_by_label("Why, although").fill("an exam")
    dialog.get_by_role("button", name="Swap").click()
    expect(page.get_by_text("Nobody has it.")).to_be_visible()
    expect(page.locator(".asset-head")).to_contain_text("In repair")

    page.goto("/assets/2/custody")
    page.get_by_role("link", name="Hand in").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Nobody has it.")).to_be_visible()

    page.locator("#main").get_by_role("link", name="Hand out").last.click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Find a person").fill("exampl")
    dialog.get_by_label("Note").fill("for the trip")
    dialog.get_by_label("Find a person").press("Enter")
    expect(dialog.get_by_text("Ada Examplesdottir")).to_be_visible()
    expect(dialog.get_by_label("Note")).to_have_value("for the trip")
    dialog.get_by_text("Ada Examplesdottir").click()
    dialog.get_by_role("button", name="Hand out").click()
    expect(page.locator("#main dl.facts")).to_contain_text("Ada Examplesdottir")
    expect(page.locator("#main dl.facts")).to_contain_text("for the trip")
