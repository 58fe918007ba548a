"""Devices that vendors tell of and nobody knows, decided in the browser; and a webhook changed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import now
from inventory.fleet import opening
from tests.browser import gates
from tests.browser.conftest import axe, coordinator_page
from tests.browser.district import Made, fill
from tests.browser.serving import Installation, install, running
from tests.inventory.fleet.conftest import BOSS, Fleet, quick
from tests.mdm.fakes.google import FakeGoogle

OLD = "Cart 3, slot 12"


class Present:
    """The clock of a fleet that the server sees too."""

    def __call__(self) -> object:
        return now()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Made]]:
    """A district of its own, and a vendor's first list: six Chromebooks that are no assets yet,
    one of them in conflict with an asset."""
    installation = install(tmp_path_factory.mktemp("managed"))
    made = fill(installation)
    installation.database.info[opening.WIRING] = quick()
    google = FakeGoogle(now=now).start()
    try:
        google.seed(10)
        device_id = list(google.books)[1]
        with installation.database.unit() as db:
            ids = [("vendor:google_workspace", device_id)]
            draft = AssetDraft(
                category=Category.CHROMEBOOK, name=OLD, serial="5CDOLD00001", identifiers=ids
            )
            assets.create(db, BOSS, draft, now=now())
        fleet = Fleet(installation.database, installation.settings, Present())  # type: ignore[arg-type]
        done = fleet.sync(fleet.connect(google, label="Chromebooks", create_assets=False))
        assert done.waiting >= 6, done
    finally:
        google.stop()
    with running(installation):
        yield installation, made


@pytest.fixture
def page(chromium: Browser, own: tuple[Installation, Made]) -> Iterator[Page]:
    """Signed in as the coordinator."""
    with coordinator_page(chromium, *own) as opened:
        yield opened


def fine(page: Page) -> None:
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []


def heading(page: Page, text: str) -> None:
    """Wait for the page with this heading."""
    expect(page.get_by_role("heading", name=text, level=1)).to_be_visible()


def test_a_conflict_is_decided_beside_its_evidence(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile("Conflicts at vendors")).click()
    page.wait_for_url(re.compile(r"/managed\?outcome=conflict"))
    page.locator("tbody tr", has_text="Chromebooks").locator("th a").first.click()
    expect(page.get_by_role("heading", name="What is true?")).to_be_visible()
    expect(page.get_by_role("table").get_by_text("5CDOLD00001")).to_be_visible()
    fine(page)
    page.get_by_role("link", name="It is this asset").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("radio")).to_be_checked()
    fine(page)
    dialog.get_by_role("button", name="It is this one").click()
    expect(dialog.get_by_role("alert")).to_contain_text("hardware was replaced")
    fine(page)
    dialog.get_by_label("Its hardware was replaced, or its record was wrong").check()
    dialog.get_by_role("button", name="It is this one").click()
    expect(page.get_by_text("It is an asset.")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name=re.compile(OLD))).to_be_visible()
    fine(page)


def test_one_is_not_ours_and_comes_back(page: Page) -> None:
    page.goto("/managed?outcome=new")
    page.locator("tbody tr", has_text="Chromebooks").locator("th a").last.click()
    expect(page.get_by_role("heading", name="What shall become of it?")).to_be_visible()
    page.get_by_role("link", name="It is not ours").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Why").fill("a loan of the vendor")
    dialog.get_by_role("button", name="Ignore it").click()
    expect(page.get_by_text("It is left out of the inventory.")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Decide anew").click()
    expect(page.get_by_role("heading", name="What shall become of it?")).to_be_visible()


def test_many_new_ones_become_assets_at_once(page: Page) -> None:
    page.goto("/managed?outcome=new")
    rows = page.locator("tbody tr", has_text="Chromebooks")
    count = rows.count()
    assert count >= 5
    for number in range(count):
        rows.nth(number).get_by_role("checkbox").check()
    expect(page.locator("[data-checked]")).to_have_text(str(count))
    fine(page)
    page.get_by_role("button", name="Accept …").click()
    heading(page, "Accept several devices")
    expect(page.get_by_text(f"{count} would be done")).to_be_visible()
    fine(page)
    page.get_by_role("button", name=f"Accept {count} devices").click()
    expect(page.locator("main [role=status]").first).to_contain_text(f"{count} new assets")
    expect(page.locator("tbody tr", has_text="Chromebooks")).to_have_count(0)


def test_a_webhook_is_changed_and_its_secret_renewed(page: Page, own: tuple[object, Made]) -> None:
    target = own[1].notice_target
    page.goto(f"/notices/targets/{target}/edit")
    heading(page, "Change a webhook")
    page.get_by_label("Name").fill("Chat of the technicians")
    page.get_by_label("Switched on").uncheck()
    page.locator("main form button.btn-primary").click()
    heading(page, "Notices")
    row = page.locator("tbody tr", has_text="Chat of the technicians")
    expect(row.get_by_text("switched off")).to_be_visible()
    fine(page)
    row.locator("th a").click()
    heading(page, "Change a webhook")
    page.get_by_role("link", name="Renew the secret").click()
    heading(page, "Renew the secret")
    page.locator("main form button.btn-primary").click()
    heading(page, "The secret is renewed")
    expect(page.get_by_text(re.compile("whsec_"))).to_be_visible()
    fine(page)
