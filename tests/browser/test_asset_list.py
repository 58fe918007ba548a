"""The asset list and its forms in a real browser: with script, and without."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def shown(page: Page) -> str:
    return page.locator("#results p.count").inner_text()


def test_facets_narrow_in_place_and_back_restores(tab: OpenTab) -> None:
    page = tab()
    page.goto("/assets")
    everything = shown(page)
    page.check("#f-category-printer")
    page.wait_for_url("**/assets?category=printer")
    expect(page.locator("#results p.count")).not_to_have_text(everything)
    assert focused(page) == "f-category-printer"
    printers = shown(page)
    page.locator("#q").press_sequentially("lexmark", delay=20)
    page.wait_for_url("**/assets?q=lexmark&category=printer")
    expect(page.locator(".chip")).to_have_count(2)
    assert focused(page) == "q"
    assert "q=lexmark" in (
        page.locator("#facet-manufacturer + ul a").first.get_attribute("href") or ""
    )
    page.go_back()
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("#f-category-printer")).to_be_checked()
    assert shown(page) == printers
    page.go_back()
    expect(page.locator("#f-category-printer")).not_to_be_checked()
    assert shown(page) == everything
    page.go_forward()
    expect(page.locator("#f-category-printer")).to_be_checked()
    page.reload()
    expect(page.locator("#f-category-printer")).to_be_checked()


def test_an_order_stays_while_narrowing(tab: OpenTab) -> None:
    page = tab()
    page.goto("/assets")
    page.click("#sort-name")
    page.wait_for_url("**/assets?sort=name")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Name"))
    assert focused(page) == "sort-name"
    page.check("#f-status-deployed")
    page.wait_for_url("**/assets?status=deployed&sort=name")


def test_the_list_works_without_script(tab: OpenTab) -> None:
    page = tab(java_script_enabled=False)
    page.goto("/assets")
    page.check("#f-category-printer")
    page.click("#narrow button")
    page.wait_for_url("**/assets?category=printer")
    page.locator("tbody input[name=id]").first.check()
    page.click("text=Change …")
    expect(page.locator("h1")).to_have_text("Change one asset")
    page.check("#tick-supplier")
    page.fill("#supplier", "ACME")
    page.click("button[value=preview]")
    expect(page.locator("h1")).to_have_text("Preview of the change")
    expect(page.locator(".tile strong")).to_have_text(["1", "0", "0"])


def test_boxes_are_counted_and_fields_tick_themselves(tab: OpenTab) -> None:
    page = tab()
    page.goto("/assets?category=printer")
    expect(page.locator(".bulk-bar")).to_be_hidden()
    page.check("[data-check-all]")
    rows = page.locator("tbody input[name=id]").count()
    expect(page.locator("[data-checked]")).to_have_text(str(rows))
    assert axe(page) == []
    page.locator("tbody input[name=id]").first.uncheck()
    expect(page.locator("[data-checked]")).to_have_text(str(rows - 1))
    page.click("text=Change …")
    page.fill("#warranty_until", "2030-01-31")
    expect(page.locator("#tick-warranty_until")).to_be_checked()
    page.click("button[value=preview]")
    expect(page.locator(".tile strong")).to_have_text([str(rows - 1), "0", "0"])
    assert axe(page) == []


def test_columns_in_the_dialog(tab: OpenTab) -> None:
    page = tab("technician")
    page.goto("/assets?category=printer")
    page.click("text=Columns")
    expect(page.locator("dialog#dialog")).to_be_visible()
    page.locator("#dialog label", has_text=re.compile("^Firmware$")).click()
    page.click("#dialog >> text=Save")
    expect(page.locator("thead")).to_contain_text("Firmware")
    page.wait_for_url("**/assets?category=printer")


def test_a_long_list_of_places_is_narrowed_by_typing(tab: OpenTab, made: Made) -> None:
    page = tab()
    page.goto("/assets/new")
    options: Any = page.evaluate("[...document.querySelector('#site_id').options].map(o => o.text)")
    last = options[-1]
    page.fill("[data-narrows=site_id]", last.lower())
    chosen = page.evaluate("document.querySelector('#site_id').selectedOptions[0].text")
    assert chosen == last
    page.fill("[data-narrows=site_id]", "")
    assert page.locator("#site_id option").count() == len(options)
    page.fill("#manufacturer", "hewlett-packard")
    page.press("#manufacturer", "Tab")
    expect(page.locator("#models option").first).to_be_attached()


def test_a_mistake_in_the_dialog_stays_in_the_dialog(tab: OpenTab, made: Made) -> None:
    page = tab()
    page.goto(f"/assets/{made.asset}")
    page.click("a[href$='/status']")
    expect(page.locator("#dialog h2")).to_be_visible()
    page.locator("#dialog label", has_text="Lost").click()
    page.click("#dialog >> text=Change the status")
    expect(page.locator("#dialog [id$=reason-error]")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog#dialog")).to_be_hidden()
