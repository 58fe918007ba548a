"""The administration pages by hand: dialogs, search as one types, the tree, the chain, updates."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlmodel import col

from inventory.desk.site_pages import MANY
from inventory.engine import enqueue
from inventory.sites.models import Site, SiteKind
from tests.browser import gates
from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made
from tests.browser.serving import Installation


def make_account(page: Page, name: str) -> None:
    """A technician of the first school; its one-time password is on the page then."""
    page.goto("/accounts/new")
    page.get_by_label("User name", exact=False).fill(name)
    page.get_by_label("Role", exact=True).select_option(label="Technician")
    page.get_by_label("Where?").select_option(index=2)
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#secret")).to_be_visible()


def test_the_theme_is_chosen_where_one_is(tab: OpenTab) -> None:
    page = tab("auditor")
    page.goto("/accounts?role=technician")
    page.locator("details.account-menu summary").click()
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_url(re.compile(r"/accounts\?role=technician$"))
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.locator("details.account-menu summary").click()
    page.get_by_role("button", name="Theme of the system").click()


def test_an_account_from_its_making_to_its_end(tab: OpenTab) -> None:
    page = tab()
    make_account(page, "walked.by.browser")
    first = page.locator("#secret").inner_text()
    assert axe(page) == []
    page.get_by_role("link", name="I have handed it over").click()
    expect(page.get_by_role("link", name="One-time password")).to_be_visible()
    assert first not in page.content()

    page.get_by_role("link", name="One-time password").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Give a one-time password?")).to_be_visible()
    dialog.get_by_role("button", name="Give it").click()
    expect(dialog.locator("#secret")).to_be_visible()
    assert dialog.locator("#secret").inner_text() != first
    assert axe(page) == []
    dialog.get_by_role("link", name="I have handed it over").click()

    opener = page.get_by_role("link", name="Disable")
    opener.click()
    dialog.get_by_role("button", name="Disable it").click()
    # The browser itself asks for the reason; a blank one is refused by the server, in the dialog.
    dialog.get_by_label("Why?").fill("  ")
    dialog.get_by_role("button", name="Disable it").click()
    expect(dialog.locator(".field-error, [role=alert]").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_label("Why?").fill("left")
    dialog.get_by_role("button", name="Disable it").click()
    expect(page.get_by_text("The account is disabled.")).to_be_visible()
    expect(page.get_by_role("link", name="Enable")).to_be_visible()


def test_accounts_are_narrowed_as_one_types(tab: OpenTab) -> None:
    page = tab()
    page.goto("/accounts")
    field = page.get_by_role("searchbox", name="Name")
    field.press_sequentially("auditor.one", delay=30)
    expect(page.locator("#results .count")).to_have_text("1 account")
    expect(field).to_be_focused()
    assert field.input_value() == "auditor.one"
    expect(page.locator("#facets")).not_to_contain_text("Technician")
    page.wait_for_url(re.compile(r"q=auditor.one"))
    assert axe(page) == []


@pytest.fixture
def many_rooms(served: tuple[Installation, Made]) -> Iterator[None]:
    """So many rooms in the first school that the tree is fetched school by school."""
    database, made = served[0].database, served[1]
    rows = [
        {"uid": f"many{n:028}", "kind": SiteKind.ROOM, "name": f"Annex {n}", "version": 1,
         "parent_id": made.school} for n in range(MANY)
    ]  # fmt: skip
    with database.unit() as db:
        db.execute(sa.insert(Site), rows)
    yield
    with database.unit() as db:
        db.execute(sa.delete(Site).where(col(Site.uid).startswith("many")))


def test_a_school_is_filled_when_it_is_opened(tab: OpenTab, many_rooms: None) -> None:
    page = tab()
    page.goto("/sites")
    assert page.get_by_text("Annex 299").count() == 0
    page.locator(".tree summary").first.click()
    expect(page.get_by_role("link", name="Annex 299")).to_be_visible()
    assert axe(page) == []
    assert gates.too_wide(page) == 0


def test_the_chain_is_verified_in_the_dialog(tab: OpenTab) -> None:
    page = tab()
    page.goto("/audit")
    page.get_by_role("link", name="Verify the chain").click()
    verdict = page.locator("#dialog #verdict")
    expect(verdict.get_by_text("The chain is whole.")).to_be_visible()
    assert axe(page) == []
    assert gates.control_borders(page) == []


def test_the_log_is_narrowed_without_leaving_the_page(tab: OpenTab) -> None:
    page = tab()
    page.goto("/audit")
    page.get_by_label("Did what").select_option(label="Network added")
    page.wait_for_url(re.compile("action=network.created"))
    expect(page.locator("#results tbody tr").first).to_contain_text("Network added")
    expect(page.locator("#results .count")).to_contain_text(re.compile(r"^\d event"))
    expect(page.get_by_role("link", name="CSV of this query")).to_have_attribute(
        "href", re.compile(r"^/audit/events\.csv\?.*action=network\.created")
    )


def test_jobs_renew_themselves_unless_paused(
    tab: OpenTab, served: tuple[Installation, Made]
) -> None:
    def ask(key: str) -> None:
        with served[0].database.unit() as db:
            enqueue(db, "nobody.runs", {}, key=key)

    page = tab()
    page.goto("/jobs")
    waiting = page.locator(".tile", has_text="waiting").locator("strong")
    before = int(waiting.inner_text())
    pause = page.get_by_role("link", name="Pause the updates")
    pause.focus()
    ask("browser-1")
    expect(waiting).to_have_text(str(before + 1), timeout=12_000)
    expect(pause).to_be_focused()
    pause.click()
    ask("browser-2")
    page.wait_for_timeout(6_000)
    expect(waiting).to_have_text(str(before + 1))
    assert axe(page) == []


def test_everything_works_without_script(tab: OpenTab) -> None:
    page = tab(java_script_enabled=False)
    make_account(page, "without.script")
    page.goto("/accounts?q=without.script")
    page.get_by_role("link", name="without.script", exact=True).click()
    page.get_by_role("link", name="Disable").click()
    page.get_by_label("Why?").fill("gone")
    page.get_by_role("button", name="Disable it").click()
    expect(page.get_by_text("The account is disabled.")).to_be_visible()
    page.goto("/audit/verify")
    assert page.get_by_text("The chain is whole.").is_visible()
    page.goto("/accounts")
    page.get_by_role("searchbox", name="Name").fill("without")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#results .count")).to_have_text("1 account")


def test_what_one_prefers_is_in_force_at_once(tab: OpenTab) -> None:
    page = tab("staff")
    page.goto("/me/preferences")
    page.get_by_label("Time zone").select_option(label="Hawaii (Honolulu)")
    page.get_by_label("Comfortable").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Times are now shown in HST.")).to_be_visible()
    assert "comfortable" in (page.locator("body").get_attribute("class") or "")
    assert axe(page) == []
