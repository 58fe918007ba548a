"""Computers that enrol themselves, in the browser: the commands, a token, what is left of it."""

from playwright.sync_api import expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, axe


def test_a_token_is_made_shown_once_and_listed(tab: OpenTab) -> None:
    page = tab()
    page.goto("/enrol")
    expect(page.get_by_text("enrol.ps1 -Url")).to_be_visible()
    page.get_by_role("link", name="Make a token").first.click()
    page.wait_for_url("**/enrol/token")
    page.get_by_label("Name").fill("laptops of room 12")
    page.get_by_label("How many devices?").fill("30")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("heading", name="The token is made")).to_be_visible()
    expect(page.locator("#secret")).to_contain_text("hrm_")
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    page.get_by_role("link", name="I have kept it").click()
    row = page.get_by_role("row", name="laptops of room 12")
    expect(row).to_contain_text("30")
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    with page.expect_download() as started:
        page.get_by_role("link", name="enrol.ps1").click()
    assert started.value.suggested_filename == "enrol.ps1"
