"""Finding a device: by scanner anywhere, by the palette, by hand, with and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made


def scan(page: Page, text: str, gap: int) -> None:
    """What a scanner does: keys at a steady pace, then Enter."""
    page.keyboard.type(text, delay=gap)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("gap", [0, 5, 20])
def test_a_scan_anywhere_opens_the_device(tab: OpenTab, made: Made, gap: int) -> None:
    page = tab("helpdesk")
    page.goto("/components")
    scan(page, made.tag, gap)
    page.wait_for_url(re.compile(f"/assets/{made.asset}$"))


def test_a_scanned_label_address_opens_the_device(tab: OpenTab, made: Made) -> None:
    page = tab("helpdesk")
    page.goto("/components")
    scan(page, f"https://homeroom.example/a/{made.tag}", 5)
    page.wait_for_url(re.compile(f"/assets/{made.asset}$"))


def test_slow_typing_outside_a_field_is_no_scan(tab: OpenTab, made: Made) -> None:
    page = tab("helpdesk")
    page.goto("/components")
    scan(page, made.tag, 400)
    page.wait_for_timeout(300)
    assert page.url.endswith("/components")


def test_the_palette_by_keyboard(tab: OpenTab, made: Made) -> None:
    page = tab("helpdesk")
    page.goto("/")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    expect(palette.get_by_role("link", name="Change my password")).to_be_visible()
    page.keyboard.type(made.tag)
    expect(palette.get_by_role("link", name=re.compile(made.tag))).to_be_visible()
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/assets/{made.asset}$"))


def test_a_slash_opens_the_palette_and_escape_closes_it(tab: OpenTab) -> None:
    page = tab("helpdesk")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("nothing that exists")
    expect(page.locator("#palette").get_by_text("Nothing fits")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_a_lookup_by_hand_without_script(tab: OpenTab, made: Made) -> None:
    page = tab("helpdesk", java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").first.fill(made.tag)
    page.get_by_role("searchbox").first.press("Enter")
    page.wait_for_url(re.compile(f"/assets/{made.asset}$"))
    assert made.tag in page.inner_text("main")
