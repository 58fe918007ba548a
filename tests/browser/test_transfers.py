"""A transfer in a real browser, from the request to what arrived: both schools, one person."""

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
from tests.browser.serving import install, running

ACTOR = system_actor("browser tests", Permission)


@pytest.fixture
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Signed in as the coordinator of two schools; Lincoln has two laptops."""
    made = install(tmp_path_factory.mktemp("transfers"))
    installation.prepare(made.database)
    with made.database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "District", now=now()).id
        lincoln, _adams = (
            sites.create(db, ACTOR, kind=SiteKind.SCHOOL, name=name, parent_id=root, now=now()).id
            for name in ("Lincoln", "Adams")
        )
        for tag in ("GO-1", "GO-2"):
            draft = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=lincoln)
            assets.create(db, ACTOR, draft, now=now())
        account, _ = accounts.create_account(
            db, ACTOR, user_name="boss", grants=[(Role.COORDINATOR, root)], now=now()
        )
        account.must_change_password = False
    with running(made), page_of(chromium, made, account.id) as opened:
        yield opened


def test_asked_allowed_sent_and_received(page: Page) -> None:
    page.goto("/transfers")
    page.get_by_role("link", name="Ask for devices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for devices")
    page.get_by_label("From this school").select_option(label="Lincoln")
    page.get_by_label("To this place of yours").select_option(label="Adams")
    page.locator("#what").fill("Laptops")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url(re.compile(r"/transfers/\d+$"))
    now_at = page.locator(".stages [aria-current=step]")
    expect(now_at).to_contain_text("Asked for")

    page.get_by_role("button", name="Allow").click()
    expect(now_at).to_contain_text("Allowed")
    page.get_by_label("Tags").fill("GO-1\nGO-2\n")
    page.get_by_role("button", name="Put on the list").click()
    page.get_by_role("button", name="Send 2 devices").click()
    expect(now_at).to_contain_text("On its way")

    page.get_by_label("What became of GO-2").select_option(label="Missing")
    page.get_by_label("Tags of what arrived").fill("go-1")
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    page.get_by_role("button", name="Receive").click()
    expect(now_at).to_contain_text("Closed")
    expect(page.locator("tbody")).to_contain_text("Missing")
    page.get_by_role("link", name="GO-1").click()
    expect(page.locator(".asset-head")).to_contain_text("Adams")
